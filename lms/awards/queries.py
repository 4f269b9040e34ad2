"""Reading what was certified; an unknown code is an answer, a revoked one is never hidden."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from lms.awards import document
from lms.awards.keys import Seal
from lms.awards.models import Award, AwardLicense, Completion, CreditEntry, Revocation
from lms.awards.proofs import blind_of
from lms.awards.standing import State, state_of
from lms.errors import NotFound
from lms.learning.models import Enrollment
from lms.learning.pace import Pace, pace_of
from lms.modules.models import Edition, Module


@dataclass(frozen=True, slots=True)
class Issued:
    """An award with what it says and how it stands, for lists."""

    award: Award
    certificate: document.Certificate
    revocation: Revocation | None

    @property
    def state(self) -> State:
        """Valid, revoked or replaced."""
        return state_of(self.revocation)

    @property
    def pace(self) -> Pace:
        """How long the holder was seen reading, beside how long the edition is planned for."""
        completion = self.award.completion
        edition = completion.enrollment.edition
        return pace_of(completion.engaged_seconds, edition.words, edition.media_seconds)


_REVOCATION = aliased(Revocation)


@cache  # putting it together takes longer than asking it
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


def list_issued_by(
    session: Session, provider_ids: Collection[int], *, words: str = "", limit: int, offset: int = 0
) -> list[Issued]:
    """Return the providers' certificates, newest first; with `words`, those whose name or code holds each word."""
    query = _issued().where(Module.provider_id.in_(provider_ids), *_holding(words))
    lengths = contains_eager(Award.completion).contains_eager(Completion.enrollment).contains_eager(Enrollment.edition)
    lengths = lengths.load_only(Edition.words, Edition.media_seconds)
    return _list(session, query.options(lengths).limit(limit).offset(offset))


def count_issued_by(session: Session, provider_ids: Collection[int], *, words: str = "") -> int:
    """Return how many certificates the providers have issued, of those that `list_issued_by` returns."""
    query = _issued().where(Module.provider_id.in_(provider_ids), *_holding(words)).order_by(None)
    return session.scalar(select(func.count()).select_from(query.with_only_columns(Award.id).subquery())) or 0


def _holding(words: str) -> list[ColumnElement[bool]]:
    """Return that the printed name or the code holds every word; a code may be typed in its groups."""
    name = Award.facts["holder_name"].as_string()
    found: list[ColumnElement[bool]] = []
    for word in words.split():
        plain = "".join(sign for sign in word if sign.isalnum())
        by_code = Award.code.icontains(plain, autoescape=True) if plain else false()
        found.append(or_(name.icontains(word, autoescape=True), by_code))
    return found


def get_issued_to(session: Session, user_id: int, code: str) -> Issued:
    """Return the learner's own certificate, or raise `NotFound`."""
    return _one(session, _issued().where(Enrollment.user_id == user_id, Award.code == code))


def find_correction(session: Session, award: Award) -> Award | None:
    """Return the corrected certificate that was issued in place of this one."""
    return session.scalars(select(Award).where(Award.replaces_id == award.id)).one_or_none()


def get_issued_by(session: Session, provider_ids: Collection[int], code: str) -> Issued:
    """Return a certificate of these providers, or raise `NotFound`."""
    return _one(session, _issued().where(Module.provider_id.in_(provider_ids), Award.code == code))


def _one(session: Session, query: Select[Award, Revocation]) -> Issued:
    found = _list(session, query)
    if not found:
        raise NotFound("There is no such certificate, or it is not yours to see.")
    return found[0]


def list_issued_for(session: Session, seal: Seal, jurisdiction: str, number: str) -> list[Issued]:
    """Return every certificate that prints this license, newest first, whoever issued it."""
    named = select(AwardLicense.award_id).where(AwardLicense.blind == blind_of(seal, jurisdiction, number))
    return _list(session, _issued().where(Award.id.in_(named)))


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


@dataclass(frozen=True, slots=True)
class Sum:
    """What is left in the ledger with one accreditor, in its unit: by year of completion, latest first, and in all."""

    accreditor: str
    unit: str
    years: tuple[tuple[int, Decimal], ...]
    hours: Decimal


def totals_by_year(entries: Collection[CreditEntry], completed: Mapping[int, date]) -> list[Sum]:
    """Add the ledger up by accreditor and year of completion, never one accreditor to another. Pure and exact.

    `completed` is the day of completion by award: a correction is entered later, and earned when it was.
    """
    sums: dict[tuple[str, str], dict[int, Decimal]] = {}
    for entry in entries:
        years, year = sums.setdefault((entry.accreditor, entry.unit), {}), completed[entry.award_id].year
        years[year] = years.get(year, Decimal(0)) + (entry.hours if entry.kind == "earned" else -entry.hours)
    found = []
    for key, years in sorted(sums.items()):
        if left := sorted(((year, hours) for year, hours in years.items() if hours), reverse=True):
            found.append(Sum(*key, tuple(left), sum((hours for _, hours in left), Decimal(0))))
    return found


def list_completed_modules(session: Session, user_id: int, module_id: int) -> list[Completion]:
    """Return the learner's completions of any edition of a module, oldest first."""
    query = (
        select(Completion)
        .join(Completion.enrollment)
        .join(Enrollment.edition)
        .where(Enrollment.user_id == user_id, Edition.module_id == module_id)
    )
    return list(session.scalars(query.order_by(Completion.completed_at)))
