"""What a board's programs show instead of a password: making, finding, using and withdrawing tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.boards.models import Board, Token
from lms.errors import Invalid, NotFound

SCOPES = {
    "verify": "Check up to 100 codes at a time",
    "list": "List a licensee's certificates by license number",
}
PREFIX = "ce_"
"""So that a token found in a log or a repository is known for what it is."""
MOST = 20
"""Tokens a board may have at a time."""


def make_token(
    session: Session, board: Board, name: str, scopes: Sequence[str], *, by: int, now: datetime
) -> tuple[Token, str]:
    """Make a token and return it with its text, which is told this once and kept only as a hash.

    Raises `Invalid` for an empty name, unknown scopes, or too many tokens.
    """
    name = " ".join(name.split())
    problems = {}
    if not name or len(name) > 100:
        problems["name"] = "Say which program it is for, in at most 100 characters."
    if not scopes or set(scopes) - set(SCOPES):
        problems["scopes"] = "Choose what it may do."
    if len([row for row in list_tokens(session, board.id) if row.withdrawn_at is None]) >= MOST:
        problems["form"] = f"There are {MOST} tokens already. Withdraw one first."
    if problems:
        raise Invalid(**problems)
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        board_id=board.id,
        name=name,
        token_sha256=hash_of(text),
        scopes=[scope for scope in SCOPES if scope in scopes],
        made_at=now,
        made_by=by,
    )
    session.add(token)
    session.flush()
    return token, text


def withdraw_token(session: Session, board: Board, token_id: int, *, by: int, now: datetime) -> None:
    """Withdraw a token of this board for good; asking twice changes nothing. Raises `NotFound`."""
    del by
    token = session.get(Token, token_id)
    if token is None or token.board_id != board.id:
        raise NotFound("There is no such token.")
    token.withdrawn_at = token.withdrawn_at or now
    session.flush()


def use_token(session: Session, token: Token, *, now: datetime) -> None:
    """Write down the day of use, at most once a day."""
    today = now.astimezone(UTC).date()
    if token.last_used_on != today:
        token.last_used_on = today
        session.flush()


def list_tokens(session: Session, board_id: int) -> Sequence[Token]:
    """Return the board's tokens, newest first, withdrawn ones last."""
    query = select(Token).where(Token.board_id == board_id)
    return session.scalars(query.order_by(Token.withdrawn_at.is_not(None), Token.id.desc())).all()


def find_token(session: Session, text: str) -> Token | None:
    """Return the token with its board, if this is one and it was not withdrawn."""
    query = select(Token).where(Token.token_sha256 == hash_of(text), Token.withdrawn_at.is_(None))
    return session.scalar(query.options(joinedload(Token.board)))


def hash_of(text: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()
