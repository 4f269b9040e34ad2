"""What is asked about an edition's item bank and post-test; attempts have a file of their own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session, contains_eager

from lms.assessments.models import Item, Quiz, QuizDraw
from lms.errors import NotFound
from lms.modules.models import Contributor, Lesson, Objective, Reference
from lms.modules.queries import list_objectives


@dataclass(frozen=True, slots=True)
class BankRow:
    """The part of a bank that belongs to one objective, and how many of it a paper draws."""

    objective: Objective
    items: tuple[Item, ...]
    drawn: int

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.items)

    @property
    def wanted(self) -> int:
        """Half as many again as are drawn, rounded up, so that a second paper differs from the first."""
        return -(-3 * self.drawn // 2)

    @property
    def enough(self) -> bool:
        """Whether there are as many as wanted, and at least one."""
        return self.count >= max(self.wanted, 1)


def list_items(session: Session, edition_id: int) -> Sequence[Item]:
    """Return the bank with its objectives, in the order of the objectives and then of the items."""
    found = select(Item).join(Item.objective).options(contains_eager(Item.objective))
    return session.scalars(
        found.where(Item.edition_id == edition_id).order_by(Objective.position, Objective.id, Item.position, Item.id)
    ).all()


def get_item(session: Session, edition_id: int, item_id: int) -> Item:
    """Return the edition's item, or raise `NotFound`, also for one of another edition."""
    item = session.scalar(select(Item).where(Item.id == item_id, Item.edition_id == edition_id))
    if item is None:
        raise NotFound("There is no such question here, or it is not yours to see.")
    return item


def find_quiz(session: Session, edition_id: int) -> Quiz | None:
    """Return the post-test's settings, or `None` before they were made."""
    return session.get(Quiz, edition_id)


def draws_of(session: Session, edition_id: int) -> dict[int, int]:
    """Return how many items a paper draws, by objective id; objectives without any are missing."""
    rows = session.execute(select(QuizDraw.objective_id, QuizDraw.count).where(QuizDraw.edition_id == edition_id))
    return {objective_id: count for objective_id, count in rows if count}


def list_bank(session: Session, edition_id: int) -> list[BankRow]:
    """Return the bank by objective, in three statements."""
    by_objective: dict[int, list[Item]] = {}
    for item in list_items(session, edition_id):
        by_objective.setdefault(item.objective_id, []).append(item)
    drawn = draws_of(session, edition_id)
    return [
        BankRow(objective, tuple(by_objective.get(objective.id, ())), drawn.get(objective.id, 0))
        for objective in list_objectives(session, edition_id)
    ]


def parts_of(session: Session, edition_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return which parts each edition has anything of, by the names of the tables, in one statement."""
    kinds = (Objective, Lesson, Contributor, Reference, Item, Quiz)
    found = session.execute(
        union_all(
            *(
                select(literal(kind.__tablename__), kind.edition_id).where(kind.edition_id.in_(edition_ids)).distinct()
                for kind in kinds
            )
        )
    )
    parts: dict[int, set[str]] = {}
    for name, edition_id in found:
        parts.setdefault(edition_id, set()).add(name)
    return {edition_id: frozenset(names) for edition_id, names in parts.items()}
