"""How a draft's item bank and post-test are written; attempts have a file of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Item, Quiz, QuizDraw
from lms.assessments.options import Definition
from lms.assessments.queries import list_items
from lms.assessments.question import QUESTIONS
from lms.errors import Conflict, Invalid, NotFound
from lms.modules.commands import open_draft, remove_part
from lms.modules.models import Edition, Objective
from lms.modules.queries import get_part

LONGEST_STEM = 2000


def add_item(  # noqa: PLR0913 - a question is what these say
    session: Session,
    edition: Edition,
    *,
    objective: Objective,
    kind: str,
    stem: str,
    definition: Definition,
    by: int,
    now: datetime,
) -> Item:
    """Add a question at the end of its objective; its kind refuses a definition that breaks its rules (`Invalid`)."""
    stem, definition = _checked(kind, stem, definition)
    edition = open_draft(session, edition.id, by, now)
    _refuse_foreign(objective, edition.id)
    last = session.scalar(select(func.max(Item.position)).where(Item.edition_id == edition.id)) or 0
    item = Item(edition_id=edition.id, objective_id=objective.id, position=last + 1, kind=kind, stem=stem)
    item.definition = dict(definition)
    session.add(item)
    session.flush()
    return item


def edit_item(
    session: Session, item: Item, *, objective: Objective, stem: str, definition: Definition, by: int, now: datetime
) -> Item:
    """Replace a question; its kind stays."""
    stem, definition = _checked(item.kind, stem, definition)
    open_draft(session, item.edition_id, by, now)
    _refuse_foreign(objective, item.edition_id)
    item.objective_id = objective.id
    item.stem, item.definition = stem, dict(definition)
    session.flush()
    return item


def duplicate_item(session: Session, item: Item, *, by: int, now: datetime) -> Item:
    """Copy a question and put the copy right after it."""
    open_draft(session, item.edition_id, by, now)
    copy = Item(
        edition_id=item.edition_id,
        objective_id=item.objective_id,
        position=item.position,
        kind=item.kind,
        stem=item.stem,
        definition=dict(item.definition),
    )
    session.add(copy)
    session.flush()
    rows = [row for row in list_items(session, item.edition_id) if row is not copy]
    rows.insert(rows.index(item) + 1, copy)
    _number(session, rows)
    return copy


def move_item(session: Session, item: Item, step: Literal[-1, 1], *, by: int, now: datetime) -> bool:
    """Move a question one place up or down inside its objective; return False at the end of it, where it stays."""
    open_draft(session, item.edition_id, by, now)
    rows = list(list_items(session, item.edition_id))
    here = rows.index(item)
    there = here + step
    moves = 0 <= there < len(rows) and rows[there].objective_id == item.objective_id
    if moves:
        rows[here], rows[there] = rows[there], rows[here]
    _number(session, rows)
    return moves


def remove_item(session: Session, item: Item, *, by: int, now: datetime) -> None:
    """Remove a question from a draft's bank."""
    open_draft(session, item.edition_id, by, now)
    session.delete(item)
    session.flush()


def remove_objective(session: Session, objective: Objective, *, by: int, now: datetime) -> None:
    """Remove an objective from a draft, or raise `Conflict` while questions of the bank use it."""
    used = session.scalar(select(func.count()).select_from(Item).where(Item.objective_id == objective.id)) or 0
    if used:
        if used == 1:
            raise Conflict("A question of the bank uses this objective. First give it another one, or remove it.")
        raise Conflict(f"{used} questions of the bank use this objective. First give them another one, or remove them.")
    open_draft(session, objective.edition_id, by, now)
    draw = session.get(QuizDraw, (objective.edition_id, objective.id))
    if draw is not None:
        session.delete(draw)
        session.flush()
    remove_part(session, objective, by=by, now=now)


def set_quiz(  # noqa: PLR0913 - the settings of a post-test
    session: Session,
    edition: Edition,
    *,
    pass_mark: int,
    attempts: int | None,
    cooldown_minutes: int,
    shuffle: bool,
    draws: Mapping[int, int],
    by: int,
    now: datetime,
) -> Quiz:
    """Set the post-test: pass mark in percent, attempts (`None`: no limit), cool-down in minutes, draws by objective.

    `draws` says how many questions of an objective a paper holds, by objective id.
    """
    problems: dict[str, str] = {}
    if not 1 <= pass_mark <= 100:
        problems["pass_mark"] = "The pass mark is a percentage from 1 to 100."  # noqa: S105 - no word, a mark
    if attempts is not None and not 1 <= attempts <= 100:
        problems["attempts"] = "Allow from 1 to 100 attempts, or leave it empty for no limit."
    if not 0 <= cooldown_minutes <= 43_200:
        problems["cooldown_minutes"] = "Give minutes, from 0 to 43,200 (30 days)."
    if draws and not any(draws.values()):
        problems["draws"] = "A test needs questions. Say for at least one objective how many are drawn."
    if any(not 0 <= count <= 200 for count in draws.values()):
        problems["draws"] = "A test draws from 0 to 200 questions of an objective."
    if problems:
        raise Invalid(**problems)
    edition = open_draft(session, edition.id, by, now)
    quiz = session.get(Quiz, edition.id) or Quiz(edition_id=edition.id)
    quiz.pass_mark, quiz.attempts = pass_mark, attempts
    quiz.cooldown_minutes, quiz.shuffle = cooldown_minutes, shuffle
    session.add(quiz)
    kept = {row.objective_id: row for row in session.scalars(select(QuizDraw).where(QuizDraw.edition_id == edition.id))}
    for objective_id, count in draws.items():
        get_part(session, Objective, edition.id, objective_id)
        row = kept.pop(objective_id, None) or QuizDraw(edition_id=edition.id, objective_id=objective_id)
        row.count = count
        session.add(row)
    for row in kept.values():
        session.delete(row)
    session.flush()
    return quiz


def _refuse_foreign(objective: Objective, edition_id: int) -> None:
    if objective.edition_id != edition_id:
        raise NotFound("There is no such objective in this edition.")


def _checked(kind: str, stem: str, definition: Definition) -> tuple[str, Definition]:
    """Return stem and definition in their stored form, or raise `Invalid` with everything that is wrong."""
    if kind not in QUESTIONS:
        raise Invalid(kind="There is no such kind of question.")
    problems: dict[str, str] = {}
    stem = stem.replace("\r\n", "\n").strip()
    if not stem:
        problems["stem"] = "A question needs its text."
    elif len(stem) > LONGEST_STEM:
        problems["stem"] = f"This has {len(stem):,} characters; {LONGEST_STEM:,} fit."
    kept = QUESTIONS[kind].clean(definition)
    try:
        QUESTIONS[kind].check(kept)
    except Invalid as error:
        problems |= error.problems
    if problems:
        raise Invalid(**problems)
    return stem, kept


def _number(session: Session, rows: list[Item]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position
    session.flush()
