"""What a kind of question must be; not where answers are kept and not what they are worth together."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, Protocol

from lms.assessments import questions
from lms.assessments.options import Definition, Explained, Inputs
from lms.kinds import discover


class Question(Protocol):
    """A kind of question. `order` is the paper's order of the options, as indexes into the definition.

    `secret` names what must not reach the page before grading. Marks are exact: 0 is nothing, 1 is full.
    """

    name: str
    title: str
    secret: tuple[str, ...]
    rule: str
    """The kind's rule for authors, as a sentence."""
    fewest: int
    most: int
    """How few and how many options a question of the kind may have."""

    @property
    def control(self) -> Literal["radio", "checkbox"]:
        """Whether one option is marked, by authors as by learners, or several may be."""

    def blank(self) -> Definition:
        """Return what an author begins with: as many empty options as the kind needs."""

    def clean(self, definition: Definition) -> Definition:
        """Return the definition as it is stored: only what the kind knows, without stray spaces and empty rows."""

    def check(self, definition: Definition) -> None:
        """Raise `Invalid` when an author's definition breaks a rule of this kind."""

    def option_count(self, definition: Definition) -> int:
        """Return how many options there are to shuffle; 0 when their order is fixed."""

    def inputs(self, definition: Definition, order: Sequence[int]) -> Inputs:
        """Return what to draw; it must not depend on anything secret."""

    def mark(self, definition: Definition, answer: Sequence[str]) -> Fraction:
        """Return the mark of an answer; nonsense earns 0 and never raises."""

    def explain(self, definition: Definition, order: Sequence[int], answer: Sequence[str]) -> tuple[Explained, ...]:
        """Return every option with its rationale, in the paper's order."""

    def example(self) -> tuple[Definition, Sequence[str]]:
        """Return a definition and the answer that earns 1."""


def question_of(kind: str) -> Question:
    """Return the kind of that name, or raise `KeyError`: items are checked before they are stored."""
    return QUESTIONS[kind]


QUESTIONS: dict[str, Question] = discover(questions)
