"""The pages of webhooks, for a board and for a provider."""

import re

import pytest
from sqlalchemy import select

from lms.hooks.commands import fan_out, subscribe
from lms.hooks.models import Delivery, Subscription
from lms.hooks.queries import Owner
from lms.outbox import Promise


@pytest.fixture(params=["board", "provider"])
def desk(request, browser, make):
    """Somebody signed in, the address of their webhooks, the same of somebody else, the owner."""
    if request.param == "board":
        board = make.board()
        browser.sign_in(make.board_member(board))
        return (
            browser,
            f"/board/{board.slug}/webhooks",
            f"/board/{make.board().slug}/webhooks",
            Owner("board", board.id),
        )
    provider = make.provider()
    browser.sign_in(make.member(provider, "manager"))
    home = "/workshop/providers/{}/webhooks"
    return browser, home.format(provider.slug), home.format(make.provider().slug), Owner("provider", provider.id)


@pytest.fixture
def sent(desk, session, make, now):
    """A subscription with two messages."""
    subscription = subscribe(session, desk[3], "https://example.org/hook", ["issued"], by=make.user().id, now=now)
    if desk[3].kind == "provider":
        provider = subscription.provider
        for _ in range(2):
            make.award(edition=make.edition(provider))
    else:
        user = make.user()
        make.license(user)
        for _ in range(2):
            make.award(user)
    for event in session.scalars(select(Promise).where(Promise.kind == "event")).all():
        fan_out(session, event.payload, event.id, seal=make.seal, made_at=now, now=now)
    return subscription


def test_an_address_is_added_and_its_secret_is_shown_once(desk, session):
    browser, home, _, _ = desk
    answer = browser.post(home, {"url": "https://example.org/hook", "events": ["revoked"]})
    assert answer.headers["Cache-Control"] == "no-store"
    secret = re.search(r"whsec_[\w+/=]+", answer.text).group()
    subscription = session.scalars(select(Subscription)).one()
    assert subscription.events == ["revoked"]
    for page in (browser.get(home), browser.get(f"{home}/{subscription.id}")):
        assert "https://example.org/hook" in page.text
        assert secret not in page.text


def test_an_address_inside_is_refused_and_kept_in_the_form(desk):
    browser, home, _, _ = desk
    answer = browser.post(home, {"url": "https://169.254.169.254/", "events": ["issued"]})
    assert answer.status_code == 422
    assert "not on the public internet" in answer.text
    assert 'value="https://169.254.169.254/"' in answer.text


def test_messages_are_listed_and_sent_again(desk, sent, session):
    browser, home, _, _ = desk
    page = browser.get(f"{home}/{sent.id}").text
    assert page.count("On its way") == 2
    delivery = session.scalars(select(Delivery)).first()
    answer = browser.post(f"{home}/messages/{delivery.id}/send")
    assert (answer.status_code, answer.location) == (303, f"{home}/{sent.id}")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"done_at": True}, "Delivered"),
        ({"last_error": "Undelivered: the server answered 500"}, "The server answered 500"),
        ({"given_up_at": True, "last_error": "Undelivered: gone"}, "Given up"),
    ],
)
def test_each_state_is_said(desk, sent, session, now, state, words):
    browser, home, _, _ = desk
    for delivery in session.scalars(select(Delivery)):
        for name, value in state.items():
            row = delivery if name == "given_up_at" else delivery.promise
            setattr(row, name, now if value is True else value)
    session.flush()
    assert words in browser.get(f"{home}/{sent.id}").text


def test_a_secret_is_made_anew_and_a_subscription_ends(desk, sent, session):
    browser, home, _, _ = desk
    salt = sent.salt
    assert "whsec_" in browser.post(f"{home}/{sent.id}/secret").text
    session.refresh(sent)
    assert sent.salt != salt
    assert browser.post(f"{home}/{sent.id}/withdraw").status_code == 303
    assert browser.get(f"{home}/{sent.id}").status_code == 404


def test_somebody_elses_are_not_there(desk, sent, session):
    browser, _, theirs, _ = desk
    delivery = session.scalars(select(Delivery)).first()
    assert browser.get(theirs).status_code == 404
    for path in (f"/{sent.id}/secret", f"/{sent.id}/withdraw", f"/messages/{delivery.id}/send"):
        assert browser.post(theirs + path).status_code == 404


def test_only_managers_see_a_providers(browser, make):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    assert browser.get(f"/workshop/providers/{provider.slug}/webhooks").status_code == 404


def test_many_messages_cost_no_more(desk, sent, statements, session, make, now):
    browser, home, _, _ = desk
    statements.clear()
    browser.get(f"{home}/{sent.id}")
    assert len(statements) <= 8
