"""A role for an address without an account: given once, and only to whoever shows the mailbox to be theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.errors import Invalid, NotAllowed, NotFound
from lms.outbox import Promise
from lms.providers.commands import add_member
from lms.providers.invitations import DAYS, get_invitation, invite, list_invitations, take_back, take_up
from lms.providers.models import Membership


@pytest.fixture
def provider(make):
    return make.provider()


@pytest.fixture
def mailed(session, provider, make, now):
    """Invite an address and return the token that was mailed to it."""

    def send(email="ada@example.org", role="manager"):
        invite(session, provider, email, role, address="https://x.example/?k=", by=make.operator().id, now=now)
        payload = session.scalars(select(Promise).order_by(Promise.id.desc())).first().payload
        assert payload["to"] == email.strip().lower()
        return payload["text"].partition("?k=")[2].split()[0]

    return send


def roles(session):
    return [(row.user_id, row.role) for row in session.scalars(select(Membership))]


def test_the_invited_address_takes_the_role_up_once(session, make, mailed, provider, now):
    token = mailed(" Ada@Example.org ")
    ada = make.user(email="ada@example.org")
    assert take_up(session, token, ada, now=now).provider_id == provider.id
    assert roles(session) == [(ada.id, "manager")]
    with pytest.raises(NotFound):
        take_up(session, token, ada, now=now)
    assert list_invitations(session, provider.id) == []


@pytest.mark.parametrize("account", [
    {"email": "eve@example.org"}, {"email": "ada@example.org", "confirmed_at": None},
    {"email": "ada@example.org", "active": False},
])  # fmt: skip
def test_nobody_else_takes_it_up(session, make, mailed, now, account):
    token = mailed()
    with pytest.raises(NotAllowed, match=r"for ada@example\.org"):
        take_up(session, token, make.user(**account), now=now)
    assert roles(session) == []


def test_inviting_anew_ends_the_earlier_link(session, mailed, now):
    first, second = mailed(), mailed()
    with pytest.raises(NotFound):
        get_invitation(session, first, now=now)
    assert get_invitation(session, second, now=now).email == "ada@example.org"


def test_a_link_ends_when_it_is_old_or_taken_back(session, mailed, provider, make, now):
    token = mailed()
    get_invitation(session, token, now=now + timedelta(days=DAYS, minutes=-1))
    with pytest.raises(NotFound):
        get_invitation(session, token, now=now + timedelta(days=DAYS))
    (row,) = list_invitations(session, provider.id)
    with pytest.raises(NotFound):
        take_back(session, make.provider(), row.id)
    take_back(session, provider, row.id)
    with pytest.raises(NotFound):
        get_invitation(session, token, now=now)


@pytest.mark.parametrize(("email", "role", "field"), [("ada", "author", "email"), ("a@example.org", "king", "role")])
def test_what_cannot_be_invited_is_refused(session, provider, now, email, role, field):
    with pytest.raises(Invalid) as refused:
        invite(session, provider, email, role, address="k=", by=1, now=now)
    assert set(refused.value.problems) == {field}


def test_an_account_whose_address_nobody_confirmed_is_given_no_role(session, make, provider, now):
    """Somebody else may have begun it, and waits for the owner of the address to confirm it."""
    make.user(email="ada@example.org", confirmed_at=None)
    with pytest.raises(Invalid, match="invite the person"):
        add_member(session, provider, "ada@example.org", "manager", by=1, now=now)
