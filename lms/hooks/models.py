"""Subscriptions and deliveries."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.awards.models import Award
from lms.boards.models import Board
from lms.db import Base, Id
from lms.outbox import Promise
from lms.providers.models import Provider


class Subscription(Base):
    """An address that is told of a provider's own certificates, or of those that name a board's licensees.

    The secret is made from `salt` and the installation's own secret, so no database holds it. After a rotation the
    old one signs along until `old_until`.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (CheckConstraint("(provider_id IS NULL) <> (board_id IS NULL)", name="one_owner"),)

    id: Mapped[Id]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"), index=True)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("boards.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]
    """Some of `issued`, `revoked`, `replaced`."""
    salt: Mapped[str] = mapped_column(String(64))
    old_salt: Mapped[str | None] = mapped_column(String(64))
    old_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]

    provider: Mapped[Provider | None] = relationship()
    board: Mapped[Board | None] = relationship()


class Delivery(Base):
    """One message to one subscription; how far it is says the promise that carries it, the newest where it was resent.

    `body` is what is sent, byte for byte the same at every try; `message_id` too, so that a receiver counts it once.
    It names people, so it is emptied 30 days after it was delivered; that it was sent, and when, stays.
    """

    __tablename__ = "deliveries"

    id: Mapped[Id]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(60), unique=True)
    event: Mapped[str] = mapped_column(String(20))
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    promise_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    given_up_at: Mapped[datetime | None]

    subscription: Mapped[Subscription] = relationship()
    award: Mapped[Award] = relationship()
    promise: Mapped[Promise] = relationship()
