"""A licensee sends files with an answer; the board opens them in writing and sees what each of them is."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from lms.awards.commands import revoke_award
from lms.awards.models import Award
from lms.awards.sharing import set_disclosure
from lms.oversight.models import AnswerFile, Look
from lms.web.board import files
from lms.web.transaction import db


@pytest.fixture
def mine(subject):
    return f"/record/audits/{subject.id}"


@pytest.fixture
def send(browser, holder, mine):
    """Answer with files, as the licensee; built by hand, for the test client leaves its own large bodies open."""

    def send(*files, text="From elsewhere."):
        browser.sign_in(holder)
        body = f'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n{text}\r\n'.encode()
        for name, content in files:
            head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        return browser.post(f"{mine}/note", body + b"--x--\r\n", content_type="multipart/form-data; boundary=x")

    return send


@pytest.fixture
def award(session, holder):
    return session.scalars(select(Award)).one()


@pytest.fixture
def altered(award):
    """The credential of the licensee's certificate, with more hours."""
    return award.credential.replace('"value":"1"', '"value":"40"').encode()


@pytest.fixture
def opened(browser, session, member, subject):
    """Open the file of the answer at the desk and return the page."""

    def opened(file=None):
        file = file or session.scalars(select(AnswerFile)).one()
        browser.sign_in(member)
        url = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}/files/{file.id}"
        answer = browser.post(url)
        assert (answer.status_code, answer.location) == (303, url)
        return browser.get(url)

    return opened


def test_an_altered_file_shows_the_facts_side_by_side(browser, send, opened, altered, member, subject, mine):
    assert send(("my certificate.json", altered)).status_code == 303
    assert "my certificate.json" in browser.get(mine).text
    browser.sign_in(member)
    answer = browser.get(f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}").text
    assert "my certificate.json" in answer
    assert "Check this file" in answer
    page = opened().text
    assert "Altered" in page
    assert "These facts differ" in page
    assert "40" in page
    assert "It names license LMFT77." in page


def test_what_a_check_found_stays_beside_the_file(browser, session, send, opened, altered, member, subject):
    send(("changed.json", altered), ("scan.json", b"{}"))
    file = session.scalars(select(AnswerFile).order_by(AnswerFile.id)).first()
    answer = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}"
    browser.sign_in(member)
    assert "Checked by" not in browser.get(answer).text
    opened(file)
    page = browser.get(answer).text
    assert page.count("Checked by") == 1
    assert f"Checked by {member.name}" in page
    assert page.index("changed.json") < page.index("Altered") < page.index("scan.json")
    assert "What was issued names license LMFT77, was completed in the period, and stood then." in page
    assert opened(session.scalars(select(AnswerFile).order_by(AnswerFile.id.desc())).first())
    page = browser.get(answer).text
    assert page.count("Checked by") == 2
    assert page.index("scan.json") < page.index("Not ours")
    opened(file)
    assert browser.get(answer).text.count("Checked by") == 3
    looks = session.scalars(select(Look).where(Look.file_id == file.id)).all()
    assert [look.found["headline"] for look in looks] == ["Altered", "Altered"]
    browser.sign_in(subject.user)
    assert "Checked by" not in browser.get(f"/record/audits/{subject.id}").text


def test_an_answer_with_a_doubtful_file_is_not_accepted_by_the_way(browser, send, opened, altered, member, subject):
    send(("changed.json", altered))
    page = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}"
    browser.sign_in(member)
    for check in (lambda: None, opened):  # nobody looked; then somebody did, and it is altered
        check()
        assert 'name="anyway"' in browser.get(page).text
        refused = browser.post(f"{page}/decide", {"kind": "accepted", "text": "Thank you."})
        assert refused.status_code == 422
        assert "changed.json. Check it first" in refused.text
        assert "Thank you." in refused.text
    assert browser.post(f"{page}/decide", {"kind": "accepted", "anyway": "y"}).status_code == 303


def test_a_file_from_elsewhere_is_accepted_once_it_was_checked(browser, send, opened, member, subject):
    send(("scan.json", b"{}"))
    page = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}"
    opened()
    assert 'name="anyway"' not in browser.get(page).text
    assert browser.post(f"{page}/decide", {"kind": "accepted"}).status_code == 303


def test_a_check_holds_up_no_writer(browser, session, send, altered, member, subject, monkeypatch):
    """The file is examined before the request begins to write: on SQLite there is one writer at a time."""
    send(("changed.json", altered))
    file = session.scalars(select(AnswerFile)).one()
    seen, real = [], files.examine

    def examine(content):
        seen.append(db().info["read_only"])
        return real(content)

    monkeypatch.setattr(files, "examine", examine)
    browser.sign_in(member)
    url = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}/files/{file.id}"
    assert browser.post(url).status_code == 303
    assert seen == [True]
    assert session.scalars(select(Look.file_id)).all() == [file.id]


