"""What is asked about approvals and credit, and everything the publish gate looks at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Literal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload

from lms.accreditation.accreditor import ACCREDITORS, Accreditor
from lms.accreditation.credit import Work, hours_text
from lms.accreditation.models import Approval, CreditCalculation
from lms.assessments.models import Item, Quiz, QuizDraw
from lms.errors import NotFound
from lms.modules.models import Contributor, Edition, Lesson, Module, Objective, Reference
from lms.modules.queries import list_contributors, list_lessons, list_references
from lms.people.models import User
from lms.providers.models import Membership, Provider

FORMAT = "self_paced"
"""The one format that modules have."""

WARNING_DAYS = 60


@dataclass(frozen=True, slots=True)
class Creditable:
    """What a completion earns with one accreditor; `topics` splits the hours, `statement` is ready to print."""

    accreditor: Accreditor
    approval: Approval
    hours: Decimal
    topics: dict[str, str]
    statement: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An accreditor that approved the provider, all its approvals, and the edition's calculation if there is one."""

    accreditor: Accreditor
    approvals: tuple[Approval, ...]
    calculation: CreditCalculation | None

    def in_force(self, day: date, audience: Collection[str]) -> Approval | None:
        """Return the approval that credits such an edition on the day: of those that do, the one that ends last."""
        found = [approval for approval in self.approvals if covers(approval, day, audience)]
        return max(found, key=lambda approval: (approval.valid_to, approval.id), default=None)

    def usable(self, day: date) -> bool:
        """Whether credit may be calculated with it: some approval is neither refused nor withdrawn by that day.

        One that waits for confirmation will do for the sum; publishing asks for more.
        """
        return any(
            approval.refused_at is None and (approval.withdrawn_on is None or day < approval.withdrawn_on)
            for approval in self.approvals
        )


@dataclass(frozen=True, slots=True)
class Dossier:
    """A draft with everything the publish gate looks at. `draws` is how many items a paper takes per objective id."""

    edition: Edition
    provider: Provider
    lessons: Sequence[Lesson]
    contributors: Sequence[Contributor]
    references: Sequence[Reference]
    objectives: Sequence[Objective]
    items: Sequence[Item]
    quiz: Quiz | None
    draws: Mapping[int, int]
    claims: Sequence[Claim]

    @property
    def drawn(self) -> int:
        """How many questions a paper has."""
        return sum(self.draws.values())


@dataclass(frozen=True, slots=True)
class Status:
    """How an approval stands on a day; `kind` is how good that is, `words` say it."""

    kind: Literal["good", "caution", "danger", "neutral"]
    words: str


def status_of(approval: Approval, day: date) -> Status:
    """Return how the approval stands: waiting, refused, active, expiring, expired, withdrawn or not yet begun."""
    if approval.refused_at is not None:
        return Status("danger", "Not confirmed")
    if approval.withdrawn_on is not None and approval.withdrawn_on <= day:
        return Status("danger", f"Withdrawn from {day_text(approval.withdrawn_on)}")
    if approval.valid_to < day:
        return Status("danger", f"Expired on {day_text(approval.valid_to)}")
    if approval.confirmed_at is None:
        return Status("caution", "Waiting for confirmation")
    if approval.valid_from > day:
        return Status("neutral", f"Not yet: begins on {day_text(approval.valid_from)}")
    if approval.withdrawn_on is not None:
        return Status("caution", f"Active, withdrawn from {day_text(approval.withdrawn_on)}")
    left = (approval.valid_to - day).days
    if left <= WARNING_DAYS:
        return Status("caution", "Expires today" if not left else f"Expires in {left} day{'' if left == 1 else 's'}")
    return Status("good", "Active")


def covers(approval: Approval, day: date, audience: Collection[str]) -> bool:
    """Whether the approval is confirmed and credits a self-paced edition for that audience on that day."""
    return (
        approval.confirmed_at is not None
        and approval.valid_from <= day <= approval.valid_to
        and (approval.withdrawn_on is None or day < approval.withdrawn_on)
        and FORMAT in approval.formats
        and not set(approval.professions).isdisjoint(audience)
    )


def list_approvals(session: Session, provider_id: int) -> Sequence[Approval]:
    """Return every approval of the provider, the one that ends last first; expired and withdrawn ones too."""
    found = select(Approval).where(Approval.provider_id == provider_id)
    return session.scalars(found.order_by(Approval.valid_to.desc(), Approval.accreditor, Approval.id)).all()


def list_confirmed_approvals(session: Session, provider_id: int) -> Sequence[Approval]:
    """Return those approvals of the provider that an operator confirmed, the one that ends last first."""
    return [approval for approval in list_approvals(session, provider_id) if approval.confirmed_at is not None]


def list_waiting_approvals(session: Session) -> Sequence[Approval]:
    """Return the approvals that no operator has decided on, the oldest first, with their providers."""
    found = select(Approval).where(Approval.confirmed_at.is_(None), Approval.refused_at.is_(None))
    return session.scalars(
        found.options(joinedload(Approval.provider)).order_by(Approval.recorded_at, Approval.id)
    ).all()


def get_waiting_approval(session: Session, approval_id: int) -> Approval:
    """Return the approval if no operator has decided on it, or raise `NotFound`."""
    for approval in list_waiting_approvals(session):
        if approval.id == approval_id:
            return approval
    raise NotFound("No such approval waits for confirmation. Somebody may have decided already.")


