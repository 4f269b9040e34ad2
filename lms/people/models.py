"""Accounts, licenses, passkeys and operators."""

from datetime import date, datetime
from typing import Any

from flask_security import UserMixin, WebAuthnMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from lms.db import Base, Id, Name


class User(Base, UserMixin):
    """A person who may sign in. Holds no role: what one may do follows from memberships."""

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(255), unique=True)
    """Always in small letters: one mailbox, one account."""
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    name: Mapped[Name]
    """The legal name as on the license; certificates print it."""
    time_zone: Mapped[str] = mapped_column(String(40), default="America/New_York")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    # What Flask-Security asks an account to carry, by the names it expects.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    """The time step of the last code that was taken: none is good twice."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))

    dismissed_hints: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The places whose first hint this person has read and put away; replaced as a whole, never changed in place."""

    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan"
    )

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security asks; nobody here has a role of their own."""
        return []


class Passkey(Base, WebAuthnMixin):
    """A passkey or security key of an account, in the shape that Flask-Security reads and writes."""

    __tablename__ = "passkeys"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime]
    lastuse_datetime: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(back_populates="webauthn")

    @validates("device_type")
    def _plain(self, _: str, value: str) -> str:
        """The library hands over an enumeration; the database keeps its word."""
        return str(getattr(value, "value", value))

    def get_user_mapping(self) -> dict[str, int]:
        """Return what Flask-Security finds the owner by."""
        return {"id": self.user_id}


class License(Base):
    """A license to practice. One number belongs to one account: nobody earns twice under two accounts."""

    __tablename__ = "licenses"
    __table_args__ = (
        UniqueConstraint("jurisdiction", "credential", "number"),
        CheckConstraint(
            "issued_on IS NULL OR expires_on IS NULL OR issued_on <= expires_on",
            name="issued_before_it_expires",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    jurisdiction: Mapped[str] = mapped_column(String(8))
    profession: Mapped[str] = mapped_column(String(40))
    credential: Mapped[str] = mapped_column(String(20))
    """The local abbreviation, such as LMFT or LICSW."""
    number: Mapped[str] = mapped_column(String(40))
    """The full number as in the state's own verification database."""
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]

    user: Mapped[User] = relationship()


class Operator(Base):
    """Somebody who runs the installation."""

    __tablename__ = "operators"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    since: Mapped[datetime]
