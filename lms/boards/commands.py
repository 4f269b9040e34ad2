"""Beginning boards, and who sits on them."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.boards.models import Board, Seat
from lms.errors import Invalid, NotFound
from lms.people.queries import find_user_by_email
from lms.terms import JURISDICTIONS, PROFESSIONS, RESERVED_SLUGS

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def begin_board(
    session: Session, slug: str, *, name: str, jurisdiction: str, professions: Sequence[str], by: int
) -> Board:
    """Add a board; raises `Invalid` beside the field that breaks a rule, a taken slug included."""
    del by
    slug, name = slug.strip().lower(), " ".join(name.split())
    problems = {}
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        problems["slug"] = "Use small letters, digits and single hyphens, at most 80 characters."
    elif slug in RESERVED_SLUGS:
        problems["slug"] = "This word is part of other addresses here. Take another one."
    elif session.scalar(select(Board.id).where(Board.slug == slug)):
        problems["slug"] = "Another board has this short name. Choose another, or open that board in the list."
    if not name or len(name) > 200:
        problems["name"] = "Give the board's name, at most 200 characters."
    if jurisdiction not in JURISDICTIONS:
        problems["jurisdiction"] = "Choose the state or territory from the list."
    if not professions or set(professions) - set(PROFESSIONS):
        problems["professions"] = "Choose at least one profession from the list."
    if problems:
        raise Invalid(**problems)
    board = Board(
        slug=slug,
        name=name,
        jurisdiction=jurisdiction,
        professions=[code for code in PROFESSIONS if code in professions],
    )
    session.add(board)
    session.flush()
    return board


def add_seat(session: Session, board: Board, email: str, *, by: int, now: datetime) -> Seat:
    """Give the account with this email address a seat; asking twice returns the first one."""
    del by
    user = find_user_by_email(session, email)
    if user is None or not user.active:
        raise Invalid(email="No account has this address. Ask the person to create one first.")
    if user.confirmed_at is None:  # anybody may have begun an account with this address
        raise Invalid(email="This address is not confirmed yet. Ask the person to follow the link in our email first.")
    already = session.get(Seat, (user.id, board.id))
    if already is not None:
        return already
    seat = Seat(user_id=user.id, board_id=board.id, since=now)
    session.add(seat)
    session.flush()
    return seat


def remove_seat(session: Session, board: Board, user_id: int, *, by: int) -> None:
    """Take a seat back, or raise `NotFound`."""
    del by
    seat = session.get(Seat, (user_id, board.id))
    if seat is None:
        raise NotFound("This person does not sit on the board.")
    session.delete(seat)
    session.flush()
