"""Who is told of what, and how far each message is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from lms.errors import NotFound
from lms.hooks.models import Delivery, Subscription
from lms.outbox import Promise

EVENTS = {
    "issued": "A certificate is issued",
    "revoked": "A certificate is revoked",
    "replaced": "A certificate is replaced by a corrected one",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose subscriptions: a provider's or a board's."""

    kind: Literal["provider", "board"]
    id: int

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a subscription is this owner's."""
        column = Subscription.provider_id if self.kind == "provider" else Subscription.board_id
        return column == self.id


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery and how far it is: `waiting`, `delivered`, `failing` (tried again at `next_at`) or `given_up`."""

    delivery: Delivery
    state: Literal["waiting", "delivered", "failing", "given_up"]
    tries: int
    problem: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the worker needs to send a message; `salts` make the secrets that sign it."""

    url: str
    message_id: str
    body: str
    salts: tuple[str, ...]


def list_subscriptions(session: Session, owner: Owner) -> Sequence[Subscription]:
    """Return the owner's subscriptions that were not withdrawn, oldest first."""
    query = select(Subscription).where(owner.holds(), Subscription.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Subscription.id)).all()


def get_subscription_of(session: Session, owner: Owner, subscription_id: int) -> Subscription:
    """Return the subscription if it is the owner's and not withdrawn; any other one is not found."""
    query = select(Subscription).where(
        owner.holds(), Subscription.id == subscription_id, Subscription.withdrawn_at.is_(None)
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such subscription.")
    return found


def count_deliveries(session: Session, subscription_id: int) -> int:
    """Return how many messages there ever were."""
    return session.scalar(select(func.count(Delivery.id)).where(Delivery.subscription_id == subscription_id)) or 0


def list_deliveries(session: Session, subscription_id: int, *, limit: int, offset: int = 0) -> list[Sent]:
    """Return the messages of a subscription, newest first, each with how far it is."""
    query = (
        select(Delivery)
        .where(Delivery.subscription_id == subscription_id)
        .options(joinedload(Delivery.promise), joinedload(Delivery.award))
        .order_by(Delivery.id.desc())
    )
    return [_sent(row, row.promise) for row in session.scalars(query.limit(limit).offset(offset))]


def _sent(delivery: Delivery, promise: Promise) -> Sent:
    problem = promise.last_error.removeprefix("Undelivered: ")
    if delivery.given_up_at is not None:
        return Sent(delivery, "given_up", promise.tries, problem, None)
    if promise.done_at is not None:
        return Sent(delivery, "delivered", promise.tries, "", None)
    if promise.last_error:
        return Sent(delivery, "failing", promise.tries, problem, promise.due_at)
    return Sent(delivery, "waiting", promise.tries, "", None)


def get_delivery_of(session: Session, owner: Owner, delivery_id: int) -> Delivery:
    """Return the delivery if its subscription is the owner's and not withdrawn; any other one is not found."""
    query = (
        select(Delivery)
        .join(Delivery.subscription)
        .where(owner.holds(), Delivery.id == delivery_id, Subscription.withdrawn_at.is_(None))
        .options(joinedload(Delivery.promise))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such message.")
    return found


def find_parcel(session: Session, delivery_id: int, *, now: datetime) -> Parcel | None:
    """Return what to send, or None when nobody waits for it any more."""
    row = session.execute(
        select(Delivery, Subscription).join(Delivery.subscription).where(Delivery.id == delivery_id)
    ).one_or_none()
    if row is None:
        return None
    delivery, subscription = row
    if subscription.withdrawn_at is not None or delivery.given_up_at is not None or not delivery.body:
        return None
    salts = [subscription.salt]
    if subscription.old_salt and subscription.old_until and subscription.old_until > now:
        salts.append(subscription.old_salt)
    return Parcel(subscription.url, delivery.message_id, delivery.body, tuple(salts))
