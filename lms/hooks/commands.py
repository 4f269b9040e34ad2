"""Asking to be told, and telling: subscriptions, and the messages that an event makes."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from lms.awards import document
from lms.awards.answer import answer_of, moment
from lms.awards.keys import Seal
from lms.awards.models import Award, Completion
from lms.awards.standing import standing_of
from lms.boards.models import Board
from lms.errors import Conflict, Invalid
from lms.hooks.models import Delivery, Subscription
from lms.hooks.queries import EVENTS, Owner, list_subscriptions
from lms.hooks.wire import check_url
from lms.learning.models import Enrollment
from lms.modules.models import Edition, Module
from lms.outbox import Promise, hurry, promise
from lms.people.models import License

MOST = 10
"""Subscriptions one owner may have at a time."""
OVERLAP = timedelta(hours=24)
"""How long the old secret signs along after a rotation."""
TRIES = 12
"""After this many failures (eight in half a day, then one a day) nobody tries by itself any more."""


def subscribe(
    session: Session, owner: Owner, url: str, events: Sequence[str], *, local: bool = False, by: int, now: datetime
) -> Subscription:
    """Begin to tell an address of events; raises `Invalid` for an address or events that cannot be.

    `local` allows http to the loopback address, for tests.
    """
    problems: dict[str, str] = {}
    try:
        url = check_url(url, local=local)
    except Invalid as refusal:
        problems |= refusal.problems
    if not events or set(events) - set(EVENTS):
        problems["events"] = "Choose at least one event from the list."
    there = list_subscriptions(session, owner)
    if len(there) >= MOST:
        problems["form"] = f"There are {MOST} subscriptions already. Withdraw one first."
    if any(row.url == url for row in there):
        problems["url"] = "This address is told already."
    if problems:
        raise Invalid(**problems)
    subscription = Subscription(
        provider_id=owner.id if owner.kind == "provider" else None,
        board_id=owner.id if owner.kind == "board" else None,
        url=url,
        events=[event for event in EVENTS if event in events],
        salt=secrets.token_hex(32),
        made_at=now,
        made_by=by,
    )
    session.add(subscription)
    session.flush()
    return subscription


def rotate_secret(session: Session, subscription: Subscription, *, by: int, now: datetime) -> None:
    """Give the subscription a new secret; for a day messages are signed with both."""
    del by
    subscription.old_salt, subscription.old_until = subscription.salt, now + OVERLAP
    subscription.salt = secrets.token_hex(32)
    session.flush()


def withdraw_subscription(session: Session, subscription: Subscription, *, by: int, now: datetime) -> None:
    """Tell this address nothing any more; what was still waiting is not sent."""
    del by
    subscription.withdrawn_at = now
    session.flush()


def resend(session: Session, delivery: Delivery, *, by: int, now: datetime) -> None:
    """Send a message again, now: the very same bytes under the same id, signed anew.

    Raises `Conflict` where its text was deleted because it is old.
    """
    del by
    if not delivery.body:
        raise Conflict("This message is old, and its text was deleted. Ask for the certificate instead.")
    delivery.given_up_at = None
    if delivery.promise.done_at is None:
        hurry(session, delivery.promise_id, now=now)
        return
    delivery.promise = promise(session, "webhook", {"delivery_id": delivery.id}, now=now)
    session.flush()


def give_up(session: Session, delivery_id: int, *, now: datetime) -> None:
    """Write down that nobody tries any more; sending it again by hand still works. Raises `Conflict` if it is gone."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise Conflict("The message is gone.")
    delivery.given_up_at = now
    session.flush()


def forget_bodies(session: Session, *, before: datetime) -> int:
    """Delete the texts of messages made before that moment that nobody tries any more; return how many."""
    settled = select(Promise.id).where(or_(Promise.done_at.is_not(None), Promise.given_up_at.is_not(None)))
    old = (
        Delivery.made_at < before,
        Delivery.body != "",
        or_(Delivery.promise_id.in_(settled), Delivery.given_up_at.is_not(None)),
    )
    return len(session.execute(update(Delivery).where(*old).values(body="").returning(Delivery.id)).all())


def fan_out(
    session: Session, event: Mapping[str, Any], event_id: int, *, seal: Seal, made_at: datetime, now: datetime
) -> list[Delivery]:
    """Make one message for each subscription that the event concerns; asking again makes no second one.

    `event` is the payload of the outbox's kind "event", `event_id` its row.
    """
    award = session.get_one(Award, event["award_id"])
    found = _concerned(session, award, event["event"])
    if not found:
        return []
    sent = set(session.scalars(select(Delivery.message_id).where(Delivery.message_id.startswith(f"msg_{event_id}_"))))
    body = json.dumps(_message(session, award, event["event"], seal=seal, made_at=made_at, now=now))
    made = []
    for subscription in found:
        message_id = f"msg_{event_id}_{subscription.id}"
        if message_id in sent:
            continue
        delivery = Delivery(
            subscription_id=subscription.id,
            message_id=message_id,
            event=event["event"],
            award_id=award.id,
            body=body,
            made_at=now,
        )
        delivery.promise = promise(session, "webhook", {}, now=now)
        session.add(delivery)
        session.flush()
        delivery.promise.payload = {"delivery_id": delivery.id}
        made.append(delivery)
    session.flush()
    return made


def _message(
    session: Session, award: Award, event: str, *, seal: Seal, made_at: datetime, now: datetime
) -> dict[str, Any]:
    """Return what is told: the event, when it happened, and the certificate as whoever may see it all sees it."""
    standing = standing_of(session, award.code, seal)
    return {
        "type": f"certificate.{event}",
        "timestamp": moment(made_at),
        "data": answer_of(standing, award.code, public_url=seal.public_url, now=now, whole=True),
    }


def _concerned(session: Session, award: Award, event: str) -> list[Subscription]:
    """Return the live subscriptions of the award's provider and of the boards whose licensees it names."""
    provider_id, user_id = session.execute(
        select(Module.provider_id, Enrollment.user_id)
        .select_from(Completion)
        .join(Completion.enrollment)
        .join(Enrollment.edition)
        .join(Edition.module)
        .where(Completion.id == award.completion_id)
    ).one()
    boards = _boards_named(session, user_id, document.thaw(award.facts))
    mine = or_(Subscription.provider_id == provider_id, Subscription.board_id.in_(boards))
    query = select(Subscription).where(and_(mine, Subscription.withdrawn_at.is_(None))).order_by(Subscription.id)
    return [row for row in session.scalars(query) if event in row.events]


def _boards_named(session: Session, user_id: int, certificate: document.Certificate) -> list[int]:
    """Return the boards of the licenses that the certificate prints.

    The paper does not say a license's profession, so the holder's profile does; a license that has left the profile
    concerns every board of its jurisdiction.
    """
    professions = {
        (row.jurisdiction, row.credential, row.number): row.profession
        for row in session.scalars(select(License).where(License.user_id == user_id))
    }
    named = [
        (row.jurisdiction, professions.get((row.jurisdiction, row.credential, row.number)))
        for row in certificate.licenses
    ]
    boards = session.scalars(select(Board).where(Board.jurisdiction.in_({place for place, _ in named})))
    return [
        board.id
        for board in boards
        if any(
            place == board.jurisdiction and (profession is None or profession in board.professions)
            for place, profession in named
        )
    ]
