"""A provider's approvals and an edition's credit calculations."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id
from lms.modules.models import Edition
from lms.providers.models import Provider


class Approval(Base):
    """An accreditor approved a provider: for these formats and professions, from and to these days, both included."""

    __tablename__ = "approvals"
    __table_args__ = (
        UniqueConstraint("provider_id", "accreditor", "number", "valid_from"),
        CheckConstraint("valid_from <= valid_to", name="begins_before_it_ends"),
    )

    id: Mapped[Id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    accreditor: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(60))
    formats: Mapped[list[str]]
    professions: Mapped[list[str]]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    statement: Mapped[str] = mapped_column(Text)
    """The approval statement with {provider} {number} {hours} {unit} {from} {to} where the values go."""
    withdrawn_on: Mapped[date | None]
    """From this day on nothing is credited under it; what was issued before stays."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None]
    """When an operator had seen the accreditor's letter; before that nothing is credited under it."""
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    refused_at: Mapped[datetime | None]
    """When an operator found that it is not so; a corrected one is recorded anew."""
    refusal_note: Mapped[str] = mapped_column(Text, default="")

    provider: Mapped[Provider] = relationship()


class CreditCalculation(Base):
    """How many hours an edition earns with one accreditor, and how that was found.

    `inputs` holds what went in (words, questions, difficulty, media minutes, pilot minutes, words per hour);
    `minutes` is the exact result before rounding, `hours` what the accreditor's step leaves of it.
    """

    __tablename__ = "credit_calculations"
    __table_args__ = (UniqueConstraint("edition_id", "accreditor"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    accreditor: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(40))
    """As the accreditor's rules spell it: `word_rate:6000`, `mergener`, `pilot`, `media_time`."""
    pilot_minutes: Mapped[list[int]] = mapped_column(default=list)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minutes: Mapped[Fraction] = mapped_column(default=Fraction(0))
    hours: Mapped[Decimal] = mapped_column(default=Decimal(0))
    topics: Mapped[dict[str, str]] = mapped_column(default=dict)
    """The exclusive split of the hours by topic with this accreditor; adds up to `hours`."""
    calculated_at: Mapped[datetime]
    calculated_by: Mapped[int] = mapped_column(ForeignKey("users.id"))

    edition: Mapped[Edition] = relationship()
