"""Providers and who works for them."""

import pytest

from lms.errors import Conflict, Invalid, NotFound
from lms.providers.commands import add_member, begin_provider, edit_provider, remove_member
from lms.providers.queries import get_provider, get_provider_of, list_members, list_providers, list_providers_of

TEXTS = {
    "name": " House ", "address": "1 Main Street", "telephone": "+1 217 555 0100", "email": "Office@Example.org",
    "signatory_name": "Ada Example", "signatory_title": "Director", "website": "https://example.org",
}  # fmt: skip


def test_a_provider_begins_with_what_certificates_print(session, make, now):
    provider = begin_provider(session, " The-House ", TEXTS, by=make.operator().id, now=now)
    assert (provider.slug, provider.name, provider.email) == ("the-house", "House", "Office@example.org")
    assert provider.refund_policy == ""
    assert get_provider(session, "the-house") is provider


@pytest.mark.parametrize(
    ("slug", "changes", "field"),
    [
        ("", {}, "slug"),
        ("a b", {}, "slug"),
        ("taken", {}, "slug"),
        ("x" * 81, {}, "slug"),
        ("fresh", {"name": " "}, "name"),
        ("fresh", {"email": "nobody"}, "email"),
        ("fresh", {"email": "x" * 300}, "email"),
        ("fresh", {"website": "javascript:alert(1)"}, "website"),
        ("fresh", {"address": "x" * 301}, "address"),
    ],
)
def test_what_is_wrong_is_named_by_field(session, make, now, slug, changes, field):
    make.provider(slug="taken")
    with pytest.raises(Invalid) as refused:
        begin_provider(session, slug, TEXTS | changes, by=make.operator().id, now=now)
    assert set(refused.value.problems) == {field}


def test_editing_changes_only_what_is_named(session, make, now):
    provider = make.provider(name="Old", address="1 Main Street")
    edit_provider(session, provider, {"name": "New"}, by=make.operator().id, now=now)
    assert (provider.name, provider.address) == ("New", "1 Main Street")
    with pytest.raises(Invalid):
        edit_provider(session, provider, {"name": ""}, by=make.operator().id, now=now)
    assert provider.name == "New"


def test_to_fetch_is_to_be_allowed(session, make):
    mine, other = make.provider(name="B"), make.provider(name="A")
    assert get_provider_of(session, {mine.id}, mine.slug) is mine
    with pytest.raises(NotFound):
        get_provider_of(session, {mine.id}, other.slug)
    with pytest.raises(NotFound):
        get_provider(session, "nowhere")
    assert list_providers(session) == [other, mine]
    assert list_providers_of(session, {mine.id}) == [mine]


def test_a_role_is_given_by_address_and_taken_back(session, make, now):
    provider, user = make.provider(), make.user(name="Ada", email="ada@example.org")
    by = make.operator().id
    given = add_member(session, provider, "ADA@example.org", "author", by=by, now=now)
    assert add_member(session, provider, user.email, "author", by=by, now=now) is given
    add_member(session, provider, user.email, "manager", by=by, now=now)
    assert [(member.name, member.role) for member in list_members(session, provider.id)] == [
        ("Ada", "author"),
        ("Ada", "manager"),
    ]
    remove_member(session, provider, user.id, "author", by=by)
    assert [member.role for member in list_members(session, provider.id)] == ["manager"]
    with pytest.raises(NotFound):
        remove_member(session, provider, user.id, "author", by=by)


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("none@example.org", "author", "email"),
        ("ada@example.org", "king", "role"),
        ("shut@example.org", "author", "email"),
        ("begun@example.org", "author", "email"),
    ],
)
def test_a_role_goes_to_an_open_account_only(session, make, now, email, role, field):
    make.user(email="ada@example.org")
    make.user(email="shut@example.org", active=False)
    make.user(email="begun@example.org", confirmed_at=None)
    with pytest.raises(Invalid) as refused:
        add_member(session, make.provider(), email, role, by=1, now=now)
    assert set(refused.value.problems) == {field}


def test_nobody_locks_themselves_out(session, make):
    provider = make.provider()
    manager = make.member(provider, "manager")
    with pytest.raises(Conflict):
        remove_member(session, provider, manager.id, "manager", by=manager.id)
