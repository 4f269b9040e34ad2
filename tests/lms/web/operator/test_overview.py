"""Health, mail and outbox."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lms.outbox import Promise, promise_mail
from lms.worker import Errand, carry_mail

NOW = datetime(2026, 9, 14, 15, 30, tzinfo=UTC)


@pytest.fixture
def operator(browser, make):
    user = make.operator()
    browser.sign_in(user)
    return user


def write(settings, number, **payload):
    """Write a mail file as the worker does."""
    made = NOW.replace(microsecond=number)
    carry_mail(
        settings,
        Errand(number, "mail", {"to": "ada@example.org", "subject": "Hello", "text": "Hi", **payload}, made, 1),
    )
    return f"/operator/mail/{made:%Y%m%dT%H%M%S%f}-{number:08}.eml"


def test_the_overview_says_what_runs_and_how_much_there_is(browser, operator, make, session):
    make.edition()
    late = promise_mail(session, to="a@example.org", subject="a", text="a", now=NOW)
    late.last_error = "OSError"
    session.flush()
    page = browser.get("/operator").text
    assert ("SQLite 3" in page) != ("PostgreSQL" in page)
    assert re.search(r"\d\.\d MB", page)
    assert "SQLite, embedded: 0 waiting" in page
    assert "1 waiting, 1 of them failed at least once" in page
    assert "14 September 2026" in page
    assert re.search(r"<dt>Modules</dt><dd>1</dd>", page)


def test_a_queue_out_of_reach_is_said_and_breaks_nothing(app, browser, operator, monkeypatch):
    def gone():
        raise OSError

    monkeypatch.setattr(app.extensions["queue"], "pending_count", gone)
    assert "out of reach" in browser.get("/operator").text


def test_mails_are_listed_newest_first_in_pages(browser, operator, settings):
    assert "No mail yet" in browser.get("/operator/mail").text
    for number in range(1, 53):
        write(settings, number, subject=f"Mail {number:03}")
    (settings.data_dir / "mail" / "other.eml").write_text("not ours")
    first, second = browser.get("/operator/mail").text, browser.get("/operator/mail?page=2").text
    assert re.findall(r"Mail (\d{3})<", first) == [f"{n:03}" for n in range(52, 2, -1)]
    assert re.findall(r"Mail (\d{3})<", second) == ["002", "001"]
    assert "1 to 50 of 52" in first


def test_a_mail_is_shown_without_anything_foreign(browser, operator, settings):
    url = write(
        settings,
        1,
        subject="Grüße <b>",
        text="See http://localhost/x and <script>alert(1)</script>",
        html='<p style="color:red" onclick="x()">Good <img src="https://evil.example/x.png"> day'
        '<script>alert(1)</script><a href="javascript:alert(1)">bad</a><a href="https://ok.example/">fine</a></p>',
    )
    page = browser.get(url).text
    assert "<title>Grüße &lt;b&gt;" in page
    assert '<a href="http://localhost/x"' in page
    assert "&lt;script&gt;alert(1)" in page
    for foreign in ("evil.example", "onclick", "javascript:", "color:red", "<script>alert"):
        assert foreign not in page
    assert 'href="https://ok.example/"' in page


RESET = "http://localhost/account/reset/WyJhYmMiLCJkZWYiLDEuMF0.aQ1bZw.Zk9-_xYzAbCdEfGhIjKlMnOpQrS"


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, True),
        ({"demo": False}, False),
        ({"public_url": "https://credence.example"}, False),
        ({"smtp_url": "smtp://mail.example"}, False),
    ],
    indirect=["settings"],
)
def test_links_that_open_accounts_are_shown_in_the_local_demonstration_alone(
    browser, operator, settings, shown, monkeypatch
):
    token = RESET.rpartition("/")[2]
    with monkeypatch.context() as patch:
        patch.setattr("lms.worker._send", lambda *_: None)
        url = write(
            replace(settings, smtp_url=""),
            1,
            text=f"Open {RESET} or https://x.example/c/9QTTV0C1WEMXBQ66D2VBTGQMPN?k=abcdefghijklmnopqrstuvwxyz",
            html=f'<p><a href="{RESET}">Choose a password</a></p>',
        )
    page = browser.get(url).text
    assert (page.count(token) >= 2, "abcdefghijklmnopqrstuvwxyz" in page) == (shown, shown)
    assert ("Its link is hidden here" in page) is not shown
    assert token in page or token[:8] not in page
    assert "9QTTV0C1WEMXBQ66D2VBTGQMPN" in page, "a code is public"


@pytest.mark.parametrize("settings", [{"demo": False}], indirect=True)
@pytest.mark.parametrize("ending", ["", "."])
def test_a_long_link_is_hidden_too(app, browser, operator, settings, ending):
    """Closing an account and opening it again gives it a longer key: links are packed then, and begin with a dot."""
    data = [f"{n:064x}" for n in range(2)] + ["the address of a person who moves to a new one"]
    token = app.extensions["security"].change_email_serializer.dumps(data)
    assert token.startswith(".")
    page = browser.get(write(settings, 1, text=f"Open http://localhost/account/reset/{token}{ending}")).text
    assert "Its link is hidden here" in page
    assert all(part not in page for part in token.split(".") if part)


@pytest.mark.parametrize(
    "name", ["20260914T153000000001-00000009.eml", "..%2Fsecrets.json", "..", "other.eml", "%2e%2e%2fsecrets.json"]
)
def test_other_files_are_not_mails(browser, operator, settings, name):
    write(settings, 1)
    assert browser.get(f"/operator/mail/{name}").status_code in (404, 308)


def test_the_outbox_has_pages(browser, operator, session, now):
    for number in range(51):
        promise_mail(session, to=f"person{number}@example.org", subject="Hello", text="Hello", now=now)
    first, second = (browser.get(f"/operator/outbox{page}").text for page in ("", "?page=2"))
    assert first.count(">Try now<") == 50
    assert "1 to 50 of 51" in first
    assert second.count(">Try now<") == 1
    row = session.scalars(select(Promise).order_by(Promise.id.desc())).first()
    assert f'action="/operator/outbox/{row.id}/try"' in second
    assert browser.post(f"/operator/outbox/{row.id}/try", {"page": "2"}).location == "/operator/outbox?page=2"


def test_the_outbox_shows_why_and_tries_again(browser, operator, session, app):
    handed = []
    app.extensions["queue"].keep = handed.append
    assert "Nothing waits" in browser.get("/operator/outbox").text
    row = promise_mail(session, to="ada@example.org", subject="Your certificate", text="secret words", now=NOW)
    row.tries, row.last_error, row.due_at = 3, "ConnectionRefusedError: no", NOW.replace(year=2027)
    session.flush()
    page = browser.get("/operator/outbox").text
    assert "Mail to ada@example.org: Your certificate" in page
    assert "ConnectionRefusedError: no" in page
    assert "secret words" not in page
    assert browser.post(f"/operator/outbox/{row.id}/try").location == "/operator/outbox"
    session.refresh(row)
    assert row.due_at.year < 2027
    assert handed == [row.id]
    row.given_up_at, row.last_error = NOW, "Undelivered: nobody answers"
    session.flush()
    assert "Undelivered" not in browser.get("/operator/outbox").text
    assert "Given up" in browser.get("/operator/outbox").text
    assert "1 given up" in browser.get("/operator").text
    browser.post(f"/operator/outbox/{row.id}/try")
    session.refresh(row)
    assert row.given_up_at is None
    row.done_at = NOW
    session.flush()
    assert browser.post(f"/operator/outbox/{row.id}/try").status_code == 409
    assert browser.post("/operator/outbox/999999/try").status_code == 404


def test_the_pages_ask_few_questions_of_the_database(browser, operator, make, session, statements):
    counts = []
    for _ in range(2):
        for url in ("/operator", "/operator/outbox", "/operator/people", "/operator/providers", "/operator/boards"):
            browser.get(url)
            statements.clear()
            assert browser.get(url).status_code == 200
            counts.append(len(statements))
        for n in range(5):
            promise_mail(session, to=f"{n}@example.org", subject="x", text="x", now=NOW)
            make.member(make.provider(), "author")
            make.board_member()
    assert max(counts) <= 6
    assert counts[:5] == counts[5:]
    assert session.query(Promise).count() == 10
