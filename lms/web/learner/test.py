"""The post-test: opening it, answering, looking it over, handing it in, and the result."""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.assessments.grading import ObjectiveMark, mark_of, marks_by_objective
from lms.assessments.models import Attempt
from lms.assessments.pointing import lessons_on, question_about, read
from lms.assessments.question import question_of
from lms.assessments.sitting import (
    access_to,
    answers_of,
    count_questions,
    get_attempt_of,
    get_own_attempt,
    get_quiz,
    list_attempts,
    open_attempt,
    save_answer,
    save_answers,
    served,
    submit_attempt,
)
from lms.awards.journey import journey_of
from lms.errors import NotAllowed, NotFound, Refusal
from lms.learning.pace import pace_of
from lms.learning.queries import get_enrollment_of, list_readings
from lms.modules.queries import list_lessons
from lms.web.auth import me
from lms.web.errors import STATUS
from lms.web.learner.steps import banner_of, steps_of
from lms.web.text import clock
from lms.web.transaction import db

bp = Blueprint("quiz", __name__)


@dataclass(frozen=True, slots=True)
class Option:
    """An option after grading, as the macro `reviewed_options` draws it."""

    text: str
    correct: bool
    chosen: bool
    rationale: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question after passing."""

    stem: str
    correct: bool
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """An objective after failing: how it went, and which lessons (title, slug) speak of it."""

    mark: ObjectiveMark
    lessons: tuple[tuple[str, str], ...]


@bp.get("/learn/<int:enrollment_id>/test")
def show(enrollment_id: int) -> str | Response:
    """Show the open paper, or what stands between the learner and one."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    attempts = list_attempts(db(), enrollment.id)
    journey = journey_of(db(), enrollment)
    page = {"enrollment": enrollment, "steps": steps_of(journey), "banner": banner_of(journey)}
    attempt = next((attempt for attempt in attempts if attempt.submitted_at is None), None)
    if attempt is not None:
        answers = answers_of(db(), attempt.id)
        return render_template(
            "learner/test.html", attempt=attempt, questions=served(attempt, answers), answered=len(answers), **page
        )
    readings = list_readings(db(), enrollment)
    missing = [reading for reading in readings if reading.state != "finished"]
    quiz = get_quiz(db(), enrollment.edition_id)
    return render_template(
        "learner/test_intro.html",
        quiz=quiz,
        questions=count_questions(db(), enrollment.edition_id),
        attempts=attempts,
        access=access_to(quiz, attempts, now=now),
        passed=journey.passed_attempt,
        missing=missing,
        pace=pace_of(sum(reading.seconds for reading in readings), journey.words, journey.media_seconds),
        percent=percent,
        **page,
    )


@bp.post("/learn/<int:enrollment_id>/test")
def begin(enrollment_id: int) -> Response:
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    try:
        open_attempt(db(), enrollment, now=now)
    except NotAllowed as refusal:
        flash(str(refusal), "caution")
    return redirect(url_for(".show", enrollment_id=enrollment.id), 303)


@bp.post("/learn/<int:enrollment_id>/test/<int:number>/answers/<int:item_id>")
def save(enrollment_id: int, number: int, item_id: int) -> tuple[dict[str, str], int]:
    """Save one answer for the script and say when, or why not."""
    now = datetime.now(UTC)
    attempt = get_own_attempt(db(), me().id, enrollment_id, number)
    try:
        save_answer(db(), attempt, item_id, request.form.getlist(f"item-{item_id}"), now=now)
    except Refusal as refusal:
        return {"error": str(refusal)}, STATUS[type(refusal)]
    return {"saved": clock(now)}, 200


