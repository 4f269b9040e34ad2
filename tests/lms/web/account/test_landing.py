"""Where signing in leads, and where a step aside leads back to."""

import pytest
from flask_security import hash_password

from tests.lms.web.account.conftest import PASSWORD


@pytest.fixture
def arrive(app, browser, session):
    """Sign the person in through the form and say where that leads."""

    def go(user, place=""):
        with app.app_context():
            user.password = hash_password(PASSWORD)
        session.flush()
        query = f"?next={place}" if place else ""
        return browser.post(f"/account/login{query}", {"email": user.email, "password": PASSWORD}).location

    return go


@pytest.mark.parametrize("role", ["author", "reviewer", "manager"])
def test_who_works_for_a_provider_lands_in_the_workshop(arrive, make, role):
    assert arrive(make.member(make.provider(), role)) == "/workshop"


def test_board_members_and_operators_land_where_they_work(browser, arrive, make):
    assert arrive(make.board_member()) == "/board"
    browser.post("/account/logout")
    assert arrive(make.operator()) == "/operator"


def test_who_learns_lands_at_their_learning(arrive, make):
    author = make.member(make.provider(), "author")
    make.enrollment(author)
    assert arrive(author) == "/learn"


def test_a_page_that_was_asked_for_comes_first(arrive, make):
    assert arrive(make.board_member(), "/verify") == "/verify"


def test_a_license_leads_back_to_the_page_that_asked_for_it(browser, make):
    browser.sign_in(make.user())
    facts = {"jurisdiction": "US-CA", "profession": "social_worker", "credential": "LCSW", "number": "1"}
    assert 'href="/learn/7/finish"' in browser.get("/account/licenses/new?next=/learn/7/finish").text
    assert browser.post("/account/licenses/new?next=/learn/7/finish", facts).location == "/learn/7/finish"
    away = browser.post("/account/licenses/new?next=//evil.example", {**facts, "number": "2"})
    assert away.location == "/account/profile"


def test_an_account_holds_twenty_licenses(browser, make):
    user = make.user()
    for number in range(20):
        make.license(user, number=f"N{number}")
    browser.sign_in(user)
    facts = {"jurisdiction": "US-CA", "profession": "social_worker", "credential": "LCSW", "number": "1"}
    answer = browser.post("/account/licenses/new", facts)
    assert answer.status_code == 422
    assert "at most 20 licenses" in answer.text
