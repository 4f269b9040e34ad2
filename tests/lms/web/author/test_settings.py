"""What a manager says of the provider."""

import re

import pytest

from lms.providers.commands import TEXTS


@pytest.fixture
def provider(make):
    return make.provider(name="House of Learning")


@pytest.fixture
def manager(browser, make, provider):
    return browser.sign_in(make.member(provider, "manager"))


@pytest.fixture
def url(provider):
    return f"/workshop/providers/{provider.slug}/settings"


@pytest.fixture
def sent(provider):
    return {name: getattr(provider, name) for name in TEXTS}


def test_the_form_asks_for_every_field(manager, url):
    page = manager.get(url).text
    assert all(f'name="{name}"' in page for name in TEXTS)
    assert "House of Learning" in page


def test_settings_are_saved(manager, url, sent, provider, session):
    answer = manager.post(url, {**sent, "refund_policy": "Within 30 days.", "about": ""})
    assert (answer.status_code, answer.location) == (303, url)
    session.refresh(provider)
    assert (provider.refund_policy, provider.about) == ("Within 30 days.", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Give the name"),
        ({"email": "nobody"}, "does not look like an email address"),
        ({"website": "example.org"}, "Begin the address with https://"),
        ({"telephone": "1" * 41}, "40 characters"),
    ],
)
def test_nonsense_is_refused_and_kept(manager, url, sent, provider, session, changes, said):
    answer = manager.post(url, {**sent, **changes, "about": "Typed with care."})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Typed with care." in answer.text
    session.refresh(provider)
    assert provider.about == "We teach."


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_only_managers_of_this_provider(browser, make, provider, url, sent, role):
    for user in (make.member(provider, role), make.member(make.provider(), "manager")):
        browser.sign_in(user)
        assert browser.get(url).status_code == 404
        assert browser.post(url, sent).status_code == 404


def test_a_name_that_certificates_carry_is_the_operators_to_change(
    manager, url, sent, provider, session, browser, make
):
    assert manager.post(url, {**sent, "name": "House of Learning, Inc."}).status_code == 303
    make.award(edition=make.edition(provider))
    answer = manager.post(url, {**sent, "name": "Harvard University"})
    assert answer.status_code == 422
    assert "only an operator can change it" in answer.text
    assert manager.post(url, {**sent, "name": "House of Learning, Inc.", "telephone": "555"}).status_code == 303
    browser.sign_in(make.operator())
    assert browser.post(f"/operator/providers/{provider.slug}", {**sent, "name": "Renamed"}).status_code == 303
    session.refresh(provider)
    assert provider.name == "Renamed"


def test_hidden_characters_are_refused_at_their_field(manager, url, sent, provider, session):
    answer = manager.post(url, {**sent, "signatory_name": "Ada\u202e Example"})
    assert (answer.status_code, "U+202E (right-to-left override)" in answer.text) == (422, True)
    session.refresh(provider)
    assert provider.signatory_name == "Ada Example"


def test_a_manager_reads_who_has_a_role_and_who_gives_one(browser, make, provider, url):
    make.member(provider, "reviewer", make.user(email="ada@example.org", name="Ada"))
    make.member(make.provider(slug="other"), "author", make.user(email="eve@example.org", name="Eve"))
    page = browser.sign_in(make.member(provider, "manager")).get(url).text
    assert re.search(r"Ada</th><td[^>]*>ada@example\.org</td><td[^>]*>Reviewer</td>", page)
    assert "eve@example.org" not in page
    assert "The operator of this site gives roles" in page
