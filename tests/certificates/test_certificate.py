"""The facts: their JSON is exact, refuses what is not theirs, and hours are written plainly."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.certificate import (
    Author,
    Certificate,
    Credit,
    License,
    Provider,
    TopicHours,
    format_hours,
    from_json,
    spell_hours,
    to_json,
)

text = st.text(max_size=20)
hours = st.decimals(0, 9999, places=6) | st.integers(0, 9999).map(Decimal)
topic_hours = st.builds(TopicHours, text, text, hours)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 zones adds it


def tuples(things):
    return st.lists(things, max_size=3).map(tuple)


credited = st.builds(
    Credit, text, text, text, hours, text, st.dates(), st.dates(), text, tuples(topic_hours), tuples(text)
)
pictures = st.just("") | st.binary(min_size=32, max_size=32).map(bytes.hex)
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
    issued_at=moments,
    delivery_format=text,
    location=text,
    replaces=st.booleans(),
    notice=text,
    logo=pictures,
    signature=pictures,
)


@given(certificates)
def test_a_certificate_comes_back_exactly_from_its_json(certificate):
    assert from_json(json.loads(json.dumps(to_json(certificate)))) == certificate
    assert to_json(from_json(to_json(certificate))) == to_json(certificate)


def test_the_json_names_its_schema_and_writes_hours_days_and_moments_as_text(certificate):
    facts = to_json(certificate)
    assert facts["schema"] == "credence-certificate/1"
    assert facts["credits"][0]["hours"] == "1.5"
    assert facts["completed_on"] == "2026-11-21"
    assert facts["issued_at"] == "2026-11-22T01:04:05Z"
    assert facts["edition"] == 3
    assert facts["replaces"] is False


def test_equal_moments_in_two_zones_make_equal_certificates(certificate):
    elsewhere = certificate.issued_at.astimezone(timezone(timedelta(hours=-8)))
    assert to_json(replace(certificate, issued_at=elsewhere)) == to_json(certificate)


def test_a_certificate_without_pictures_does_not_speak_of_them(certificate):
    assert not {"logo", "signature"} & to_json(certificate).keys()
    assert to_json(replace(certificate, logo="ab" * 32))["logo"] == "ab" * 32


@pytest.mark.parametrize("name", ["logo", "signature"])
def test_a_picture_is_named_by_its_sha256(certificate, name):
    with pytest.raises(ValueError, match=f"{name} must be a SHA-256"):
        replace(certificate, **{name: "logo.png"})


def test_issued_at_needs_a_time_zone(certificate):
    with pytest.raises(ValueError, match="issued_at needs a time zone"):
        replace(certificate, issued_at=datetime(2026, 11, 21))  # noqa: DTZ001 the point of it


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-0.5", "10000", "0.1234567", "1E-9", "1E+40"])
def test_hours_that_cannot_be_printed_are_refused(number, credit):
    with pytest.raises(ValueError, match="hours of DEMO"):
        replace(credit, hours=Decimal(number))
    with pytest.raises(ValueError, match="hours of topic ethics"):
        TopicHours("ethics", "Ethics", Decimal(number))


def changed(facts, path, value):
    """A copy of the facts with one value changed, or taken away when the value is `...`."""
    facts = json.loads(json.dumps(facts))
    *way, last = path
    place = facts
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return facts


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("schema",), "credence-certificate/2", "schema must be"),
        (("schema",), ..., "schema must be"),
        (("title",), ..., "certificate lacks title"),
        (("title",), 7, "certificate.title must be text"),
        (("colour",), "red", "certificate has unknown colour"),
        (("logo",), "", "certificate.logo must be a SHA-256"),
        (("logo",), None, "certificate.logo must be text"),
        (("signature",), "AB" * 32, "certificate.signature must be a SHA-256"),
        (("edition",), "3", "certificate.edition must be a whole number"),
        (("edition",), True, "certificate.edition must be a whole number"),
        (("edition",), 3.0, "certificate.edition must be a whole number"),
        (("replaces",), 0, "certificate.replaces must be true or false"),
        (("completed_on",), "2026-11-31", "certificate.completed_on must be a date"),
        (("completed_on",), "20261121", "certificate.completed_on must be a date"),
        (("issued_at",), "2026-11-21T18:00:00", "certificate.issued_at must be a moment"),
        (("issued_at",), "yesterday", "certificate.issued_at must be a moment"),
        (("licenses",), {}, "certificate.licenses must be a list"),
        (("licenses", 1), "LMFT", r"certificate.licenses\[1\] must be an object"),
        (("provider",), None, "certificate.provider must be an object"),
        (("provider", "email"), ..., "certificate.provider lacks email"),
        (("credits", 0, "hours"), 1.5, r"certificate.credits\[0\].hours must be text"),
        (("credits", 0, "hours"), "1e3", r"certificate.credits\[0\].hours must be hours as text"),
        (("credits", 0, "hours"), "-1", r"certificate.credits\[0\].hours must be hours as text"),
        (("credits", 0, "topics", 1, "label"), [], r"certificate.credits\[0\].topics\[1\].label must be text"),
        (("credits", 0, "also_qualifies", 0), 1, r"certificate.credits\[0\].also_qualifies\[0\] must be text"),
    ],
)
def test_facts_that_are_not_a_certificate_are_refused_in_plain_words(certificate, path, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_json(changed(to_json(certificate), path, value))


@pytest.mark.parametrize("facts", [None, [], "text", 3])
def test_what_is_no_object_is_refused(facts):
    with pytest.raises(ValueError, match="must be an object"):
        from_json(facts)


@pytest.mark.parametrize(
    ("hours", "text"),
    [("1.500000", "1.5"), ("1", "1"), ("10", "10"), ("1E+1", "10"), ("1E-2", "0.01"), ("0.00", "0"), ("-0.0", "0")],
)
def test_hours_are_written_plainly(hours, text):
    assert format_hours(Decimal(hours)) == text


def test_hours_that_are_no_number_are_refused():
    with pytest.raises(ValueError, match="not a number of hours"):
        format_hours(Decimal("NaN"))


@given(st.decimals(0, 9999, places=6))
def test_written_hours_are_the_same_number_without_exponent(hours):
    written = format_hours(hours)
    assert Decimal(written) == hours
    assert "E" not in written.upper()
    assert not (("." in written) and written.endswith(("0", ".")))


def test_only_one_hour_is_singular():
    spelled = [spell_hours(Decimal(hours), "demo hour") for hours in ("1.0", "1.50", "0.75", "0", "12")]
    assert spelled == ["1 demo hour", "1.5 demo hours", "0.75 demo hours", "0 demo hours", "12 demo hours"]


def test_issued_at_is_kept_in_utc(certificate):
    assert certificate.issued_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("credential", "number", "said"),
    [
        ("LMFT", "412", "LMFT 412"),
        ("LMFT", "LMFT412", "LMFT412"),
        ("LMFT", "LMFT 412", "LMFT 412"),
        ("LPC", "LPCMH-7", "LPC LPCMH-7"),
        ("", "412", "412"),
    ],
)
def test_the_letters_of_a_license_are_said_once(credential, number, said):
    assert License("US-CA", credential, number).spoken == said
