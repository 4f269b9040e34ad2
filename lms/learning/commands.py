"""What a learner does with a module: enroll, open, read, finish a lesson."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.errors import NotAllowed, NotFound
from lms.learning.models import Enrollment, LessonProgress
from lms.learning.queries import find_enrollment
from lms.modules.models import Edition, Lesson
from lms.people.models import User

# The page beats every 20 seconds: a beat that comes later than this was not a reader's.
LONGEST_BEAT = 30


def enroll(session: Session, user_id: int, edition: Edition, *, now: datetime) -> Enrollment:
    """Enroll the learner in the edition; asking twice, even at once, returns the first enrollment.

    Raises `NotAllowed` for a draft, a withdrawn module and an edition that has expired in the learner's zone.
    """
    learner = _lock_learner(session, user_id)
    already = find_enrollment(session, user_id, edition.id)
    if already is not None:
        return already
    if edition.published_at is None or edition.module.withdrawn_at is not None:
        raise NotAllowed("This module is not open for enrollment.")
    if edition.expires_on is not None and edition.expires_on < now.astimezone(ZoneInfo(learner.time_zone)).date():
        raise NotAllowed("This edition has expired and is no longer available for credit.")
    enrollment = Enrollment(user_id=user_id, edition=edition, enrolled_at=now)
    session.add(enrollment)
    session.flush()
    return enrollment


def open_lesson(session: Session, enrollment: Enrollment, lesson: Lesson, *, now: datetime) -> LessonProgress:
    """Note that the learner has opened the lesson; opening it again changes nothing."""
    _lock_learner(session, enrollment.user_id)
    return _open(session, enrollment, lesson, now)


def beat(
    session: Session, enrollment: Enrollment, lesson: Lesson, *, begins: bool = False, now: datetime
) -> LessonProgress:
    """Credit the time since the learner's last beat, at most 30 seconds; a beat that `begins` credits none.

    "Last" is counted over everything the learner reads, so that two windows, two modules or a flood of forged
    beats never earn more than the time that has passed. Opens the lesson when it was not open.
    """
    learner = _lock_learner(session, enrollment.user_id)
    progress = _open(session, enrollment, lesson, now)
    last = session.scalar(
        select(func.max(LessonProgress.beat_at))
        .join(Enrollment, Enrollment.id == LessonProgress.enrollment_id)
        .where(Enrollment.user_id == learner.id)
    )
    if last is None or begins:
        progress.beat_at = now
    elif last < now:
        elapsed = now - last
        progress.seconds += min(int(elapsed.total_seconds()), LONGEST_BEAT)
        # What is left of a second is not lost: the next beat counts from the last whole one.
        progress.beat_at = now - timedelta(microseconds=elapsed.microseconds)
    session.flush()
    return progress


def finish_lesson(session: Session, enrollment: Enrollment, lesson: Lesson, *, now: datetime) -> LessonProgress:
    """Note that the learner has finished the lesson, opening it where no script did; twice is once."""
    _lock_learner(session, enrollment.user_id)
    progress = _open(session, enrollment, lesson, now)
    if progress.finished_at is None:
        progress.finished_at = now
        session.flush()
    return progress


def _open(session: Session, enrollment: Enrollment, lesson: Lesson, now: datetime) -> LessonProgress:
    if lesson.edition_id != enrollment.edition_id:
        raise NotFound("This module has no such lesson.")
    progress = session.scalar(
        select(LessonProgress)
        .where(LessonProgress.enrollment_id == enrollment.id, LessonProgress.lesson_id == lesson.id)
        .execution_options(populate_existing=True)
    )
    if progress is None:
        progress = LessonProgress(enrollment_id=enrollment.id, lesson_id=lesson.id, opened_at=now, seconds=0)
        session.add(progress)
        session.flush()
    return progress


def _lock_learner(session: Session, user_id: int) -> User:
    """Make the learner's parallel requests queue up; rows that only refer to the learner do not wait."""
    return session.scalars(select(User).where(User.id == user_id).with_for_update(key_share=True)).one()
