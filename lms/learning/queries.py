"""What is known of enrollments and of reading; nothing here writes."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from lms.errors import NotFound
from lms.learning.models import Enrollment, LessonProgress
from lms.modules.models import Edition, Lesson, Module


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of a learner's table of contents; `seconds` are engaged seconds."""

    lesson_id: int
    slug: str
    title: str
    words: int
    media_seconds: int
    state: Literal["finished", "opened", "unopened"]
    seconds: int


_ENROLLMENT_OF = (
    select(Enrollment)
    .where(Enrollment.id == bindparam("enrollment_id"), Enrollment.user_id == bindparam("user_id"))
    .options(joinedload(Enrollment.edition).joinedload(Edition.module).joinedload(Module.provider))
)
_READINGS = (
    select(
        Lesson.id,
        Lesson.slug,
        Lesson.title,
        Lesson.words,
        Lesson.media_seconds,
        LessonProgress.id,
        LessonProgress.finished_at,
        LessonProgress.seconds,
    )
    .outerjoin(
        LessonProgress,
        (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.enrollment_id == bindparam("enrollment_id")),
    )
    .where(Lesson.edition_id == bindparam("edition_id"))
    .order_by(Lesson.position, Lesson.id)
)


def get_enrollment_of(session: Session, user_id: int, enrollment_id: int) -> Enrollment:
    """Return the learner's own enrollment with its edition, module and provider, or raise `NotFound`."""
    found = session.scalar(_ENROLLMENT_OF, {"enrollment_id": enrollment_id, "user_id": user_id})
    if found is None:
        raise NotFound("There is no such enrollment among yours.")
    return found


def find_enrollment(session: Session, user_id: int, edition_id: int) -> Enrollment | None:
    """Return the learner's enrollment in the edition, if there is one."""
    return session.scalar(select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.edition_id == edition_id))


def is_enrolled(session: Session, user_id: int) -> bool:
    """Say whether the person ever enrolled in anything."""
    return session.scalar(select(Enrollment.id).where(Enrollment.user_id == user_id).limit(1)) is not None


def list_readings(session: Session, enrollment: Enrollment) -> list[Reading]:
    """Return every lesson of the enrollment in order, with how far the learner is; one statement."""
    rows = session.execute(_READINGS, {"enrollment_id": enrollment.id, "edition_id": enrollment.edition_id})
    return [
        Reading(
            lesson_id,
            slug,
            title,
            words,
            media_seconds,
            "finished" if finished_at else "opened" if progress_id else "unopened",
            seconds or 0,
        )
        for lesson_id, slug, title, words, media_seconds, progress_id, finished_at, seconds in rows
    ]


def list_unfinished(session: Session, enrollment: Enrollment) -> list[Lesson]:
    """Return the lessons that the learner has not finished yet, in order."""
    finished = select(LessonProgress.lesson_id).where(
        LessonProgress.enrollment_id == enrollment.id, LessonProgress.finished_at.is_not(None)
    )
    return list(
        session.scalars(
            select(Lesson)
            .where(Lesson.edition_id == enrollment.edition_id, Lesson.id.not_in(finished))
            .order_by(Lesson.position, Lesson.id)
        )
    )


def engaged_seconds(session: Session, enrollment_id: int) -> int:
    """Return how many seconds the learner was seen reading, over all lessons of the enrollment."""
    total = select(func.coalesce(func.sum(LessonProgress.seconds), 0))
    return int(session.scalar(total.where(LessonProgress.enrollment_id == enrollment_id)) or 0)
