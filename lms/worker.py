"""The engine that keeps the outbox's promises: Huey on SQLite embedded, on Redis on many machines.

The table is the truth: a promise that was never handed over, or whose worker died, is found again by the sweep.
"""

import logging
import smtplib
import sqlite3
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from huey import Huey, RedisHuey, SqliteHuey, crontab
from redis.exceptions import RedisError
from sqlalchemy import Connection, Engine, update
from sqlalchemy.orm import Session

from lms.accreditation.commands import remind_operators
from lms.awards.anew import sign_anew
from lms.awards.audit import audit
from lms.awards.document import open_shelf
from lms.awards.keys import Seal, open_seal
from lms.awards.proofs import sign_due_lists
from lms.awards.watch import tell_operators
from lms.awards.witnesses import send_checkpoint
from lms.config import Settings
from lms.db import begin_writing, open_engine
from lms.files import Shelf
from lms.hooks.commands import TRIES as MESSAGE_TRIES
from lms.hooks.commands import fan_out, forget_bodies, give_up
from lms.hooks.queries import find_parcel
from lms.hooks.signing import headers_of, secret_of
from lms.hooks.wire import Undelivered, post
from lms.letter import dress
from lms.outbox import Promise, forget_mails, list_due
from lms.oversight.batch import check_batch
from lms.oversight.packet import Tools, make_packet

TRIES = 8
GIVEN_UP = {"mail": TRIES + 14}
"""After how many failures nobody tries by itself any more: a mail after half a day and two weeks.

Webhooks have their own number. What is not named here is work on our own records (an event to spread, a list, a
packet) and is never given up; nor is the log: every day has its own checkpoint, which holds all the earlier ones.
"""
KEPT = timedelta(days=30)
"""How long the texts of mails and webhook messages are kept after they were delivered: they name people."""
LISTS_AT_ONCE = 20
"""Revocation lists between two commits: others who issue wait for half a second at the most."""
CLAIM = timedelta(minutes=5)
"""How long a claimed promise is left alone; a worker that died in the middle loses it after this."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed promise: what a carrier needs to keep it. `id` and `made_at` are the same at every try."""

    id: int
    kind: str
    payload: dict[str, Any]
    made_at: datetime
    tries: int


def open_queue(settings: Settings) -> Huey:
    """Return the queue; `keep_promise` is its one task, `sweep` runs every minute."""
    if settings.redis_url:
        queue: Huey = RedisHuey("credence", url=settings.redis_url, immediate=False, results=False)
    else:
        queue = SqliteHuey("credence", filename=str(settings.data_dir / "queue.db"), immediate=False, results=False)
    engines: list[Engine] = []

    def engine() -> Engine:
        if not engines:  # opened in the worker's process, not in the one that forked it
            engines.append(open_engine(settings.database_url))
        return engines[0]

    @queue.task(name="keep_promise")
    def keep(promise_id: int) -> None:
        keep_promise(engine(), settings, promise_id, now=datetime.now(UTC), told=partial(wake, queue))

    @queue.periodic_task(crontab(), name="sweep")
    def sweep() -> None:
        with Session(engine()) as session:
            due = list_due(session, datetime.now(UTC))
        wake(queue, due)  # each is a task of its own: one that breaks does not hold up the others

    @queue.periodic_task(crontab(minute="*/5"), name="lists")
    def lists() -> None:
        """Often, though it is due once a day: a server that stood still for weeks starts with lists that ran out."""
        with Session(engine()) as session:
            seal = open_seal(settings.data_dir, settings.public_url)
            _go_on(session, _sign_lists(session, seal))
            _go_on(session, sign_anew(session, seal, clock=lambda: datetime.now(UTC)))

    @queue.periodic_task(crontab(minute="12", hour="4"), name="checkpoint")
    def checkpoint() -> None:
        with Session(engine()) as session:
            begin_writing(session)
            send_checkpoint(session, open_seal(settings.data_dir, settings.public_url), now=datetime.now(UTC))
            session.commit()

    @queue.periodic_task(crontab(minute="27", hour="4"), name="audit")
    def audit_log() -> None:
        watch(engine(), open_seal(settings.data_dir, settings.public_url), now=datetime.now(UTC))

    @queue.periodic_task(crontab(minute="42", hour="4"), name="tidy")
    def tidy() -> None:
        with Session(engine()) as session:
            begin_writing(session)
            tidy_up(session, now=datetime.now(UTC))
            session.commit()

    @queue.on_shutdown(name="close")
    def close() -> None:
        for opened in engines:
            opened.dispose()

    queue.keep, queue.sweep, queue.close = keep, sweep, close
    queue.lists, queue.checkpoint, queue.tidy = lists, checkpoint, tidy
    return queue


