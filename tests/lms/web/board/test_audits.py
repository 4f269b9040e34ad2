"""Audits, from the board's desk and from the licensee's home."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lms.awards.commands import revoke_award
from lms.awards.models import Award
from lms.outbox import Promise
from lms.oversight.models import Audit, Entry, Look, Packet, Subject

URL = "/board/golden/audits"


@pytest.fixture
def at_desk(browser, member):
    return browser.sign_in(member)


@pytest.fixture
def new(at_desk):
    """Open an audit through the form."""
    today = datetime.now(UTC).date()
    good = {
        "title": "Spring audit",
        "first_day": str(today - timedelta(days=700)),
        "last_day": str(today),
        "due_on": str(today + timedelta(days=30)),
    }
    return lambda **more: at_desk.post(f"{URL}/new", good | more)


def page_of(subject):
    return f"{URL}/{subject.audit_id}/licenses/{subject.id}"


def test_an_audit_is_opened_with_a_list(at_desk, session, new, holder):
    assert "No audit yet" in at_desk.get(URL).text
    assert at_desk.get(f"{URL}/new").status_code == 200
    answer = new(numbers="LMFT77\r\nLMFT 78, lmft-77")
    page = at_desk.get(answer.location).text
    assert "Ada Lovelace" in page
    assert "Nobody here holds this number" in page
    assert len(session.scalars(select(Subject)).all()) == 2
    assert "Spring audit" in at_desk.get(URL).text


def test_what_the_board_asks_for_stands_where_it_is_answered_and_read(browser, session, new, member, holder):
    assert new(numbers="LMFT77", asks="36 hours, <b>6</b> of them ethics").status_code == 303
    subject = session.scalars(select(Subject)).one()
    asks = "36 hours, &lt;b&gt;6&lt;/b&gt; of them ethics"
    assert asks in browser.get(page_of(subject)).text
    assert asks in browser.get(f"{URL}/{subject.audit_id}").text
    browser.sign_in(holder)
    assert asks in browser.get(f"/record/audits/{subject.id}").text
    mails = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id)).all()
    mail = next(row for row in reversed(mails) if row.payload["to"] == holder.email)
    assert "It asks for: 36 hours, <b>6</b> of them ethics" in mail.payload["text"]
    browser.sign_in(member)
    assert new(numbers="LMFT77", asks="x" * 201).status_code == 422


def test_a_sample_names_its_seed(at_desk, new, holder):
    page = at_desk.get(new(sample="1", seed="4 8 15 16").location).text
    assert "4 8 15 16" in page
    assert "1 licensee" in page
    assert "could be drawn" not in page
    assert "Only 1 licensee could be drawn" in at_desk.get(new(sample="50").location).text


def test_a_refusal_keeps_what_was_typed(new):
    answer = new(numbers="LMFT77", due_on="2020-01-01", title="Winter & co")
    assert answer.status_code == 422
    assert "Give a day to come" in answer.text
    assert "Winter &amp; co" in answer.text
    assert "LMFT77" in answer.text
    assert new(title="").status_code == 422


def test_the_licensee_is_led_to_the_question_and_answers_with_a_packet(
    browser, session, make, member, holder, subject, work
):
    browser.sign_in(holder)
    home = browser.get("/learn").text
    assert f'href="/record/audits/{subject.id}"' in home
    assert "Golden Board asks about license LMFT77" in home
    assert "Yearly audit" in browser.get("/record/audits").text
    assert "Answer with an audit packet" in browser.get(f"/record/audits/{subject.id}").text
    answer = browser.post(f"/record/audits/{subject.id}/packet")
    assert "progress.js" in browser.get(answer.location).text
    assert browser.post(f"/record/audits/{subject.id}/packet").status_code == 409
    assert f"/record/audits/{subject.id}" not in browser.get("/learn").text
    browser.sign_in(member)
    packet_id = session.scalars(select(Packet.id)).one()
    assert "being put together" in browser.get(page_of(subject)).text
    fetch = f"{page_of(subject)}/packets/{packet_id}"
    assert browser.post(fetch).status_code == 409
    session.execute(update(Packet).values(first_day=date(2020, 1, 1), last_day=date(2020, 1, 2)))
    session.expire_all()
    work.packet(packet_id)
    file = browser.post(fetch)
    assert "cover.html" in zipfile.ZipFile(io.BytesIO(file.data)).namelist()
    assert session.scalars(select(Look.kind).where(Look.about_id == holder.id)).all() == ["packet"]
    browser.sign_in(holder)
    page = browser.get("/record/looks").text
    assert member.name in page
    assert "Audit packet" in page


def test_a_packet_is_decided_on_without_opening_it(  # noqa: PLR0917 - who is asked, who asks, and the worker
    browser, session, make, member, holder, subject, work, now, statements
):
    fallen = make.award(holder, make.edition(hours="2.5"))
    session.execute(update(Audit).values(asks="36 hours", first_day=date(2020, 1, 1), last_day=date(2040, 1, 1)))
    session.expire_all()
    browser.sign_in(holder)
    browser.post(f"/record/audits/{subject.id}/packet")
    browser.sign_in(member)
    assert "What the packet holds" not in browser.get(page_of(subject)).text
    work.packet(session.scalars(select(Packet.id)).one())
    session.execute(update(Packet).values(made_at=now + timedelta(hours=1)))
    make.now = now + timedelta(hours=2)
    later = make.award(holder)
    session.expire_all()
    page = browser.get(page_of(subject)).text
    assert "2 certificates completed from 1 January 2020 to 1 January 2040" in page
    assert "You asked for: 36 hours." in page
    assert "<strong>3.5 demo hours</strong>" in page
    for award in session.scalars(select(Award)):
        assert (f'href="/c/{award.code}"' in page) == (award.id != later.id)
    revoke_award(session, fallen, reason="misconduct", note="x", by=member.id, seal=make.seal, now=now)
    session.expire_all()
    statements.clear()
    page = browser.get(page_of(subject)).text
    assert len(statements) <= 14, statements
    assert "Revoked" in page
    assert "<strong>1 demo hour</strong>" in page


def test_an_answer_goes_back_and_forth(browser, session, member, holder, subject):
    mine = f"/record/audits/{subject.id}"
    browser.sign_in(holder)
    assert browser.post(f"{mine}/note", {"text": " "}).status_code == 422
    assert browser.post(f"{mine}/note", {"text": "I was abroad."}).status_code == 303
    again = browser.post(f"{mine}/note", {"text": "Once more"})
    assert again.status_code == 422
    browser.sign_in(member)
    page = browser.get(page_of(subject)).text
    assert "I was abroad." in page
    assert "Read the next answer" in browser.get(f"{URL}/{subject.audit_id}").text
    returned = {"kind": "returned", "text": ""}
    assert browser.post(f"{page_of(subject)}/decide", returned).status_code == 422
    assert browser.post(f"{page_of(subject)}/decide", {"text": "kept words"}).text.count("kept words") == 1
    assert browser.post(f"{page_of(subject)}/decide", returned | {"text": "Certificates, please."}).status_code == 303
    assert browser.post(f"{page_of(subject)}/comment", {"comment-text": "Private thought", "comment-private": "y"})
    assert browser.post(f"{page_of(subject)}/comment", {"comment-text": ""}).status_code == 422
    browser.sign_in(holder)
    page = browser.get(mine).text
    assert "Certificates, please." in page
    assert "Private thought" not in page
    assert browser.post(f"{mine}/comment", {"comment-text": "On my way"}).status_code == 303
    assert browser.post(f"{mine}/comment", {"comment-text": " "}).status_code == 422
    browser.post(f"{mine}/note", {"text": "Here."})
    browser.sign_in(member)
    assert "On my way" in browser.get(page_of(subject)).text
    assert browser.post(f"{page_of(subject)}/decide", {"kind": "accepted"}).status_code == 303
    late = browser.post(f"{page_of(subject)}/decide", {"kind": "accepted"})  # somebody else was faster
    assert late.status_code == 422
    assert "This license is settled already." in late.text
    assert "Read the next answer" not in browser.get(f"{URL}/{subject.audit_id}").text
    kinds = session.scalars(select(Entry.kind).order_by(Entry.id)).all()
    assert kinds == ["note", "returned", "remark", "comment", "note", "accepted"]
    browser.sign_in(holder)
    assert "Accepted" in browser.get(mine).text


def test_an_answer_is_refused_for_good_in_words(browser, session, member, holder, subject):
    browser.sign_in(holder)
    browser.post(f"/record/audits/{subject.id}/note", {"text": "Here is my certificate."})
    browser.sign_in(member)
    page = browser.get(page_of(subject)).text
    assert "Refuse it, nothing more is asked" in page
    assert "Close without an answer" not in page
    silent = browser.post(f"{page_of(subject)}/decide", {"kind": "refused", "text": ""})
    assert (silent.status_code, "Say why, for the licensee" in silent.text) == (422, True)
    said = {"kind": "refused", "text": "The hours were changed."}
    assert browser.post(f"{page_of(subject)}/decide", said).status_code == 303
    assert "Refused" in browser.get(f"{URL}/{subject.audit_id}").text
    browser.sign_in(holder)
    mine = browser.get(f"/record/audits/{subject.id}").text
    assert "Refused" in mine
    assert "The hours were changed." in mine


def test_without_an_answer_there_is_nothing_to_accept(at_desk, session, subject):
    page = at_desk.get(page_of(subject)).text
    assert "Accept the answer" not in page
    early = at_desk.post(f"{page_of(subject)}/decide", {"kind": "accepted"})
    assert "There is no answer to decide on yet." in early.text
    assert at_desk.post(f"{page_of(subject)}/decide", {"kind": "closed", "text": "By letter."}).status_code == 303
    assert session.scalars(select(Entry.kind)).all() == ["closed"]
    assert "Closed by the board" in at_desk.get(page_of(subject)).text


def test_a_closed_audit_asks_nothing(browser, session, member, holder, audit, subject):
    browser.sign_in(member)
    page = browser.get(f"{URL}/{audit.id}").text
    assert "No answer yet: 1. It ends as “Not answered”" in page
    assert "Not known here: 1." in page
    assert "1 licensee without an accepted answer is told by mail" in page
    assert "<progress" in page
    assert browser.post(f"{URL}/{audit.id}/close").status_code == 303
    session.expire_all()
    assert session.get_one(Audit, audit.id).closed_by == member.id
    page = browser.get(f"{URL}/{audit.id}").text
    assert "1 licensee told by mail." in page
    assert "Not answered: 2" in page
    assert "<progress" not in page
    assert "Close the audit" not in page
    assert browser.post(f"{URL}/{audit.id}/close").status_code == 303
    assert "told by mail" not in browser.get(f"{URL}/{audit.id}").text
    assert "closed the audit" in browser.get(page_of(subject)).text
    late = browser.post(f"{page_of(subject)}/comment", {"comment-text": "x"})
    assert late.status_code == 422
    assert "The audit is closed." in late.text
    browser.sign_in(holder)
    page = browser.get(f"/record/audits/{subject.id}").text
    assert "Answer with an audit packet" not in page
    assert "closed the audit" in page
    assert f"/record/audits/{subject.id}" not in browser.get("/learn").text
    assert browser.post(f"/record/audits/{subject.id}/comment", {"comment-text": "x"}).status_code == 422


def test_what_is_late_counts_at_the_desk(at_desk, session, audit, subject, holder, browser):
    session.execute(update(Audit).values(due_on=date(2026, 1, 5)))
    session.expire_all()
    assert "1 late" in at_desk.get("/board").text
    assert "Late" in at_desk.get(f"{URL}/{audit.id}").text
    browser.sign_in(holder)
    assert "was due by 5 January 2026" in browser.get("/learn").text


def test_another_boards_audit_and_anothers_question_are_not_found(browser, make, holder, audit, subject):
    browser.sign_in(make.board_member(make.board(slug="other")))
    for url in (f"{URL}/{audit.id}", page_of(subject), page_of(subject).replace("golden", "other"), URL, f"{URL}/new"):
        assert browser.get(url).status_code == 404
    browser.sign_in(make.user())
    assert browser.get(f"/record/audits/{subject.id}").status_code == 404
    assert browser.post(f"/record/audits/{subject.id}/packet").status_code == 404


def test_pages_take_few_statements(browser, session, make, member, holder, audit, subject, new, statements):  # noqa: PLR0917
    for number in range(6):
        make.license(make.user(), number=str(number))
    new(numbers="0 1 2 3 4 5".replace(" ", "\n"))
    pages = {
        member: ("/board", URL, f"{URL}/{audit.id}", page_of(subject)),
        holder: ("/learn", "/record/audits", f"/record/audits/{subject.id}"),
    }
    for user, urls in pages.items():
        browser.sign_in(user)
        for url in urls:
            session.expire_all()
            statements.clear()
            assert browser.get(url).status_code == 200
            assert len(statements) <= 8, (url, len(statements), statements)