@bp.post("/learn/<int:enrollment_id>/test/<int:number>/answers")
def save_all(enrollment_id: int, number: int) -> Response:
    """Save what the page holds and stay, or go on to look it over."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    attempt = get_attempt_of(db(), enrollment, number)
    save_answers(db(), attempt, _sent(attempt), now=now)
    if "review" in request.form:
        return redirect(url_for(".review", enrollment_id=enrollment.id, number=number), 303)
    flash(f"Your answers are saved ({clock(now)}). You can come back to them on any device.", "good")
    return redirect(url_for(".show", enrollment_id=enrollment.id), 303)


@bp.get("/learn/<int:enrollment_id>/test/<int:number>/review")
def review(enrollment_id: int, number: int) -> str | Response:
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    attempt = get_attempt_of(db(), enrollment, number)
    if attempt.submitted_at is not None:
        return redirect(url_for(".result", enrollment_id=enrollment.id, number=number), 303)
    journey = journey_of(db(), enrollment)
    questions = served(attempt, answers_of(db(), attempt.id))
    return render_template(
        "learner/test_review.html",
        enrollment=enrollment,
        attempt=attempt,
        questions=questions,
        empty=[place for place, question in enumerate(questions, 1) if not question.chosen],
        steps=steps_of(journey),
        banner=banner_of(journey),
    )


@bp.post("/learn/<int:enrollment_id>/test/<int:number>/submit")
def submit(enrollment_id: int, number: int) -> Response:
    """Hand the paper in; a second time leads to the same result."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    attempt = get_attempt_of(db(), enrollment, number)
    submit_attempt(db(), attempt, _sent(attempt), now=now)
    return redirect(url_for(".result", enrollment_id=enrollment.id, number=number), 303)


@bp.get("/learn/<int:enrollment_id>/test/<int:number>")
def result(enrollment_id: int, number: int) -> str | Response:
    """Show the result: after passing every rationale, after failing where to look again and never the key."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    attempts = list_attempts(db(), enrollment.id)
    attempt = next((attempt for attempt in attempts if attempt.number == number), None)
    if attempt is None:
        raise NotFound("There is no such attempt of yours.")
    if attempt.submitted_at is None or attempt.score is None:
        return redirect(url_for(".show", enrollment_id=enrollment.id), 303)
    journey = journey_of(db(), enrollment)
    answers = answers_of(db(), attempt.id)
    page = {
        "enrollment": enrollment,
        "attempt": attempt,
        "journey": journey,
        "percent": percent,
        "points": attempt.score * len(attempt.paper),
        "steps": steps_of(journey),
        "banner": banner_of(journey),
    }
    if attempt.passed:
        return render_template("learner/test_passed.html", reviewed=_reviewed(attempt, answers), **page)
    access = access_to(get_quiz(db(), enrollment.edition_id), attempts, now=now)
    pointers = _pointers(attempt, answers, enrollment.edition_id)
    return render_template("learner/test_failed.html", pointers=pointers, access=access, **page)


def percent(score: Fraction) -> str:
    """Return "66%": rounded down, so that a score never looks like a pass that it is not."""
    return f"{int(score * 100)}%"


def _sent(attempt: Attempt) -> dict[int, list[str]]:
    """Return the answers that the page sent along; a question that it did not show is not touched."""
    shown = [entry["item"] for entry in attempt.paper if f"shown-{entry['item']}" in request.form]
    return {item_id: request.form.getlist(f"item-{item_id}") for item_id in shown}


def _reviewed(attempt: Attempt, answers: dict[int, list[str]]) -> list[Reviewed]:
    found = []
    for entry in attempt.paper:
        explained = question_of(entry["kind"]).explain(
            entry["definition"], entry["order"], answers.get(entry["item"], ())
        )
        options = tuple(Option(row.text, row.right, row.chosen, row.rationale) for row in explained)
        found.append(Reviewed(entry["stem"], mark_of(entry, answers) == 1, options))
    return found


def _pointers(attempt: Attempt, answers: dict[int, list[str]], edition_id: int) -> list[Pointer]:
    lessons = {lesson.slug: lesson for lesson in list_lessons(db(), edition_id)}
    texts = [read(lesson.slug, f"{lesson.title} {lesson.body}") for lesson in lessons.values()]
    found = []
    for mark in marks_by_objective(attempt.paper, answers):
        if not mark.full:
            slugs = lessons_on(texts, question_about(attempt.paper, mark.objective))
            found.append(Pointer(mark, tuple((lessons[slug].title, slug) for slug in slugs)))
    return found
