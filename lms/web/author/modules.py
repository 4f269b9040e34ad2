"""The workshop's list: every module of my providers, what is next for each, and how a new one begins."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.accreditation.commands import begin_next_draft
from lms.assessments.queries import parts_of
from lms.errors import Invalid, NotAllowed
from lms.modules.commands import begin_module
from lms.modules.queries import Standing, get_module_of, list_standings
from lms.providers.models import Provider
from lms.providers.queries import list_providers_of
from lms.web.auth import me, my_roles
from lms.web.author.places import tabs_of
from lms.web.author.workbench import my_writing, states_of, who_and_when
from lms.web.forms import BaseForm, choices_of
from lms.web.navigation import Link
from lms.web.transaction import db

bp = Blueprint("modules", __name__)

# What a draft lacks first, in the order one writes it: the part, what to do, where.
STEPS = (
    ("objectives", "Write the objectives", "author.objectives.show_all"),
    ("lessons", "Write the first lesson", "author.lessons.show_all"),
    ("contributors", "Name the authors", "author.contributors.show_all"),
    ("references", "List the references", "author.references.show_all"),
    ("items", "Write the questions", "author.items.show_all"),
    ("quizzes", "Set the post-test", "author.quiz.edit"),
)


class ModuleForm(BaseForm):
    """How a module begins."""

    title = StringField("Title", [InputRequired("A module needs a title."), Length(max=200)])
    provider = SelectField("Provider", coerce=int, validate_choice=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A module in the list: its states, the last change, and the one thing to do next."""

    standing: Standing
    states: list[tuple[str, str]]
    next: Link
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A provider's modules, and the pages about the provider itself."""

    provider: Provider
    rows: list[Row]
    links: list[Link]


@bp.route("/workshop", methods=["GET", "POST"])
def show_all() -> str | Response | tuple[str, int]:
    providers = list_providers_of(db(), my_roles().providers)
    writable = [provider for provider in providers if provider.id in my_writing()]
    form = ModuleForm()
    form.provider.choices = choices_of({provider.id: provider.name for provider in writable})
    if len(writable) == 1:
        del form.provider
    if request.method == "POST" and not writable:
        raise NotAllowed("Authors and managers of a provider begin modules.")
    if form.submitted():
        owner = form.provider.data if form.provider else writable[0].id
        try:
            edition = begin_module(db(), owner, form.title.data, **who_and_when())
            flash("The module is begun. Nobody outside of your provider sees it before it is published.", "good")
            return redirect(url_for("author.details.edit", slug=edition.module.slug), 303)
        except Invalid as error:
            form.refuse(error)
    standings = list_standings(db(), my_roles().providers)
    lacking = parts_of(db(), [standing.draft.id for standing in standings if standing.draft])
    rows = [_row(standing, lacking.get(standing.newest.id, frozenset())) for standing in standings]
    groups = [
        Group(
            provider,
            [row for row in rows if row.standing.module.provider_id == provider.id and not row.waits_for_me],
            _links(provider),
        )
        for provider in providers
    ]
    waiting = [row for row in rows if row.waits_for_me]
    page = render_template(
        "author/modules.html", groups=groups, waiting=waiting, form=form if writable else None, empty=not rows
    )
    return (page, 422) if form.errors else page


@bp.get("/workshop/modules/<slug>")
def show(slug: str) -> Response:
    module = get_module_of(db(), my_roles().providers, slug)
    page = "author.details.edit" if module.provider_id in my_writing() else "author.preview.show"
    return redirect(url_for(page, slug=module.slug), 303)


@bp.post("/workshop/modules/<slug>/next")
def begin_next(slug: str) -> Response:
    module = get_module_of(db(), my_roles().providers, slug)
    if module.provider_id not in my_writing():
        raise NotAllowed("Authors and managers of the provider begin the next edition.")
    edition = begin_next_draft(db(), module, by=me().id, now=datetime.now(UTC))
    flash(
        f"Edition {edition.number} begins as a copy of the published one. Learners see it once it is published.", "good"
    )
    return redirect(url_for("author.details.edit", slug=slug), 303)


def _row(standing: Standing, parts: frozenset[str]) -> Row:
    waits = (
        standing.in_review
        and standing.module.provider_id in my_roles().reviewer
        and me().id not in standing.newest.editors
    )
    states = states_of(standing, datetime.now(UTC).date())
    return Row(standing, states, _next(standing, parts, waits=waits), waits)


def _next(standing: Standing, parts: frozenset[str], *, waits: bool) -> Link:
    """Return the one thing this person would do next with the module."""

    def link(label: str, endpoint: str) -> Link:
        return Link(label, url_for(endpoint, slug=standing.module.slug))

    writes = standing.module.provider_id in my_writing()
    if waits:
        return link("Review", "author.preview.show")
    if standing.draft is None or standing.in_review or not writes:
        return link("Look at it", "author.preview.show")
    if not standing.draft.description:
        return link("Write the details", "author.details.edit")
    for part, label, endpoint in STEPS:
        if part not in parts:
            return link(label, endpoint)
    return link("Check and hand in", "author.gate.show")


def _links(provider: Provider) -> list[Link]:
    """Return the pages about the provider, where this person manages it."""
    return tabs_of(provider) if provider.id in my_roles().manager else []
