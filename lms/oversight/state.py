"""Where a license stands in an audit: follows from the history alone; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

State = Literal[
    "unknown",
    "waiting",
    "answered",
    "returned",
    "accepted",
    "refused",
    "closed",
    "undecided",
    "unanswered_again",
    "unanswered",
]

STATES: dict[State, str] = {
    "unknown": "Not known here",
    "waiting": "No answer yet",
    "answered": "Answered",
    "returned": "Returned",
    "accepted": "Accepted",
    "refused": "Refused",
    "closed": "Closed by the board",
    "undecided": "Answered, not decided",
    "unanswered_again": "Asked again, not answered",
    "unanswered": "Not answered",
}

ANSWERS = frozenset({"packet", "note"})
DECISIONS = frozenset({"accepted", "returned", "refused", "closed"})
SETTLED: dict[str, State] = {"accepted": "accepted", "refused": "refused", "closed": "closed"}
"""Decisions after which nothing is owed any more, and where the license stands then."""
LEFT = frozenset({"undecided", "unanswered_again", "unanswered"})
"""Where a license stands that the board had not decided on when it closed the audit."""
MOVES = ANSWERS | DECISIONS
"""Lines of the history that change the state; comments do not."""


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the history that changed the state, and when."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a license stands. `late`: an answer is owed and its day has passed; `answered_late`: it came after it."""

    state: State
    late: bool = False
    answered_late: bool = False

    @property
    def words(self) -> str:
        """The state as people read it."""
        return STATES[self.state]

    @property
    def settled(self) -> bool:
        """Whether the board decided: it accepted or refused the answer, or closed the question."""
        return self.state in SETTLED

    @property
    def over(self) -> bool:
        """Whether nobody has anything left to do."""
        return self.settled or self.state in LEFT


def place_of(moves: Iterable[Move], *, known: bool, due_on: date, time_zone: str, closed: bool, now: datetime) -> Place:
    """Return where a license stands at this moment; `moves` come oldest first.

    The due day ends at midnight in the licensee's zone. A closed audit leaves the answers that were still to be read
    undecided; who owed one stays unanswered, and who owed a second one is told apart from who never answered.
    """
    zone = ZoneInfo(time_zone)
    last, answered_late = None, False
    for move in moves:
        last = move.kind
        if move.kind in ANSWERS:
            answered_late = move.at.astimezone(zone).date() > due_on
    if settled := SETTLED.get(last or ""):
        return Place(settled, answered_late=answered_late)
    if closed:
        owed: State = "unanswered_again" if last == "returned" else "unanswered"
        return Place("undecided" if last in ANSWERS else owed, answered_late=answered_late)
    if last in ANSWERS:
        return Place("answered", answered_late=answered_late)
    if not known:
        return Place("unknown")
    late = now.astimezone(zone).date() > due_on
    return Place("returned" if last == "returned" else "waiting", late=late, answered_late=answered_late)
