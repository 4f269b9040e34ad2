"""Which boards there are, and who sits on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.boards.models import Board, Seat
from lms.errors import NotFound
from lms.people.models import User


@dataclass(frozen=True, slots=True)
class Sitting:
    """A person and since when they sit on a board."""

    user_id: int
    name: str
    email: str
    since: datetime


def get_board(session: Session, slug: str) -> Board:
    """Return the board, or raise `NotFound`."""
    board = session.scalar(select(Board).where(Board.slug == slug))
    if board is None:
        raise NotFound("There is no such board.")
    return board


def list_boards(session: Session) -> Sequence[Board]:
    """Return all boards by name."""
    return session.scalars(select(Board).order_by(Board.name, Board.id)).all()


def list_boards_of(session: Session, user_id: int) -> Sequence[Board]:
    """Return the boards on which the person sits, by name."""
    seated = select(Board).join(Seat, Seat.board_id == Board.id).where(Seat.user_id == user_id)
    return session.scalars(seated.order_by(Board.name, Board.id)).all()


def list_seats(session: Session, board_id: int) -> list[Sitting]:
    """Return who sits on the board, by name."""
    found = session.execute(
        select(User.id, User.name, User.email, Seat.since)
        .join(Seat, Seat.user_id == User.id)
        .where(Seat.board_id == board_id)
        .order_by(User.name, User.id)
    )
    return [Sitting(*row) for row in found]
