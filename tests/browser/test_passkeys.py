"""Passkeys in a real browser with a software authenticator, and the account's pages as people see them."""

import re
import secrets

import pytest
from passlib.totp import TOTP

PASSWORD = "seven quiet rivers"


@pytest.fixture
def newcomer(people, live):
    """Somebody who creates an account, confirms the address and signs in."""
    person = people()
    page = person.open("/account/register")
    email = f"newcomer-{secrets.token_hex(4)}@example.org"
    page.get_by_label("Legal name").fill("Noor Example")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_text("We have written to").wait_for()
    person.see()
    mail = next(mail for mail in reversed(live.deliver()) if mail["To"] == email)
    person.open(re.search(r"http\S+/account/confirm/\S+", mail.get_body(("plain",)).get_content())[0])
    person.sign_in(email, PASSWORD)
    assert page.url == live.url + "/learn"
    person.email = email
    return person


def plug_in(person, **options):
    """Give the browser a passkey device; return the connection to it and its id."""
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True, **options,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]


def test_a_passkey_is_set_up_used_and_removed(newcomer, live):
    page = newcomer.page
    devtools, device = plug_in(newcomer)
    newcomer.open("/account/security")
    page.get_by_role("link", name="Set up a passkey").click()
    newcomer.see()
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Set up a passkey").click()
    page.get_by_text("The passkey “My phone” is set up.").wait_for()
    newcomer.see()
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    newcomer.open("/account/leave")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(live.url + "/")

    newcomer.open("/account/profile")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(live.url + "/account/profile")
    newcomer.see()

    newcomer.open("/account/wan-register")
    page.get_by_text("Remove", exact=True).first.click()
    page.get_by_role("button", name="Yes, remove").click()
    page.get_by_text("no longer signs you in").wait_for()
    newcomer.open("/account/leave")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    newcomer.open("/account/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("We do not know this passkey.").wait_for()
    newcomer.see()


def test_a_device_without_a_passkey_says_so_and_the_password_still_works(newcomer, live):
    page = newcomer.page
    plug_in(newcomer)
    newcomer.open("/account/leave")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    newcomer.open("/account/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("That did not work").wait_for()
    newcomer.see()
    newcomer.sign_in(newcomer.email, PASSWORD)
    assert page.url == live.url + "/learn"


def test_codes_and_recovery_codes_in_a_browser(newcomer, live):
    page = newcomer.page
    newcomer.open("/account/tf-setup")
    page.get_by_role("button", name="Set up an app").click()
    newcomer.see()
    phone = TOTP(page.locator("code").inner_text().replace("-", ""))
    page.get_by_label("The six digits").fill(phone.generate().token)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(live.url + "/account/security")
    newcomer.see()
    page.get_by_role("link", name="Make new recovery codes").click()
    newcomer.see()
    page.get_by_role("button", name="Make new recovery codes").click()
    newcomer.see()
    code = page.locator("li code").first.inner_text()
    newcomer.open("/account/leave")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    newcomer.sign_in(newcomer.email, PASSWORD)
    newcomer.see()
    page.get_by_role("link", name="Use a recovery code").click()
    newcomer.see()
    page.get_by_label("Recovery code").fill(code.upper())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(live.url + "/learn")


def test_every_page_of_an_account_is_open_to_everybody(newcomer):
    for path in ("profile", "licenses/new", "security", "change", "change-email", "tf-setup", "wan-register", "leave"):
        newcomer.open(f"/account/{path}")
    page = newcomer.open("/account/licenses/new")
    page.get_by_label("Issued by").select_option("US-CA")
    page.get_by_label("Profession").select_option("mft")
    page.get_by_label("Credential").fill("LMFT")
    page.get_by_label("License number").fill(secrets.token_hex(4))
    page.get_by_label("Expires on").fill("2024-01-31")
    page.get_by_role("button", name="Save license").click()
    page.get_by_text("Expired", exact=True).wait_for()
    newcomer.see()
    page.get_by_role("link", name="Edit").click()
    newcomer.see()
    page.get_by_label("License number").fill("")
    page.get_by_role("button", name="Save license").click()
    page.get_by_text("Please look at this again").wait_for()
    newcomer.faults.clear()  # the browser notes the 422 in its console
    newcomer.see()


def test_every_page_before_signing_in_is_open_to_everybody(people):
    person = people()
    for path in ("login", "register", "confirm", "reset", "wan-signin"):
        page = person.open(f"/account/{path}")
    for path, name in (("login", "Sign in"), ("register", "Create account"), ("reset", "Send me a link")):
        page = person.open(f"/account/{path}")
        page.get_by_role("button", name=name, exact=True).click()
        person.see()
