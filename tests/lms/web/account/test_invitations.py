"""From an operator's invitation to the role: the mail, a new account, the confirmed address, and nobody else."""

import re

import pytest
from sqlalchemy import select

from lms.people.models import User
from lms.providers.models import Membership
from tests.lms.web.account.test_registering import FORM, register


@pytest.fixture
def invited(app, browser, make, mails):
    """The path of the link that an operator had mailed."""
    desk = type(browser)(app).sign_in(make.operator())
    make.provider(slug="house", name="House of Examples")
    asked = desk.post("/operator/providers/house/members", {"email": "jose@example.org", "role": "manager"})
    assert asked.status_code == 200
    assert "<h1>Invite the person</h1>" in asked.text
    assert "Send the invitation" in asked.text
    assert asked.text.count("button-primary") == 1
    assert mails.all() == []
    desk.post("/operator/providers/house/invitations", {"email": "jose@example.org", "role": "manager"})
    page = desk.get("/operator/providers/house").text
    assert "An invitation is on its way to jose@example.org." in page
    assert "Invited" in page
    assert mails.last()["to"] == "jose@example.org"
    return re.search(r"http://localhost:8099(/invitation\?k=\S+)", mails.last()["text"])[1]


def test_a_newcomer_comes_back_to_the_invitation_and_takes_it_up(browser, session, mails, invited):
    page = browser.get(invited).text
    assert "House of Examples would like you to work for it. Your role: manager." in page
    assert "Take up the role" not in page
    create = re.search(r'href="(/account/register\?next=[^"]+)"', page)[1].replace("&amp;", "&")
    assert browser.post(create, FORM).status_code == 302
    browser.get(mails.link())
    sign_in = browser.get("/account/login").location
    answer = browser.post(sign_in, {"email": FORM["email"], "password": FORM["password"]})
    assert answer.location.endswith(invited)
    assert "Take up the role" in browser.get(invited).text
    assert browser.post(invited).location == "/workshop"
    assert "Your role here from now on: manager." in browser.get("/workshop").text
    row = session.scalars(select(Membership)).one()
    assert (row.role, row.user_id) == (
        "manager",
        session.scalars(select(User).where(User.name == "José Núñez")).one().id,
    )
    assert browser.post(invited).status_code == 404
    assert "was taken up or taken back" in browser.get(invited).text


def test_confirming_an_address_alone_gives_nothing(browser, session, mails, invited):
    """Who began the account may be another than the owner of the mailbox, who only followed the link of the mail."""
    register(browser)
    browser.get(mails.link())
    browser.post("/account/login", {"email": FORM["email"], "password": FORM["password"]})
    assert browser.get("/workshop").status_code == 403
    assert session.scalars(select(Membership)).all() == []


def test_somebody_else_who_has_the_link_cannot_use_it(app, browser, make, session, invited):
    browser.sign_in(make.user(email="eve@example.org"))
    page = browser.get(invited).text
    assert "The invitation is for jose@example.org, and you are signed in as eve@example.org." in page
    assert 'class="button button-secondary" href="/account/leave"' in page
    assert browser.post(invited).status_code == 403
    assert type(browser)(app).post(invited).status_code == 403
    assert session.scalars(select(Membership)).all() == []


def test_an_invitation_is_taken_back(app, browser, make, session, invited):
    desk = type(browser)(app).sign_in(make.operator())
    url = re.search(
        r'action="(/operator/providers/house/invitations/\d+/take-back)"', desk.get("/operator/providers/house").text
    )
    assert desk.post(url[1]).status_code == 303
    assert browser.get(invited).status_code == 404
