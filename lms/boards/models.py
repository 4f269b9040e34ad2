"""Boards and seats."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id, Name, Slug
from lms.people.models import User


class Board(Base):
    """A licensing board: one jurisdiction, one or more professions."""

    __tablename__ = "boards"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    jurisdiction: Mapped[str] = mapped_column(String(8))
    professions: Mapped[list[str]]


class Seat(Base):
    """A person's place on a board."""

    __tablename__ = "seats"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"), primary_key=True)
    since: Mapped[datetime]

    user: Mapped[User] = relationship()
    board: Mapped[Board] = relationship()


class Token(Base):
    """What a board's program shows to the API; of the token itself only the SHA-256 is kept. Withdrawn for good."""

    __tablename__ = "tokens"

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    """What it may do: `verify`, `list`."""
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    last_used_on: Mapped[date | None]
    """The day (UTC) of the latest use; null: never used."""
    withdrawn_at: Mapped[datetime | None]

    board: Mapped[Board] = relationship()
