"""Who wrote a module and who planned it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.errors import Refusal
from lms.modules.commands import CONTRIBUTOR_ROLES, add_contributor, edit_contributor
from lms.modules.models import Contributor
from lms.modules.queries import get_part, list_contributors
from lms.web.author.workbench import move as move_in_order
from lms.web.author.workbench import open_bench, who_and_when
from lms.web.author.workbench import remove as remove_from_draft
from lms.web.forms import BaseForm, choices_of
from lms.web.transaction import db

bp = Blueprint("contributors", __name__, url_prefix="/workshop/modules/<slug>/contributors")


class ContributorForm(BaseForm):
    """An author or planner."""

    role = RadioField(
        "Role", [InputRequired("Choose a role.")], choices=choices_of(CONTRIBUTOR_ROLES), default="author"
    )
    name = StringField("Name", [InputRequired("A contributor needs a name."), Length(max=200)])
    credentials = StringField(
        "Credentials",
        [InputRequired("Name the degrees and licenses."), Length(max=200)],
        description="Such as PhD, LMFT.",
    )
    bio = TextAreaField(
        "Biography",
        [InputRequired("Say what makes this person qualified.")],
        description="Two or three sentences about what makes this person qualified.",
    )
    disclosure = TextAreaField(
        "Disclosure",
        [InputRequired("Say what there is to disclose; if there is nothing, say that.")],
        description="Conflicts of interest of the past 24 months. If there are none, say so.",
    )


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = ContributorForm()
    if form.submitted():
        try:
            add_contributor(db(), bench.edition, **form.data, **who_and_when())
            flash("The contributor is added.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    contributors = list_contributors(db(), bench.edition.id)
    groups: dict[str, list[Any]] = {
        words: [row for row in contributors if row.role == role] for role, words in CONTRIBUTOR_ROLES.items()
    }
    page = render_template("author/contributors.html", bench=bench, groups=groups, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<int:contributor_id>", methods=["GET", "POST"])
def edit(slug: str, contributor_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    contributor = get_part(db(), Contributor, bench.edition.id, contributor_id)
    form = ContributorForm(obj=contributor)
    if form.submitted():
        try:
            edit_contributor(db(), contributor, **form.data, **who_and_when())
            flash("The contributor is saved.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/contributor.html", bench=bench, form=form)
    return (page, 422) if form.errors else page


@bp.post("/<int:contributor_id>/move")
def move(slug: str, contributor_id: int) -> Response:
    move_in_order(slug, Contributor, contributor_id)
    return redirect(url_for(".show_all", slug=slug, _anchor=f"contributor-{contributor_id}"), 303)


@bp.post("/<int:contributor_id>/remove")
def remove(slug: str, contributor_id: int) -> Response:
    remove_from_draft(slug, Contributor, contributor_id)
    return redirect(url_for(".show_all", slug=slug), 303)
