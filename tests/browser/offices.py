"""Pages of those who work for a provider, a board or the place itself, and the states that make them full."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lms.accreditation.commands import record_approval
from lms.awards.keys import Seal, open_seal
from lms.awards.models import Award
from lms.awards.witnesses import name_witness
from lms.boards.models import Board
from lms.boards.queries import get_board
from lms.boards.tokens import make_token, withdraw_token
from lms.config import Settings
from lms.files import Shelf
from lms.hooks.commands import fan_out, subscribe
from lms.hooks.queries import EVENTS, Owner
from lms.modules.commands import begin_module
from lms.outbox import Promise, promise, promise_mail
from lms.oversight.batch import check_batch
from lms.oversight.commands import (
    Plan,
    Query,
    answer_with_note,
    begin_batch,
    close_audit,
    comment,
    decide,
    look_up_certificate,
    look_up_licensee,
    open_audit,
)
from lms.oversight.models import Subject
from lms.people.models import License, User
from lms.providers.models import Provider
from lms.worker import keep_promise

DRAFT = "/workshop/modules/{draft}"
PUBLISHED = "/workshop/modules/burnout-and-self-care"
PARTS = ("details", "objectives", "lessons", "contributors", "references", "media", "items", "quiz", "credit",
         "gate", "preview")  # fmt: skip
HARBORLIGHT = "/workshop/providers/harborlight"
DESK = "/board/california"
EMPTY = "/board/texas"

OFFICES: dict[str, tuple[str, ...]] = {
    "author": (
        "/workshop", *(f"{DRAFT}/{part}" for part in PARTS),
        *(f"{PUBLISHED}/{part}" for part in ("details", "lessons", "quiz", "gate")),
        *(f"/workshop/modules/{{begun}}/{part}" for part in ("objectives", "lessons", "items", "credit", "gate")),
        DRAFT + "/objectives/{objective}", DRAFT + "/lessons/{lesson}", DRAFT + "/contributors/{contributor}",
        DRAFT + "/references/{reference}", DRAFT + "/media/{media}", DRAFT + "/items/{item}", DRAFT + "/credit/DEMO",
        DRAFT + "/items/new/multiple_response",
    ),
    "reviewer": (
        "/workshop", DRAFT + "/gate", DRAFT + "/preview", DRAFT + "/preview/lessons/my-lens", DRAFT + "/preview/test",
        DRAFT + "/preview/references",
    ),
    "manager": (
        "/workshop", *(f"{HARBORLIGHT}/{part}" for part in ("settings", "look", "approvals", "approvals/new/NBCC",
                       "approvals/{approval}/withdraw", "roster", "webhooks", "webhooks/{hook}", "witnesses")),
        *(f"/workshop/certificates/{{valid}}{part}" for part in ("", "/revoke", "/reissue")),
        "/workshop/certificates/{revoked}", "/workshop/certificates/{replaced}",
    ),
    "board": (
        "/board", *(f"{DESK}/{part}" for part in ("look", "looks", "batches", "batches/{checked}", "batches/{waiting}",
                    "audits", "audits/new", "audits/{listed}", "audits/{drawn}", "audits/{closed}",
                    "audits/{drawn}/licenses/{silent}", "audits/{drawn}/licenses/{noted}",
                    "audits/{listed}/licenses/{packed}", "tokens", "webhooks", "webhooks/{board_hook}", "witnesses")),
        "/board/looks/{licensee}", "/board/looks/{looked}",
    ),
    "texas-board": (
        "/board", *(f"{EMPTY}/{part}" for part in ("batches", "audits", "looks", "tokens", "webhooks", "witnesses")),
    ),
    "operator": (
        "/operator", "/operator/mail", "/operator/mail/{mail}", "/operator/outbox", "/operator/approvals",
        "/operator/approvals/{doubtful}/refuse", "/operator/people", "/operator/people?q=maya", "/operator/providers",
        "/operator/providers/new", "/operator/providers/harborlight", "/operator/providers/harborlight/members",
        "/operator/boards", "/operator/boards/new", "/operator/boards/california",
    ),
}  # fmt: skip


def furnish_offices(session: Session, settings: Settings, now: datetime) -> Iterator[tuple[str, Any]]:
    """Fill the desks; yield what fills the braces above."""
    seal = open_seal(settings.data_dir, settings.public_url)
    board, ruth = get_board(session, "california"), _person(session, "board")
    yield from _looks(session, board, ruth, now)
    yield from _batches(session, board, settings, seal, ruth, now)
    yield from _audits(session, board, settings, ruth, now)
    make_token(session, board, "Renewal system", ["verify", "list"], by=ruth, now=now)
    old, _ = make_token(session, board, "Last year's trial", ["verify"], by=ruth, now=now - timedelta(days=90))
    withdraw_token(session, board, old.id, by=ruth, now=now - timedelta(days=40))
    provider = session.scalars(select(Provider).where(Provider.slug == "harborlight")).one()
    yield "board_hook", _hook(session, Owner("board", board.id), seal, ruth, now)
    yield "hook", _hook(session, Owner("provider", provider.id), seal, _person(session, "manager"), now)
    name_witness(session, board, "archive@board.example.org", now=now)
    name_witness(session, provider, "records@harborlight.example.org", now=now)
    doubtful = record_approval(
        session, provider, accreditor="NBCC", number="7311", professions=["counselor"], valid_from=now.date(),
        valid_to=(now + timedelta(days=700)).date(), statement="Harborlight is approved by NBCC.",
        by=_person(session, "manager"), now=now,
    )  # fmt: skip
    yield "doubtful", doubtful.id
    lost = promise_mail(session, to="gone@example.org", subject="Your certificate", text="It is ready.", now=now)
    lost.tries, lost.last_error = 3, "SMTPRecipientsRefused: gone@example.org: 550 no such user here"
    lost.due_at = now + timedelta(days=1)
    promise(session, "event", {}, now=now).due_at = now + timedelta(days=1)
    author = _person(session, "author")
    begun = begin_module(session, provider.id, "Sleep after shift work", by=author, now=now)
    yield "begun", begun.module.slug


def deliver_one(engine: Engine, settings: Settings, now: datetime) -> str:
    """Let the worker deliver a mail, and return the name the operator finds it by."""
    with Session(engine) as session:
        first = session.scalars(
            select(Promise.id).where(Promise.kind == "mail", Promise.done_at.is_(None), Promise.due_at <= now)
        ).first()
    assert first is not None
    keep_promise(engine, settings, first, now=now)
    return max(path.name for path in (settings.data_dir / "mail").glob("*.eml"))


def _person(session: Session, name: str) -> int:
    return session.scalars(select(User.id).where(User.email == f"{name}@example.org")).one()


def _looks(session: Session, board: Board, by: int, now: datetime) -> Iterator[tuple[str, Any]]:
    license_ = session.scalars(
        select(License).join(License.user).where(User.email == "maya@example.org", License.jurisdiction == "US-CA")
    ).first()
    assert license_ is not None
    period = ((now - timedelta(days=730)).date(), now.date())
    looked = look_up_licensee(session, board, Query(license_.number, *period), seated=True, by=by, now=now)
    yield "licensee", looked.id
    for award in session.scalars(select(Award).order_by(Award.id)):
        look = look_up_certificate(session, board, award.code, seated=True, by=by, now=now)
        if look.outcome == "allowed":
            yield "looked", look.id
            break


def _batches(
    session: Session, board: Board, settings: Settings, seal: Seal, by: int, now: datetime
) -> Iterator[tuple[str, Any]]:
    codes = [*session.scalars(select(Award.code)), "0" * 26, "=cmd|' /C calc'!A0"]
    done = begin_batch(session, board, codes, "renewals-november.csv", by=by, now=now)
    for _ in check_batch(session, Shelf(settings.media_url), seal, done.id, now=now):
        session.flush()
    yield "checked", done.id
    yield "waiting", begin_batch(session, board, codes * 4, "", by=by, now=now).id


def _audits(session: Session, board: Board, settings: Settings, by: int, now: datetime) -> Iterator[tuple[str, Any]]:
    period = ((now - timedelta(days=730)).date(), now.date())
    due = (now + timedelta(days=20)).date()
    told = {"by": by, "public_url": settings.public_url, "now": now}

    def subjects(audit_id: int) -> list[Subject]:
        return list(session.scalars(select(Subject).where(Subject.audit_id == audit_id).order_by(Subject.id)))

    drawn = open_audit(session, board, Plan("Sample of autumn", *period, due, (), 3, "Lottery 21-11-2026"), **told)
    silent, noted, *_ = subjects(drawn.id)
    assert noted.user_id is not None
    answer_with_note(session, noted, "I sent my certificates by mail last week.", by=noted.user_id, now=now)
    comment(session, noted, "Nothing has come yet.", private=True, by=by, now=now)
    yield from {"drawn": drawn.id, "silent": silent.id, "noted": noted.id}.items()
    closed = open_audit(session, board, Plan("Spring, by hand", *period, due, ["LMFT000412", "99999"]), **told)
    for subject in subjects(closed.id):
        decide(session, subject, "closed", "", **told)
    close_audit(session, closed, **told)
    yield "closed", closed.id
    packed = session.scalars(
        select(Subject).where(Subject.number.contains("977"), Subject.audit_id != closed.id)
    ).first()
    assert packed is not None
    yield from {"listed": packed.audit_id, "packed": packed.id}.items()


def _hook(session: Session, owner: Owner, seal: Seal, by: int, now: datetime) -> int:
    """Subscribe an address that was told four times, in four states; nothing is really sent."""
    hook = subscribe(session, owner, "https://records.example.org/credence", list(EVENTS), by=by, now=now)
    events = [{"event": "issued", "award_id": award} for award in session.scalars(select(Award.id).order_by(Award.id))]
    made = []
    for number, event in enumerate(events):
        made += fan_out(session, event, 10**6 * hook.id + number, seal=seal, made_at=now, now=now)
    for row in made:
        row.promise.due_at = now + timedelta(days=1)
    delivered, failing, given_up, waiting, *_ = [row for row in made if row.subscription_id == hook.id]
    delivered.promise.done_at, delivered.promise.tries = now, 1
    failing.promise.last_error, failing.promise.tries = "Undelivered: it answered 503", 3
    given_up.promise.last_error, given_up.given_up_at = "Undelivered: nobody answers at this address", now
    given_up.promise.tries = 12
    assert not waiting.promise.last_error
    return hook.id
