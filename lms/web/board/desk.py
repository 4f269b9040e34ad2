"""The board's first page: what waits at each of the member's boards, and checking a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from lms.boards.models import Board
from lms.boards.queries import list_boards_of
from lms.oversight.models import Batch
from lms.oversight.queries import Case, list_batches, list_cases
from lms.web.auth import me
from lms.web.public.verify import CodeForm
from lms.web.transaction import db

bp = Blueprint("desk", __name__)

LAST_BATCHES = 20


@dataclass(frozen=True, slots=True)
class Tray:
    """What lies on the desk of one board."""

    board: Board
    cases: Sequence[Case]
    batches: Sequence[Batch]

    @property
    def open(self) -> Sequence[Case]:
        """The audits that are not closed."""
        return [case for case in self.cases if case.audit.closed_at is None]

    @property
    def late(self) -> int:
        """How many licensees owe an answer whose day has passed."""
        return sum(case.late for case in self.open)

    @property
    def answered(self) -> int:
        """How many answers wait to be read."""
        return sum(case.answered for case in self.open)


@bp.get("/board")
def show() -> str:
    boards = list_boards_of(db(), me().id)
    ids = [board.id for board in boards]
    cases = list_cases(db(), ids, now=datetime.now(UTC))
    batches = list_batches(db(), ids, limit=LAST_BATCHES)
    trays = [
        Tray(
            board,
            [case for case in cases if case.audit.board_id == board.id],
            [batch for batch in batches if batch.board_id == board.id][:3],
        )
        for board in boards
    ]
    return render_template("board/desk.html", trays=trays, form=CodeForm())
