"""A licensee's packets and links, and who looked."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lms.files import Shelf
from lms.oversight.models import Look, Packet, Share

PERIOD = {"first_day": "2020-01-01", "last_day": "2020-12-31"}


@pytest.fixture
def holder(make, browser):
    user = make.user(name="Ada Lovelace")
    browser.sign_in(user)
    return user


@pytest.fixture
def packet(session, make, holder, settings):
    """A packet that is made."""
    held = make.license(holder)
    now = datetime.now(UTC)
    row = Packet(
        user_id=holder.id, jurisdiction="US-CA", credential="LMFT", number=held.number, first_day=date(2020, 1, 1),
        last_day=date(2020, 12, 31), asked_at=now, made_at=now, sha256=Shelf(settings.media_url).put(b"PK zip"), size=6,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def link(browser, make, packet):
    """Make a link and return its path."""

    def go(days="7"):
        board = make.board(name="Golden Board")
        page = browser.post(f"/record/packets/{packet.id}/share", {"board": str(board.id), "days": days})
        return re.search(r"http[^<]*?(/packets/[\w-]+)", page.text)[1]

    return go


def test_without_a_license_the_first_step_is_offered(browser, holder):
    assert "Add a license" in browser.get("/record/packets").text


def test_a_packet_is_asked_for_and_waits(browser, session, make, holder):
    held = make.license(holder)
    answer = browser.post("/record/packets", {"license": str(held.id), **PERIOD})
    assert "progress.js" in browser.get(answer.location).text
    assert browser.get(answer.location + ".json").json == {"done": 0, "total": 0, "finished": False}
    assert browser.get(answer.location + ".zip").status_code == 409
    assert "Being made" in browser.get("/record/packets").text


def test_a_refusal_keeps_what_was_typed(browser, make, holder):
    held = make.license(holder)
    answer = browser.post("/record/packets", {"license": str(held.id), **PERIOD, "last_day": "2019-05-05"})
    assert answer.status_code == 422
    assert "2019-05-05" in answer.text
    other = make.license(make.user())
    assert browser.post("/record/packets", {"license": str(other.id), **PERIOD}).status_code == 422


def test_a_made_packet_is_fetched_by_its_holder_alone(browser, make, packet):
    answer = browser.get(f"/record/packets/{packet.id}.zip")
    assert answer.data == b"PK zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert browser.get(f"/record/packets/{packet.id}.json").json["finished"]
    browser.sign_in(make.user())
    for ending in ("", ".zip", ".json"):
        assert browser.get(f"/record/packets/{packet.id}{ending}").status_code == 404


def test_a_link_opens_for_whoever_holds_it_and_is_written_down(browser, session, make, packet, link, app, holder):
    from tests.conftest import Browser

    path = link()
    assert "not opened yet" in browser.get(f"/record/packets/{packet.id}").text
    visitor = Browser(app)
    page = visitor.get(path)
    assert "Golden Board" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert visitor.post(path).data == b"PK zip"
    browser.post(path)
    assert session.scalars(select(Look.user_id).order_by(Look.id)).all() == [None, holder.id]
    assert "opened 2 times" in browser.get(f"/record/packets/{packet.id}").text
    looks = browser.get("/record/looks").text
    assert "By your link" in looks
    share = session.scalars(select(Share)).one()
    assert share.token_sha256 not in path
    assert browser.post(f"/record/packets/{packet.id}/shares/{share.id}/withdraw").status_code == 303
    assert (visitor.get(path).status_code, visitor.post(path).status_code) == (404, 404)
    assert "Withdrawn" in browser.get(f"/record/packets/{packet.id}").text


def test_a_link_expires(browser, session, packet, link):
    path = link()
    session.execute(update(Share).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    session.expire_all()
    assert (browser.get(path).status_code, browser.post(path).status_code) == (404, 404)
    assert "Expired" in browser.get(f"/record/packets/{packet.id}").text
    assert browser.get("/packets/nonsense").status_code == 404


def test_a_link_needs_a_board_and_days(browser, make, packet):
    board = make.board()
    for wrong in ({}, {"board": str(board.id), "days": "91"}, {"board": "0", "days": "7"}):
        assert browser.post(f"/record/packets/{packet.id}/share", wrong).status_code == 422


def test_a_packet_that_is_not_made_is_not_shared(browser, session, make, packet):
    packet.made_at = None
    session.flush()
    data = {"board": str(make.board().id), "days": "7"}
    assert browser.post(f"/record/packets/{packet.id}/share", data).status_code == 422


def test_nobody_has_looked_yet(browser, holder):
    assert "Nobody has looked" in browser.get("/record/looks").text
    assert "No audit" in browser.get("/record/audits").text


def test_pages_take_few_statements(browser, session, packet, link, statements):
    for _ in range(3):
        browser.post(link())
    for url in ("/record/packets", f"/record/packets/{packet.id}", "/record/looks"):
        session.expire_all()
        statements.clear()
        browser.get(url)
        assert len(statements) <= 8, (url, statements)
