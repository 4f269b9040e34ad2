"""Multiple response: all right options, and no other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lms.assessments.options import Definition, Options

if TYPE_CHECKING:
    from lms.assessments.question import Question


class MultipleResponse(Options):
    """Two or more of four to eight options are right, but not all; there is no mark for a part."""

    name = "multiple_response"
    title = "Multiple response"
    rule = "Four to eight options, at least two right and at least one wrong; there is no mark for a part."
    control = "checkbox"
    fewest, most = 4, 8

    def why_not_key(self, right: int, of: int) -> str:
        """Refuse a key of one, which is the other kind, and a key of all, which would test reading stamina."""
        if right < 2:
            return "Mark at least two options as right, or make it a single best answer."
        return "At least one option has to be wrong." if right == of else ""

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
