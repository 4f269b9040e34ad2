"""What every page of one board begins with: the board if the member sits on it, and the links between its sides."""

from collections.abc import Callable

from flask import url_for

from lms.boards.models import Board
from lms.oversight.queries import get_board_of
from lms.web.auth import my_roles
from lms.web.navigation import Link, sides
from lms.web.rooms import Room
from lms.web.transaction import db

SIDES = {
    "lookups": ("Look up", "board.lookups.ask"),
    "batches": ("Batch check", "board.batches.show_all"),
    "audits": ("Audits", "board.audits.show_all"),
    "looks": ("Who looked", "board.lookups.show_all"),
    "tokens": ("Tokens", "board.tokens.show_all"),
    "hooks": ("Webhooks", "board.hooks.show_all"),
    "witnesses": ("Witnesses", "board.witnesses.show_all"),
}


def my_board(slug: str) -> Board:
    """Return the board, or raise `NotFound` when the member does not sit on it."""
    return get_board_of(db(), my_roles().boards, slug)


def tabs_of(board: Board, here: str) -> list[Link]:
    """Return the links between the sides of a board's desk."""
    return sides(SIDES, here, slug=board.slug)


def room_of(here: str) -> Callable[[str], Room]:
    """Return the way into a board's room by its slug, on that side."""

    def enter(slug: str) -> Room:
        board = my_board(slug)
        return Room("board", board, ("Board desk", url_for("board.desk.show")), tabs_of(board, here))

    return enter
