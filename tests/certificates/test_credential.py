"""A credential says every fact of its certificate in terms of Open Badges 3.0, and gives every one back."""

import copy
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.certificate import Author, Certificate, Credit, License, Provider, TopicHours, to_json
from certificates.credential import CONTEXTS, Issuer, compose, facts_of, normalise, tidy
from certificates.keys import did_web, key_id, new_key
from certificates.proof import serialise, sign
from certificates.status import StatusEntry

NOW = datetime(2026, 11, 22, 1, 4, 5, tzinfo=UTC)
DID = did_web("credence.example", "p", "harbor")
KEY = new_key()
METHOD = key_id(DID, KEY.public_key())
ENVELOPE = {
    "credential_id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
    "subject_id": "urn:uuid:b5b5d1a0-4b5a-4a3e-9d61-51e6a5c3d0aa",
    "issuer": Issuer(DID, "https://credence.example/p/harbor"),
    "status": StatusEntry("https://credence.example/credentials/status/1", 94_567),
    "achievement_id": "https://credence.example/achievements/eth-101/3",
    "valid_from": NOW,
    "awarded": NOW - timedelta(days=30),
}
# What the standard calls for, by class: members that must be there, and all that may be (1EdTech OB 3.0, B.1).
# The enumerations are closed but for "ext:".
CLASSES = {
    "OpenBadgeCredential": (
        {"@context", "id", "type", "issuer", "validFrom", "credentialSubject"},
        {"name", "description", "awardedDate", "evidence", "credentialSchema", "credentialStatus", "proof"},
    ),
    "Profile": ({"id", "type"}, {"name", "url", "email", "phone", "official", "address", "otherIdentifier"}),
    "Address": ({"type"}, {"streetAddress"}),
    "IdentifierEntry": ({"type", "identifier", "identifierType"}, set()),
    "IdentityObject": ({"type", "hashed", "identityHash", "identityType"}, set()),
    "AchievementSubject": (
        {"type", "achievement", "id"},
        {"identifier", "activityEndDate", "creditsEarned", "result"},
    ),
    "Achievement": (
        {"id", "type", "name", "description", "criteria"},
        {"achievementType", "humanCode", "version", "creditsAvailable", "tag", "alignment", "resultDescription"},
    ),
    "Alignment": (
        {"type", "targetName", "targetUrl"},
        {"targetType", "targetCode", "targetDescription", "targetFramework"},
    ),
    "ResultDescription": ({"id", "type", "name", "resultType"}, {"valueMax", "alignment"}),
    "Result": ({"type"}, {"resultDescription", "value"}),
    "Evidence": ({"type"}, {"name", "genre", "narrative"}),
    "1EdTechJsonSchemaValidator2019": ({"id", "type"}, set()),
    "BitstringStatusListEntry": (
        {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"},
        set(),
    ),
}
SINGLE_TYPE = {"IdentityObject", "1EdTechJsonSchemaValidator2019", "BitstringStatusListEntry"}
EXTENDED = r"^ext:[A-Za-z0-9._-]+$"

text = st.text(max_size=20) | st.text("·\\|/ n\u0301\r\n\t-:\x00", max_size=12)
hours = st.decimals(0, 9999, places=6) | st.decimals(0, 9999, places=2) | st.integers(0, 9999).map(Decimal)


def tuples(things):
    return st.lists(things, max_size=3).map(tuple)


credited = st.builds(
    Credit,
    *(text, text, text, hours, text, st.dates(), st.dates(), text),
    tuples(st.builds(TopicHours, text, text, hours)),
    tuples(text),
)
certificates = st.builds(
    Certificate,
    code=text,
    verify_url=text,
    title=text,
    edition=st.integers(),
    module_code=text,
    holder_name=text,
    licenses=tuples(st.builds(License, text, text, text)),
    provider=st.builds(Provider, text, text, text, text, text, text, text),
    credits=tuples(credited),
    authors=tuples(st.builds(Author, text, text)),
    completed_on=st.dates(),
    time_zone=text,
    issued_at=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone.utc)),  # noqa: DTZ001, UP017
    delivery_format=text,
    location=text,
    replaces=st.booleans(),
    notice=text,
)


def composed(certificate):
    return compose(certificate, **ENVELOPE)


