"""Boards and seats."""

from datetime import datetime

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
