"""The lessons of an enrollment, one at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.awards.journey import Journey, journey_of
from lms.learning.commands import beat, finish_lesson
from lms.learning.models import Enrollment
from lms.learning.queries import Reading, get_enrollment_of, list_readings
from lms.modules.models import Media
from lms.modules.outline import reading_minutes
from lms.modules.queries import get_lesson, list_media
from lms.modules.text import media_ids, render
from lms.web.auth import me
from lms.web.learner.steps import banner_of, steps_of, url_of
from lms.web.text import minutes
from lms.web.transaction import db

bp = Blueprint("lessons", __name__)

BEAT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of contents, or a neighbor of the lesson."""

    label: str
    url: str
    state: str = "todo"
    minutes_text: str = ""


@bp.get("/learn/<int:enrollment_id>")
def resume(enrollment_id: int) -> Response:
    """Go on with the lesson where the reading stopped; when all are finished, to the first one."""
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    slug = journey_of(db(), enrollment).resume
    if slug is None:
        readings = list_readings(db(), enrollment)
        if not readings:
            return redirect(url_for("learner.home.show"), 303)
        slug = readings[0].slug
    return redirect(url_for(".show", enrollment_id=enrollment.id, slug=slug), 303)


@bp.get("/learn/<int:enrollment_id>/lessons/<slug>")
def show(enrollment_id: int, slug: str) -> str:
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    edition = enrollment.edition
    lesson = get_lesson(db(), edition.id, slug)
    readings = list_readings(db(), enrollment)
    journey = journey_of(db(), enrollment)
    place = [reading.slug for reading in readings].index(slug)
    here = readings[place]
    media: dict[int, Media] = {}
    if media_ids(lesson.body):
        media = {row.id: row for row in list_media(db(), edition.module_id)}
    return render_template(
        "learner/lesson.html",
        enrollment=enrollment,
        edition=edition,
        lesson=lesson,
        text=Markup(render(lesson.body, media)),  # noqa: S704 - sanitized by render
        contents=[_line(enrollment, reading, here) for reading in readings],
        read=sum(reading.state == "finished" for reading in readings),
        number=place + 1,
        finished=here.state == "finished",
        previous=_line(enrollment, readings[place - 1], here) if place else None,
        next_title=readings[place + 1].title if place + 1 < len(readings) else None,
        length=reading_minutes(lesson.words, lesson.media_seconds),
        engaged=sum(reading.seconds for reading in readings) // 60,
        warn=bool(edition.content_warning) and place == 0 and not journey.finished,
        steps=steps_of(journey),
        banner=banner_of(journey),
        beat_seconds=BEAT_SECONDS,
    )


@bp.post("/learn/<int:enrollment_id>/lessons/<slug>")
def finish(enrollment_id: int, slug: str) -> Response:
    """Finish this lesson and go to the next one, to what is still unread after the last, or to the test."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    finish_lesson(db(), enrollment, get_lesson(db(), enrollment.edition_id, slug), now=now)
    readings = list_readings(db(), enrollment)
    place = [reading.slug for reading in readings].index(slug)
    if place + 1 < len(readings):
        following: str | None = readings[place + 1].slug
    else:
        following = next((reading.slug for reading in readings if reading.state != "finished"), None)
    if following is not None:
        return redirect(url_for(".show", enrollment_id=enrollment.id, slug=following), 303)
    return redirect(_after(journey_of(db(), enrollment)), 303)


@bp.post("/learn/<int:enrollment_id>/lessons/<slug>/beat")
def note(enrollment_id: int, slug: str) -> dict[str, int]:
    """Answer with the engaged seconds of this lesson; `begins` says that the reader just came (back) to the page."""
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    lesson = get_lesson(db(), enrollment.edition_id, slug)
    progress = beat(db(), enrollment, lesson, begins="begins" in request.form, now=now)
    return {"seconds": progress.seconds}


def _after(journey: Journey) -> str:
    return url_of(journey.enrollment_id, "test" if journey.next == "lesson" else journey.next)


def _line(enrollment: Enrollment, reading: Reading, here: Reading) -> Line:
    return Line(
        reading.title,
        url_for(".show", enrollment_id=enrollment.id, slug=reading.slug),
        "current" if reading is here else "done" if reading.state == "finished" else "todo",
        minutes(reading_minutes(reading.words, reading.media_seconds)),
    )
