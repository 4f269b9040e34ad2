"""The verify page: every fact, every state, forgiving to people, closed to guessing."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from lms.awards import document
from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder
from lms.web.limits import limiter
from tests.make import SEAL


@pytest.fixture
def award(make):
    user = make.user(name="Zoë O’Brien-Łukasiewicz")
    make.license(user, number="LMFT471100")
    return make.award(user)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("&#39;", "'")


def test_a_valid_certificate_shows_every_fact(browser, award, statements):
    statements.clear()
    answer = browser.get(f"/c/{award.code}")
    said = text_of(answer)
    assert answer.status_code == 200
    assert len(statements) == 4
    assert "Valid Issued by" in said
    certificate = document.thaw(award.facts)
    credit = certificate.credits[0]
    for fact in (
        "Zoë O’Brien-Łukasiewicz",
        "License California LMFT471100",
        certificate.title,
        f"{certificate.module_code}, edition 1",
        "1 demo hour",
        "Ethics 1 demo hour",
        "DEMO-0001",
        "1 January 2026 to 31 December 2027",
        "14 September 2026 (America/New_York)",
        "self-paced, asynchronous, non-interactive (home study)",
        "Online",
        "Author Doctor author, PhD, LMFT",
        certificate.provider.name,
        certificate.provider.address,
        certificate.provider.telephone,
        certificate.provider.email,
        certificate.provider.website,
        credit.statement,
        "Ada Example, Program Director",
        document.group_code(award.code),
        document.DEMONSTRATION,
    ):
        assert fact in said, fact


def test_nobody_stores_indexes_or_learns_of_a_look(browser, award):
    headers = browser.get(f"/c/{award.code}").headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_a_revoked_certificate_says_when_and_why(browser, award, make, now):
    revoke_award(make.session, award, reason="misconduct", note="secret note", by=make.user().id, seal=SEAL, now=now)
    answer = browser.get(f"/c/{award.code}")
    assert answer.status_code == 200
    assert "Revoked on 14 September 2026, 15:30 UTC. Reason: misconduct." in text_of(answer)
    assert "Zoë" in answer.text
    assert "secret note" not in answer.text
    assert "Valid" not in text_of(answer)


def test_a_replaced_certificate_does_not_lead_to_the_new_name(browser, award, make, now):
    corrected = reissue_award(
        make.session,
        award,
        Holder("New Name", []),
        note="x",
        by=make.user().id,
        seal=SEAL,
        now=now,
    )
    answer = browser.get(f"/c/{award.code}")
    assert "by a corrected certificate" in text_of(answer)
    assert "New Name" not in answer.text
    assert corrected.code not in answer.text
    assert "replaces an earlier certificate" in text_of(browser.get(f"/c/{corrected.code}"))


@pytest.mark.parametrize("code", ["0" * 26, "short", "!" * 26, "x" * 300, "U" * 26])
def test_what_is_not_there_is_not_found(browser, code):
    answer = browser.get(f"/c/{code}")
    assert answer.status_code == 404
    assert "Not found" in text_of(answer)
    assert "a code has no I, L, O, or U" in text_of(answer)


def test_a_code_typed_by_hand_leads_to_its_page(browser, award):
    messy = " ".join([award.code[:7].lower(), award.code[7:20], award.code[20:]]).replace("0", "o").replace("1", "l")
    answer = browser.post("/verify", {"code": messy})
    assert (answer.status_code, answer.location) == (303, f"/c/{award.code}")
    assert browser.get(f"/verify?code={award.code.lower()}").location == f"/c/{award.code}"
    assert browser.get(f"/c/{award.code.lower()}").location == f"/c/{award.code}"


def test_a_code_that_cannot_be_one_is_explained_and_kept(browser):
    answer = browser.post("/verify", {"code": "K7QF?"})
    assert answer.status_code == 422
    assert "never part of a code" in text_of(answer)
    assert 'value="K7QF?"' in answer.text
    assert browser.post("/verify", {"code": ""}).status_code == 422


def test_machines_read_the_same(browser, award):
    answer = browser.get(f"/c/{award.code}.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = answer.json
    assert (said["schema"], said["result"]) == ("ce-verify/1", "valid")
    assert said["certificate"]["name"] == "Zoë O’Brien-Łukasiewicz"
    assert said["certificate"]["credits"][0]["topics"] == {"ethics": "1"}
    assert said["certificate"]["completed"] == "2026-09-14"
    assert browser.get(f"/c/{award.code}", headers={"Accept": "application/json"}).json["result"] == "valid"


def test_machines_read_revocations_and_unknown_codes(browser, award, make, now):
    revoke_award(make.session, award, reason="issued_in_error", note="x", by=make.user().id, seal=SEAL, now=now)
    assert browser.get(f"/c/{award.code}.json").json["revocation"] == {
        "at": "2026-09-14T15:30:00Z",
        "reason": "issued_in_error",
    }
    unknown = browser.get(f"/c/{'0' * 26}.json")
    assert (unknown.status_code, unknown.json["result"], unknown.json["certificate"]) == (404, "unknown", None)


def test_a_database_that_does_not_answer_is_never_a_green_tick(browser, award, monkeypatch):
    def fail(*_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("lms.web.public.verify.standing_of", fail)
    answer = browser.get(f"/c/{award.code}")
    assert answer.status_code == 503
    assert "Cannot check" in text_of(answer)
    assert "letter by letter" not in text_of(answer)  # the code is not what is wrong
    assert f'href="/c/{award.code}">Try again' in answer.text
    assert browser.get(f"/c/{award.code}.json").json["result"] == "cannot_check"


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_misses_are_limited_and_hits_are_not(award, browser):
    limiter.reset()
    for _ in range(60):
        assert browser.get(f"/c/{award.code}").status_code == 200
    answers = [browser.get(f"/c/{document.new_code()}").status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    assert browser.get(f"/c/{award.code}").status_code == 200
    limiter.reset()


def test_the_page_needs_no_script_and_is_small(browser, award):
    page = browser.get(f"/c/{award.code}").text
    assert re.findall(r"<script[^>]*>", page) == [f'<script type="module" src="{asset(browser)}">']
    assert "<script" not in browser.get(f"/c/{'0' * 26}").text
    assert len(page) < 15_000


def asset(browser):
    with browser.app.test_request_context():
        return browser.app.jinja_env.globals["asset"]("checking.js")


def test_times_are_said_in_utc_to_visitors(browser, award):
    assert "14 September 2026, 15:30 UTC" in text_of(browser.get(f"/c/{award.code}"))
    assert str(datetime.now(UTC).year) in text_of(browser.get(f"/c/{award.code}"))
