"""The evaluation form of a module: what it asks, and keeping its answers once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Evaluation
from lms.assessments.sitting import find_passed_attempt
from lms.errors import Invalid, NotAllowed
from lms.learning.models import Enrollment
from lms.modules.models import Objective

SCALE = range(1, 6)
"""From 1, not at all, to 5, completely."""
ACCOMMODATION = {"not_needed": "I needed none", "met": "Yes, they were met", "not_met": "No, they were not met"}
MOST_MINUTES = 6000
LONGEST_COMMENT = 5000

# What accreditors want to know of every self-paced course, besides its objectives.
FIXED = {
    "current": "The content was current and based on evidence.",
    "as_described": "The content matched the description.",
    "level": "The level was right for me.",
    "author": "The author knew the subject and wrote clearly.",
    "materials": "The materials were accessible and the technology worked.",
    "diversity": "Cultural and diversity issues were treated adequately.",
    "unbiased": "The content was free of commercial bias.",
    "useful": "I can use this in my practice.",
    "overall": "Overall, this was a good module.",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement to be rated from 1 to 5; `key` is its name among the evaluation's ratings."""

    key: str
    text: str
    objective: bool


def list_statements(session: Session, edition_id: int) -> list[Statement]:
    """Return what the edition's evaluation asks to rate: one statement per objective, then those of every module."""
    objectives = session.execute(
        select(Objective.key, Objective.text)
        .where(Objective.edition_id == edition_id)
        .order_by(Objective.position, Objective.id)
    )
    return [Statement(f"objective_{key}", text, True) for key, text in objectives] + [
        Statement(key, text, False) for key, text in FIXED.items()
    ]


def find_evaluation(session: Session, enrollment_id: int) -> Evaluation | None:
    """Return the learner's evaluation, if it was given."""
    return session.scalar(select(Evaluation).where(Evaluation.enrollment_id == enrollment_id))


def submit_evaluation(
    session: Session,
    enrollment: Enrollment,
    ratings: Mapping[str, int],
    *,
    minutes: int,
    accommodation: str,
    comment: str = "",
    now: datetime,
) -> Evaluation:
    """Keep the evaluation; giving it again, even at once, returns the first one unchanged.

    Raises `NotAllowed` before the post-test is passed and `Invalid` for a rating that is missing, unknown or
    not 1 to 5, for minutes below 1 or beyond belief, and for an unknown answer about accommodations.
    """
    session.execute(select(Enrollment.id).where(Enrollment.id == enrollment.id).with_for_update(key_share=True))
    already = find_evaluation(session, enrollment.id)
    if already is not None:
        return already
    if find_passed_attempt(session, enrollment.id) is None:
        raise NotAllowed("The evaluation opens when the post-test is passed.")
    _check(list_statements(session, enrollment.edition_id), ratings, minutes, accommodation, comment)
    evaluation = Evaluation(
        enrollment_id=enrollment.id,
        submitted_at=now,
        ratings={**ratings, "accommodation": accommodation},
        minutes=minutes,
        comment=comment.strip(),
    )
    session.add(evaluation)
    session.flush()
    return evaluation


def _check(
    statements: list[Statement], ratings: Mapping[str, int], minutes: int, accommodation: str, comment: str
) -> None:
    asked = {statement.key for statement in statements}
    problems = {key: "Choose a number from 1 to 5." for key in asked if ratings.get(key) not in SCALE}
    if set(ratings) - asked:
        problems["form"] = "Something was rated that this evaluation does not ask."
    if not 1 <= minutes <= MOST_MINUTES:
        problems["minutes"] = f"Give the minutes it took you, from 1 to {MOST_MINUTES}."
    if accommodation not in ACCOMMODATION:
        problems["accommodation"] = "Choose one of the answers."
    if len(comment) > LONGEST_COMMENT:
        problems["comment"] = f"Keep it under {LONGEST_COMMENT} characters."
    if problems:
        raise Invalid(**problems)
