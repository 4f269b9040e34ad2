"""Creating an account and confirming its address."""

import pytest
from sqlalchemy import func, select

from lms.outbox import Promise
from lms.people.models import User
from tests.lms.web.account.conftest import plain

FORM = {
    "name": "  José  Núñez ",
    "email": "Jose@Example.org",
    "password": "quiet river seven",
    "time_zone": "America/Chicago",
}


def register(browser, **changes):
    return browser.post("/account/register", {**FORM, **changes})


def test_a_new_account_gets_a_link_and_signs_in_after_following_it(browser, session, mails):
    answer = register(browser)
    assert (answer.status_code, answer.location) == (302, "/account/login")
    user = session.scalars(select(User)).one()
    assert (user.name, user.email, user.confirmed_at) == ("José Núñez", "jose@example.org", None)
    assert user.password.startswith("$argon2")
    before = browser.post("/account/login", {"email": user.email, "password": FORM["password"]})
    assert "not confirmed yet" in before.text
    assert browser.get(mails.link()).location == "/account/login"
    session.expire_all()
    assert session.scalars(select(User)).one().confirmed_at is not None
    after = browser.post("/account/login", {"email": "JOSE@example.org ", "password": FORM["password"]})
    assert after.location == "/learn"


def test_the_answer_is_the_same_for_a_known_address(browser, app, make, mails):
    fresh, known = type(browser)(app), type(browser)(app)
    make.user(email="taken@example.org")
    first = register(fresh, email="new@example.org")
    second = register(known, email="taken@example.org")
    assert (first.status_code, first.location) == (second.status_code, second.location)
    pages = [client.get("/account/login").text for client in (fresh, known)]
    assert plain(pages[0]) == plain(pages[1])
    assert "We have written to taken@example.org" in pages[1]
    assert mails.last()["subject"] == "You have an account already"
    assert "/account/reset/" in mails.last()["text"]


def test_what_a_stranger_chose_for_my_address_ends_when_i_register(app, browser, session, mails):
    register(type(browser)(app), name="Eve Other", password="a stranger chose this")
    strangers_link = mails.link()
    register(browser, name="Ada Example", time_zone="Pacific/Honolulu")
    mail = mails.last()
    assert "/account/confirm/" not in mail["text"] + mail["html"]
    assert "/account/reset/" in mail["html"]
    link = mails.link()
    assert link.startswith("/account/reset/")
    assert "cannot be used" in browser.get(strangers_link, follow_redirects=True).text
    user = session.scalars(select(User).execution_options(populate_existing=True)).one()
    assert (user.name, user.time_zone, user.password, user.confirmed_at) == (
        "Ada Example",
        "Pacific/Honolulu",
        None,
        None,
    )
    assert browser.post(link, {"password": "seven quiet rivers"}).location == "/account/login"
    session.expire_all()
    assert session.scalars(select(User)).one().confirmed_at is not None
    for password, place in (("a stranger chose this", None), ("seven quiet rivers", "/learn")):
        answer = browser.post("/account/login", {"email": user.email, "password": password})
        assert answer.location == place, password


def test_a_confirmed_account_keeps_its_password_when_its_address_registers(browser, make, session):
    user = make.user(email="taken@example.org", password="hash", name="Ada Example")
    register(browser, email="taken@example.org")
    session.refresh(user)
    assert (user.password, user.name) == ("hash", "Ada Example")


def test_the_way_on_is_kept_through_registering_and_confirming(browser, mails):
    page = browser.get("/account/login?next=/modules/burnout").text
    assert "/account/register?next=/modules/burnout" in page
    assert "next=/modules/burnout" in browser.get("/account/register?next=/modules/burnout").text
    answer = browser.post("/account/register?next=/modules/burnout", FORM)
    assert answer.location == "/account/login"
    assert browser.get("/account/login").location == "/account/login?next=/modules/burnout"
    browser.get(mails.link())
    again = browser.get("/account/login").location
    assert again == "/account/login?next=/modules/burnout"
    signed = browser.post(again, {"email": "jose@example.org", "password": FORM["password"]})
    assert signed.location == "/modules/burnout"
    browser.post("/account/logout")
    assert browser.get("/account/login").status_code == 200


