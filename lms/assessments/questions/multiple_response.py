"""Multiple response: all right options, and no other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.options import Definition, Options
from lms.errors import Invalid

if TYPE_CHECKING:
    from lms.assessments.question import Question


class MultipleResponse(Options):
    """Two or more of four to eight options are right, but not all; there is no mark for a part."""

    name = "multiple_response"
    title = "Multiple response"
    rule = "Four to eight options, at least two right and at least one wrong; there is no mark for a part."
    control = "checkbox"
    fewest, most = 4, 8

    def check_key(self, right: int) -> None:
        """Refuse a key of one: that is the other kind."""
        if right < 2:
            raise Invalid(options="Mark at least two options as right, or make it a single best answer.")

    def check(self, definition: Definition) -> None:
        """Refuse a key of all: it would test reading stamina."""
        super().check(definition)
        if all(option.get("right") for option in definition["options"]):
            raise Invalid(options="At least one option has to be wrong.")

    def example(self) -> tuple[Definition, Sequence[str]]:
        """Return a question and its right answer."""
        options = [
            {"text": "Exhaustion", "right": True, "rationale": "The first dimension."},
            {"text": "Cynicism", "right": True, "rationale": "The second dimension."},
            {"text": "Insomnia", "right": False, "rationale": "A frequent companion, not a dimension."},
            {"text": "Reduced efficacy", "right": True, "rationale": "The third dimension."},
        ]
        return {"options": options}, ["0", "1", "3"]


KIND: "Question" = MultipleResponse()