def work(queue: Huey) -> None:
    """Carry out what the outbox promises, until the process is told to stop."""
    queue.create_consumer(workers=2, initial_delay=0.1, max_delay=1.0).run()


def tidy_up(session: Session, *, now: datetime) -> None:
    """Do what is due once a day: forget texts that name people, and remind operators of approvals that wait."""
    forget_bodies(session, before=now - KEPT)
    forget_mails(session, before=now - KEPT)
    remind_operators(session, now=now)


def watch(engine: Engine | Connection, seal: Seal, *, now: datetime) -> None:
    """Audit everything that was ever issued, and tell the operators what does not fit; nobody waits for it to write."""
    with Session(engine) as session:
        found = list(audit(session, seal, now=now))
    if not found:
        return
    log.critical("the log does not fit the records: %s", found)
    with Session(engine) as session:
        begin_writing(session)
        tell_operators(session, found, now=now)
        session.commit()


def wake(queue: Huey, promise_ids: Sequence[int]) -> None:
    """Hand promises over to the worker; where the queue is out of reach the sweep finds them."""
    try:
        for promise_id in promise_ids:
            queue.keep(promise_id)
    except (RedisError, sqlite3.Error, OSError) as error:
        log.warning("the queue is out of reach, the sweep will find %s: %s", list(promise_ids), error)


def keep_promise(
    engine: Engine,
    settings: Settings,
    promise_id: int,
    *,
    now: datetime,
    told: Callable[[Sequence[int]], None] = lambda _: None,
) -> bool:
    """Keep one promise and say whether it is kept; a failure is written down and tried again later.

    `told` hears of promises that were made by keeping this one.

    Two workers never keep the same one: the claim is a conditional UPDATE. A mail whose worker dies between
    sending and the commit is sent again; that is the price of never losing one.
    """
    with Session(engine) as session:
        errand = _claim(session, promise_id, now)
        if errand is None:
            return False
        problem = ""
        try:
            if errand.kind in CHORES:
                told(CHORES[errand.kind](engine, settings, errand, now))
            elif errand.kind in CARRIERS:
                CARRIERS[errand.kind](settings, errand)
            else:
                problem = f"nobody here carries {errand.kind!r}"
        except (OSError, smtplib.SMTPException) as error:
            problem = f"{type(error).__name__}: {error}"
        finally:
            # A bug in a carrier is written down like any other failure, and then goes on to the log.
            unforeseen = sys.exc_info()[1]
            if unforeseen is not None:
                problem = f"{type(unforeseen).__name__}: {unforeseen}"
            _write_down(session, errand, problem, now)
        return not problem


def _claim(session: Session, promise_id: int, now: datetime) -> Errand | None:
    """Take the promise for `CLAIM`: whoever moves `due_at` owns it; None if somebody else did or it is kept."""
    begin_writing(session)
    due = (Promise.id == promise_id, Promise.done_at.is_(None), Promise.given_up_at.is_(None), Promise.due_at <= now)
    claim = (
        update(Promise)
        .where(*due)
        .values(due_at=now + CLAIM, tries=Promise.tries + 1)
        .returning(Promise.id, Promise.kind, Promise.payload, Promise.made_at, Promise.tries)
    )
    row = session.execute(claim).one_or_none()
    session.commit()
    return Errand(*row) if row else None


def _write_down(session: Session, errand: Errand, problem: str, now: datetime) -> None:
    """Mark the promise as kept, or put it off: 2, 4, 8 ... minutes, from the eighth failure on a day; or give it up."""
    wait = timedelta(minutes=2**errand.tries) if errand.tries < TRIES else timedelta(days=1)
    begin_writing(session)
    result: dict[str, Any] = {"due_at": now + wait} if problem else {"done_at": now}
    if problem and errand.tries >= GIVEN_UP.get(errand.kind, errand.tries + 1):
        result["given_up_at"] = now
    session.execute(update(Promise).where(Promise.id == errand.id).values(last_error=problem[:2000], **result))
    session.commit()


