"""Certificate to Open Badges 3.0 JSON and back; nothing is lost on the way.

Every fact stands in a term of the standard (`shared/credentials.md` 1.2). Where the standard has one text for
several facts, they are written as parts, "A · B"; where it has prose, as a list of named lines.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

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
from certificates.contexts import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS
from certificates.proof import UNSIGNABLE, write_moment
from certificates.status import StatusEntry

CONTEXTS = [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS]
SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ACCREDITATION, APPROVAL, ALSO_QUALIFIES = "ext:Accreditation", "ext:ApprovalPeriod", "ext:AlsoQualifies"
CREDIT, TOPIC = "ext:CECredit", "ext:CETopicHours"
WEBSITE, LICENSE = "ext:website", "ext:licenseNumber"
NOT_IN_EXT = re.compile(r"[^A-Za-z0-9._-]+")
SEPARATOR = " · "
# no letters for the line ends: an accent that follows would melt into the letter (NFC)
ESCAPES = {"\\": "\\\\", "·": "\\·", "\n": "\\|", "\r": "\\/"}
MEANT = {escaped: character for character, escaped in ESCAPES.items()}
ESCAPED = re.compile(r"\\[\\·|/]")
NAMED_LINE = re.compile(r"- ([A-Z][a-z ]*): (.*)")
TOPIC_ID = re.compile(r"topic-[0-9]+-(.*)")
NOON = "T12:00:00Z"  # a day, for readers that show moments in their own zone; the standard's schema wants a moment


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: the DID whose keys are listed, and an absolute URL for people; the rest is the provider's facts."""

    did: str
    url: str


def compose(  # noqa: PLR0913 the parts of the envelope, each named where it is called
    certificate: Certificate,
    *,
    credential_id: str,
    subject_id: str,
    issuer: Issuer,
    status: StatusEntry,
    achievement_id: str,
    valid_from: datetime,
    awarded: datetime,
) -> dict[str, Any]:
    """Return the unsigned `OpenBadgeCredential`, from which `facts_of` gives back `tidy(certificate)`.

    `achievement_id` names the edition and has no fragment; `awarded` is kept when a certificate is corrected,
    `valid_from` is when this one is signed. Raise `ValueError` where two of the ids are the same (the signature
    would not notice a fact that moved from one to the other) or an id is no absolute URI.
    """
    certificate = tidy(certificate)
    _check_ids([credential_id, subject_id, issuer.did, achievement_id, status.list_url])
    earned = _spell_earned(certificate)
    credential: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": credential_id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{certificate.title}: {earned}",  # wallets show no credits, so the name and description do
        "description": _describe(certificate, earned),
        "issuer": _profile(certificate, issuer),
        "validFrom": write_moment(valid_from),
        "awardedDate": write_moment(awarded),
        "credentialSubject": {
            "id": subject_id,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(certificate),
            "activityEndDate": certificate.completed_on.isoformat() + NOON,
            **_number("creditsEarned", certificate.credits),
            "achievement": _achievement(certificate, achievement_id, earned),
            "result": _results(certificate.credits, achievement_id),
        },
        "evidence": [_evidence(certificate)],
        "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": status.to_json(),
    }
    normal = normalise(_without_empty(credential))
    if facts_of(normal) != certificate:
        raise AssertionError("a credential we composed does not say what the certificate says")
    return dict(normal)


