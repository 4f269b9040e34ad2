"""Enrollments and lesson progress."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id
from lms.modules.models import Edition, Lesson
from lms.people.models import User


class Enrollment(Base):
    """A learner takes one edition; later editions of the module do not move it."""

    __tablename__ = "enrollments"
    __table_args__ = (UniqueConstraint("user_id", "edition_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    enrolled_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    edition: Mapped[Edition] = relationship()


class LessonProgress(Base):
    """How far a learner is with a lesson; `seconds` are engaged seconds, counted by the server from heartbeats."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id"),)

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    opened_at: Mapped[datetime]
    beat_at: Mapped[datetime | None]
    """The last heartbeat, null before the first."""
    seconds: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    enrollment: Mapped[Enrollment] = relationship()
    lesson: Mapped[Lesson] = relationship()
