"""Items, quiz settings, attempts, answers and evaluations."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id
from lms.learning.models import Enrollment
from lms.modules.models import Edition, Objective


class Item(Base):
    """A question of an edition's bank; `kind` is a file in `questions/`, which says what `definition` holds."""

    __tablename__ = "items"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objectives.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    stem: Mapped[str] = mapped_column(Text)
    definition: Mapped[dict[str, Any]]

    edition: Mapped[Edition] = relationship()
    objective: Mapped[Objective] = relationship()


class Quiz(Base):
    """The post-test's settings: pass mark in percent; attempts, null for no limit; cool-down in minutes."""

    __tablename__ = "quizzes"
    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark_is_a_percentage"),
        CheckConstraint("attempts IS NULL OR attempts >= 1", name="attempts_are_positive"),
        CheckConstraint("cooldown_minutes >= 0", name="cooldown_is_not_negative"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    pass_mark: Mapped[int] = mapped_column(default=80)
    # No default: SQLAlchemy would put it in the place of a None, and "no limit" would become a limit.
    attempts: Mapped[int | None]
    cooldown_minutes: Mapped[int] = mapped_column(default=0)
    shuffle: Mapped[bool] = mapped_column(default=True)


class QuizDraw(Base):
    """How many items of an objective a paper draws from the bank."""

    __tablename__ = "quiz_draws"
    __table_args__ = (CheckConstraint("count >= 0", name="count_is_not_negative"),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objectives.id"), primary_key=True)
    count: Mapped[int]


class Attempt(Base):
    """One sitting of the post-test. `paper` is frozen when it opens and holds the questions as served.

    A paper is `[{"item": id, "kind", "objective": text, "stem", "definition", "order": [option index, ...]}]`.
    `score` is the exact share of points, null until the paper is handed in; it is handed in once.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "number"),
        Index(
            "uq_attempts_one_open",
            "enrollment_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"))
    number: Mapped[int]
    opened_at: Mapped[datetime]
    paper: Mapped[list[dict[str, Any]]]
    pass_mark: Mapped[int]
    submitted_at: Mapped[datetime | None]
    score: Mapped[Fraction | None]
    passed: Mapped[bool | None]

    enrollment: Mapped[Enrollment] = relationship()


class Answer(Base):
    """What the learner chose for one question of a paper; saved as given, fixed once the paper is handed in."""

    __tablename__ = "answers"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    value: Mapped[list[str]]
    saved_at: Mapped[datetime]


class Evaluation(Base):
    """The learner's evaluation of the module: `ratings` on a scale of 1 to 5, keyed by question; never changed."""

    __tablename__ = "evaluations"

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"), unique=True)
    submitted_at: Mapped[datetime]
    ratings: Mapped[dict[str, Any]]
    minutes: Mapped[int]
    """How long the learner says it took, in minutes; feeds the check of the credit calculation."""
    comment: Mapped[str] = mapped_column(Text, default="")

    enrollment: Mapped[Enrollment] = relationship()