def test_a_true_file_is_held_against_what_the_audit_asks(session, send, opened, award, audit):
    send(("mine.json", award.credential.encode()))
    page = opened().text
    assert "Identical to what was issued" in page
    assert page.count('class="check-good"') == 3
    session.execute(update(type(audit)).values(last_day=audit.first_day))
    session.expire_all()
    assert "outside of the period" in opened().text


def test_a_revocation_says_its_zone_wherever_it_is_told(browser, session, send, opened, award, make, member):
    """One revocation may fall on two days; with its hour and zone no page contradicts another."""
    at = datetime(2026, 10, 2, 3, 30, tzinfo=UTC)
    member.time_zone = "America/Los_Angeles"
    send(("mine.json", award.credential.replace('"value":"1"', '"value":"40"').encode()))
    revoke_award(session, award, reason="misconduct", note="x", by=member.id, seal=make.seal, now=at)
    session.expire_all()
    assert "1 October 2026, 20:30 PDT" in opened().text
    assert "1 October 2026, 20:30 PDT" in browser.get(f"/c/{award.code}").text
    browser.post("/account/logout")
    assert "2 October 2026, 03:30 UTC" in browser.get(f"/c/{award.code}").text


def test_anothers_certificate_is_genuine_and_still_not_what_was_asked(session, send, opened, make, now):
    foreign = make.award(make.user(name="Grace Hopper"))
    set_disclosure(session, foreign, whole=False, by=1, now=now)
    send(("hers.json", foreign.credential.encode()))
    page = opened().text
    assert "It does not name license LMFT77." in page
    assert "Grace Hopper" not in page


def test_a_file_of_another_provider_is_said_to_be_one(send, opened):
    send(("scan.json", json.dumps({"name": "A certificate of somebody else"}).encode()))
    assert "cannot be checked here" in opened().text


def test_opening_is_written_down_and_the_licensee_sees_it(browser, session, send, opened, holder, altered, member):
    send(("mine.json", altered))
    opened()
    look = session.scalars(select(Look).where(Look.file_id.is_not(None))).one()
    assert (look.user_id, look.about_id, look.kind) == (member.id, holder.id, "packet")
    browser.sign_in(holder)
    page = browser.get("/record/looks").text
    assert "File of an answer: mine.json" in " ".join(page.split())


def test_nobody_sees_a_file_before_opening_it_in_writing(browser, session, send, member, subject, make, board):
    send(("mine.json", b"{}"))
    file = session.scalars(select(AnswerFile)).one()
    url = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}/files/{file.id}"
    browser.sign_in(member)
    for path in (url, f"{url}/download"):
        assert browser.get(path).status_code == 404
    browser.post(url)
    given = browser.get(f"{url}/download")
    assert given.data == b"{}"
    assert given.mimetype == "application/octet-stream"
    assert given.headers["Content-Disposition"].startswith("attachment")
    browser.sign_in(make.board_member(make.board(slug="other")))
    assert browser.post(url).status_code == 404
    browser.sign_in(make.board_member(board))
    assert browser.get(url).status_code == 404  # what a colleague opened was opened by the colleague


def test_the_licensee_gets_their_own_back_and_nobody_elses(browser, session, send, mine, make):
    send(("ä/../mine.JSON", b"{}"))
    file = session.scalars(select(AnswerFile)).one()
    assert file.name == "mine.JSON"
    assert browser.get(f"{mine}/files/{file.id}").data == b"{}"
    assert browser.get(f"{mine}/files/{file.id + 1}").status_code == 404
    browser.sign_in(make.user())
    assert browser.get(f"{mine}/files/{file.id}").status_code == 404


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([("program.exe", b"MZ")], "is not a PDF, a picture or a JSON file"),
        ([("no end", b"x")], "is not a PDF, a picture or a JSON file"),
        ([("empty.pdf", b"")], "is empty"),
        ([("large.pdf", b"x" * (8 * 1024 * 1024 + 1))], "is larger than 8 MB"),
        ([(f"{n}.pdf", b"x") for n in range(6)], "at most 5 files"),
    ],
    ids=["kind", "no-end", "empty", "large", "many"],
)
def test_what_cannot_be_a_certificate_is_refused_and_the_words_are_kept(session, send, files, why):
    answer = send(*files, text="Kept words")
    assert answer.status_code == 422
    assert why in answer.text
    assert "Kept words" in answer.text
    assert session.scalars(select(AnswerFile)).all() == []


def test_the_pages_take_few_statements(browser, session, send, opened, subject, mine, statements):
    send(*[(f"{n}.json", b"{}") for n in range(5)])
    session.expire_all()
    statements.clear()
    assert browser.get(mine).status_code == 200
    assert len(statements) <= 8
    opened(session.scalars(select(AnswerFile)).first())
    answer = f"/board/golden/audits/{subject.audit_id}/licenses/{subject.id}"
    for path in (answer, f"{answer}/files/{session.scalars(select(AnswerFile.id)).first()}"):
        session.expire_all()
        statements.clear()
        assert browser.get(path).status_code == 200
        assert len(statements) <= 8, (path, statements)
