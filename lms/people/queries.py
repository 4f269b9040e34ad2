"""Finding people and their licenses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.errors import NotFound
from lms.people.models import License, Operator, Passkey, User

PEOPLE_A_PAGE = 50
LICENSE_SIGNS = " -./#&(),:_*"
"""What may stand between the letters and digits of a license, and counts for nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as an operator sees it."""

    id: int
    name: str
    email: str
    active: bool
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignInMethods:
    """What an account may sign in with; passkeys by the names their owner gave them."""

    password: bool
    authenticator: bool
    recovery_codes: int
    passkeys: tuple[Passkey, ...]


def get_user(session: Session, user_id: int) -> User:
    """Return the account, or raise `NotFound`."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def find_user_by_email(session: Session, email: str) -> User | None:
    """Return the account with this address, however its letters are written."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def search_people(session: Session, words: str, *, page: int) -> tuple[list[Person], int]:
    """Return one page of accounts whose name or address holds every word, newest first, and how many there are.

    Pages count from 1 and are `PEOPLE_A_PAGE` long.
    """
    matching = [
        or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        for word in words.split()
    ]
    total = session.scalar(select(func.count(User.id)).where(*matching)) or 0
    found = session.execute(
        select(User.id, User.name, User.email, User.active, User.created_at, User.confirmed_at)
        .where(*matching)
        .order_by(User.created_at.desc(), User.id.desc())
        .limit(PEOPLE_A_PAGE)
        .offset((page - 1) * PEOPLE_A_PAGE)
    )
    return [Person(*row) for row in found], total


def list_licenses(session: Session, user_id: int) -> Sequence[License]:
    """Return the person's licenses by jurisdiction, credential and number."""
    return session.scalars(
        select(License)
        .where(License.user_id == user_id)
        .order_by(License.jurisdiction, License.credential, License.number)
    ).all()


def get_license_of(session: Session, user_id: int, license_id: int) -> License:
    """Return the license if it is this person's; any other one is not found."""
    found = session.get(License, license_id)
    if found is None or found.user_id != user_id:
        raise NotFound("There is no such license.")
    return found


def squeezed(column: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return a column of a license as numbers are compared: capitals, letters and digits, without any other sign."""
    plain: ColumnElement[str] = func.upper(column)
    for sign in LICENSE_SIGNS:
        plain = func.replace(plain, sign, "")
    return plain


def sign_in_methods(session: Session, user: User) -> SignInMethods:
    """Return what the account may sign in with."""
    passkeys = session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.create_datetime))
    return SignInMethods(
        password=bool(user.password),
        authenticator=bool(user.tf_primary_method and user.tf_totp_secret),
        recovery_codes=len(user.mf_recovery_codes or []),
        passkeys=tuple(passkeys),
    )


def list_operator_addresses(session: Session) -> Sequence[str]:
    """Return the addresses of those who run the installation and may sign in."""
    query = select(User.email).join(Operator, Operator.user_id == User.id).where(User.active)
    return session.scalars(query.order_by(User.email)).all()


def is_operator(session: Session, user_id: int) -> bool:
    """Say whether the person runs the installation."""
    return session.get(Operator, user_id) is not None
