"""What every page of one board begins with: the board if the member sits on it, and the links between its sides."""

from flask import url_for

from lms.boards.models import Board
from lms.oversight.queries import get_board_of
from lms.web.auth import my_roles
from lms.web.navigation import Link
from lms.web.transaction import db

SIDES = {
    "lookups": "Look up",
    "batches": "Batch check",
    "audits": "Audits",
    "looks": "Who looked",
    "tokens": "Tokens",
    "hooks": "Webhooks",
}
PAGES = {
    "lookups": "board.lookups.ask",
    "batches": "board.batches.show_all",
    "audits": "board.audits.show_all",
    "looks": "board.lookups.show_all",
    "tokens": "board.tokens.show_all",
    "hooks": "board.hooks.show_all",
}


def my_board(slug: str) -> Board:
    """Return the board, or raise `NotFound` when the member does not sit on it."""
    return get_board_of(db(), my_roles().boards, slug)


def tabs_of(board: Board, here: str) -> list[Link]:
    """Return the links between the sides of a board's desk."""
    return [Link(label, url_for(PAGES[side], slug=board.slug), side == here) for side, label in SIDES.items()]
