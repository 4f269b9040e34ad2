"""How far a learner is on the way from the first lesson to the certificate, in one statement for any number of ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.models import CreditCalculation
from lms.assessments.models import Attempt, Evaluation
from lms.awards.models import Award, Completion
from lms.learning.models import Enrollment, LessonProgress
from lms.modules.models import Edition, Lesson, Module


@dataclass(frozen=True, slots=True)
class Journey:
    """An enrollment and what is done of it. `resume` is the lesson to go on with, null when all are finished.

    `open_attempt` and `passed_attempt` are numbers of attempts; `code` is that of the newest certificate.
    """

    enrollment_id: int
    edition_id: int
    module: str
    title: str
    words: int
    media_seconds: int
    enrolled_at: datetime
    lessons: int
    finished: int
    resume: str | None
    resume_title: str | None
    resume_words: int | None
    resume_seconds: int | None
    attempts: int
    open_attempt: int | None
    passed_attempt: int | None
    evaluated: bool
    completed_on: date | None
    code: str | None
    demonstration: bool
    """Whether the edition claims credit with an accreditor that does not exist."""

    @property
    def next(self) -> Literal["lesson", "test", "evaluation", "finish", "done"]:
        """The step that comes next."""
        if self.completed_on is not None:
            return "done"
        if self.passed_attempt is None:
            return "lesson" if self.finished < self.lessons else "test"
        return "finish" if self.evaluated else "evaluation"


def journeys_of(session: Session, user_id: int) -> list[Journey]:
    """Return the learner's journeys, the latest enrollment first."""
    return _list(session, _journeys("user_id"), user_id=user_id)


def journey_of(session: Session, enrollment: Enrollment) -> Journey:
    """Return the journey of the enrollment."""
    return _list(session, _journeys("id"), id=enrollment.id)[0]


def find_journey(session: Session, user_id: int, module_id: int) -> Journey | None:
    """Return the learner's latest journey through any edition of the module, if there is one."""
    found = _list(session, _journeys("user_id", "module_id"), user_id=user_id, module_id=module_id)
    return found[0] if found else None


def _list(session: Session, query: Select[Any], **values: int) -> list[Journey]:
    rows: Sequence[Any] = session.execute(query, values).all()
    return [Journey(**{**row._mapping, "evaluated": row.evaluated is not None}) for row in rows]  # noqa: SLF001


@cache  # putting it together takes longer than asking it
def _journeys(*given: str) -> Select[Any]:
    """Return the query for journeys where these columns of enrollment or edition have the value of that name."""
    of_edition = Lesson.edition_id == Enrollment.edition_id
    mine = LessonProgress.enrollment_id == Enrollment.id
    progress = (LessonProgress.lesson_id == Lesson.id) & mine
    # Go on where the reading stopped: with the lesson touched last, else with the first that is not finished.
    resume = (
        select(Lesson.id)
        .outerjoin(LessonProgress, progress)
        .where(of_edition, LessonProgress.finished_at.is_(None))
        .order_by(
            case((LessonProgress.id.is_(None), 1), else_=0),
            func.coalesce(LessonProgress.beat_at, LessonProgress.opened_at).desc(),
            Lesson.position,
            Lesson.id,
        )
        .limit(1)
        .correlate(Enrollment)
        .scalar_subquery()
    )
    lessons = select(func.count(Lesson.id)).where(of_edition).correlate(Enrollment)
    finished = select(func.count(LessonProgress.id)).where(mine, LessonProgress.finished_at.is_not(None))
    attempts = select(func.count(Attempt.id)).where(Attempt.enrollment_id == Enrollment.id)
    numbers = select(func.max(Attempt.number)).where(Attempt.enrollment_id == Enrollment.id)
    code = (
        select(Award.code)
        .where(Award.completion_id == Completion.id)
        .order_by(Award.id.desc())
        .limit(1)
        .correlate(Completion)
    )
    invented = exists().where(
        CreditCalculation.edition_id == Enrollment.edition_id,
        CreditCalculation.accreditor.in_(code for code, accreditor in ACCREDITORS.items() if accreditor.fictional),
    )
    columns = {"id": Enrollment.id, "user_id": Enrollment.user_id, "module_id": Edition.module_id}
    going_on = select(Lesson.id, Lesson.slug, Lesson.title, Lesson.words, Lesson.media_seconds).subquery()
    return (
        select(
            Enrollment.id.label("enrollment_id"),
            Enrollment.edition_id,
            Module.slug.label("module"),
            Edition.title,
            Edition.words,
            Edition.media_seconds,
            Enrollment.enrolled_at,
            lessons.scalar_subquery().label("lessons"),
            finished.correlate(Enrollment).scalar_subquery().label("finished"),
            going_on.c.slug.label("resume"),
            going_on.c.title.label("resume_title"),
            going_on.c.words.label("resume_words"),
            going_on.c.media_seconds.label("resume_seconds"),
            attempts.correlate(Enrollment).scalar_subquery().label("attempts"),
            numbers.where(Attempt.submitted_at.is_(None)).correlate(Enrollment).scalar_subquery().label("open_attempt"),
            numbers.where(Attempt.passed.is_(True)).correlate(Enrollment).scalar_subquery().label("passed_attempt"),
            Evaluation.id.label("evaluated"),
            Completion.completed_on,
            code.scalar_subquery().label("code"),
            invented.label("demonstration"),
        )
        .join(Edition, Edition.id == Enrollment.edition_id)
        .join(Module, Module.id == Edition.module_id)
        .outerjoin(Evaluation, Evaluation.enrollment_id == Enrollment.id)
        .outerjoin(Completion, Completion.enrollment_id == Enrollment.id)
        .outerjoin(going_on, going_on.c.id == resume)
        .where(*(columns[name] == bindparam(name) for name in given))
        .order_by(Enrollment.enrolled_at.desc(), Enrollment.id.desc())
    )
