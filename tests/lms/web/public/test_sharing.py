"""A page turned down to "valid or not, and match", and what a shared link opens."""

import re
from datetime import UTC, datetime

import pytest

from lms.awards.commands import revoke_award
from lms.awards.document import new_code
from lms.awards.sharing import set_disclosure, share_award
from lms.web.limits import limiter


@pytest.fixture
def award(make, now):
    user = make.user(name="Zoë O’Brien-Łukasiewicz")
    make.license(user, number="LMFT471100")
    award = make.award(user)
    set_disclosure(make.session, award, whole=False, by=user.id, now=now)
    return award


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_says_what_when_and_whether_and_nothing_of_whom(browser, award):
    page = text_of(browser.get(f"/c/{award.code}"))
    assert "Valid" in page
    assert award.facts["title"] in page
    assert award.facts["provider"]["name"] in page
    assert "14 September 2026" in page
    for secret in ("Zoë", "Brien", "471100", "demo hour"):
        assert secret not in page
        assert secret not in browser.get(f"/c/{award.code}.json").text


def test_a_revoked_one_still_says_so(browser, award, make, now):
    revoke_award(make.session, award, reason="misconduct", note="x", by=make.user().id, seal=make.seal, now=now)
    page = text_of(browser.get(f"/c/{award.code}"))
    assert "Revoked" in page
    assert "Zoë" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "zoe o'brien-łukasiewicz"}, ["Name The same"]),
        ({"name": "Somebody Else"}, ["Name Not the same"]),
        ({"license": "lmft 471100"}, ["License number The same"]),
        ({"license": "471101"}, ["License number Not the same"]),
        ({"name": "Zoë O’Brien-Łukasiewicz", "license": "1"}, ["Name The same", "License number Not the same"]),
    ],
)
def test_what_is_typed_is_compared_and_nothing_else_is_told(browser, award, typed, said):
    answer = browser.post(f"/c/{award.code}/match", typed)
    page = text_of(answer)
    assert answer.status_code == 200
    for words in said:
        assert words in page
    if "471100" not in str(typed):
        assert "471100" not in page


def test_nothing_typed_is_nothing_compared(browser, award):
    answer = browser.post(f"/c/{award.code}/match", {"name": " "})
    assert answer.status_code == 422
    assert "Type the name" in answer.text


def test_an_unknown_code_compares_nothing(browser):
    assert browser.post(f"/c/{new_code()}/match", {"name": "x"}).status_code == 404


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_comparing_is_limited(browser, award, monkeypatch):
    limiter.reset()
    answers = [browser.post(f"/c/{award.code}/match", {"name": "x"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    limiter.reset()
    monkeypatch.setattr("lms.web.public.sharing.TRIES", "1000 per minute")
    answers = [browser.post(f"/c/{award.code}/match", {"name": "x"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    limiter.reset()


def test_a_shared_link_opens_the_whole_page_and_a_wrong_one_does_not(browser, award, session):
    _, key = share_award(session, award, "A friend", 7, by=1, now=datetime.now(UTC))
    assert "Zoë" in browser.get(f"/c/{award.code}?k={key}").text
    assert browser.get(f"/c/{award.code.lower()}?k={key}").location == f"/c/{award.code}?k={key}"
    assert "Zoë" not in browser.get(f"/c/{award.code}?k=wrong").text
    bundle = f'href="/c/{award.code}/bundle.json?k={key}"'
    assert bundle in browser.get(f"/c/{award.code}?k={key}").text
    assert browser.get(f"/c/{award.code}/bundle.json?k={key}").status_code == 200
    assert 'href="/verify/file"' in browser.get(f"/c/{award.code}?k={key}").text
    for other in ("", "?k=wrong", "?k="):
        assert "bundle.json" not in browser.get(f"/c/{award.code}{other}").text


def test_the_bundle_takes_the_right_key(browser, award, session):
    _, key = share_award(session, award, "A friend", 7, by=1, now=datetime.now(UTC))
    answer = browser.get(f"/c/{award.code}/bundle.json?k={key}")
    assert answer.json["credential"]["credentialSubject"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for path in (f"/c/{award.code}/bundle.json?k=wrong", f"/c/{award.code}/bundle.json", f"/c/x/bundle.json?k={key}"):
        assert browser.get(path).status_code == 404


def test_the_credential_is_served_byte_for_byte_in_the_type_asked_for(browser, award, session):
    _, key = share_award(session, award, "A friend", 7, by=1, now=datetime.now(UTC))
    url = f"/c/{award.code}/credential"
    answer = browser.get(f"{url}?k={key}")
    assert answer.text == award.credential
    assert answer.content_type == "application/vc+ld+json"
    assert browser.get(f"{url}?k={key}", headers={"Accept": "application/vc"}).content_type == "application/vc"
    assert browser.get(url).status_code == 404


def test_the_holder_needs_no_key_and_a_stranger_does(browser, award, make):
    browser.sign_in(make.user())
    assert browser.get(f"/c/{award.code}/credential").status_code == 404
    browser.sign_in(award.completion.enrollment.user)
    assert browser.get(f"/c/{award.code}/credential").text == award.credential
    assert browser.get(f"/c/{award.code}/bundle.json").status_code == 200


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_guessing_keys_is_limited(browser, award):
    limiter.reset()
    answers = [browser.get(f"/c/{award.code}/bundle.json?k={n}").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]
    limiter.reset()


def test_a_turned_down_page_costs_no_statement_more(browser, award, make, statements):
    open_one = make.award()
    statements.clear()
    browser.get(f"/c/{open_one.code}")
    whole = len(statements)
    statements.clear()
    browser.get(f"/c/{award.code}")
    assert len(statements) == whole
