"""A module's page: everything a course page must state, the preview of its first lesson, and enrolling."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.catalogue import Offer, get_offer, list_calculations
from lms.accreditation.credit import hours_text, method_title
from lms.accreditation.models import CreditCalculation
from lms.accreditation.queries import list_creditable
from lms.awards.eligibility import why_no_credit
from lms.awards.journey import find_journey
from lms.errors import NotFound
from lms.learning.commands import enroll as enroll_in
from lms.modules.models import Media
from lms.modules.outline import Outline, outline_of, reading_minutes
from lms.modules.queries import get_lesson, list_media
from lms.modules.text import media_ids, render
from lms.web.auth import me
from lms.web.learner.steps import BANNER, steps_of, url_of
from lms.web.text import local_day, plural
from lms.web.transaction import db

bp = Blueprint("modules", __name__)


@bp.get("/modules/<slug>")
def show(slug: str) -> str:
    day = local_day(datetime.now(UTC))
    offer = get_offer(db(), slug, day=day)
    edition = offer.edition
    outline = outline_of(db(), edition.id)
    journey = find_journey(db(), me().id, edition.module_id) if current_user.is_authenticated else None
    barred = why_no_credit(db(), me().id, edition, day=day) if current_user.is_authenticated else ""
    if journey and journey.edition_id == edition.id and journey.next == "done":
        barred = ""  # what it earned is on the record
    creditable = [] if offer.expired else list_creditable(db(), edition, day=day)
    calculations = list_calculations(db(), edition.id)
    return render_template(
        "public/module.html",
        offer=offer,
        edition=edition,
        module=edition.module,
        provider=edition.module.provider,
        outline=outline,
        description=Markup(render(edition.description, {})),  # noqa: S704 - sanitized by render
        total_minutes=reading_minutes(edition.words, edition.media_seconds),
        creditable=creditable,
        methods=[_method(row) for row in calculations],
        requirements=_requirements(offer, outline),
        journey=journey,
        barred=barred,
        steps=steps_of(journey) if journey else [],
        next_url=url_of(journey.enrollment_id, journey.next) if journey else None,
        banner=BANNER if any(row.accreditor.fictional for row in creditable) else "",
    )


@bp.get("/modules/<slug>/preview")
def preview(slug: str) -> str:
    """Show the first lesson to anyone."""
    offer = get_offer(db(), slug, day=local_day(datetime.now(UTC)))
    edition = offer.edition
    chapters = outline_of(db(), edition.id).chapters
    if not chapters:
        raise NotFound("This module has no lessons.")
    lesson = get_lesson(db(), edition.id, chapters[0].slug)
    media: dict[int, Media] = {}
    if media_ids(lesson.body):
        media = {row.id: row for row in list_media(db(), edition.module_id)}
    demonstration = any(
        ACCREDITORS[row.accreditor].fictional
        for row in list_calculations(db(), edition.id)
        if row.accreditor in ACCREDITORS
    )
    return render_template(
        "public/preview.html",
        edition=edition,
        module=edition.module,
        lesson=lesson,
        left=len(chapters) - 1,
        text=Markup(render(lesson.body, media)),  # noqa: S704 - sanitized by render
        banner=BANNER if demonstration else "",
    )


@bp.post("/modules/<slug>/enroll")
def enroll(slug: str) -> Response:
    """Enroll and open the first lesson; a visitor signs in first and comes back to the module."""
    if not current_user.is_authenticated:
        flash("Sign in to enroll, or create an account. Then you come back to the module and enroll there.", "info")
        return redirect(url_for("security.login", next=url_for(".show", slug=slug)), 303)
    now = datetime.now(UTC)
    offer = get_offer(db(), slug, day=local_day(now))
    enrollment = enroll_in(db(), me().id, offer.edition, now=now)
    return redirect(url_for("learner.lessons.resume", enrollment_id=enrollment.id), 303)


def _requirements(offer: Offer, outline: Outline) -> list[str]:
    """Return what completing takes, from the settings of the post-test."""
    found = [f"Read all {plural(len(outline.chapters), 'lesson')}."]
    if offer.quiz is not None:
        most = offer.quiz.attempts
        within = "in as many attempts as you need" if most is None else f"within {plural(most, 'attempt')}"
        questions = plural(offer.questions, "question")
        found.append(f"Pass the post-test of {questions} with {offer.quiz.pass_mark}% {within}.")
    found.append("Answer the evaluation.")
    found.append("Attest that you did the work yourself.")
    return found


def _method(row: CreditCalculation) -> tuple[str, str]:
    """Return the accreditor and how the hours with it were found, in words."""
    accreditor = ACCREDITORS.get(row.accreditor)
    title, unit = (accreditor.title, accreditor.unit) if accreditor else (row.accreditor, "hour")
    inputs = row.inputs
    parts = [
        f"{inputs['words']:,} words" if "words" in inputs else "",
        plural(inputs["questions"], "question") if "questions" in inputs else "",
        f"difficulty {inputs['difficulty']} of 5" if "difficulty" in inputs else "",
        f"{inputs['media_seconds'] / 60:.0f} minutes of audio and video" if inputs.get("media_seconds") else "",
        plural(len(inputs["pilot_minutes"]), "tester") if "pilot_minutes" in inputs else "",
    ]
    shown = ", ".join(part for part in parts if part)
    way = f"{method_title(row.method)}{f' ({shown})' if shown else ''}"
    result = f"{float(row.minutes):.1f} minutes, rounded down to {hours_text(row.hours, unit)}"
    return title, f"{way}: {result}."
