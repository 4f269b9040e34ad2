"""Codes from an app, recovery codes, and what the security page says of them."""

import re
import time

import pytest
from passlib.totp import TOTP

from tests.lms.web.account.conftest import PASSWORD


def app_of(key):
    """An authenticator app that was given this key."""
    return TOTP(key.replace("-", ""))


def start(browser):
    """Start setting up: the key, and where the first code goes."""
    page = browser.post("/account/tf-setup", {"setup": "authenticator"}).text
    assert 'src="data:image/svg+xml;base64,' in page
    return re.search(r'class="code">([A-Z2-7-]+)<', page)[1], re.search(r'action="(/account/tf-setup/[^"]+)"', page)[1]


@pytest.fixture
def phone(browser, person, sign_in):
    """The person's authenticator app, set up with a code of a minute ago; the browser is signed out."""
    sign_in()
    key, action = start(browser)
    phone = app_of(key)
    assert browser.post(action, {"code": phone.generate(time.time() - 30).token}).location == "/account/security"
    browser.post("/account/logout")
    return phone


def test_setting_up_shows_the_way_to_recovery_codes(browser, person, mails):
    browser.sign_in(person)
    assert "Set up codes from an app" in browser.get("/account/security").text
    key, action = start(browser)
    browser.post(action, {"code": app_of(key).generate().token})
    page = browser.get("/account/security").text
    assert "Needed at sign-in" in page
    assert "You have 0 recovery codes left" in page
    assert mails.last()["subject"] == "Signing in now takes a code"


def test_a_wrong_code_sets_nothing_up(browser, person, session):
    browser.sign_in(person)
    _, action = start(browser)
    assert "not right" in browser.post(action, {"code": "123"}, follow_redirects=True).text
    session.refresh(person)
    assert person.tf_primary_method is None
    assert "cannot be used" in browser.post("/account/tf-setup/forged", {"code": "1"}, follow_redirects=True).text


def test_signing_in_takes_the_code_and_leads_on(browser, phone, sign_in):
    answer = sign_in(next="/account/profile")
    assert answer.location == "/account/tf-validate?next=/account/profile"
    assert browser.get("/account/profile").status_code == 303, "the password alone is not enough"
    page = browser.get(answer.location).text
    action = re.search(r'action="(/account/tf-validate[^"]*)"', page)[1]
    assert "not right" in browser.post(action, {"code": "000000"}).text
    token = phone.generate().token
    assert browser.post(action, {"code": f"{token[:3]} {token[3:]}"}).location == "/account/profile"
    assert browser.get("/account/profile").status_code == 200


def test_a_code_is_good_once(app, browser, phone, sign_in):
    token = phone.generate().token
    first, second = type(browser)(app), type(browser)(app)
    for client, status in ((first, 302), (second, 200)):
        sign_in(client=client)
        assert client.post("/account/tf-validate", {"code": token}).status_code == status


def test_the_code_page_without_a_password_leads_to_the_sign_in(browser):
    for page in ("tf-validate", "mf-recovery", "tf-rescue", "tf-select"):
        assert browser.get(f"/account/{page}").location == "/account/login"


def test_a_recovery_code_signs_in_once(app, browser, phone, person, sign_in, session):
    browser.sign_in(person)
    assert "Make new recovery codes" in browser.get("/account/mf-recovery-codes").text
    codes = re.findall(r'class="code">([0-9a-f-]{14})<', browser.post("/account/mf-recovery-codes").text)
    assert len(set(codes)) == 10
    session.refresh(person)
    assert len(person.mf_recovery_codes) == 10
    assert not any(code in str(person.mf_recovery_codes) for code in codes), "kept encrypted"
    for code, status in (
        (codes[0], 302),
        (codes[0], 200),
        (codes[1].upper().replace("-", " "), 302),
        ("nonsense", 200),
    ):
        client = type(browser)(app)
        sign_in(client=client, next="/account/profile")
        page = client.get("/account/mf-recovery?next=/account/profile")
        assert "Use a recovery code" in page.text
        answer = client.post("/account/mf-recovery?next=/account/profile", {"code": code})
        assert answer.status_code == status, code
        if status == 302:
            assert answer.location == "/account/profile"
    assert "8 unused codes" in browser.get("/account/security").text


def test_switching_codes_off_takes_the_recovery_codes_along(browser, phone, person, sign_in, mails, session):
    browser.sign_in(person)
    browser.post("/account/mf-recovery-codes")
    assert "Switch codes off" in browser.get("/account/tf-setup").text
    assert browser.post("/account/tf-setup", {"setup": "disable"}).location == "/account/security"
    session.refresh(person)
    assert (person.tf_totp_secret, person.mf_recovery_codes) == (None, None)
    assert mails.last()["subject"] == "Signing in no longer takes a code"
    browser.post("/account/logout")
    assert sign_in(PASSWORD).location == "/learn"


def test_there_is_no_other_way_around_the_code(browser, phone, sign_in, mails):
    sign_in()
    before = len(mails.all())
    for way in ("help", "email", "sms"):
        assert browser.post("/account/tf-rescue", {"help_setup": way}).status_code == 200
    assert len(mails.all()) == before
    assert (
        "Choose one of the ways offered." in _signed_in(browser, phone).post("/account/tf-setup", {"setup": "sms"}).text
    )


def _signed_in(browser, phone):
    browser.post("/account/tf-validate", {"code": phone.generate().token})
    return browser


def test_resetting_the_password_does_not_get_around_the_code(browser, phone, person, mails, sign_in):
    browser.post("/account/reset", {"email": person.email})
    browser.post(mails.link(), {"password": "seven quiet rivers"})
    assert browser.get("/learn").status_code == 303
    assert sign_in("seven quiet rivers").location.startswith("/account/tf-validate")
