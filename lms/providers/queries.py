"""Which providers there are, and who works for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.people.models import User
from lms.providers.models import Membership, Provider


@dataclass(frozen=True, slots=True)
class Member:
    """A person and the role they hold for a provider; who holds two roles is listed twice."""

    user_id: int
    name: str
    email: str
    role: str
    since: datetime


def get_provider(session: Session, slug: str) -> Provider:
    """Return the provider, or raise `NotFound`."""
    provider = session.scalar(select(Provider).where(Provider.slug == slug))
    if provider is None:
        raise NotFound("There is no such provider.")
    return provider


def get_provider_of(session: Session, provider_ids: Collection[int], slug: str) -> Provider:
    """Return the provider if it is one of these; any other one is not found."""
    provider = get_provider(session, slug)
    if provider.id not in provider_ids:
        raise NotFound("There is no such provider.")
    return provider


def list_providers(session: Session) -> Sequence[Provider]:
    """Return all providers by name."""
    return session.scalars(select(Provider).order_by(Provider.name, Provider.id)).all()


def list_providers_of(session: Session, provider_ids: Collection[int]) -> Sequence[Provider]:
    """Return these providers by name."""
    wanted = select(Provider).where(Provider.id.in_(provider_ids))
    return session.scalars(wanted.order_by(Provider.name, Provider.id)).all()


def list_members(session: Session, provider_id: int) -> list[Member]:
    """Return who works for the provider, by name and role."""
    found = session.execute(
        select(User.id, User.name, User.email, Membership.role, Membership.since)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.provider_id == provider_id)
        .order_by(User.name, User.id, Membership.role)
    )
    return [Member(*row) for row in found]
