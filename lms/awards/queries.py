"""Reading what was certified; an unknown code is an answer, a revoked one is never hidden."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from lms.awards import document
from lms.awards.models import Award, Completion, CreditEntry, Revocation
from lms.errors import NotFound
from lms.learning.models import Enrollment
from lms.modules.models import Edition, Module

State = Literal["valid", "revoked", "replaced", "not_found", "cannot_check"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a code stands. `certificate` is what was issued, null when unknown or unreadable."""

    state: State
    certificate: document.Certificate | None = None
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """An award with what it says and how it stands, for lists."""

    award: Award
    certificate: document.Certificate
    revocation: Revocation | None

    @property
    def state(self) -> State:
        """Valid, revoked or replaced."""
        return _state(self.revocation)


_REVOCATION = aliased(Revocation)
_STANDING = select(Award.facts, _REVOCATION).outerjoin(_REVOCATION, _REVOCATION.award_id == Award.id)


def standing_of(session: Session, code: str) -> Standing:
    """Say how a code stands, in one statement. Facts that cannot be read are never shown as valid."""
    row = session.execute(_STANDING.where(Award.code == code)).one_or_none()
    if row is None:
        return Standing("not_found")
    facts, revocation = row
    try:
        certificate = document.thaw(facts)
    except ValueError:
        return Standing("cannot_check")
    if certificate.code != code:
        return Standing("cannot_check")
    if revocation is None:
        return Standing("valid", certificate)
    return Standing(_state(revocation), certificate, revocation.revoked_at, revocation.reason)


def _state(revocation: Revocation | None) -> State:
    if revocation is None:
        return "valid"
    return "replaced" if revocation.reason == "replaced" else "revoked"


def _issued() -> Select[Award, Revocation]:
    return (
        select(Award, _REVOCATION)
        .join(Award.completion)
        .join(Completion.enrollment)
        .join(Enrollment.edition)
        .join(Edition.module)
        .outerjoin(_REVOCATION, _REVOCATION.award_id == Award.id)
        .options(contains_eager(Award.completion).contains_eager(Completion.enrollment))
        .order_by(Award.issued_at.desc(), Award.id.desc())
    )


def _list(session: Session, query: Select[Award, Revocation]) -> list[Issued]:
    return [
        Issued(award, document.thaw(award.facts), revocation) for award, revocation in session.execute(query).unique()
    ]


def list_issued_to(session: Session, user_id: int) -> list[Issued]:
    """Return a learner's certificates, newest first, revoked and replaced ones too."""
    return _list(session, _issued().where(Enrollment.user_id == user_id))


def list_issued_by(session: Session, provider_ids: Collection[int], *, limit: int, offset: int = 0) -> list[Issued]:
    """Return the providers' certificates, newest first."""
    return _list(session, _issued().where(Module.provider_id.in_(provider_ids)).limit(limit).offset(offset))


def count_issued_by(session: Session, provider_ids: Collection[int]) -> int:
    """Return how many certificates the providers have issued."""
    query = _issued().where(Module.provider_id.in_(provider_ids)).order_by(None)
    return session.scalar(select(func.count()).select_from(query.with_only_columns(Award.id).subquery())) or 0


def get_issued_to(session: Session, user_id: int, code: str) -> Issued:
    """Return the learner's own certificate, or raise `NotFound`."""
    return _one(session, _issued().where(Enrollment.user_id == user_id, Award.code == code))


def get_issued_by(session: Session, provider_ids: Collection[int], code: str) -> Issued:
    """Return a certificate of these providers, or raise `NotFound`."""
    return _one(session, _issued().where(Module.provider_id.in_(provider_ids), Award.code == code))


def _one(session: Session, query: Select[Award, Revocation]) -> Issued:
    found = _list(session, query)
    if not found:
        raise NotFound("There is no such certificate, or it is not yours to see.")
    return found[0]


def find_completion(session: Session, enrollment_id: int) -> Completion | None:
    """Return the completion of an enrollment, if it is complete."""
    return session.scalar(select(Completion).where(Completion.enrollment_id == enrollment_id))


def find_award(session: Session, enrollment_id: int) -> Award | None:
    """Return the newest certificate of an enrollment: the correction where there is one."""
    query = select(Award).join(Award.completion).where(Completion.enrollment_id == enrollment_id)
    return session.scalars(query.order_by(Award.id.desc()).limit(1)).first()


def list_entries(session: Session, user_id: int) -> list[CreditEntry]:
    """Return the learner's ledger, oldest first, with the award of each line."""
    query = select(CreditEntry).where(CreditEntry.user_id == user_id).options(joinedload(CreditEntry.award))
    return list(session.scalars(query.order_by(CreditEntry.entered_at, CreditEntry.id)))


def hours_entered_since(session: Session, user_id: int, accreditor: str, since: datetime) -> Decimal:
    """Return the hours of that accreditor's unit the learner earned after that moment, less what was taken back."""
    query = select(CreditEntry.kind, CreditEntry.hours).where(
        CreditEntry.user_id == user_id, CreditEntry.accreditor == accreditor, CreditEntry.entered_at > since
    )
    return sum((hours if kind == "earned" else -hours for kind, hours in session.execute(query)), Decimal(0))


@dataclass(frozen=True, slots=True)
class Total:
    """What is left in the ledger of one topic with one accreditor, in that accreditor's unit."""

    accreditor: str
    unit: str
    topic: str
    hours: Decimal


def totals_by_topic(entries: Collection[CreditEntry]) -> list[Total]:
    """Add the ledger up by accreditor and topic; what was taken back is gone. Pure and exact."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for entry in entries:
        sign = 1 if entry.kind == "earned" else -1
        for topic, hours in entry.topics.items():
            key = (entry.accreditor, entry.unit, topic)
            sums[key] = sums.get(key, Decimal(0)) + sign * Decimal(hours)
    return [Total(*key, hours) for key, hours in sorted(sums.items()) if hours]


def list_completed_modules(session: Session, user_id: int, module_id: int) -> list[Completion]:
    """Return the learner's completions of any edition of a module, oldest first."""
    query = (
        select(Completion)
        .join(Completion.enrollment)
        .join(Enrollment.edition)
        .where(Enrollment.user_id == user_id, Edition.module_id == module_id)
    )
    return list(session.scalars(query.order_by(Completion.completed_at)))
