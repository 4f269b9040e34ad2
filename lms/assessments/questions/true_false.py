"""True or false; some accreditors limit their share of a test."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.options import Definition, Options

if TYPE_CHECKING:
    from lms.assessments.question import Question


class TrueFalse(Options):
    """Two options, always in the order they were written."""

    name = "true_false"
    title = "True or false"
    rule = "Two options, one of them right, always in this order."
    fewest, most = 2, 2
    shuffles = False

    def blank(self) -> Definition:
        """Return the two options, without key and rationale."""
        return {"options": [{"text": text, "right": False, "rationale": ""} for text in ("True", "False")]}

    def example(self) -> tuple[Definition, Sequence[str]]:
        """Return a question and its right answer."""
        options = [
            {"text": "True", "right": False, "rationale": "ICD-11 lists it as an occupational phenomenon."},
            {
                "text": "False",
                "right": True,
                "rationale": "Right: it is not classified as a medical condition.",
            },
        ]
        return {"options": options}, ["1"]


KIND: "Question" = TrueFalse()
