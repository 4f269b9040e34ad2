"""A learner's home: what comes next, what is under way, what is finished."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template, url_for

from lms.awards.journey import Journey, journeys_of
from lms.modules.outline import reading_minutes
from lms.oversight.queries import Row, list_audits_of
from lms.people.queries import list_licenses
from lms.web.auth import me
from lms.web.learner.steps import steps_of, url_of
from lms.web.text import day, minutes, plural
from lms.web.transaction import db

bp = Blueprint("home", __name__)

MOST_ACTIONS = 3


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do next: what, for which module or audit, how long, and the button."""

    title: str
    text: str
    label: str
    url: str


@bp.get("/learn")
def show() -> str:
    journeys = journeys_of(db(), me().id)
    audits = list_audits_of(db(), me().id, now=datetime.now(UTC))
    asked = [_answer(row) for row in audits if row.place.state in ("waiting", "returned")]
    underway = [journey for journey in journeys if journey.next != "done"]
    # Whoever is nearest to a certificate is asked first.
    nearest = sorted(underway, key=lambda journey: -["lesson", "test", "evaluation", "finish"].index(journey.next))
    return render_template(
        "learner/home.html",
        licensed=bool(list_licenses(db(), me().id)),
        actions=[*asked, *map(_action, nearest)][:MOST_ACTIONS],
        underway=[(journey, steps_of(journey)) for journey in underway],
        finished=[journey for journey in journeys if journey.next == "done"],
    )


def _answer(row: Row) -> Action:
    audit, subject = row.subject.audit, row.subject
    text = f"{audit.board.name} asks about license {subject.license}. "
    text += f"The answer was due by {day(audit.due_on)}." if row.place.late else f"Answer by {day(audit.due_on)}."
    return Action(audit.title, text, "Answer the audit", url_for("learner.audits.show", subject_id=subject.id))


def _action(journey: Journey) -> Action:
    url = url_of(journey.enrollment_id, journey.next)
    if journey.next == "finish":
        return Action(journey.title, "Attest that the work is yours and receive your certificate.", "Finish", url)
    if journey.next == "evaluation":
        return Action(journey.title, "You passed. The evaluation is next.", "Evaluate", url)
    if journey.next == "test" and journey.open_attempt is not None:
        return Action(journey.title, "Your test is open and your answers are saved.", "Continue the test", url)
    if journey.next == "test":
        return Action(journey.title, "You have read every lesson. The test is next.", "Go to the test", url)
    left = journey.lessons - journey.finished
    text = f"{plural(left, 'lesson')} left"
    if not journey.finished:
        text += f", about {minutes(reading_minutes(journey.words, journey.media_seconds))}"
    if journey.resume_title is not None:
        takes = reading_minutes(journey.resume_words or 0, journey.resume_seconds or 0)
        text += f". Next: {journey.resume_title}, {minutes(takes)}"
    return Action(
        journey.title,
        text,
        "Continue" if journey.finished else "Begin",
        url_for("learner.lessons.resume", enrollment_id=journey.enrollment_id),
    )
