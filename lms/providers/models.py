"""Providers and memberships."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id, Name, Slug
from lms.people.models import User


class Provider(Base):
    """An organisation that publishes modules and signs certificates; address and telephone are printed on them."""

    __tablename__ = "providers"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)
    name: Mapped[Name]
    about: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(String(300))
    telephone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(255))
    website: Mapped[str] = mapped_column(String(255))
    signatory_name: Mapped[Name]
    signatory_title: Mapped[Name]
    refund_policy: Mapped[str] = mapped_column(Text)
    accommodation_policy: Mapped[str] = mapped_column(Text)
    """How to ask for an accommodation under the ADA, with a contact."""
    grievance_policy: Mapped[str] = mapped_column(Text)
    system_requirements: Mapped[str] = mapped_column(Text)
    design: Mapped[str] = mapped_column(String(40), default="classic")
    """How certificates look that are issued from now on; each keeps the design of its day."""
    logo: Mapped[str | None] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(String(64))
    """Pictures for certificates: the SHA-256 under which the shelf keeps them; null without one."""
    created_at: Mapped[datetime]


class Membership(Base):
    """What a person may do for a provider: author, reviewer or manager. One person may hold several roles."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "provider_id", "role"),
        CheckConstraint("role IN ('author', 'reviewer', 'manager')", name="role_is_known"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]

    user: Mapped[User] = relationship()
    provider: Mapped[Provider] = relationship()


class Invitation(Base):
    """A role that waits for an address without an account; the row goes when the role is taken up or taken back.

    Of the token in the mail only the SHA-256 is kept.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("provider_id", "email", "role"),
        CheckConstraint("role IN ('author', 'reviewer', 'manager')", name="role_is_known"),
    )

    id: Mapped[Id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"))
    email: Mapped[str] = mapped_column(String(255))
    """In small letters, as accounts have it."""
    role: Mapped[str] = mapped_column(String(20))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime]
    invited_by: Mapped[int] = mapped_column(ForeignKey("users.id"))

    provider: Mapped[Provider] = relationship()
