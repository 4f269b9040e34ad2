"""Single best answer: the usual kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.options import Definition, Options

if TYPE_CHECKING:
    from lms.assessments.question import Question


class SingleBest(Options):
    """Exactly one of three to six options is right."""

    name = "single_best"
    title = "Single best answer"
    rule = "Three to six options, exactly one of them right."
    fewest, most = 3, 6

    def example(self) -> tuple[Definition, Sequence[str]]:
        """Return a question and its right answer."""
        options = [
            {
                "text": "Ask where the client is",
                "right": True,
                "rationale": "Location decides which law applies.",
            },
            {
                "text": "Begin where you left off",
                "right": False,
                "rationale": "The law may be another one today.",
            },
            {
                "text": "Start the recording",
                "right": False,
                "rationale": "Recording needs consent of its own.",
            },
        ]
        return {"options": options}, ["0"]


KIND: "Question" = SingleBest()