def objects(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


@given(certificates)
def test_nothing_is_lost_on_the_way(certificate):
    assert facts_of(composed(certificate)) == tidy(certificate)


@given(certificates)
def test_what_is_tidy_comes_back_as_it_was(certificate):
    normal = tidy(certificate)
    assert tidy(normal) == normal
    credential = composed(normal)
    assert facts_of(credential) == normal
    assert normalise(credential) == credential
    assert to_json(facts_of(credential)) == to_json(normal)


def test_what_is_signed_says_the_same(worst):
    signed = sign(composed(worst), KEY, METHOD, NOW)
    assert facts_of(signed) == tidy(worst) == worst


def test_every_object_is_one_the_standard_knows(certificate, worst):
    for credential in (composed(certificate), composed(worst)):
        for thing in objects(credential):
            if set(thing) == {"narrative"}:  # criteria: one of id and narrative, and no type
                continue
            kind = thing["type"] if isinstance(thing["type"], str) else thing["type"][-1]
            assert isinstance(thing["type"], str) == (kind in SINGLE_TYPE)
            required, allowed = CLASSES[kind]
            assert required <= set(thing) <= required | allowed, kind


def test_extended_terms_are_written_as_the_standard_wants(worst):
    credential = composed(replace(worst, credits=(replace(worst.credits[0], accreditor="A/B: ü"),)))
    terms = {
        thing[name]
        for thing in objects(credential)
        for name in ("targetType", "resultType", "identityType", "identifierType")
        if name in thing
    }
    assert all(term == "name" or re.fullmatch(EXTENDED, term) for term in terms)


def test_the_envelope_is_that_of_the_standard(certificate):
    credential = composed(certificate)
    assert credential["@context"] == CONTEXTS
    assert len(CONTEXTS) == 3
    assert all(isinstance(context, str) for context in credential["@context"])
    assert credential["validFrom"] == "2026-11-22T01:04:05Z"
    assert credential["awardedDate"] == "2026-10-23T01:04:05Z"
    assert "validUntil" not in credential
    assert "creator" not in credential["credentialSubject"]["achievement"]
    assert credential["credentialSubject"]["activityEndDate"] == "2026-11-21T12:00:00Z"
    assert credential["credentialSchema"][0]["type"] == "1EdTechJsonSchemaValidator2019"
    assert not [thing for thing in objects(credential) if {"endorsementJwt", "jti"} & set(thing)]


def test_wallets_find_the_name_first_and_the_credit_in_words(certificate):
    credential = composed(replace(certificate, notice="Demonstration content: not approved for credit"))
    first, *licenses = credential["credentialSubject"]["identifier"]
    assert (first["identityType"], first["identityHash"], first["hashed"]) == ("name", "Maria Lopez", False)
    assert [item["identityHash"] for item in licenses] == ["104233 · LMFT · California", "0987 · MFT · Nevada"]
    assert credential["name"].endswith(": 1.5 demo hours")
    assert credential["description"].startswith("Demonstration content: not approved for credit. Maria Lopez completed")
    assert credential["credentialSubject"]["creditsEarned"] == 1.5


def test_no_two_things_have_one_id(certificate, worst):
    """The signature would not notice a fact that moves between them."""
    for credential in (composed(certificate), composed(worst)):
        ids = [thing["id"] for thing in objects(credential) if "id" in thing]
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", ["subject_id", "achievement_id"])
@pytest.mark.parametrize("value", [ENVELOPE["credential_id"], "relative", "https://a.b/#fragment", ""])
def test_ids_are_absolute_and_different(certificate, name, value):
    with pytest.raises(ValueError, match=r"the same id|absolute"):
        compose(certificate, **{**ENVELOPE, name: value})


@pytest.mark.parametrize("name", ["valid_from", "awarded"])
def test_moments_need_a_time_zone(certificate, name):
    with pytest.raises(ValueError, match="time zone"):
        compose(certificate, **{**ENVELOPE, name: datetime(2026, 1, 1)})  # noqa: DTZ001


def test_a_number_is_given_only_where_it_is_exact(certificate, credit):
    for amount, told in [("2.00", 2), ("1.25", 1.25), ("0.123456", None)]:
        subject = composed(replace(certificate, credits=(replace(credit, hours=Decimal(amount)),)))["credentialSubject"]
        assert subject.get("creditsEarned") == told
        assert not isinstance(subject.get("creditsEarned"), float) or told == 1.25
    assert "creditsEarned" not in composed(replace(certificate, credits=()))["credentialSubject"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a\x00b\x08\x0b\x0c\x1b\x7fc", "abc"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        (unicodedata.normalize("NFD", "é"), "é"),
        ("e\x00\u0301", "é"),
        (2.0, 2),
        (-0.0, 0),
        (1.257, 1.26),
        (1e-7, 0),
        ({"a": [1.0, True, None]}, {"a": [1, True, None]}),
    ],
)
def test_normal_json_is_read_alike_everywhere(given, told):
    assert normalise(given) == told
    assert type(normalise(given)) is type(told)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": ["\udfff"]}])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(ValueError, match=r"number|surrogates"):
        normalise(value)


def places(value, path=()):
    """Every place in a document, as the steps that lead there."""
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step)
            yield from places(inner, (*path, step))


def test_whatever_is_missing_or_of_another_kind_is_a_value_error(certificate):
    credential = composed(certificate)
    for path in places(credential):
        for wrong in (None, 7, "text", [], {}):
            broken = copy.deepcopy(credential)
            place = broken
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = wrong
            try:
                facts_of(broken)
            except ValueError:
                continue


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["credentialSubject"]["identifier"].reverse(),
        lambda it: it["credentialSubject"]["result"].pop(),
        lambda it: it["credentialSubject"]["result"][0].update(value="NaN"),
        lambda it: it["credentialSubject"]["achievement"]["resultDescription"].pop(),
        lambda it: it["credentialSubject"]["achievement"]["resultDescription"][1].update(resultType="Percent"),
        lambda it: it["credentialSubject"]["achievement"]["alignment"][0].update(targetType="CFItem"),
        lambda it: it["credentialSubject"]["achievement"]["alignment"].clear(),
        lambda it: it["credentialSubject"].update(activityEndDate="2026-11-21T00:00:00Z"),
        lambda it: it["issuer"].update(official="a · b · c"),
        lambda it: it["evidence"][0].update(narrative="free text"),
        lambda it: it["evidence"][0].update(narrative=it["evidence"][0]["narrative"] + "\n- Code: 2"),
        lambda it: it.update(evidence=[]),
    ],
)
def test_facts_out_of_place_are_refused(certificate, change):
    credential = composed(certificate)
    change(credential)
    with pytest.raises(ValueError, match=r"."):
        facts_of(credential)


@pytest.mark.parametrize("thing", [{}, [], None, "text", {"credentialSubject": []}])
def test_something_else_is_no_credential(thing):
    with pytest.raises(ValueError, match="not a credential of ours"):
        facts_of(thing)


def test_the_bytes_are_the_same_every_time(certificate):
    again = copy.deepcopy(certificate)
    assert serialise(sign(composed(certificate), KEY, METHOD, NOW)) == serialise(
        sign(composed(again), KEY, METHOD, NOW)
    )
