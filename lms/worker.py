"""The engine that keeps the outbox's promises: Huey on SQLite embedded, on Redis on many machines.

The table is the truth: a promise that was never handed over, or whose worker died, is found again by the sweep.
"""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from huey import Huey, RedisHuey, SqliteHuey, crontab
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import begin_writing, open_engine
from lms.outbox import Promise, list_due

TRIES = 8


def open_queue(settings: Settings) -> Huey:
    """Return the queue; `keep_promise` is its one task, `sweep` runs every minute."""
    if settings.redis_url:
        queue: Huey = RedisHuey("credence", url=settings.redis_url, immediate=False)
    else:
        queue = SqliteHuey("credence", filename=str(settings.data_dir / "queue.db"), immediate=False)
    engines: list[Engine] = []

    def engine() -> Engine:
        if not engines:  # opened in the worker's process, not in the one that forked it
            engines.append(open_engine(settings.database_url))
        return engines[0]

    @queue.task(name="keep_promise")
    def keep(promise_id: int) -> None:
        keep_promise(engine(), settings, promise_id, now=datetime.now(UTC))

    @queue.periodic_task(crontab(), name="sweep")
    def sweep() -> None:
        with Session(engine()) as session:
            due = list_due(session, datetime.now(UTC))
        for promise_id in due:
            keep_promise(engine(), settings, promise_id, now=datetime.now(UTC))

    queue.keep = keep
    return queue


def wake(queue: Huey, promise_ids: Sequence[int]) -> None:
    """Hand promises over to the worker; where the queue is out of reach the sweep finds them."""
    for promise_id in promise_ids:
        queue.keep(promise_id)


def keep_promise(engine: Engine, settings: Settings, promise_id: int, *, now: datetime) -> bool:
    """Keep one promise and say whether it is kept; a failure is written down and tried again later.

    Two workers never keep the same one: the claim is a conditional UPDATE. A mail whose worker dies between
    sending and the commit is sent again; that is the price of never losing one.
    """
    with Session(engine) as session:
        begin_writing(session)
        due = (Promise.id == promise_id, Promise.done_at.is_(None), Promise.due_at <= now)
        # The claim: whoever moves `due_at` owns the promise for five minutes.
        claim = update(Promise).where(*due).values(due_at=now + timedelta(minutes=5), tries=Promise.tries + 1)
        if not session.execute(claim.returning(Promise.id)).all():
            return False
        session.commit()
        row = session.get_one(Promise, promise_id)
        kind, payload, tries = row.kind, row.payload, row.tries
        session.rollback()
        problem = ""
        try:
            CARRIERS[kind](settings, payload)
        except (OSError, smtplib.SMTPException, KeyError) as error:
            problem = f"{type(error).__name__}: {error}"
        begin_writing(session)
        row = session.get_one(Promise, promise_id)
        row.last_error = problem
        if not problem:
            row.done_at = now
        elif tries < TRIES:
            row.due_at = now + timedelta(minutes=2**tries)
        else:
            row.due_at = now + timedelta(days=1)
        session.commit()
        return not problem


def carry_mail(settings: Settings, payload: dict[str, Any]) -> None:
    """Send a mail by SMTP, or write it to the mail folder when no server is set."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = payload["to"]
    message["Subject"] = payload["subject"]
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=settings.public_host)
    message.set_content(payload["text"])
    if payload.get("html"):
        message.add_alternative(payload["html"], subtype="html")
    if settings.smtp_url:
        _send(settings.smtp_url, message)
    else:
        _write(settings.data_dir / "mail", message)


def _send(url: str, message: EmailMessage) -> None:
    server = urlsplit(url)
    connect = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with connect(server.hostname or "localhost", server.port or 0, timeout=20) as client:
        if server.scheme == "smtp" and client.has_extn("starttls"):
            client.starttls()
        if server.username:
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    (folder / f"{stamp}.eml").write_bytes(bytes(message))


CARRIERS = {"mail": carry_mail}
