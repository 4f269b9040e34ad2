"""Forgetting, resetting and changing the password; changing the address."""

import re

import pytest
from flask_security import hash_password, verify_password, views
from flask_security.utils import hash_data

from lms import create_app
from lms.web.account import forms
from tests.lms.web.account.conftest import PASSWORD, plain

NEW = "seven quiet rivers"


def test_a_password_is_kept_as_a_hash_that_is_dear_to_guess(settings, session):
    """OWASP asks of argon2id at least 19 MiB and two rounds; the other tests hash cheaply."""
    with create_app(settings).app_context():
        memory, rounds = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),", hash_password(NEW)).groups()
    assert int(memory) >= 19 * 1024
    assert int(rounds) >= 2


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(app, browser, person, sign_in, mails, session):
    elsewhere = type(browser)(app)
    sign_in(client=elsewhere)
    browser.post("/account/reset", {"email": person.email})
    link = mails.link()
    assert browser.get(link).status_code == 200
    assert browser.post(link, {"password": NEW}).location == "/account/login"
    assert mails.last()["subject"] == "Your password was reset"
    assert elsewhere.get("/learn").status_code == 303, "other sessions end"
    assert "not right" in sign_in(PASSWORD).text
    assert sign_in(NEW).location == "/learn"
    again = browser.post(link, {"password": "another one entirely"}, follow_redirects=True)
    assert "cannot be used" in again.text


def test_asking_for_a_link_tells_nothing(app, browser, person, make, mails):
    make.user(email="closed@example.org", active=False)
    answers = [
        type(browser)(app).post("/account/reset", {"email": email})
        for email in (person.email, "closed@example.org", "nobody@example.org")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({plain(answer.text) for answer in answers}) == 1
    assert [mail["to"] for mail in mails.all()] == [person.email]


def test_who_never_confirmed_confirms_by_choosing_a_new_password(browser, make, mails, session):
    user = make.user(email="new@example.org", confirmed_at=None)
    answer = browser.post("/account/reset", {"email": "new@example.org"})
    assert "is on its way" in answer.text
    browser.post(mails.link(), {"password": NEW})
    session.refresh(user)
    assert user.confirmed_at is not None


def test_opening_the_link_changes_nothing(browser, person, mails, app, session):
    browser.post("/account/reset", {"email": person.email})
    browser.get(mails.link())
    session.refresh(person)
    with app.app_context():
        assert verify_password(PASSWORD, person.password)


def test_changing_the_password_ends_the_other_sessions(app, browser, person, sign_in, mails):
    elsewhere = type(browser)(app)
    sign_in(client=elsewhere)
    sign_in()
    answer = browser.post("/account/change", {"password": PASSWORD, "new_password": NEW})
    assert answer.location == "/account/security"
    assert "Your password is changed" in browser.get("/account/security").text
    assert elsewhere.get("/account/security").status_code == 303
    assert mails.last()["subject"] == "Your password was changed"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("wrong", NEW, "This is not your password."),
        (PASSWORD, PASSWORD, "Choose another one."),
        (PASSWORD, "too short", "Use at least 10 characters."),
        (PASSWORD, "x" * 201, "Use at most 200 characters."),
        (PASSWORD, "aaaaaaaaaaab", "Use at least 5 different characters."),
        (PASSWORD, "My-Éxample-2026", "Leave your name and your email address out"),
        (PASSWORD, "password123", "Many people have this password"),
        (PASSWORD, "", "Type a password."),
    ],
)
def test_a_bad_change_is_told_at_the_field(browser, person, old, new, why):
    browser.sign_in(person)
    assert why in browser.post("/account/change", {"password": old, "new_password": new}).text


def test_the_address_changes_by_a_link_to_the_new_one(browser, person, sign_in, mails, session):
    sign_in()
    assert "We have written to" in browser.post("/account/change-email", {"email": "New@example.org"}).text
    assert mails.last()["to"] == "new@example.org"
    session.refresh(person)
    assert person.email == "ada@example.org"
    browser.get(mails.link())
    session.refresh(person)
    assert person.email == "new@example.org"
    assert (mails.last()["to"], mails.last()["subject"]) == ("ada@example.org", "Your email address was changed")
    assert browser.get("/learn").status_code == 303, "whoever held the old mailbox is signed out"
    assert sign_in(email="new@example.org").location == "/learn"


def test_an_address_in_use_is_not_given_away(app, browser, person, make, mails):
    make.user(email="taken@example.org")
    browser.sign_in(person)
    free = browser.post("/account/change-email", {"email": "free@example.org"})
    taken = browser.post("/account/change-email", {"email": "taken@example.org"})
    assert free.status_code == taken.status_code
    assert plain(free.text) == plain(taken.text)
    assert [mail["to"] for mail in mails.all()] == ["free@example.org"]


def test_a_link_for_an_address_that_was_taken_meanwhile_does_nothing(browser, person, make, mails, session):
    browser.sign_in(person)
    browser.post("/account/change-email", {"email": "new@example.org"})
    make.user(email="new@example.org")
    assert "cannot be used" in browser.get(mails.link(), follow_redirects=True).text
    session.refresh(person)
    assert person.email == "ada@example.org"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"security_contact": "mailto:safe@example.org"}, "write to safe@example.org at once"),
        ({"security_contact": "https://example.org/report"}, "report it at https://example.org/report at once"),
        ({"security_contact": "mailto:no-reply@localhost"}, "the provider of your last certificate"),
    ],
    indirect=["settings"],
)
def test_whoever_lost_the_address_learns_where_somebody_reads(browser, sign_in, mails, words):
    sign_in()
    browser.post("/account/change-email", {"email": "new@example.org"})
    browser.get(mails.link())
    mail = mails.last()
    assert words in mail["text"]
    assert words in re.sub(r"<[^>]+>", "", mail["html"])
    for kind in ("text", "html"):
        assert "no-reply" not in mail[kind]
        assert "answers are not read" in mail[kind]


def test_a_link_costs_no_more_time_than_none(app, browser, person, make, monkeypatch):
    """The time of an answer tells nobody who has an account: one dear hash for everybody, and none in the links."""
    dear = []
    for place in (views, forms):
        monkeypatch.setattr(place, "hash_password", dear.append)
    waiting = make.user(confirmed_at=None)
    for email in (person.email, waiting.email, "nobody@example.org"):
        browser.post("/account/reset", {"email": email})
    assert len(dear) == 3
    with app.app_context():
        assert re.fullmatch(r"[0-9a-f]{64}", hash_data("text"))
