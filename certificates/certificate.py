"""The frozen facts of one certificate, everything printed and signed, and their JSON form."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TypeAlias, TypeVar

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
Made = TypeVar("Made")

SCHEMA = "credence-certificate/1"
MOST_HOURS = 10_000
MOST_PLACES = 6
HOURS_AS_TEXT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class License:
    """One license of the holder, as the holder's board writes it."""

    jurisdiction: str
    credential: str
    number: str

    @property
    def spoken(self) -> str:
        """Letters and number as people say them."""
        return spoken(self.credential, self.number)


def spoken(credential: str, number: str) -> str:
    """Return "LMFT 412" for "LMFT" and "412", and "LMFT412" where the number has its letters already."""
    again = credential and number.startswith(credential) and not number[len(credential) :][:1].isalpha()
    return number if again else f"{credential} {number}".strip()


@dataclass(frozen=True, slots=True)
class Author:
    """One person who wrote or presented the module, with the credentials after the name."""

    name: str
    credentials: str


@dataclass(frozen=True, slots=True)
class TopicHours:
    """The hours of one credit that count for one topic; raise `ValueError` for unprintable hours."""

    topic: str
    label: str
    hours: Decimal

    def __post_init__(self) -> None:
        _check_hours(self.hours, f"hours of topic {self.topic}")


@dataclass(frozen=True, slots=True)
class Credit:
    """What one accreditor grants: hours in its own unit (singular), its approval, its statement verbatim.

    `topics` split the hours without overlap; `also_qualifies` names subjects the same hours count for too.
    Raise `ValueError` for hours that cannot be printed.
    """

    accreditor: str
    accreditor_name: str
    unit: str
    hours: Decimal
    provider_number: str
    approved_from: date
    approved_to: date
    statement: str
    topics: tuple[TopicHours, ...]
    also_qualifies: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_hours(self.hours, f"hours of {self.accreditor}")


