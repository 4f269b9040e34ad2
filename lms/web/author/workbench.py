"""What all pages of one module share: the module as this person may see it, its tabs, its states; no page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from flask import Response, after_this_request, current_app, flash, request, url_for
from markupsafe import Markup

from lms.accreditation.gate import list_checks
from lms.accreditation.queries import WARNING_DAYS, day_text, get_dossier
from lms.errors import Conflict, NotAllowed
from lms.modules.commands import move_part, remove_part
from lms.modules.models import Edition, Media, Module
from lms.modules.queries import Part, Standing, get_part, get_standing_of
from lms.modules.text import render
from lms.web.auth import me, my_roles
from lms.web.navigation import Link
from lms.web.transaction import db

TABS = (
    ("Details", "author.details.edit"),
    ("Objectives", "author.objectives.show_all"),
    ("Lessons", "author.lessons.show_all"),
    ("Contributors", "author.contributors.show_all"),
    ("References", "author.references.show_all"),
    ("Media", "author.media.show_all"),
    ("Questions", "author.items.show_all"),
    ("Post-test", "author.quiz.edit"),
    ("Credit", "author.credit.show"),
    ("Check and publish", "author.gate.show"),
    ("Preview", "author.preview.show"),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """A module on the workbench: its newest edition, and whether this person may write in it."""

    standing: Standing
    edition: Edition
    writer: bool
    tabs: tuple[Link, ...]

    @property
    def module(self) -> Module:
        """The module."""
        return self.standing.module

    @property
    def editable(self) -> bool:
        """Whether the edition is a draft and this person an author or manager of its provider."""
        return self.writer and self.standing.draft is not None

    @property
    def states(self) -> list[tuple[str, str]]:
        """Its states as the macro `status` draws them."""
        return states_of(self.standing, datetime.now(UTC).date())

    @property
    def following(self) -> Link | None:
        """The part after the one that is open."""
        here = next((number for number, tab in enumerate(self.tabs) if tab.current), len(self.tabs))
        return self.tabs[here + 1] if here + 1 < len(self.tabs) else None

    @property
    def tab(self) -> str:
        """The label of the tab that is open."""
        return next((tab.label for tab in self.tabs if tab.current), "Module")


def my_writing() -> Collection[int]:
    """Return the providers whose drafts this person may write."""
    return my_roles().author | my_roles().manager


def open_bench(slug: str, *, reviewing: bool = False) -> Bench:
    """Return the module if this person works for its provider, else `NotFound`; who may not write may not POST.

    With `reviewing` a reviewer's POST passes: that page has a rule of its own.
    """
    standing = get_standing_of(db(), my_roles().providers, slug)
    writer = standing.module.provider_id in my_writing()
    if request.method == "POST" and not reviewing:
        if not writer:
            raise NotAllowed("Reviewers read; authors and managers of the provider write.")
        if standing.draft is None:
            raise Conflict("This edition is published and does not change any more. Begin the next edition.")
        if standing.in_review:
            _say_when_taken_back(standing.newest)
    here = str(request.endpoint).rsplit(".", 1)[0]
    tabs = tuple(
        Link(label, url_for(endpoint, slug=slug), endpoint.rsplit(".", 1)[0] == here)
        for label, endpoint in TABS
        if endpoint in current_app.view_functions
    )
    return Bench(standing, standing.newest, writer, tabs)


def _say_when_taken_back(edition: Edition) -> None:
    """Say after this request whether it took the draft back from review; what was refused did not."""

    @after_this_request
    def _(answer: Response) -> Response:
        if answer.status_code == 303 and edition.submitted_at is None:
            flash(
                "That took the draft back from review. When you are done, hand it in again under Check and publish.",
                "caution",
            )
        return answer


def states_of(standing: Standing, day: date) -> list[tuple[str, str]]:
    """Return kind and words of each state of a module on that day."""
    states = []
    if standing.published is not None:
        states.append(("good", f"Published, edition {standing.published.number}"))
        ends = standing.published.expires_on
        if ends is not None and ends < day:
            states.append(("danger", f"Expired on {day_text(ends)}"))
        elif ends is not None and (ends - day).days <= WARNING_DAYS:
            states.append(("caution", f"Due for review: expires on {day_text(ends)}"))
    if standing.draft is not None:
        what = f"edition {standing.draft.number}" if standing.published else "Draft"
        if standing.in_review:
            states.append(("caution", f"In review: {what}" if standing.published else "In review"))
        else:
            states.append(("neutral", f"Draft: {what}" if standing.published else what))
    if standing.module.withdrawn_at is not None:
        states.append(("danger", "Withdrawn from the catalogue"))
    return states


def move(slug: str, kind: type[Part], part_id: int) -> None:
    """Move a part of the draft one place, as the button asks, and say so."""
    bench = open_bench(slug)
    part = get_part(db(), kind, bench.edition.id, part_id)
    say_moved(kind.__name__.lower(), moved=move_part(db(), part, asked_step(), **who_and_when()))


def remove(slug: str, kind: type[Part], part_id: int) -> None:
    """Remove a part of the draft, and say so."""
    bench = open_bench(slug)
    part = get_part(db(), kind, bench.edition.id, part_id)
    remove_part(db(), part, **who_and_when())
    flash(f"The {kind.__name__.lower()} is removed.", "good")


def asked_step() -> Literal[-1, 1]:
    """Return the way a button moves its row: -1 up, 1 down."""
    return -1 if request.form.get("step") == "-1" else 1


def say_moved(what: str, *, moved: bool) -> None:
    """Say which way a row went, or why it stayed: the page may have been older than the list."""
    if moved:
        flash(f"The {what} is moved {'up' if asked_step() < 0 else 'down'}.", "good")
    else:
        flash(f"The {what} is the {'first' if asked_step() < 0 else 'last'} already.", "info")


def warn(edition: Edition, field: str) -> None:
    """Say with what was saved why it cannot be published yet: what the gate will ask for in this part of the draft."""
    checks = list_checks(get_dossier(db(), edition), datetime.now(UTC).date())
    unmet = [
        f"{check.accreditor}: {check.problem}" if check.accreditor else check.problem
        for check in checks
        if check.problem and check.field == field
    ]
    if unmet:
        flash(f"This cannot be published yet. {' '.join(unmet)}", "caution")


def html_of(body: str, media: Mapping[int, Media]) -> Markup:
    """Return a lesson's text for a page."""
    return Markup(render(body, media))  # noqa: S704 - sanitized by render


def who_and_when() -> dict[str, Any]:
    """Return the `by` and `now` of a command, the clock read once."""
    return {"by": me().id, "now": datetime.now(UTC)}