def carry_mail(settings: Settings, errand: Errand) -> None:
    """Send a mail by SMTP, or write it to the mail folder when no server is set."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = errand.payload["to"]
    message["Subject"] = " ".join(errand.payload["subject"].split())
    message["Date"] = format_datetime(errand.made_at)
    # The same at every try, so that a mail sent twice is one mail to most programs.
    message["Message-ID"] = f"<{errand.made_at:%Y%m%d%H%M%S%f}.{errand.id}@{settings.public_host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(errand.payload["text"])
    html = errand.payload.get("html") or dress(message["Subject"], errand.payload["text"], settings.public_url)
    message.add_alternative(html, subtype="html")
    if settings.smtp_url:
        _send(settings.smtp_url, message)
    else:
        _write(settings.data_dir / "mail", f"{errand.made_at:%Y%m%dT%H%M%S%f}-{errand.id:08}.eml", message)


def _send(url: str, message: EmailMessage) -> None:
    server = urlsplit(url)
    host, port, trusted = server.hostname or "localhost", server.port or 0, ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=20, context=trusted)
        if server.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=20)
    ) as client:
        client.ehlo_or_helo_if_needed()
        encrypted = server.scheme == "smtps"
        if not encrypted and client.has_extn("starttls"):
            client.starttls(context=trusted)
            encrypted = True
        if server.username:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("the mail server offers no encryption: the password stays here")
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)


def _write(folder: Path, name: str, message: EmailMessage) -> None:
    """Write the mail under its name at once: nobody reads half a mail, a second try replaces the first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = folder / f".{name}.half"
    half.write_bytes(bytes(message))
    half.replace(folder / name)


def spread_event(engine: Engine, settings: Settings, errand: Errand, now: datetime) -> list[int]:
    """Make a message of an event for everybody who asked to be told; return the promises that carry them."""
    with Session(engine) as session:
        begin_writing(session)
        seal = open_seal(settings.data_dir, settings.public_url)
        made = fan_out(session, errand.payload, errand.id, seal=seal, made_at=errand.made_at, now=now)
        session.commit()
        return [delivery.promise_id for delivery in made]


def carry_message(engine: Engine, settings: Settings, errand: Errand, now: datetime) -> list[int]:
    """Send a message to the address that asked for it; no transaction is open meanwhile."""
    delivery_id = errand.payload["delivery_id"]
    with Session(engine) as session:
        parcel = find_parcel(session, delivery_id, now=now)
    if parcel is None:  # withdrawn meanwhile
        return []
    headers = headers_of(
        [secret_of(settings.secret_key, salt) for salt in parcel.salts], parcel.message_id, now, parcel.body
    )
    try:
        post(
            parcel.url,
            parcel.body.encode(),
            {"Content-Type": "application/json", **headers},
            local=settings.local_hooks,
        )
    except Undelivered:
        if errand.tries >= MESSAGE_TRIES:
            with Session(engine) as session:
                begin_writing(session)
                give_up(session, delivery_id, now=now)
                session.commit()
        raise
    return []


def carry_batch(engine: Engine, settings: Settings, errand: Errand, now: datetime) -> list[int]:
    """Check a board's list of codes; whoever waits sees the progress after each part."""
    with Session(engine, expire_on_commit=False) as session:
        seal = open_seal(settings.data_dir, settings.public_url)
        shelf = Shelf(settings.media_url)
        _go_on(session, check_batch(session, shelf, seal, errand.payload["batch_id"], now=now))
    return []


def carry_packet(engine: Engine, settings: Settings, errand: Errand, now: datetime) -> list[int]:
    """Make an audit packet; whoever waits sees the progress after each certificate."""
    with Session(engine, expire_on_commit=False) as session:
        fonts = open_shelf(settings.data_dir, settings.font_dirs)
        tools = Tools(Shelf(settings.media_url), fonts, open_seal(settings.data_dir, settings.public_url))
        _go_on(session, make_packet(session, tools, errand.payload["packet_id"], now=now))
    return []


def _sign_lists(session: Session, seal: Seal) -> Iterator[int]:
    while signed := sign_due_lists(session, seal, now=datetime.now(UTC), most=LISTS_AT_ONCE):
        yield signed


def _go_on(session: Session, parts: Iterator[object]) -> None:
    """Do the work part by part and keep each: nobody waits long for a writer on SQLite."""
    begin_writing(session)
    for _ in parts:
        session.commit()
        begin_writing(session)
    session.commit()


CARRIERS: dict[str, Callable[[Settings, Errand], None]] = {"mail": carry_mail}

CHORES: dict[str, Callable[[Engine, Settings, Errand, datetime], Sequence[int]]] = {
    "event": spread_event,
    "webhook": carry_message,
    "batch": carry_batch,
    "packet": carry_packet,
}
"""Kinds that read and write our own tables; each returns the promises it made."""
