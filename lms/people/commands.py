"""What changes an account: its name, its time zone, its licenses, and whether it is open."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotAllowed
from lms.lines import is_plain
from lms.people.models import License, Operator, User
from lms.people.queries import LICENSE_SIGNS, get_license_of, list_licenses, squeezed
from lms.terms import JURISDICTIONS, PROFESSIONS

NAME_LENGTH = 200
MOST_LICENSES = 20


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """A license as it was typed: codes of `JURISDICTIONS` and `PROFESSIONS`, the rest as on the paper."""

    jurisdiction: str
    profession: str
    credential: str
    number: str
    issued_on: date | None = None
    expires_on: date | None = None


def clean_name(name: str) -> str:
    """Return the legal name in composed letters and single spaces, or raise `Invalid` (field `name`)."""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") and not letter.isspace() for letter in name):
        raise Invalid(name="This name has characters that cannot be printed.")
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(letter.isalpha() for letter in clean):
        raise Invalid(name="Give your name as it is on your license.")
    if len(clean) > NAME_LENGTH:
        raise Invalid(name=f"Use at most {NAME_LENGTH} characters.")
    return clean


def edit_profile(session: Session, user: User, *, name: str, time_zone: str) -> User:
    """Change the legal name and the time zone; certificates already issued keep the name they were issued to.

    Raises `Invalid` (fields `name`, `time_zone`).
    """
    if time_zone not in available_timezones():
        raise Invalid(time_zone="Choose a time zone from the list.")
    user.name = clean_name(name)
    user.time_zone = time_zone
    session.flush()
    return user


def add_license(session: Session, user_id: int, facts: LicenseFacts, *, now: datetime) -> License:
    """Add a license; raises `Invalid` by field, `Conflict` where the number is taken or there are `MOST_LICENSES`."""
    clean = _check(facts, now.date())
    session.get_one(User, user_id, with_for_update=True)  # two at once are counted one after the other
    if len(list_licenses(session, user_id)) >= MOST_LICENSES:
        raise Conflict(f"An account holds at most {MOST_LICENSES} licenses. Remove one that you no longer have.")
    _refuse_taken(session, clean, user_id, but=None)
    made = License(user_id=user_id, **_columns(clean))
    session.add(made)
    session.flush()
    return made


def edit_license(session: Session, user_id: int, license_id: int, facts: LicenseFacts, *, now: datetime) -> License:
    """Correct the person's license; raises as `add_license` does. Certificates keep the number they have."""
    held = get_license_of(session, user_id, license_id)
    clean = _check(facts, now.date())
    _refuse_taken(session, clean, user_id, but=held.id)
    for name, value in _columns(clean).items():
        setattr(held, name, value)
    session.flush()
    return held


def remove_license(session: Session, user_id: int, license_id: int) -> None:
    """Forget the person's license. A number that a certificate names stays on it."""
    session.delete(get_license_of(session, user_id, license_id))
    session.flush()


def dismiss_hint(session: Session, user_id: int, place: str) -> User:
    """Never show this person the hint of that place again; twice is once."""
    user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if place not in user.dismissed_hints:
        user.dismissed_hints = [*user.dismissed_hints, place]
        session.flush()
    return user


def deactivate(session: Session, user: User, *, by: int) -> None:
    """Close the account and end its sessions; raises `NotAllowed` for one's own. Twice is once."""
    if user.id == by:
        raise NotAllowed("You cannot close your own account here.")
    user.active = False
    user.fs_uniquifier = secrets.token_hex(32)  # every session names the old one
    session.flush()


def activate(session: Session, user: User) -> None:
    """Open the account again. Twice is once."""
    user.active = True
    session.flush()


def add_operator(session: Session, user: User, *, now: datetime) -> Operator:
    """Let the person run the installation; asking twice returns the first row."""
    already = session.get(Operator, user.id)
    if already is not None:
        return already
    made = Operator(user_id=user.id, since=now)
    session.add(made)
    session.flush()
    return made


def _check(facts: LicenseFacts, today: date) -> LicenseFacts:
    """Return the facts as they are stored, or raise `Invalid` with everything that is wrong."""
    clean = LicenseFacts(
        facts.jurisdiction,
        facts.profession,
        " ".join(facts.credential.upper().split()),
        " ".join(unicodedata.normalize("NFKC", facts.number).upper().split()),
        facts.issued_on,
        facts.expires_on,
    )
    problems = {}
    if clean.jurisdiction not in JURISDICTIONS:
        problems["jurisdiction"] = "Choose the state or territory from the list."
    if clean.profession not in PROFESSIONS:
        problems["profession"] = "Choose the profession from the list."
    for name, value in (("credential", clean.credential), ("number", clean.number)):
        if not is_plain(value) or not all(sign.isalnum() or sign in LICENSE_SIGNS for sign in value):
            problems[name] = f"Use only the letters A to Z, digits, spaces and the signs {' '.join(LICENSE_SIGNS[1:])}"
    if not any(letter.isalpha() for letter in clean.credential) or len(clean.credential) > 20:
        problems["credential"] = "Give the letters of the license, such as LMFT or LCSW: at most 20."
    if not any(sign.isalnum() for sign in clean.number) or len(clean.number) > 40:
        problems["number"] = "Give the full number as in the state's own license search: at most 40 characters."
    if clean.issued_on and clean.issued_on > today:
        problems["issued_on"] = "This day has not come yet."
    if clean.issued_on and clean.expires_on and clean.issued_on > clean.expires_on:
        problems["expires_on"] = "A license expires after it was issued."
    if problems:
        raise Invalid(**problems)
    return clean


def _refuse_taken(session: Session, facts: LicenseFacts, user_id: int, *, but: int | None) -> None:
    """Raise `Conflict` if this number is on any account, whatever signs stand in it and its letters before it."""
    letters, number = ("".join(filter(str.isalnum, text)) for text in (facts.credential, facts.number))
    query = select(License.user_id).where(
        License.jurisdiction == facts.jurisdiction,
        squeezed(License.credential) == letters,
        squeezed(License.number).in_({number, number.removeprefix(letters), letters + number}),
        License.id != (but or 0),
    )
    owner = session.scalars(query).first()
    if owner == user_id:
        raise Conflict("You have this license already.")
    if owner is not None:
        raise Conflict(
            "This license number is in use already. One license belongs to one account. "
            "If it is yours, sign in with the account that holds it, or write to us."
        )


def _columns(facts: LicenseFacts) -> dict[str, str | date | None]:
    return {
        "jurisdiction": facts.jurisdiction,
        "profession": facts.profession,
        "credential": facts.credential,
        "number": facts.number,
        "issued_on": facts.issued_on,
        "expires_on": facts.expires_on,
    }
