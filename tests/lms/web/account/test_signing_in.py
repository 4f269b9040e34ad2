"""Signing in and out through the real form, with a real password."""

import re
from dataclasses import replace

import pytest

from lms import create_app
from lms.web.limits import limiter
from tests.lms.web.account.conftest import PASSWORD, plain

OUTSIDE = (
    "//evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "javascript:alert(1)",
)


def test_signing_in_leads_home_and_out_again(browser, sign_in):
    assert sign_in().location == "/learn"
    assert browser.get("/learn").status_code == 200
    assert 'action="/account/logout"' in browser.get("/account/leave").text
    assert browser.get("/account/logout").status_code == 405
    assert browser.post("/account/logout").location == "/"
    assert browser.get("/learn").status_code == 303


def test_signing_in_leads_on_to_the_page_that_asked_for_it(browser, sign_in):
    asked = browser.get("/account/profile?x=1").location
    assert asked == "/account/login?next=/account/profile?x%3D1"
    page = browser.get(asked).text
    assert 'value="/account/profile?x=1"' in page
    assert sign_in(next="/account/profile?x=1").location == "/account/profile?x=1"


@pytest.mark.parametrize("place", OUTSIDE)
def test_signing_in_never_leads_away(browser, app, sign_in, place):
    for answer in (
        sign_in(next=place),
        type(browser)(app).post("/account/login?next=" + place, {"email": "ada@example.org", "password": PASSWORD}),
    ):
        assert answer.status_code == 302
        assert answer.location == "/learn"


def test_confirming_who_one_is_never_leads_away(browser, sign_in):
    sign_in()
    for place in OUTSIDE:
        answer = browser.post("/account/verify", {"password": PASSWORD}, query_string={"next": place})
        assert answer.location == "/account/security"
        answer = browser.post("/account/verify", {"password": PASSWORD, "next": place})
        assert answer.location == "/account/security"


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(sign_in, app, browser):
    wrong = sign_in("not the password", client=type(browser)(app))
    unknown = sign_in("not the password", client=type(browser)(app), email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 200
    assert plain(wrong.text) == plain(unknown.text)
    assert "The email address or the password is not right." in wrong.text


def test_a_closed_account_is_told_only_to_who_knows_the_password(sign_in, person, session):
    person.active = False
    session.flush()
    assert "This account is closed" in sign_in().text
    assert "closed" not in sign_in("not the password").text


def test_a_closed_account_is_signed_out(browser, sign_in, person, session):
    sign_in()
    person.active = False
    session.flush()
    assert browser.get("/learn").status_code == 303


def test_a_page_out_of_turn_signs_nobody_out(browser, sign_in):
    sign_in()
    assert browser.get("/account/tf-validate").location == "/account/security"
    assert browser.get("/learn").status_code == 200


def test_who_is_signed_in_needs_no_sign_in_page(browser, sign_in):
    sign_in()
    for page in ("login", "register"):
        assert browser.get(f"/account/{page}").status_code == 302


def test_what_protects_the_account_asks_again_after_a_while(browser, person):
    browser.sign_in(person)
    with browser.client.session_transaction() as cookies:
        cookies["fs_paa"] = 0
    for page in ("tf-setup", "wan-register", "mf-recovery-codes", "change-email"):
        answer = browser.get(f"/account/{page}")
        assert answer.location == f"/account/verify?next=/account/{page}", page
    page = browser.get("/account/verify?next=/account/tf-setup").text
    assert "Confirm that it is you" in page
    assert "This is not your password." in browser.post("/account/verify", {"password": "no"}).text
    assert (
        browser.post("/account/verify", {"password": PASSWORD, "next": "/account/tf-setup"}).location
        == "/account/tf-setup"
    )
    assert browser.get("/account/tf-setup").status_code == 200


def test_cookies_are_closed_to_scripts_and_other_sites(browser, sign_in):
    cookies = sign_in(remember="y").headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} >= {"session", "remember_token"}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


@pytest.fixture
def limited(settings, session):
    """An application that counts tries."""
    app = create_app(replace(settings, rate_limits=True))
    from lms.web.transaction import database

    with app.app_context():
        database.engine.dispose()
        database.sessionmaker.configure(bind=session.connection(), binds={}, join_transaction_mode="create_savepoint")
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    limiter.enabled = False


@pytest.mark.parametrize(
    ("page", "tries", "title"),
    [
        ("login", 10, "Sign in"),
        ("wan-signin", 10, ""),
        ("register", 5, "Create account"),
        ("reset", 5, ""),
        ("confirm", 5, ""),
    ],
)
def test_guessing_and_mailing_is_slowed_down(limited, page, tries, title):
    client = limited.test_client()
    form = {"email": "nobody@example.org", "password": "x"}
    for _ in range(tries):
        assert client.post(f"/account/{page}", data=form).status_code == 200
    answer = client.post(f"/account/{page}", data=form)
    assert answer.status_code == 429
    assert "Too many tries" in answer.text
    assert client.get(f"/account/{page}").status_code == 200
    other = client.post(f"/account/{page}", data=form, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 200


def test_codes_are_counted_by_account_wherever_they_come_from(limited, make):
    client = limited.test_client()
    user = make.user(tf_primary_method="authenticator", tf_totp_secret=_secret(limited))
    with client.session_transaction() as cookies:
        cookies.update(tf_user_id=user.fs_uniquifier, tf_state="ready")
    answers = [
        client.post("/account/tf-validate", data={"code": "000000"}, environ_base={"REMOTE_ADDR": f"192.0.2.{n}"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]


def test_all_addresses_behind_one_line_are_one_caller(limited):
    client = limited.test_client()
    form = {"email": "nobody@example.org", "password": "x"}

    def tried(address):
        return client.post("/account/login", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    assert [tried(f"2001:db8:0:7:{n:x}::1") for n in range(11)] == [200] * 10 + [429]
    assert tried("2001:db8:0:8::1") == 200
    assert [tried("::ffff:192.0.2.9") for _ in range(10)] == [200] * 10
    assert tried("192.0.2.9") == 429
    assert tried("unix:") == 200


def test_a_session_that_was_planted_before_forges_no_form_after(app, browser, sign_in):
    """Whoever puts a session of their own into a browser knows its forgery token."""
    app.config["WTF_CSRF_ENABLED"] = True
    page = browser.get("/account/login").text
    planted = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
    assert sign_in(csrf_token=planted).status_code == 302
    profile = {"name": "Eve", "time_zone": "UTC", "csrf_token": planted}
    assert browser.post("/account/profile", profile).status_code == 400


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/did.json", "/api/v1/revocations"])
def test_what_anybody_may_keep_brings_no_session(browser, sign_in, path):
    """Whoever comes back remembered gets a new session with the next page; a shared cache must not get it."""
    sign_in(remember="y")
    browser.client.delete_cookie("session")
    answer = browser.get(path)
    assert answer.cache_control.public
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in browser.get("/learn").headers


def _secret(app):
    with app.app_context():
        return app.extensions["security"].totp_factory.generate_totp_secret()
