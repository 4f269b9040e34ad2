"""Sitting the post-test: opening a frozen paper, saving each answer, handing in once; and what is known of it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.assessments.grading import passes, score_of
from lms.assessments.models import Answer, Attempt, Item, Quiz, QuizDraw
from lms.assessments.options import Inputs
from lms.assessments.question import question_of
from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning.models import Enrollment
from lms.learning.queries import list_unfinished
from lms.modules.models import Objective

RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Access:
    """Whether another attempt may be opened now. `left` is null where there is no limit.

    `opens_at` is set while the cool-down lasts. `why_not` is the sentence for the person, empty when it may.
    """

    left: int | None
    opens_at: datetime | None
    why_not: str


@dataclass(frozen=True, slots=True)
class Served:
    """A question as the page shows it: no key, no rationale."""

    item_id: int
    stem: str
    inputs: Inputs
    chosen: tuple[str, ...]


# ---- What is known ----

# Put together once: that takes longer than asking.
_ATTEMPTS = select(Attempt).where(Attempt.enrollment_id == bindparam("enrollment_id")).order_by(Attempt.number)
_ATTEMPT = _ATTEMPTS.where(Attempt.number == bindparam("number"))
_OWN_ATTEMPT = _ATTEMPT.join(Attempt.enrollment).where(Enrollment.user_id == bindparam("user_id"))
_ANSWERS = select(Answer).where(Answer.attempt_id == bindparam("attempt_id"))
_VALUES = _ANSWERS.with_only_columns(Answer.item_id, Answer.value)


def list_attempts(session: Session, enrollment_id: int) -> list[Attempt]:
    """Return the attempts of the enrollment, the first one first."""
    return list(session.scalars(_ATTEMPTS, {"enrollment_id": enrollment_id}))


def get_attempt_of(session: Session, enrollment: Enrollment, number: int) -> Attempt:
    """Return the attempt of that number of the learner's own enrollment, or raise `NotFound`."""
    found = session.scalar(_ATTEMPT, {"enrollment_id": enrollment.id, "number": number})
    if found is None:
        raise NotFound("There is no such attempt of yours.")
    return found


def get_own_attempt(session: Session, user_id: int, enrollment_id: int, number: int) -> Attempt:
    """Return what `get_attempt_of` would for that enrollment of the learner, without reading the enrollment."""
    found = session.scalar(_OWN_ATTEMPT, {"user_id": user_id, "enrollment_id": enrollment_id, "number": number})
    if found is None:
        raise NotFound("There is no such attempt of yours.")
    return found


def find_open_attempt(session: Session, enrollment_id: int) -> Attempt | None:
    """Return the attempt that is not handed in yet, if there is one."""
    return session.scalar(select(Attempt).where(Attempt.enrollment_id == enrollment_id, Attempt.submitted_at.is_(None)))


def find_passed_attempt(session: Session, enrollment_id: int) -> Attempt | None:
    """Return the attempt that passed, if there is one."""
    return session.scalar(
        select(Attempt).where(Attempt.enrollment_id == enrollment_id, Attempt.passed.is_(True)).order_by(Attempt.number)
    )


def answers_of(session: Session, attempt_id: int) -> dict[int, list[str]]:
    """Return what was chosen, by item; a question without an answer is not in it."""
    rows = session.execute(_VALUES, {"attempt_id": attempt_id})
    return {item_id: value for item_id, value in rows if value}


def get_quiz(session: Session, edition_id: int) -> Quiz:
    """Return the settings of the post-test, or raise `NotFound`."""
    found = session.get(Quiz, edition_id)
    if found is None:
        raise NotFound("This module has no post-test.")
    return found


def count_questions(session: Session, edition_id: int) -> int:
    """Return how many questions a paper of the edition has."""
    drawn = select(func.coalesce(func.sum(QuizDraw.count), 0)).where(QuizDraw.edition_id == edition_id)
    return int(session.scalar(drawn) or 0)


