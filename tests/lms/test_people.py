"""Names, licenses and accounts."""

from datetime import date

import pytest

from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.commands import (
    LicenseFacts,
    activate,
    add_license,
    add_operator,
    clean_name,
    deactivate,
    edit_license,
    edit_profile,
    remove_license,
)
from lms.people.queries import (
    find_user_by_email,
    get_license_of,
    get_user,
    is_operator,
    list_licenses,
    search_people,
    sign_in_methods,
)


def facts(**changes):
    return LicenseFacts(
        **{"jurisdiction": "US-CA", "profession": "mft", "credential": "LMFT", "number": "123", **changes}
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Example ", "Ada Example"),
        ("Jose\u0301", "José"),
        ("Siobhán O’Brien-Żak, Jr.", "Siobhán O’Brien-Żak, Jr."),
        ("م\u200cح", "م\u200cح"),
        ("Ada\tExample\n", "Ada Example"),
    ],
)
def test_a_name_is_kept_as_written_in_composed_letters(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "123", "-", "Ada\x00", "Ada\ud800", "x" * 201])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        clean_name(typed)
    assert set(refused.value.problems) == {"name"}


def test_the_profile_wants_a_zone_that_exists(session, make):
    user = make.user()
    with pytest.raises(Invalid) as refused:
        edit_profile(session, user, name="Ada", time_zone="Mars/Olympus")
    assert set(refused.value.problems) == {"time_zone"}
    assert edit_profile(session, user, name="Ada", time_zone="Asia/Tokyo").time_zone == "Asia/Tokyo"


def test_a_license_is_put_in_order(session, make, now):
    user = make.user()
    made = add_license(session, user.id, facts(credential=" lmft ", number=" mfc  12 a "), now=now)
    assert (made.credential, made.number) == ("LMFT", "MFC 12 A")
    assert list_licenses(session, user.id) == [made]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jurisdiction": "FR"}, "jurisdiction"),
        ({"profession": "dentist"}, "profession"),
        ({"credential": ""}, "credential"),
        ({"credential": "7"}, "credential"),
        ({"credential": "X" * 21}, "credential"),
        ({"number": " - "}, "number"),
        ({"number": "1" * 41}, "number"),
        ({"issued_on": date(2026, 9, 15)}, "issued_on"),
        ({"issued_on": date(2020, 1, 2), "expires_on": date(2020, 1, 1)}, "expires_on"),
    ],
)
def test_what_is_wrong_is_named_by_field(session, make, now, changes, field):
    with pytest.raises(Invalid) as refused:
        add_license(session, make.user().id, facts(**changes), now=now)
    assert set(refused.value.problems) == {field}


def test_everything_wrong_is_told_at_once(session, make, now):
    with pytest.raises(Invalid) as refused:
        add_license(session, make.user().id, LicenseFacts("", "", "", ""), now=now)
    assert set(refused.value.problems) == {"jurisdiction", "profession", "credential", "number"}


@pytest.mark.parametrize("number", ["mfc 123", "MFC-123", "mfc123"])
def test_one_number_belongs_to_one_account(session, make, now, number):
    first, second = make.user(name="Ada Example"), make.user()
    add_license(session, first.id, facts(number="MFC 123"), now=now)
    with pytest.raises(Conflict) as refused:
        add_license(session, second.id, facts(number=number), now=now)
    assert "Ada" not in str(refused.value)
    with pytest.raises(Conflict, match="You have this license already"):
        add_license(session, first.id, facts(number=number), now=now)
    add_license(session, second.id, facts(number=number, jurisdiction="US-NY"), now=now)


def test_a_license_may_be_corrected_in_place(session, make, now):
    user = make.user()
    held = make.license(user, number="123")
    edit_license(session, user.id, held.id, facts(number="123", expires_on=date(2030, 1, 1)), now=now)
    assert held.expires_on == date(2030, 1, 1)


def test_somebody_elses_license_is_not_found(session, make, now):
    held = make.license(make.user())
    other = make.user().id
    for attempt in (
        lambda: get_license_of(session, other, held.id),
        lambda: edit_license(session, other, held.id, facts(), now=now),
        lambda: remove_license(session, other, held.id),
        lambda: get_license_of(session, held.user_id, 10**6),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_removing_forgets_it(session, make):
    held = make.license(make.user())
    remove_license(session, held.user_id, held.id)
    assert list_licenses(session, held.user_id) == []


def test_closing_an_account_ends_its_sessions(session, make):
    user, operator = make.user(), make.operator()
    before = user.fs_uniquifier
    deactivate(session, user, by=operator.id)
    deactivate(session, user, by=operator.id)
    assert not user.active
    assert user.fs_uniquifier != before
    activate(session, user)
    assert user.active
    with pytest.raises(NotAllowed):
        deactivate(session, operator, by=operator.id)


def test_an_operator_is_made_once(session, make, now):
    user = make.user()
    assert not is_operator(session, user.id)
    assert add_operator(session, user, now=now) is add_operator(session, user, now=now)
    assert is_operator(session, user.id)


def test_people_are_found_by_parts_of_name_and_address(session, make):
    make.user(name="Ada Lovelace", email="ada@example.org")
    make.user(name="Ada Byron", email="byron@example.org")
    make.user(name="100% Real", email="real@example.org")

    def names(words):
        people, total = search_people(session, words, page=1)
        assert total == len(people)
        return {person.name for person in people}

    assert names("ADA") == {"Ada Lovelace", "Ada Byron"}
    assert names("ada byron@") == {"Ada Byron"}
    assert names("%") == {"100% Real"}
    assert names("nobody") == set()
    assert len(names("")) == 3


def test_people_come_in_pages_newest_first(session, make):
    for n in range(51):
        make.user(name=f"Person number {n}")
    first, total = search_people(session, "", page=1)
    second, _ = search_people(session, "", page=2)
    assert (len(first), len(second), total) == (50, 1, 51)
    assert (first[0].name, second[0].name) == ("Person number 50", "Person number 0")


def test_accounts_are_found_by_address_however_written(session, make):
    user = make.user(email="ada@example.org")
    assert find_user_by_email(session, " Ada@Example.ORG ") is user
    assert find_user_by_email(session, "ada") is None
    assert get_user(session, user.id) is user
    with pytest.raises(NotFound):
        get_user(session, 10**6)


def test_sign_in_methods_say_what_is_set_up(session, make):
    bare = sign_in_methods(session, make.user(password=None))
    assert (bare.password, bare.authenticator, bare.recovery_codes, bare.passkeys) == (False, False, 0, ())
    full = make.user(tf_primary_method="authenticator", tf_totp_secret="x", mf_recovery_codes=["a", "b"])
    methods = sign_in_methods(session, full)
    assert (methods.password, methods.authenticator, methods.recovery_codes) == (True, True, 2)


@pytest.mark.parametrize("changes", [{"credential": "LМFT"}, {"number": "12\u202e3"}, {"number": "١٢٣"}])
def test_a_license_is_written_with_the_signs_of_a_keyboard(session, make, now, changes):
    with pytest.raises(Invalid) as refused:
        add_license(session, make.user().id, facts(**changes), now=now)
    assert list(refused.value.problems) == list(changes)