@dataclass(frozen=True, slots=True)
class Provider:
    """Who teaches and answers for the module, and who signs for it."""

    name: str
    address: str
    telephone: str
    email: str
    website: str
    signatory_name: str
    signatory_title: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything one certificate says; two equal certificates are drawn to equal bytes.

    `issued_at` must be aware (else `ValueError`) and is kept in UTC; `completed_on` is a day in `time_zone`;
    `notice` is printed as a band across the top, and empty when there is nothing to warn of. `logo` and `signature`
    are the SHA-256 of the provider's pictures, `drawn_with` is the `drawing_edition` of the day of issue, all in hex
    (else `ValueError`), empty without one: then the JSON form leaves them out.
    """

    code: str
    verify_url: str
    title: str
    edition: int
    module_code: str
    holder_name: str
    licenses: tuple[License, ...]
    provider: Provider
    credits: tuple[Credit, ...]
    authors: tuple[Author, ...]
    completed_on: date
    time_zone: str
    issued_at: datetime
    delivery_format: str
    location: str
    replaces: bool
    notice: str
    logo: str = ""
    signature: str = ""
    drawn_with: str = ""

    def __post_init__(self) -> None:
        if self.issued_at.utcoffset() is None:
            raise ValueError("issued_at needs a time zone")
        for name, value in (("logo", self.logo), ("signature", self.signature), ("drawn_with", self.drawn_with)):
            if value and not SHA256.fullmatch(value):
                raise ValueError(f"{name} must be a SHA-256 in hex")
        object.__setattr__(self, "issued_at", self.issued_at.astimezone(UTC))


def format_hours(hours: Decimal) -> str:
    """Write hours plainly: "1.5", never "1.500000", never an exponent; raise `ValueError` for NaN."""
    if not hours.is_finite():
        raise ValueError(f"{hours} is not a number of hours")
    text = format(hours, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def spell_hours(hours: Decimal, unit: str) -> str:
    """Write hours with their unit, given in the singular: "1 demo hour", "0.75 demo hours"."""
    return f"{format_hours(hours)} {unit}" if hours == 1 else f"{format_hours(hours)} {unit}s"


def to_json(certificate: Certificate) -> dict[str, JsonValue]:
    """Return every fact by its name: hours as text, days and moments in ISO 8601, moments in UTC with "Z"."""
    return {"schema": SCHEMA, **_plain_fields(certificate)}


def from_json(facts: Mapping[str, JsonValue]) -> Certificate:
    """Return what `to_json` was given; raise `ValueError` on anything missing, unknown or of a wrong type."""
    if not isinstance(facts, Mapping):
        raise ValueError("a certificate must be an object")  # noqa: TRY004 one error for all that is wrong
    if facts.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}")
    return _certificate({name: value for name, value in facts.items() if name != "schema"}, "certificate")


def _check_hours(hours: Decimal, what: str) -> None:
    if not hours.is_finite() or not 0 <= hours < MOST_HOURS:
        raise ValueError(f"{what} must be a number from 0 to below {MOST_HOURS}")
    if hours != round(hours, MOST_PLACES):
        raise ValueError(f"{what} must not have more than {MOST_PLACES} decimals")


def _plain_fields(thing: object) -> dict[str, JsonValue]:
    if not dataclasses.is_dataclass(thing) or isinstance(thing, type):
        raise ValueError(f"a certificate has no place for {thing!r}")
    found: dict[str, JsonValue] = {}
    for name, default in _names_of(type(thing)):
        value = getattr(thing, name)
        if type(value) is str:  # most are; the rest takes longer to tell apart
            if value != default:
                found[name] = value
        elif value != default:
            found[name] = _plain(value)
    return found


@cache
def _names_of(kind: type) -> tuple[tuple[str, object], ...]:
    """Return the fields of a dataclass with their defaults; asked thousands of times when lists are checked."""
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


def _plain(value: object) -> JsonValue:
    if isinstance(value, str) or isinstance(value, int):  # noqa: SIM101 a union is made anew each time; bool stays one
        return value
    if isinstance(value, Decimal):
        return format_hours(value)
    if isinstance(value, datetime):
        return _write_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _plain_fields(value)


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


class _Facts:
    """One JSON object that must have exactly the fields of one dataclass; each reader checks one type."""

    def __init__(self, value: JsonValue, kind: type, where: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{where} must be an object")  # noqa: TRY004 as above
        wanted = {field.name for field in dataclasses.fields(kind)}
        optional = {field.name for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING}
        if missing := sorted(wanted - optional - value.keys()):
            raise ValueError(f"{where} lacks {', '.join(missing)}")
        if unknown := sorted(str(name) for name in value.keys() - wanted):
            raise ValueError(f"{where} has unknown {', '.join(unknown)}")
        self.values = value
        self.where = where

    def refuse(self, name: str, must_be: str) -> ValueError:
        return ValueError(f"{self.where}.{name} must be {must_be}")

    def text(self, name: str) -> str:
        value = self.values[name]
        if not isinstance(value, str):
            raise self.refuse(name, "text")
        return value

    def sha256(self, name: str) -> str:
        """A SHA-256, or "" where there is none: nothing is written in one way only, by leaving it out."""
        if name not in self.values:
            return ""
        if not SHA256.fullmatch(value := self.text(name)):
            raise self.refuse(name, "a SHA-256 in hex")
        return value

    def flag(self, name: str) -> bool:
        value = self.values[name]
        if not isinstance(value, bool):
            raise self.refuse(name, "true or false")
        return value

    def whole(self, name: str) -> int:
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(name, "a whole number")
        return value

    def hours(self, name: str) -> Decimal:
        text = self.text(name)
        if not HOURS_AS_TEXT.fullmatch(text):
            raise self.refuse(name, 'hours as text, such as "1.5"')
        return Decimal(text)

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.refuse(name, "a date such as 2026-11-21") from None
        if day.isoformat() != text:
            raise self.refuse(name, "a date such as 2026-11-21")
        return day

    def moment(self, name: str) -> datetime:
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.refuse(name, "a moment such as 2026-11-21T18:00:00Z") from None
        if moment.utcoffset() is None or _write_moment(moment) != text:
            raise self.refuse(name, "a moment such as 2026-11-21T18:00:00Z")
        return moment

    def many(self, name: str, make: Callable[[JsonValue, str], Made]) -> tuple[Made, ...]:
        values = self.values[name]
        if not isinstance(values, list):
            raise self.refuse(name, "a list")
        return tuple(make(value, f"{self.where}.{name}[{at}]") for at, value in enumerate(values))


def _text(value: JsonValue, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be text")  # noqa: TRY004 as above
    return value


def _license(value: JsonValue, where: str) -> License:
    facts = _Facts(value, License, where)
    return License(facts.text("jurisdiction"), facts.text("credential"), facts.text("number"))


def _author(value: JsonValue, where: str) -> Author:
    facts = _Facts(value, Author, where)
    return Author(facts.text("name"), facts.text("credentials"))


def _topic_hours(value: JsonValue, where: str) -> TopicHours:
    facts = _Facts(value, TopicHours, where)
    return TopicHours(facts.text("topic"), facts.text("label"), facts.hours("hours"))


def _credit(value: JsonValue, where: str) -> Credit:
    facts = _Facts(value, Credit, where)
    return Credit(
        accreditor=facts.text("accreditor"),
        accreditor_name=facts.text("accreditor_name"),
        unit=facts.text("unit"),
        hours=facts.hours("hours"),
        provider_number=facts.text("provider_number"),
        approved_from=facts.day("approved_from"),
        approved_to=facts.day("approved_to"),
        statement=facts.text("statement"),
        topics=facts.many("topics", _topic_hours),
        also_qualifies=facts.many("also_qualifies", _text),
    )


def _provider(value: JsonValue, where: str) -> Provider:
    facts = _Facts(value, Provider, where)
    return Provider(
        name=facts.text("name"),
        address=facts.text("address"),
        telephone=facts.text("telephone"),
        email=facts.text("email"),
        website=facts.text("website"),
        signatory_name=facts.text("signatory_name"),
        signatory_title=facts.text("signatory_title"),
    )


def _certificate(value: JsonValue, where: str) -> Certificate:
    facts = _Facts(value, Certificate, where)
    return Certificate(
        code=facts.text("code"),
        verify_url=facts.text("verify_url"),
        title=facts.text("title"),
        edition=facts.whole("edition"),
        module_code=facts.text("module_code"),
        holder_name=facts.text("holder_name"),
        licenses=facts.many("licenses", _license),
        provider=_provider(facts.values["provider"], f"{where}.provider"),
        credits=facts.many("credits", _credit),
        authors=facts.many("authors", _author),
        completed_on=facts.day("completed_on"),
        time_zone=facts.text("time_zone"),
        issued_at=facts.moment("issued_at"),
        delivery_format=facts.text("delivery_format"),
        location=facts.text("location"),
        replaces=facts.flag("replaces"),
        notice=facts.text("notice"),
        logo=facts.sha256("logo"),
        signature=facts.sha256("signature"),
        drawn_with=facts.sha256("drawn_with"),
    )
