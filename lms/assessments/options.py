"""What kinds with options share. A definition holds `{"options": [{"text", "right", "rationale"}, ...]}`.

The value of an option is its index in the definition, so that shuffling a paper changes no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from lms.errors import Invalid

Definition = Mapping[str, Any]

USUAL = 4  # options that a new question begins with


@dataclass(frozen=True, slots=True)
class Choice:
    """One row to tick: `value` comes back as the answer."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the page draws for a question: one choice (`radio`) or several (`checkbox`), in the paper's order."""

    control: Literal["radio", "checkbox"]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A choice after grading: whether it was right, whether it was chosen, and why."""

    text: str
    right: bool
    chosen: bool
    rationale: str


class Options:
    """The common part of every kind that offers options; a kind adds its name, its limits and its mark."""

    name: str
    title: str
    secret: tuple[str, ...] = ("right", "rationale")
    control: Literal["radio", "checkbox"] = "radio"
    fewest, most = 2, 8
    shuffles = True
    rule: str

    def blank(self) -> Definition:
        """Return as many empty options as questions of the kind usually have; empty ones are left out again."""
        return {"options": [{"text": "", "right": False, "rationale": ""} for _ in range(min(USUAL, self.most))]}

    def clean(self, definition: Definition) -> Definition:
        """Return the options without stray spaces; rows that say nothing are left out."""
        options = [
            {
                "text": str(option.get("text") or "").strip(),
                "right": bool(option.get("right")),
                "rationale": str(option.get("rationale") or "").strip(),
            }
            for option in definition.get("options") or ()
        ]
        return {"options": [option for option in options if any(option.values())]}

    def check(self, definition: Definition) -> None:
        """Raise `Invalid` with everything that is wrong: `options` speaks of all, `options-2-text` of the third's text.

        Wrong are too few or too many options, empty or equal texts, a missing rationale, and a key that does not fit.
        """
        options = definition.get("options") or []
        whole, problems = [], {}
        if not self.fewest <= len(options) <= self.most:
            wanted = str(self.fewest) if self.fewest == self.most else f"{self.fewest} to {self.most}"
            whole.append(f"This kind of question has {wanted} options, not {len(options)}.")
        if options and (why := self.why_not_key(sum(bool(option.get("right")) for option in options), len(options))):
            whole.append(why)
        if whole:
            problems["options"] = " ".join(whole)
        seen: set[str] = set()
        for number, option in enumerate(options):
            text = str(option.get("text", "")).strip()
            if not text:
                problems[f"options-{number}-text"] = "Write what this option says."
            elif text.casefold() in seen:
                problems[f"options-{number}-text"] = "An earlier option says the same."
            seen.add(text.casefold())
            if not str(option.get("rationale", "")).strip():
                problems[f"options-{number}-rationale"] = "Say why this option is right or wrong."
        if problems:
            raise Invalid(**problems)

    def why_not_key(self, right: int, of: int) -> str:
        """Return why so many right options do not fit the kind, or nothing."""
        del of
        return "" if right == 1 else "Mark exactly one option as right."

    def option_count(self, definition: Definition) -> int:
        """Return how many options there are to shuffle."""
        return len(definition["options"]) if self.shuffles else 0

    def inputs(self, definition: Definition, order: Sequence[int]) -> Inputs:
        """Return the options in the paper's order, without key and rationale."""
        return Inputs(
            self.control,
            tuple(Choice(str(i), definition["options"][i]["text"]) for i in self._order(definition, order)),
        )

    def mark(self, definition: Definition, answer: Sequence[str]) -> Fraction:
        """Return 1 for exactly the right options and 0 for anything else: ticking every box earns nothing."""
        right = {str(i) for i, option in enumerate(definition["options"]) if option.get("right")}
        return Fraction(set(answer) == right and len(answer) == len(right))

    def explain(self, definition: Definition, order: Sequence[int], answer: Sequence[str]) -> tuple[Explained, ...]:
        """Return every option with its rationale, in the paper's order."""
        chosen = set(answer)
        return tuple(
            Explained(option["text"], bool(option.get("right")), str(i) in chosen, option["rationale"])
            for i, option in ((i, definition["options"][i]) for i in self._order(definition, order))
        )

    def _order(self, definition: Definition, order: Sequence[int]) -> Sequence[int]:
        return order or range(len(definition["options"]))
