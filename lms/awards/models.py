"""Completions, credit entries, awards and revocations: rows are added, never changed, never removed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.assessments.models import Attempt, Evaluation
from lms.db import Base, Id
from lms.learning.models import Enrollment


class Completion(Base):
    """A learner has met every requirement of an edition. The moment is the server's; one per enrollment."""

    __tablename__ = "completions"

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"), unique=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"))
    completed_at: Mapped[datetime]
    completed_on: Mapped[date]
    """The day in `time_zone`: what the certificate prints."""
    time_zone: Mapped[str] = mapped_column(String(40))
    attestation: Mapped[str] = mapped_column(Text)
    """The very words the learner attested to."""
    engaged_seconds: Mapped[int]

    enrollment: Mapped[Enrollment] = relationship()
    attempt: Mapped[Attempt] = relationship()
    evaluation: Mapped[Evaluation] = relationship()


class Award(Base):
    """One certificate, as issued. `facts` is what it says, frozen: every view is made from it and nothing else."""

    __tablename__ = "awards"

    id: Mapped[Id]
    completion_id: Mapped[int] = mapped_column(ForeignKey("completions.id"), index=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    design: Mapped[str] = mapped_column(String(40))
    issued_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"), unique=True)
    """The certificate that this one corrects, which is revoked as replaced in the same transaction."""

    completion: Mapped[Completion] = relationship()


class Revocation(Base):
    """A certificate no longer stands. Irreversible; the reason is shown to whoever checks, the note is not."""

    __tablename__ = "revocations"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('issued_in_error', 'requirements_not_met', 'misconduct', 'replaced')",
            name="reason_is_known",
        ),
    )

    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)

    award: Mapped[Award] = relationship()


class CreditEntry(Base):
    """A line of the credit ledger: hours with one accreditor, positive when earned, negative when taken back.

    `topics` splits the hours exclusively (`{"ethics": "1.00"}`). One award earns once per accreditor and is
    taken back at most once.
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        UniqueConstraint("award_id", "accreditor", "kind"),
        CheckConstraint("kind IN ('earned', 'revoked')", name="kind_is_known"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    accreditor: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(40))
    hours: Mapped[Decimal]
    topics: Mapped[dict[str, str]]
    also_qualifies: Mapped[list[str]]
    entered_at: Mapped[datetime]

    award: Mapped[Award] = relationship()
