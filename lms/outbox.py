"""What a transaction promises to the outside: rows written with it and carried out by the worker after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base, Id
from lms.errors import Conflict, NotFound


class Promise(Base):
    """One thing to do outside the database, such as a mail; `kind` says what `payload` holds."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not before this moment; moves on after a failure."""
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    """When it had failed so often that nobody tries by itself any more; an operator still can."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many promises are not kept yet, how many of them failed at least once, and since when the oldest waits.

    Those that were given up wait for nothing and are counted apart.
    """

    waiting: int
    failed: int
    oldest: datetime | None
    given_up: int


def promise(session: Session, kind: str, payload: dict[str, Any], *, now: datetime) -> Promise:
    """Write the promise with the caller's transaction; the worker hears of it after the commit."""
    row = Promise(kind=kind, payload=payload, made_at=now, due_at=now)
    session.add(row)
    session.flush()
    session.info.setdefault("promised", []).append(row.id)
    return row


def promise_mail(session: Session, *, to: str, subject: str, text: str, html: str = "", now: datetime) -> Promise:
    """Promise a mail; `html` may be empty."""
    return promise(session, "mail", {"to": to, "subject": subject, "text": text, "html": html}, now=now)


def hurry(session: Session, promise_id: int, *, now: datetime) -> Promise:
    """Make an unkept promise due at once and hand it to the worker after the commit; one that was given up too.

    Raises `NotFound`, or `Conflict` when it is kept already.
    """
    row = session.get(Promise, promise_id)
    if row is None:
        raise NotFound("There is no such promise.")
    if row.done_at is not None:
        raise Conflict("This one was delivered already.")
    row.due_at, row.given_up_at = now, None
    session.flush()
    session.info.setdefault("promised", []).append(row.id)
    return row


def list_due(session: Session, now: datetime, limit: int = 500) -> list[int]:
    """Return ids of promises that are due and not yet kept, oldest first."""
    due = select(Promise.id).where(Promise.done_at.is_(None), Promise.given_up_at.is_(None), Promise.due_at <= now)
    return list(session.scalars(due.order_by(Promise.due_at, Promise.id).limit(limit)))


def count_unkept(session: Session) -> int:
    """Return how many promises are not kept yet, those given up among them."""
    return session.scalar(select(func.count(Promise.id)).where(Promise.done_at.is_(None))) or 0


def list_unkept(session: Session, limit: int = 200, offset: int = 0) -> Sequence[Promise]:
    """Return promises that are not kept yet, those given up and those that failed most first."""
    unkept = select(Promise).where(Promise.done_at.is_(None))
    first = (Promise.given_up_at.is_(None), Promise.tries.desc(), Promise.id)
    return session.scalars(unkept.order_by(*first).limit(limit).offset(offset)).all()


def backlog(session: Session) -> Backlog:
    """Return how far behind the worker is."""
    waits = Promise.given_up_at.is_(None)
    row = session.execute(
        select(
            func.count(Promise.id).filter(waits),
            func.count(Promise.id).filter(waits, Promise.last_error != ""),
            func.min(Promise.made_at).filter(waits),
            func.count(Promise.id).filter(~waits),
        ).where(Promise.done_at.is_(None))
    ).one()
    return Backlog(*row)


def forget_mails(session: Session, *, before: datetime) -> int:
    """Delete what mails said that were sent before that moment, links included; that they were sent stays. How many."""
    old = (Promise.kind == "mail", Promise.done_at < before, Promise.payload["text"].as_string().is_not(None))
    return len(session.execute(update(Promise).where(*old).values(payload={}).returning(Promise.id)).all())