def get_approval_of(session: Session, provider_ids: Collection[int], slug: str, approval_id: int) -> Approval:
    """Return the approval if it belongs to that one of these providers, or raise `NotFound`."""
    approval = session.scalar(
        select(Approval)
        .join(Approval.provider)
        .where(Approval.id == approval_id, Provider.slug == slug, Provider.id.in_(provider_ids))
        .options(joinedload(Approval.provider))
    )
    if approval is None:
        raise NotFound("There is no such approval.")
    return approval


def list_claims(session: Session, edition: Edition) -> list[Claim]:
    """Return the accreditors that ever approved the edition's provider, by code, in one statement."""
    return _claims(session, edition)


def list_creditable(session: Session, edition: Edition, *, day: date) -> list[Creditable]:
    """Return what a completion on that day earns, by accreditor: one entry each, in one statement.

    An approval has to be in force for self-paced modules and one profession of the audience; the edition's
    calculation with the accreditor has to give more than nothing; an expired edition earns nothing.
    """
    found: list[Creditable] = []
    if edition.expires_on is not None and edition.expires_on < day:
        return found
    for claim in _claims(session, edition):
        approval = claim.in_force(day, edition.audience)
        if approval is not None and claim.calculation is not None and claim.calculation.hours > 0:
            hours, topics = claim.calculation.hours, claim.calculation.topics
            found.append(Creditable(claim.accreditor, approval, hours, topics, render_statement(approval, hours)))
    return found


def render_statement(approval: Approval, hours: Decimal) -> str:
    """Return the approval statement with its values: hours as "1.5 clock hours", days as "1 January 2026"."""
    unit = ACCREDITORS[approval.accreditor].unit
    values = {
        "provider": approval.provider.name,
        "number": approval.number,
        "hours": hours_text(hours, unit),
        "unit": unit,
        "from": day_text(approval.valid_from),
        "to": day_text(approval.valid_to),
    }
    return approval.statement.format(**values)


def get_dossier(session: Session, edition: Edition) -> Dossier:
    """Return everything the publish gate looks at, in five statements."""
    bank = session.execute(
        select(Quiz, Objective, QuizDraw, Item)
        .select_from(Edition)
        .outerjoin(Quiz, Quiz.edition_id == Edition.id)
        .outerjoin(Objective, Objective.edition_id == Edition.id)
        .outerjoin(QuizDraw, and_(QuizDraw.edition_id == Edition.id, QuizDraw.objective_id == Objective.id))
        .outerjoin(Item, and_(Item.edition_id == Edition.id, Item.objective_id == Objective.id))
        .where(Edition.id == edition.id)
        .order_by(Objective.position, Objective.id, Item.position, Item.id)
    ).all()
    return Dossier(
        edition=edition,
        provider=edition.module.provider,
        lessons=list_lessons(session, edition.id),
        contributors=list_contributors(session, edition.id),
        references=list_references(session, edition.id),
        objectives=list(dict.fromkeys(row.Objective for row in bank if row.Objective)),
        items=[row.Item for row in bank if row.Item],
        quiz=bank[0].Quiz if bank else None,
        draws={row.Objective.id: row.QuizDraw.count for row in bank if row.QuizDraw},
        claims=list_claims(session, edition),
    )


def work_of(edition: Edition, questions: int, calculation: CreditCalculation | None = None) -> Work:
    """Return what the edition's credit is calculated from; pilot minutes come from an earlier calculation."""
    pilot = tuple(calculation.pilot_minutes) if calculation else ()
    return Work(edition.words, edition.media_seconds, questions, edition.difficulty, pilot)


def stage_of(edition: Edition) -> str:
    """Return what tells one state of a draft from every later one: its last change and its handing in."""
    moments = (edition.changed_at, edition.submitted_at)
    return " ".join(moment.astimezone(UTC).isoformat() if moment else "never" for moment in moments)


def list_reviewers(session: Session, edition: Edition) -> Sequence[User]:
    """Return who may approve the draft: reviewers and managers of its provider who did not work on it."""
    works_here = (
        select(Membership.id)
        .join(Module, Module.provider_id == Membership.provider_id)
        .where(Membership.user_id == User.id, Membership.role.in_(("reviewer", "manager")))
        .where(Module.id == edition.module_id)
    )
    found = select(User).where(works_here.exists(), User.active, User.id.not_in(edition.editors))
    return session.scalars(found.order_by(User.id)).all()


def list_editors(session: Session, edition: Edition) -> Sequence[User]:
    """Return who worked on the draft."""
    found = select(User).where(User.id.in_(edition.editors), User.active)
    return session.scalars(found.order_by(User.id)).all()


def day_text(day: date) -> str:
    """Return "1 January 2026"."""
    return f"{day.day} {day:%B %Y}"


_CLAIMS = (
    select(Approval, CreditCalculation)
    .join(Module, Module.provider_id == Approval.provider_id)
    .outerjoin(
        CreditCalculation,
        and_(
            CreditCalculation.accreditor == Approval.accreditor,
            CreditCalculation.edition_id == bindparam("edition_id"),
        ),
    )
    .where(Module.id == bindparam("module_id"))
    .options(joinedload(Approval.provider))
    .order_by(Approval.accreditor, Approval.valid_from, Approval.id)
)


def _claims(session: Session, edition: Edition) -> list[Claim]:
    rows = session.execute(_CLAIMS, {"edition_id": edition.id, "module_id": edition.module_id}).all()
    by_code: dict[str, list[Approval]] = {}
    calculations: dict[str, CreditCalculation | None] = {}
    for approval, calculation in rows:
        by_code.setdefault(approval.accreditor, []).append(approval)
        calculations[approval.accreditor] = calculation
    return [Claim(ACCREDITORS[code], tuple(by_code[code]), calculations[code]) for code in by_code]
