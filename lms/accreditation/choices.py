"""What an author chooses credit from: each accreditor of the provider, and what its methods give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accreditation.accreditor import Accreditor, Rules
from lms.accreditation.credit import Calculation, calculate, pilot_gap
from lms.accreditation.gate import Sum, bank_for, sum_up
from lms.accreditation.models import Approval
from lms.accreditation.queries import Claim, Status, list_claims, status_of, work_of
from lms.assessments.models import QuizDraw
from lms.errors import NotFound
from lms.modules.models import Edition


@dataclass(frozen=True, slots=True)
class Choice:
    """An accreditor with its rules of the day, what each formula gives, and what the authors chose."""

    claim: Claim
    rules: Rules
    approvals: tuple[tuple[Approval, Status], ...]
    usable: bool
    outcomes: Mapping[str, Calculation]
    """By method, in the accreditor's order; a pilot has no outcome before it was run."""
    sum: Sum | None
    drawn: int

    @property
    def accreditor(self) -> Accreditor:
        """The accreditor."""
        return self.claim.accreditor

    @property
    def needed(self) -> int:
        """How many questions the accreditor wants for the chosen credit."""
        return self.rules.questions.needed(self.sum.hours) if self.sum else 0

    @property
    def planned(self) -> Decimal:
        """The hours to plan a test for: those that are calculated, or one."""
        return self.sum.hours if self.sum and self.sum.hours else Decimal(1)

    @property
    def asked(self) -> int:
        """How many questions the accreditor wants for the planned hours."""
        return self.rules.questions.needed(self.planned)

    @property
    def bank(self) -> int:
        """How many questions the bank of such a test holds at least."""
        return bank_for(self.asked)

    @property
    def gap(self) -> Fraction | None:
        """By what share the chosen pilot differs from the first formula, where that is more than a quarter."""
        if self.sum is None or self.sum.now is None or self.sum.row.method != "pilot":
            return None
        formulas = [found for method, found in self.outcomes.items() if method != "media_time"]
        return pilot_gap(self.sum.now, formulas[0]) if formulas else None


def list_choices(session: Session, edition: Edition, *, today: date, drawn: int | None = None) -> list[Choice]:
    """Return the accreditors that approved the provider and have rules for today, by code, in two statements.

    It is one where the caller knows how many questions the test draws.
    Those whose every approval is withdrawn are left out unless a calculation of the edition rests on them.
    """
    if drawn is None:
        drawn = session.scalar(select(func.sum(QuizDraw.count)).where(QuizDraw.edition_id == edition.id)) or 0
    found = []
    for claim in list_claims(session, edition):
        if not claim.usable(today) and claim.calculation is None:
            continue
        try:
            rules = claim.accreditor.rules_on(today)
        except NotFound:
            continue
        work = work_of(edition, drawn)
        found.append(
            Choice(
                claim=claim,
                rules=rules,
                approvals=tuple((approval, status_of(approval, today)) for approval in claim.approvals),
                usable=claim.usable(today),
                outcomes={m: calculate(m, work, rules.scale) for m in rules.methods if m != "pilot"},
                sum=sum_up(edition, drawn, claim, today),
                drawn=drawn,
            )
        )
    return found


def get_choice(session: Session, edition: Edition, code: str, *, today: date) -> Choice:
    """Return the choice of that accreditor if credit may be calculated with it, or raise `NotFound`."""
    for choice in list_choices(session, edition, today=today):
        if choice.accreditor.code == code and choice.usable:
            return choice
    raise NotFound("The provider has no approval of this accreditor.")