def access_to(quiz: Quiz, attempts: Sequence[Attempt], *, now: datetime) -> Access:
    """Say whether another attempt may be opened, from the settings and the attempts so far."""
    handed_in = [attempt.submitted_at for attempt in attempts if attempt.submitted_at is not None]
    left = None if quiz.attempts is None else max(0, quiz.attempts - len(handed_in))
    if any(attempt.passed for attempt in attempts):
        return Access(left, None, "You have passed this test.")
    if left == 0:
        used = "the one attempt" if quiz.attempts == 1 else f"all {quiz.attempts} attempts"
        return Access(left, None, f"You have used {used} at this test.")
    opens_at = max(handed_in) + timedelta(minutes=quiz.cooldown_minutes) if handed_in else now
    if opens_at > now:
        return Access(left, opens_at, f"You can try again in {_duration(opens_at - now)}.")
    return Access(left, None, "")


def served(attempt: Attempt, answers: Mapping[int, Sequence[str]]) -> list[Served]:
    """Return the paper as the page may show it, with the answers so far."""
    return [
        Served(
            entry["item"],
            entry["stem"],
            question_of(entry["kind"]).inputs(entry["definition"], entry["order"]),
            tuple(answers.get(entry["item"], ())),
        )
        for entry in attempt.paper
    ]


# ---- What a learner does ----


def open_attempt(session: Session, enrollment: Enrollment, *, now: datetime) -> Attempt:
    """Open an attempt and freeze its paper; while one is open, even in another window, that one is returned.

    Raises `NotAllowed` while lessons are unfinished, when the attempts are used up, after passing, and during
    the cool-down, with a sentence that says what is missing or when.
    """
    # One learner's parallel requests queue up here.
    session.execute(select(Enrollment.id).where(Enrollment.id == enrollment.id).with_for_update(key_share=True))
    attempts = list_attempts(session, enrollment.id)
    for attempt in attempts:
        if attempt.submitted_at is None:
            return attempt
    missing = [lesson.title for lesson in list_unfinished(session, enrollment)]
    if missing:
        raise NotAllowed("The test opens when every lesson is finished. Still to read: " + "; ".join(missing) + ".")
    quiz = get_quiz(session, enrollment.edition_id)
    access = access_to(quiz, attempts, now=now)
    if access.why_not:
        raise NotAllowed(access.why_not)
    paper = _draw_paper(session, enrollment.edition_id, attempts, shuffle=quiz.shuffle)
    if not paper:
        raise NotFound("This module has no post-test.")
    attempt = Attempt(
        enrollment_id=enrollment.id,
        number=len(attempts) + 1,
        opened_at=now,
        paper=paper,
        pass_mark=quiz.pass_mark,
    )
    session.add(attempt)
    session.flush()
    return attempt


def save_answer(session: Session, attempt: Attempt, item_id: int, value: Sequence[str], *, now: datetime) -> None:
    """Save what was chosen for one question of the paper; an empty choice takes the answer back.

    Raises `Conflict` once the paper is handed in and `Invalid` for a question or an option that is not on it.
    """
    save_answers(session, attempt, {item_id: value}, now=now)


def save_answers(session: Session, attempt: Attempt, answers: Mapping[int, Sequence[str]], *, now: datetime) -> None:
    """Save what was chosen for these questions of the paper, by item; refuses as `save_answer` does."""
    _lock(session, attempt)
    if attempt.submitted_at is not None:
        raise Conflict("This test has been handed in; its answers stay as they are.")
    _save(session, attempt, answers, now)


def submit_attempt(
    session: Session,
    attempt: Attempt,
    answers: Mapping[int, Sequence[str]] | None = None,
    *,
    now: datetime,
) -> Attempt:
    """Hand in the paper, with the last answers if some are given, and mark it.

    A paper is handed in once: a second time, whatever it brings, returns the first result.
    """
    _lock(session, attempt)
    if attempt.submitted_at is not None:
        return attempt
    _save(session, attempt, answers or {}, now)
    attempt.score = score_of(attempt.paper, answers_of(session, attempt.id))
    attempt.passed = passes(attempt.score, attempt.pass_mark)
    attempt.submitted_at = now
    session.flush()
    return attempt


