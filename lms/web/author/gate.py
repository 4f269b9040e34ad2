"""What a draft still lacks, and the way from its authors through review to publishing."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.accreditation.commands import publish_edition, submit_for_review
from lms.accreditation.commands import send_back as send_draft_back
from lms.accreditation.gate import AUTHORS_FIELDS, Check, is_for_credit, list_checks
from lms.accreditation.queries import Dossier, get_dossier, stage_of
from lms.awards.document import list_printed
from lms.errors import Conflict, Invalid
from lms.modules.models import Edition
from lms.modules.queries import get_standing_of
from lms.people.queries import get_user
from lms.web.auth import me, my_roles
from lms.web.author.workbench import Bench, open_bench, who_and_when
from lms.web.forms import BaseForm
from lms.web.printing import list_unprintable
from lms.web.transaction import db

bp = Blueprint("gate", __name__, url_prefix="/workshop/modules/<slug>/gate")

# field of a requirement → the page that mends it, and whether that page is the provider's
PAGES = {
    "details": ("author.details.edit", False),
    "dates": ("author.details.edit", False),
    "objectives": ("author.objectives.show_all", False),
    "lessons": ("author.lessons.show_all", False),
    "contributors": ("author.contributors.show_all", False),
    "references": ("author.references.show_all", False),
    "items": ("author.items.show_all", False),
    "quiz": ("author.quiz.edit", False),
    "credit": ("author.credit.show", False),
    "review": ("author.gate.show", False),
    "provider": ("author.settings.edit", True),
    "approval": ("author.approvals.show_all", True),
}
NAMES = {
    "details": "Details",
    "dates": "Dates",
    "objectives": "Objectives",
    "lessons": "Lessons",
    "contributors": "Contributors",
    "references": "References",
    "items": "Questions",
    "quiz": "Post-test",
    "credit": "Credit",
    "review": "Review",
    "provider": "Provider",
    "approval": "Approvals",
}


class SendBackForm(BaseForm):
    """What should change."""

    seen = HiddenField()
    note = TextAreaField(
        "What should change",
        [InputRequired("Say what should change."), Length(max=5000)],
        description="Mailed to everyone who worked on the draft.",
    )


@bp.get("")
def show(slug: str) -> str:
    bench = open_bench(slug)
    return _page(bench, _fresh(bench.edition))


@bp.post("/submit")
def submit(slug: str) -> Response | tuple[str, int]:
    bench = open_bench(slug)
    try:
        _refuse_unprintable(bench.edition)
        submit_for_review(db(), bench.edition, link=_address("author.gate.show", slug), **who_and_when())
    except Invalid as error:
        return _refused(bench, error)
    flash("The draft is handed in. Those who may approve it are told.", "good")
    return redirect(url_for(".show", slug=slug), 303)


@bp.post("/send-back")
def send_back(slug: str) -> Response | tuple[str, int]:
    edition = _for_review(slug)
    form = SendBackForm()
    if not form.submitted():
        return _page(open_bench(slug, reviewing=True), form), 422
    try:
        link = _address("author.gate.show", slug)
        send_draft_back(db(), edition, form.note.data, seen=form.seen.data or "", link=link, **who_and_when())
    except Conflict as conflict:
        form.refuse(conflict)
        form.seen.data = stage_of(edition)  # whoever sends it back again has been told
        refusal = "" if edition.submitted_at else str(conflict)  # the form is shown for handed-in drafts only
        return _page(open_bench(slug, reviewing=True), form, refusal=refusal), 409
    flash("The draft is back with its authors, and they are told.", "good")
    return redirect(url_for(".show", slug=slug), 303)


@bp.post("/publish")
def publish(slug: str) -> Response | tuple[str, int]:
    edition = _for_review(slug)
    seen = request.form.get("seen", "")
    try:
        if edition.submitted_at is not None and seen == stage_of(edition):
            _refuse_unprintable(edition)
        publish_edition(db(), edition, seen=seen, link=_address("public.modules.show", slug), **who_and_when())
    except Invalid as error:
        return _refused(open_bench(slug, reviewing=True), error)
    except Conflict as conflict:
        return _page(open_bench(slug, reviewing=True), _fresh(edition), refusal=str(conflict)), 409
    flash(f"Edition {edition.number} is published. Learners find it in the catalogue now.", "good")
    return redirect(url_for(".show", slug=slug), 303)


def _for_review(slug: str) -> Edition:
    """Return the draft if this person reviews for its provider; raises `NotFound`, or `Conflict` once published."""
    standing = get_standing_of(db(), my_roles().reviewer | my_roles().manager, slug)
    if standing.draft is None:
        raise Conflict(f"Edition {standing.newest.number} of this module is published already.")
    return standing.draft


def _address(endpoint: str, slug: str) -> str:
    return f"{current_app.extensions['settings'].public_url}{url_for(endpoint, slug=slug)}"


def _fresh(edition: Edition) -> SendBackForm:
    """Return the form for the draft as it stands now."""
    form = SendBackForm(data={"seen": stage_of(edition)})
    form.seen.data = stage_of(edition)
    return form


def _refused(bench: Bench, error: Invalid) -> tuple[str, int]:
    return _page(bench, _fresh(bench.edition), refusal=str(error)), 422


def _refuse_unprintable(edition: Edition) -> None:
    if problems := _printing(get_dossier(db(), edition)):
        raise Invalid(form="Change this first: " + " ".join(check.problem for check in problems))


def _printing(dossier: Dossier) -> list[Check]:
    """Return a requirement for each text that certificates of the edition would print and cannot."""
    authors = [row for row in dossier.contributors if row.role == "author"]
    approvals = [
        approval
        for claim in dossier.claims
        for approval in claim.approvals
        if claim.calculation and approval.confirmed_at and not approval.withdrawn_on
    ]
    problems = list_unprintable(list_printed(dossier.edition, authors, approvals))
    return [Check("Certificates can print it", text.field, sentence) for text, sentence in problems]


def _page(bench: Bench, form: SendBackForm, refusal: str = "") -> str:
    today = datetime.now(UTC).date()
    dossier = get_dossier(db(), bench.edition) if bench.standing.draft else None
    printing = _printing(dossier) if dossier else []
    checks = [*list_checks(dossier, today), *printing] if dossier else []
    unmet = [check for check in checks if check.problem and check.field != "review"]
    taken_back_by = bench.edition.taken_back_by
    reviews = bench.module.provider_id in my_roles().reviewer | my_roles().manager
    return render_template(
        "author/gate.html",
        bench=bench,
        form=form,
        refusal=refusal,
        unmet=[(check, NAMES[check.field], _url(check, bench)) for check in unmet],
        met=[check for check in checks if not check.problem and _is_there(check, dossier)],
        mine=bool(printing) or any(check.field in AUTHORS_FIELDS for check in unmet),
        for_credit=dossier is not None and is_for_credit(dossier, today),
        taken_back_by=get_user(db(), taken_back_by).name if taken_back_by else "",
        reviews=reviews,
        edited=me().id in bench.edition.editors,
    )


def _is_there(check: Check, dossier: Dossier | None) -> bool:
    """Whether what the requirement is about exists: of nothing at all, everything is true."""
    if dossier is None:
        return False
    parts = {
        "objectives": dossier.objectives,
        "lessons": dossier.lessons,
        "contributors": dossier.contributors,
        "references": dossier.references,
        "items": dossier.items,
        "quiz": dossier.drawn,
    }
    return bool(parts.get(check.field, True))


def _url(check: Check, bench: Bench) -> str | None:
    """Return the page that mends it, or None when this person may not open it."""
    endpoint, providers = PAGES[check.field]
    if not providers:
        return url_for(endpoint, slug=bench.module.slug)
    provider = bench.module.provider
    return url_for(endpoint, slug=provider.slug) if provider.id in my_roles().manager else None