def test_a_time_zone_is_asked_for(browser, session):
    page = browser.get("/account/register").text
    assert page.index("Eastern (America/New_York)") < page.index("Africa/Abidjan")
    assert "Choose your time zone." in register(browser, time_zone="").text
    assert register(browser, time_zone="Moon/Crater").status_code == 200
    assert session.scalars(select(User)).all() == []
    register(browser)
    assert session.scalars(select(User)).one().time_zone == "America/Chicago"


@pytest.mark.parametrize("password", ["password123", "Qwertyuiop12", "letmein12345", "iloveyou2020"])
def test_what_many_people_have_is_no_password(browser, session, password):
    assert "Many people have this password" in register(browser, password=password).text
    assert session.scalars(select(User)).all() == []


def test_other_mistakes_are_told_alike_for_known_and_unknown_addresses(browser, make, session):
    make.user(email="taken@example.org")
    pages = [
        register(browser, email=email, password="short").text for email in ("new@example.org", "taken@example.org")
    ]
    assert plain(pages[0]) == plain(pages[1])
    assert "Use at least 10 characters." in pages[1]
    assert session.scalar(select(func.count(Promise.id))) == 0


def test_what_was_typed_is_kept_but_for_the_password(browser):
    page = register(browser, email="no address").text
    assert "This does not look like an email address." in page
    assert 'value="José Núñez"' in page
    assert FORM["password"] not in page


def test_a_name_that_no_certificate_can_print_is_told_at_the_field(browser, session):
    page = register(browser, name="Ada \U0001f600").text
    assert "None of our certificate fonts has" in page
    assert "U+1F600" in page
    assert session.scalars(select(User)).all() == []


def test_a_name_is_needed(browser):
    assert "Give your name as it is on your license." in register(browser, name=" ").text
    assert "Give your name as it is on your license." in register(browser, name="123").text


def test_fields_that_were_not_asked_for_do_nothing(browser, session):
    register(browser, confirmed_at="2026-01-01", active="0", fs_uniquifier="mine", id="7")
    user = session.scalars(select(User)).one()
    assert user.confirmed_at is None
    assert user.fs_uniquifier != "mine"


def test_asking_for_the_link_again_tells_nothing(browser, make, mails):
    make.user(email="new@example.org", confirmed_at=None)
    make.user(email="done@example.org")
    answers = [
        browser.post("/account/confirm", {"email": email})
        for email in ("new@example.org", "done@example.org", "none@example.org")
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({plain(answer.text) for answer in answers}) == 1
    assert [mail["to"] for mail in mails.all()] == ["new@example.org"]


def test_a_link_counts_once_and_a_wrong_one_not_at_all(browser, make, mails):
    make.user(email="new@example.org", confirmed_at=None)
    browser.post("/account/confirm", {"email": "new@example.org"})
    browser.get(mails.link())
    assert "confirmed already" in browser.get(mails.link(), follow_redirects=True).text
    assert "cannot be used" in browser.get("/account/confirm/forged", follow_redirects=True).text


def test_the_mail_does_not_repeat_what_a_stranger_typed(browser, mails):
    register(browser, name="Win at evil.example")
    assert "evil.example" not in mails.last()["text"] + mails.last()["html"]


def test_links_in_mails_lead_to_the_public_address_whatever_the_request_claims(browser, make, mails, settings):
    make.user(email="taken@example.org")
    for page, data in (("register", {**FORM, "email": "x@example.org"}), ("reset", {"email": "taken@example.org"})):
        browser.post(
            f"/account/{page}", data, base_url="http://evil.example", headers={"X-Forwarded-Host": "evil.example"}
        )
        mail = mails.last()
        assert "evil.example" not in mail["text"] + mail["html"]
        assert settings.public_url + "/account/" in mail["text"]
        assert settings.public_url + "/account/" in mail["html"]


def test_no_page_takes_json(browser):
    answer = browser.client.post("/account/login", json={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 415
    asked = browser.post(
        "/account/login", {"email": "a@example.org", "password": "x"}, headers={"Accept": "application/json"}
    )
    assert asked.content_type.startswith("text/html")