def _lock(session: Session, attempt: Attempt) -> None:
    """Wait for whoever works on this attempt and read what they left."""
    session.refresh(attempt, with_for_update=True)


def _save(session: Session, attempt: Attempt, answers: Mapping[int, Sequence[str]], now: datetime) -> None:
    entries = {entry["item"]: entry for entry in attempt.paper}
    saved = {row.item_id: row for row in session.scalars(_ANSWERS, {"attempt_id": attempt.id})}
    for item_id, value in answers.items():
        if item_id not in entries:
            raise Invalid(form="This question is not part of your test.")
        chosen = _choose(entries[item_id], value)
        answer = saved.get(item_id)
        if answer is None:
            session.add(Answer(attempt_id=attempt.id, item_id=item_id, value=chosen, saved_at=now))
        elif answer.value != chosen:
            answer.value, answer.saved_at = chosen, now
    session.flush()


def _choose(entry: Mapping[str, Any], value: Sequence[str]) -> list[str]:
    """Return the options chosen, in the paper's order, or raise `Invalid` for what the page did not offer."""
    inputs = question_of(entry["kind"]).inputs(entry["definition"], entry["order"])
    offered = [choice.value for choice in inputs.choices]
    if not set(value) <= set(offered) or (inputs.control == "radio" and len(value) > 1):
        raise Invalid(form="This answer is not one of those offered.")
    return [option for option in offered if option in value]


# ---- The paper ----


def _draw_paper(
    session: Session, edition_id: int, attempts: Iterable[Attempt], *, shuffle: bool
) -> list[dict[str, Any]]:
    """Draw per objective, first what no earlier paper had, and freeze what was drawn."""
    seen = {entry["item"] for attempt in attempts for entry in attempt.paper}
    rows = session.execute(
        select(Item, Objective.text, QuizDraw.count)
        .join(Objective, Objective.id == Item.objective_id)
        .join(
            QuizDraw,
            (QuizDraw.objective_id == Item.objective_id) & (QuizDraw.edition_id == Item.edition_id),
        )
        .where(Item.edition_id == edition_id)
        .order_by(Objective.position, Objective.id, Item.position, Item.id)
    ).all()
    banks: dict[int, list[tuple[Item, str, int]]] = {}
    for item, objective, count in rows:
        banks.setdefault(item.objective_id, []).append((item, objective, count))
    drawn: list[dict[str, Any]] = []
    for bank in banks.values():
        count = bank[0][2]
        # A stable sort of a shuffled bank: chance decides among the new ones, then among the old ones.
        chosen = sorted(RANDOM.sample(bank, len(bank)), key=lambda row: row[0].id in seen)[:count]
        kept = {item.id for item, _, _ in chosen}
        drawn += [_freeze(item, objective, shuffle=shuffle) for item, objective, _ in bank if item.id in kept]
    if shuffle:
        RANDOM.shuffle(drawn)
    return drawn


def _freeze(item: Item, objective: str, *, shuffle: bool) -> dict[str, Any]:
    order = list(range(question_of(item.kind).option_count(item.definition)))
    if shuffle:
        RANDOM.shuffle(order)
    return {
        "item": item.id,
        "kind": item.kind,
        "objective": objective,
        "stem": item.stem,
        "definition": item.definition,
        "order": order,
    }


def _duration(span: timedelta) -> str:
    """Return "2 hours 5 minutes", rounded up to the minute: coming back then must not be too early."""
    whole = -(-int(span.total_seconds()) // 60)
    hours, rest = divmod(max(whole, 1), 60)
    named = ((hours, "hour"), (rest, "minute"))
    return " ".join(f"{count} {noun}" if count == 1 else f"{count} {noun}s" for count, noun in named if count)
