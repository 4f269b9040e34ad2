"""Marking a paper: pure, exact, and deaf to nonsense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.assessments.question import question_of

Paper = Sequence[Mapping[str, Any]]
Answers = Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ObjectiveMark:
    """How a paper went on one objective: so many points of so many questions."""

    objective: str
    points: Fraction
    questions: int

    @property
    def full(self) -> bool:
        """Whether nothing is left to look at."""
        return self.points == self.questions


def mark_of(entry: Mapping[str, Any], answers: Answers) -> Fraction:
    """Return the mark of one question of a paper, 0 to 1; a question without an answer earns 0."""
    return question_of(entry["kind"]).mark(entry["definition"], answers.get(entry["item"], ()))


def score_of(paper: Paper, answers: Answers) -> Fraction:
    """Return the exact share of points, 0 to 1; an empty paper earns 0."""
    if not paper:
        return Fraction(0)
    return sum((mark_of(entry, answers) for entry in paper), Fraction(0)) / len(paper)


def passes(score: Fraction, pass_mark: int) -> bool:
    """Whether the score reaches the pass mark in percent; compared exactly, never rounded up."""
    return score * 100 >= pass_mark


def marks_by_objective(paper: Paper, answers: Answers) -> list[ObjectiveMark]:
    """Return the marks by objective, in the order in which the paper first names them."""
    found: dict[str, list[Fraction]] = {}
    for entry in paper:
        found.setdefault(entry["objective"], []).append(mark_of(entry, answers))
    return [ObjectiveMark(objective, sum(marks, Fraction(0)), len(marks)) for objective, marks in found.items()]
