"""The bridge between our rows and the certificates library: the only file that knows both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from certificates.certificate import (
    Author,
    Certificate,
    Credit,
    License,
    Provider,
    TopicHours,
    from_json,
    spoken,
    to_json,
)
from certificates.codes import group_code, new_code, read_code
from certificates.design import can_draw, drawing_edition, list_designs
from certificates.fonts import FontShelf, find_cjk_folders
from certificates.image import draw_specimen
from certificates.typesetter import typeset
from lms.accreditation.models import Approval
from lms.accreditation.queries import Creditable
from lms.modules.models import Contributor, Edition
from lms.people import models as people
from lms.providers import models as providers
from lms.terms import FORMATS, TOPICS

__all__ = [
    "Certificate",
    "Holder",
    "Printed",
    "When",
    "can_draw",
    "describe",
    "draw_specimen",
    "freeze",
    "group_code",
    "list_designs",
    "list_printed",
    "new_code",
    "open_shelf",
    "read_code",
    "restate",
    "show_specimen",
    "spoken",
    "thaw",
    "typeset",
    "unprintable",
    "verify_url",
]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who the certificate is for: the name and the licenses it prints."""

    name: str
    licenses: Sequence[people.License]


@dataclass(frozen=True, slots=True)
class Printed:
    """A text that certificates print, and where it stands; `field` is that of the publish gate."""

    where: str
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The day of completion in its zone, and the moment of issue."""

    completed_on: date
    time_zone: str
    issued_at: datetime


DEMONSTRATION = "Demonstration content: not approved for credit"
LOCATION = "Online"


def verify_url(public_url: str, code: str) -> str:
    """Return the address that the QR code leads to."""
    return f"{public_url}/c/{code}"


def describe(
    edition: Edition,
    holder: Holder,
    earned: Sequence[Creditable],
    authors: Iterable[Contributor],
    when: When,
    code: str,
    public_url: str,
) -> Certificate:
    """Return everything the certificate will say."""
    return Certificate(
        code=code,
        verify_url=verify_url(public_url, code),
        title=edition.title,
        edition=edition.number,
        module_code=edition.module.slug,
        holder_name=holder.name,
        licenses=_licenses(holder),
        provider=_provider(edition.module.provider),
        credits=tuple(_credit(credit, edition.also_qualifies) for credit in earned),
        authors=tuple(Author(row.name, row.credentials) for row in authors),
        completed_on=when.completed_on,
        time_zone=when.time_zone,
        issued_at=when.issued_at,
        delivery_format=FORMATS["self_paced"],
        location=LOCATION,
        replaces=False,
        notice=DEMONSTRATION if any(credit.accreditor.fictional for credit in earned) else "",
        logo=edition.module.provider.logo or "",
        signature=edition.module.provider.signature or "",
        drawn_with=drawing_edition(),
    )


def show_specimen(provider: providers.Provider, public_url: str, *, now: datetime) -> Certificate:
    """Return what a certificate of this provider would say of nobody; its code and QR code lead to no certificate."""
    hours = Decimal("1.5")
    year = now.year
    return Certificate(
        code="SPECIMEN",
        verify_url=f"{public_url}/verify",
        title="The title of the module stands here, over one line or two",
        edition=1,
        module_code="specimen",
        holder_name="Name of the Learner",
        licenses=(License("State", "License", "000000"),),
        provider=_provider(provider),
        credits=(
            Credit(
                accreditor="SPECIMEN",
                accreditor_name="Name of the accreditor",
                unit="hour",
                hours=hours,
                provider_number="0000",
                approved_from=date(year, 1, 1),
                approved_to=date(year, 12, 31),
                statement="Here stands the approval statement of the accreditor, word for word.",
                topics=(TopicHours("specimen", "A topic", hours),),
                also_qualifies=(),
            ),
        ),
        authors=(Author("Name of the author", "credentials"),),
        completed_on=now.date(),
        time_zone="UTC",
        issued_at=now.replace(hour=12, minute=0, second=0, microsecond=0),
        delivery_format=FORMATS["self_paced"],
        location=LOCATION,
        replaces=False,
        notice="Specimen: this certifies nothing",
        logo=provider.logo or "",
        signature=provider.signature or "",
    )


def restate(certificate: Certificate, holder: Holder, *, code: str, public_url: str, now: datetime) -> Certificate:
    """Return the corrected certificate: name and licenses anew, everything that was earned as it was."""
    return replace(
        certificate,
        code=code,
        verify_url=verify_url(public_url, code),
        holder_name=holder.name,
        licenses=_licenses(holder),
        issued_at=now,
        replaces=True,
        drawn_with=drawing_edition(),
    )


def list_printed(
    edition: Edition,
    authors: Iterable[Contributor],
    approvals: Iterable[Approval],
    holder: Holder | None = None,
) -> list[Printed]:
    """Return every text that a certificate of the edition prints and that a person typed."""
    provider = edition.module.provider
    found = [Printed("The title", edition.title, "details")]
    for author in authors:
        found.append(Printed(f"The name of the author {author.name}", author.name, "contributors"))
        found.append(Printed(f"The credentials of {author.name}", author.credentials, "contributors"))
    for where, text in (
        ("The provider's name", provider.name),
        ("The provider's address", provider.address),
        ("The provider's telephone number", provider.telephone),
        ("The provider's email address", provider.email),
        ("The provider's website", provider.website),
        ("The name of who signs", provider.signatory_name),
        ("The title of who signs", provider.signatory_title),
    ):
        found.append(Printed(where, text, "provider"))
    for approval in approvals:
        found.append(Printed("The number of the approval", approval.number, "approval"))
        found.append(Printed(f"The statement of the approval {approval.number}", approval.statement, "approval"))
    if holder is not None:
        found.append(Printed("Your name", holder.name))
        found += [Printed("Your license", f"{row.credential} {row.number}") for row in holder.licenses]
    return found


def freeze(certificate: Certificate) -> dict[str, Any]:
    """Return what is stored; `thaw` gives back the very same certificate."""
    return dict(to_json(certificate))


def thaw(facts: dict[str, Any]) -> Certificate:
    """Return the certificate that was frozen; raises `ValueError` when the stored facts were tampered with."""
    return from_json(facts)


def _licenses(holder: Holder) -> tuple[License, ...]:
    return tuple(License(row.jurisdiction, row.credential, row.number) for row in holder.licenses)


def _provider(row: providers.Provider) -> Provider:
    return Provider(
        name=row.name,
        address=row.address,
        telephone=row.telephone,
        email=row.email,
        website=row.website,
        signatory_name=row.signatory_name,
        signatory_title=row.signatory_title,
    )


def _credit(earned: Creditable, also_qualifies: Sequence[str]) -> Credit:
    return Credit(
        accreditor=earned.accreditor.code,
        accreditor_name=earned.accreditor.title,
        unit=earned.accreditor.unit,
        hours=earned.hours,
        provider_number=earned.approval.number,
        approved_from=earned.approval.valid_from,
        approved_to=earned.approval.valid_to,
        statement=earned.statement,
        topics=tuple(TopicHours(code, TOPICS.get(code, code), Decimal(hours)) for code, hours in earned.topics.items()),
        also_qualifies=tuple(TOPICS.get(code, code) for code in also_qualifies),
    )


@cache
def open_shelf(data_dir: Path, font_dirs: tuple[Path, ...]) -> FontShelf:
    """Return the fonts certificates are set in: ours, the folders of the settings, and the system's Noto CJK."""
    return FontShelf.build(data_dir / "fonts", (*font_dirs, *find_cjk_folders()))


def unprintable(text: str, data_dir: Path, font_dirs: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the characters of a text that no certificate font covers, each once; empty when all is well."""
    return open_shelf(data_dir, font_dirs).uncovered(text)
