"""Beginning and editing providers, and who works for them."""

import re
from collections.abc import Mapping
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound
from lms.lines import list_wrong_lines
from lms.people.queries import find_user_by_email
from lms.providers.models import Membership, Provider
from lms.terms import PROVIDER_ROLES, RESERVED_SLUGS

REQUIRED = {
    "name": "Give the name that certificates print.",
    "address": "Give the postal address that certificates print.",
    "telephone": "Give the telephone number that certificates print.",
    "email": "Give the address that learners write to.",
    "signatory_name": "Name the person who signs the certificates.",
    "signatory_title": "Give the title of the person who signs the certificates.",
}
TEXTS = (
    *REQUIRED,
    "about",
    "website",
    "refund_policy",
    "accommodation_policy",
    "grievance_policy",
    "system_requirements",
)
LINES = (*REQUIRED, "website")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def begin_provider(session: Session, slug: str, texts: Mapping[str, str], *, by: int, now: datetime) -> Provider:
    """Add a provider; `texts` holds its fields by name (`TEXTS`).

    Raises `Invalid` beside the field that breaks a rule; a slug that is taken is such a field.
    """
    del by
    slug = slug.strip().lower()
    problems = {}
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        problems["slug"] = "Use small letters, digits and single hyphens, at most 80 characters."
    elif slug in RESERVED_SLUGS:
        problems["slug"] = "This word is part of other addresses here. Take another one."
    elif session.scalar(select(Provider.id).where(Provider.slug == slug)):
        problems["slug"] = "Another provider has this short name. Choose another, or open that provider in the list."
    clean, wrong = _check(texts)
    if problems or wrong:
        raise Invalid(**problems, **wrong)
    provider = Provider(slug=slug, created_at=now, **clean)
    session.add(provider)
    session.flush()
    return provider


def edit_provider(
    session: Session, provider: Provider, texts: Mapping[str, str], *, keeps_name: bool = False, by: int, now: datetime
) -> Provider:
    """Change the fields that `texts` names (`TEXTS`); certificates already issued keep what they say.

    With `keeps_name` the name is not theirs to change. Raises `Invalid` beside the field that breaks a rule.
    """
    del by, now
    clean, wrong = _check({name: getattr(provider, name) for name in TEXTS} | dict(texts))
    if keeps_name and clean["name"] != provider.name:
        wrong["name"] = "Certificates carry this name already, so only an operator can change it. Write to us."
    if wrong:
        raise Invalid(**wrong)
    for name, value in clean.items():
        setattr(provider, name, value)
    session.flush()
    return provider


def add_member(session: Session, provider: Provider, email: str, role: str, *, by: int, now: datetime) -> Membership:
    """Give the account with this email address a role; asking twice returns the first membership.

    Raises `Invalid` for an address that nobody has shown to be theirs: whoever it belongs to is invited instead.
    """
    del by
    if role not in PROVIDER_ROLES:
        raise Invalid(role="Choose one of the roles.")
    user = find_user_by_email(session, email)
    if user is None or user.confirmed_at is None:
        raise Invalid(email="No account with this address is confirmed yet. Check its spelling, or invite the person.")
    if not user.active:
        raise Invalid(email="The account with this address is closed. Open it again under People first.")
    already = session.scalar(
        select(Membership).where(
            Membership.user_id == user.id, Membership.provider_id == provider.id, Membership.role == role
        )
    )
    if already is not None:
        return already
    membership = Membership(user_id=user.id, provider_id=provider.id, role=role, since=now)
    session.add(membership)
    session.flush()
    return membership


def remove_member(session: Session, provider: Provider, user_id: int, role: str, *, by: int) -> None:
    """Take a role back, or raise `NotFound`; a manager cannot take their own (`Conflict`), lest nobody is left."""
    membership = session.scalar(
        select(Membership).where(
            Membership.user_id == user_id, Membership.provider_id == provider.id, Membership.role == role
        )
    )
    if membership is None:
        raise NotFound("This person does not hold that role.")
    if user_id == by and role == "manager":
        raise Conflict("You cannot take your own manager role. Ask another manager or an operator.")
    session.delete(membership)
    session.flush()


def _check(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the trimmed texts and what is wrong with them, both by field."""
    clean = {name: texts.get(name, "").strip() for name in TEXTS}
    clean |= {name: " ".join(clean[name].split()) for name in LINES}
    wrong = list_wrong_lines(clean, LINES) | {name: why for name, why in REQUIRED.items() if not clean[name]}
    for name in TEXTS:
        limit = Provider.__table__.c[name].type.length  # type: ignore[attr-defined]
        if limit and len(clean[name]) > limit:
            wrong[name] = f"Use at most {limit} characters."
    if clean["email"] and "email" not in wrong:
        try:
            clean["email"] = validate_email(clean["email"], check_deliverability=False).normalized
        except EmailNotValidError:
            wrong["email"] = "This does not look like an email address."
    if clean["website"] and not clean["website"].startswith(("https://", "http://")):
        wrong["website"] = "Begin the address with https://."
    return clean, wrong
