"""What a transaction promises to the outside: rows written with it and carried out by the worker after it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base, Id


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


def list_due(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Return ids of promises that are due and not yet kept, oldest first."""
    due = select(Promise.id).where(Promise.done_at.is_(None), Promise.due_at <= now)
    return list(session.scalars(due.order_by(Promise.due_at, Promise.id).limit(limit)))