def facts_of(credential: Mapping[str, Any]) -> Certificate:
    """Return the certificate that was composed; raise `ValueError` where a fact is missing or not in its place.

    It reads and does not judge: whether the credential is genuine is for `proof.verify` to say.
    """
    try:
        return _read(credential)
    except (KeyError, IndexError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError("this is not a credential of ours") from error


def tidy(certificate: Certificate) -> Certificate:
    """Return the certificate as it can be signed: texts in Unicode NFC without control characters."""
    return from_json(normalise(to_json(certificate)))


def normalise(value: Any) -> Any:
    """Return JSON that every verifier hashes alike: NFC, no control characters, numbers of two decimals at most.

    Tab and line ends stay; whole numbers lose their ".0". Raise `ValueError` for NaN and lone surrogates.
    """
    if isinstance(value, str):
        value.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
        return unicodedata.normalize("NFC", UNSIGNABLE.sub("", value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that JSON knows")
        rounded = round(value, 2)
        return int(rounded) if rounded.is_integer() else rounded
    if isinstance(value, Mapping):
        return {normalise(name): normalise(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [normalise(inner) for inner in value]
    return value


# Writing


def _profile(certificate: Certificate, issuer: Issuer) -> dict[str, Any]:
    provider = certificate.provider
    websites = [(provider.website, WEBSITE)]
    numbers = [
        (credit.provider_number, f"ext:{NOT_IN_EXT.sub('-', credit.accreditor)}-provider")
        for credit in certificate.credits
    ]
    return {
        "id": issuer.did,
        "type": ["Profile"],
        "name": provider.name,
        "url": issuer.url,
        "email": provider.email,
        "phone": provider.telephone,
        "official": _join(provider.signatory_name, provider.signatory_title),
        "address": {"type": ["Address"], "streetAddress": provider.address} if provider.address else None,
        "otherIdentifier": [
            {"type": ["IdentifierEntry"], "identifier": identifier, "identifierType": kind}
            for identifier, kind in dict.fromkeys(websites + numbers)
            if identifier
        ],
    }


def _identifiers(certificate: Certificate) -> list[dict[str, Any]]:
    # the name first: wallets show the first one that is not hashed as the recipient
    licenses = [_join(row.number, row.credential, row.jurisdiction) for row in certificate.licenses]
    return [
        {"type": "IdentityObject", "identityType": kind, "identityHash": text, "hashed": False}
        for kind, text in [("name", certificate.holder_name), *((LICENSE, text) for text in licenses)]
    ]


def _achievement(certificate: Certificate, achievement_id: str, earned: str) -> dict[str, Any]:
    granted = list(enumerate(certificate.credits, start=1))
    return {
        "id": achievement_id,
        "type": ["Achievement"],
        "name": certificate.title,
        "description": f"{certificate.title}. Edition {certificate.edition}. {earned}.",
        "achievementType": "CertificateOfCompletion",
        "humanCode": certificate.module_code,
        "version": str(certificate.edition),
        "criteria": {
            "narrative": _lines(
                [
                    ("Delivery", _join(certificate.delivery_format)),
                    ("Location", _join(certificate.location)),
                    *(("Author", _join(author.name, author.credentials)) for author in certificate.authors),
                ]
            )
        },
        **_number("creditsAvailable", certificate.credits),
        "tag": list(
            dict.fromkeys(topic.label for credit in certificate.credits for topic in credit.topics if topic.label)
        ),
        "alignment": [
            _alignment(
                ACCREDITATION,
                f"{achievement_id}#accreditation-{at}",
                targetName=credit.accreditor_name,
                targetFramework=credit.accreditor,
                targetCode=credit.provider_number,
                targetDescription=credit.statement,
            )
            for at, credit in granted
        ],
        "resultDescription": [
            described
            for at, credit in granted
            for described in _credit_described(credit, f"{achievement_id}#credit-{at}")
        ],
    }


def _credit_described(credit: Credit, url: str) -> list[dict[str, Any]]:
    approval = f"{credit.approved_from.isoformat()}/{credit.approved_to.isoformat()}"
    return [
        {
            "id": url,
            "type": ["ResultDescription"],
            "name": f"{credit.unit}s",
            "resultType": CREDIT,
            "valueMax": format_hours(credit.hours),
            "alignment": [
                _alignment(APPROVAL, f"{url}-approval", targetName=approval),
                *(
                    _alignment(ALSO_QUALIFIES, f"{url}-also-{at}", targetName=name)
                    for at, name in enumerate(credit.also_qualifies, start=1)
                ),
            ],
        },
        *(
            {
                "id": _topic_id(url, at, topic),
                "type": ["ResultDescription"],
                "name": topic.label,
                "resultType": TOPIC,
                "valueMax": format_hours(topic.hours),
            }
            for at, topic in enumerate(credit.topics, start=1)
        ),
    ]


def _results(granted: Sequence[Credit], achievement_id: str) -> list[dict[str, Any]]:
    told = []
    for at, credit in enumerate(granted, start=1):
        url = f"{achievement_id}#credit-{at}"
        told.append((url, credit.hours))
        told += [(_topic_id(url, number, topic), topic.hours) for number, topic in enumerate(credit.topics, start=1)]
    return [{"type": ["Result"], "resultDescription": url, "value": format_hours(hours)} for url, hours in told]


def _topic_id(url: str, at: int, topic: TopicHours) -> str:
    return f"{url}-topic-{at}-{quote(topic.topic, safe='')}"


def _alignment(kind: str, url: str, **texts: str) -> dict[str, Any]:
    # every alignment has an address of its own, so that no two look alike to the canonicaliser
    return {"type": ["Alignment"], "targetType": kind, "targetUrl": url, **texts}


def _evidence(certificate: Certificate) -> dict[str, Any]:
    return {
        "type": ["Evidence"],
        "name": f"Certificate {certificate.code}",
        "genre": "Certificate",
        "narrative": _lines(
            [
                ("Code", _join(certificate.code)),
                ("Check it at", _join(certificate.verify_url)),
                ("Issued", to_json(certificate)["issued_at"]),
                ("Time zone of the day of completion", _join(certificate.time_zone)),
                ("Replaces an earlier certificate", "yes" if certificate.replaces else "no"),
                ("Notice", _join(certificate.notice)),
                *[(name, sha256) for name, sha256 in _hashes(certificate) if sha256],
            ]
        ),
    }


def _hashes(certificate: Certificate) -> list[tuple[str, str]]:
    return [
        ("Picture of the logo", certificate.logo),
        ("Picture of the signature", certificate.signature),
        ("Drawn with", certificate.drawn_with),
    ]


def _spell_earned(certificate: Certificate) -> str:
    return "; ".join(spell_hours(credit.hours, credit.unit) for credit in certificate.credits) or "no credit"


def _describe(certificate: Certificate, earned: str) -> str:
    sentences = [
        f"{certificate.notice}." if certificate.notice else "",
        f"{certificate.holder_name} completed “{certificate.title}” on {certificate.completed_on}: {earned}.",
        f"Provided by {certificate.provider.name}.",
        f"Check it at {certificate.verify_url}",
    ]
    return " ".join(filter(None, sentences))


def _number(name: str, granted: Sequence[Credit]) -> dict[str, float]:
    # of the first credit only, and only where two decimals say it exactly: the results say it in full
    exact = bool(granted) and granted[0].hours == round(granted[0].hours, 2)
    return {name: float(granted[0].hours)} if exact else {}


def _without_empty(value: Any) -> Any:
    """Leave out what says nothing: an absent member reads as an empty one, and schemas refuse an empty address."""
    if isinstance(value, dict):
        kept = {name: _without_empty(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in ("", None) and inner != []}
    return [_without_empty(inner) for inner in value] if isinstance(value, list) else value


def _check_ids(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        raise ValueError("two things of a credential have the same id")
    for name in ids:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s#]+", name):
            raise ValueError(f"{name!r} is not an absolute URI without a fragment")


def _join(*parts: str) -> str:
    """Write parts as one text, "A · B"; empty ones at the end are left out, and `_split` gives all of them back."""
    kept = list(parts)
    while kept and not kept[-1]:
        kept.pop()
    return SEPARATOR.join("".join(ESCAPES.get(character, character) for character in part) for part in kept)


def _lines(named: Sequence[tuple[str, Any]]) -> str:
    return "\n".join(f"- {name}: {text}" for name, text in named)


# Reading


def _read(credential: Mapping[str, Any]) -> Certificate:
    subject = credential["credentialSubject"]
    achievement = subject["achievement"]
    conditions = _named(achievement["criteria"]["narrative"])
    evidence = _named(credential["evidence"][0]["narrative"])
    holder, *licenses = subject["identifier"]
    day = subject["activityEndDate"]
    if holder["identityType"] != "name" or any(item["identityType"] != LICENSE for item in licenses):
        raise ValueError("the holder's identifiers are not in their places")
    if day[10:] != NOON or evidence["Replaces an earlier certificate"] not in (["yes"], ["no"]):
        raise ValueError("a date or an answer is not as we write it")
    return Certificate(
        code=_one(evidence["Code"]),
        verify_url=_one(evidence["Check it at"]),
        title=achievement.get("name", ""),
        edition=int(achievement["version"]),
        module_code=achievement.get("humanCode", ""),
        holder_name=holder.get("identityHash", ""),
        licenses=tuple(_license(item) for item in licenses),
        provider=_provider(credential["issuer"]),
        credits=_credits(achievement, subject.get("result", [])),
        authors=tuple(Author(*_split(text, fields(Author))) for text in conditions.get("Author", [])),
        completed_on=date.fromisoformat(day[:10]),
        time_zone=_one(evidence["Time zone of the day of completion"]),
        issued_at=datetime.fromisoformat(evidence["Issued"][0]),
        delivery_format=_one(conditions["Delivery"]),
        location=_one(conditions["Location"]),
        replaces=evidence["Replaces an earlier certificate"] == ["yes"],
        notice=_one(evidence["Notice"]),
        logo=_one(evidence.get("Picture of the logo", [""])),
        signature=_one(evidence.get("Picture of the signature", [""])),
        drawn_with=_one(evidence.get("Drawn with", [""])),
    )


def _provider(profile: Mapping[str, Any]) -> Provider:
    name, title = _split(profile.get("official", ""), range(2))
    websites = [
        entry["identifier"] for entry in profile.get("otherIdentifier", []) if entry["identifierType"] == WEBSITE
    ]
    return Provider(
        name=profile.get("name", ""),
        address=profile.get("address", {}).get("streetAddress", ""),
        telephone=profile.get("phone", ""),
        email=profile.get("email", ""),
        website="".join(websites),
        signatory_name=name,
        signatory_title=title,
    )


def _license(item: Mapping[str, Any]) -> License:
    number, credential, jurisdiction = _split(item.get("identityHash", ""), range(3))
    return License(jurisdiction, credential, number)


def _credits(achievement: Mapping[str, Any], results: list[Any]) -> tuple[Credit, ...]:
    earned = {result["resultDescription"]: Decimal(result["value"]) for result in results}
    described = {item["id"]: item for item in achievement.get("resultDescription", [])}
    accredited = achievement.get("alignment", [])
    urls = [f"{achievement['id']}#credit-{at}" for at in range(1, len(accredited) + 1)]
    found = {url: [name for name in described if name.startswith(f"{url}-topic-")] for url in urls}
    if set(earned) != set(described) or len(described) != len(urls) + sum(map(len, found.values())):
        raise ValueError("the results do not belong to their credits")
    return tuple(
        _credit(body, described[url], earned[url], [_topic(url, described[name], earned[name]) for name in found[url]])
        for url, body in zip(urls, accredited, strict=True)
    )


def _credit(body: Mapping[str, Any], described: Mapping[str, Any], hours: Decimal, topics: list[TopicHours]) -> Credit:
    approval, *also = described["alignment"]
    since, until = approval["targetName"].split("/")
    kinds = [body["targetType"], approval["targetType"], *(item["targetType"] for item in also)]
    if kinds != [ACCREDITATION, APPROVAL, *[ALSO_QUALIFIES] * len(also)] or described["resultType"] != CREDIT:
        raise ValueError("an accreditation is not in its place")
    return Credit(
        accreditor=body.get("targetFramework", ""),
        accreditor_name=body.get("targetName", ""),
        unit=described["name"].removesuffix("s"),
        hours=hours,
        provider_number=body.get("targetCode", ""),
        approved_from=date.fromisoformat(since),
        approved_to=date.fromisoformat(until),
        statement=body.get("targetDescription", ""),
        topics=tuple(topics),
        also_qualifies=tuple(item.get("targetName", "") for item in also),
    )


def _topic(url: str, described: Mapping[str, Any], hours: Decimal) -> TopicHours:
    match = TOPIC_ID.fullmatch(described["id"].removeprefix(f"{url}-"))
    if not match or described["resultType"] != TOPIC:
        raise ValueError("a topic is not in its place")
    return TopicHours(unquote(match[1]), described.get("name", ""), hours)


def _named(narrative: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in narrative.split("\n"):
        if not (match := NAMED_LINE.fullmatch(line)):
            raise ValueError(f"{line!r} is not a named line")
        found.setdefault(match[1], []).append(match[2])
    return found


def _one(lines: list[str]) -> str:
    (line,) = lines
    return _split(line, range(1))[0]


def _split(text: str, places: Sequence[object]) -> list[str]:
    """Return as many parts as there are places; raise `ValueError` where the text has more."""
    parts = text.split(SEPARATOR)
    if "\\" in text:
        parts = [ESCAPED.sub(lambda match: MEANT[match[0]], part) for part in parts]
    if len(parts) > len(places):
        raise ValueError(f"{text!r} has more parts than it should")
    return parts + [""] * (len(places) - len(parts))
