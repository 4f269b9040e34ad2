"""Approvals, credit and publishing: the steps that decide what an edition may certify."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Required, TypedDict, TypeVar, Unpack

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from lms import terms
from lms.accreditation.accreditor import ACCREDITORS, PLACEHOLDERS, unknown_placeholders
from lms.accreditation.content import hash_of
from lms.accreditation.credit import calculate
from lms.accreditation.gate import AUTHORS_FIELDS, list_checks, list_unmet, split_default
from lms.accreditation.models import Approval, CreditCalculation
from lms.accreditation.queries import (
    FORMAT,
    Claim,
    Dossier,
    day_text,
    get_dossier,
    list_editors,
    list_reviewers,
    list_waiting_approvals,
    stage_of,
    work_of,
)
from lms.assessments.models import Item, Quiz, QuizDraw
from lms.db import Base
from lms.errors import Conflict, Invalid, NotAllowed
from lms.lines import list_wrong_lines
from lms.modules.commands import EARLIEST, LATEST, open_draft, why_not_hours
from lms.modules.models import Contributor, Edition, Lesson, Media, Module, Objective, Reference
from lms.modules.queries import find_draft, find_latest_edition, list_media
from lms.modules.search import index_module
from lms.modules.text import count_words, media_ids
from lms.outbox import Promise, promise_mail
from lms.people.models import User
from lms.people.queries import list_operator_addresses
from lms.providers.models import Provider

Row = TypeVar("Row", bound=Base)

MOST_MINUTES = 6_000
"""What a tester of a pilot may have taken; a module that takes longer is a course of many."""

MOST_HOURS = 999
"""Hours of one module with one accreditor; far more than any board counts."""

WAITING_SUBJECT = "Approvals wait for you"
ONCE_IN = timedelta(hours=23)
"""So that the round of every day finds yesterday's mail to be old."""


class Grant(TypedDict, total=False):
    """An approval as the accreditor's letter says it, named like the columns; both days are included."""

    accreditor: Required[str]
    number: Required[str]
    professions: Required[Sequence[str]]
    valid_from: Required[date]
    valid_to: Required[date]
    statement: Required[str]
    formats: Sequence[str]


def record_approval(
    session: Session, provider: Provider, *, by: int, now: datetime, **grant: Unpack[Grant]
) -> Approval:
    """Record that an accreditor approved the provider; raises `Invalid` beside the field that breaks a rule.

    It counts for nothing until an operator confirms it. An approval is never changed afterwards: a renewal is a new
    one, and one that was refused may be recorded again. Without formats it is for self-paced modules.
    """
    approval = Approval(
        provider_id=provider.id,
        accreditor=grant["accreditor"],
        number=grant["number"].strip(),
        formats=list(grant.get("formats", (FORMAT,))),
        professions=list(grant["professions"]),
        valid_from=grant["valid_from"],
        valid_to=grant["valid_to"],
        statement=" ".join(grant["statement"].split()),
        recorded_at=now,
        recorded_by=by,
    )
    problems = _problems_of(approval)
    same = select(Approval.id).where(
        Approval.provider_id == provider.id,
        Approval.accreditor == approval.accreditor,
        Approval.number == approval.number,
        Approval.valid_from == approval.valid_from,
    )
    if not problems:
        session.execute(delete(Approval).where(Approval.id.in_(same), Approval.refused_at.is_not(None)))
    if not problems and session.scalar(same) is not None:
        problems["number"] = "This number is recorded from that day already."
    if problems:
        raise Invalid(**problems)
    session.add(approval)
    session.flush()
    remind_operators(session, now=now)
    return approval


def remind_operators(session: Session, *, now: datetime) -> None:
    """Tell every operator that approvals wait for them, each at most once a day; nobody where none waits."""
    waiting = list_waiting_approvals(session)
    if not waiting:
        return
    told = set(
        session.scalars(
            select(Promise.payload["to"].as_string()).where(
                Promise.kind == "mail",
                Promise.made_at > now - ONCE_IN,
                Promise.payload["subject"].as_string() == WAITING_SUBJECT,
            )
        )
    )
    lines = "\n".join(
        f"  {row.provider.name}: {ACCREDITORS[row.accreditor].title}, number {row.number}" for row in waiting
    )
    text = (
        f"These approvals were recorded and count for nothing until an operator confirms them:\n\n{lines}\n\n"
        "Compare each with the accreditor's letter and decide under Operation, Approvals. This email comes at most "
        "once a day.\n"
    )
    for email in list_operator_addresses(session):
        if email not in told:
            promise_mail(session, to=email, subject=WAITING_SUBJECT, text=text, now=now)


def confirm_approval(session: Session, approval: Approval, *, by: int, now: datetime) -> Approval:
    """Let the approval count, and tell who recorded it.

    Raises `Conflict` when somebody decided before, `NotAllowed` when the operator recorded it in another role.
    """
    approval = _undecided(session, approval)
    if by == approval.recorded_by:
        raise NotAllowed("You recorded this approval. Somebody who did not has to confirm it.")
    approval.confirmed_at, approval.confirmed_by = now, by
    session.flush()
    _tell_recorder(session, approval, "confirmed", "Credit is given under it on the days it is valid.", now=now)
    return approval


def refuse_approval(session: Session, approval: Approval, note: str, *, now: datetime) -> Approval:
    """Let the approval count for nothing, and tell who recorded it why.

    Raises `Invalid` without a note and `Conflict` when somebody decided before.
    """
    if not note.strip():
        raise Invalid(note="Say why, so that it can be put right.")
    approval = _undecided(session, approval)
    approval.refused_at, approval.refusal_note = now, note.strip()
    session.flush()
    _tell_recorder(session, approval, "not confirmed", approval.refusal_note, now=now)
    return approval


def withdraw_approval(session: Session, approval: Approval, *, day: date, now: datetime) -> Approval:
    """Let nothing be credited under the approval from that day on; what was issued before stays.

    A withdrawal is not retroactive (`Invalid`) and is recorded once (`Conflict`).
    """
    approval = session.get_one(Approval, approval.id, with_for_update=True, populate_existing=True)
    if approval.withdrawn_on is not None:
        raise Conflict(f"This approval is withdrawn from {day_text(approval.withdrawn_on)} already.")
    # The last place on earth where it is still yesterday: a learner there completes on that day.
    if day < (now - timedelta(hours=12)).date():
        raise Invalid(day="A withdrawal is not retroactive: give today or a later day.")
    if day > approval.valid_to:
        raise Invalid(day=f"The approval ends on {day_text(approval.valid_to)} by itself.")
    approval.withdrawn_on = day
    session.flush()
    return approval


def calculate_credit(  # noqa: PLR0913 - who, when and all that goes into the sum are the record
    session: Session,
    edition: Edition,
    accreditor: str,
    method: str,
    *,
    pilot_minutes: Sequence[int] = (),
    topics: Mapping[str, Decimal | str] | None = None,
    by: int,
    now: datetime,
) -> CreditCalculation:
    """Calculate the draft's credit with an accreditor and store how; a new calculation takes the old one's place.

    `topics` splits the hours; without it the edition's own topics are taken where they add up to the hours, and
    otherwise no split is stored and the gate asks for one. Raises `Invalid` for an accreditor without a usable
    approval, a method it does not accept, too few testers, or topics that do not add up.
    """
    edition = open_draft(session, edition.id, by, now)
    dossier = get_dossier(session, edition)
    claim = _claim_of(dossier.claims, accreditor, now.date())
    rules = claim.accreditor.rules_on(now.date())
    if method not in rules.methods:
        raise Invalid(method=f"{claim.accreditor.title} does not accept this method.")
    if any(not 0 < minutes <= MOST_MINUTES for minutes in pilot_minutes):
        raise Invalid(pilot_minutes=f"Give each tester's time as minutes from 1 to {MOST_MINUTES:,}.")
    row = claim.calculation or CreditCalculation(edition_id=edition.id, accreditor=accreditor)
    row.method, row.pilot_minutes = method, list(pilot_minutes) if method == "pilot" else []
    found = calculate(method, work_of(edition, dossier.drawn, row), rules.scale)
    if found.hours > MOST_HOURS:
        raise Invalid(method=f"This comes to more than {MOST_HOURS} hours. Divide the module.")
    split = split_default(edition.topics, found.hours) if topics is None else _check_topics(topics, found.hours)
    row.inputs, row.minutes, row.hours, row.topics = found.inputs, found.minutes, found.hours, split
    row.calculated_at, row.calculated_by = now, by
    edition.without_credit = False
    session.add(row)
    session.flush()
    return row


def drop_credit(session: Session, edition: Edition, accreditor: str, *, by: int, now: datetime) -> None:
    """Claim no credit with this accreditor in the draft; dropping twice drops once."""
    edition = open_draft(session, edition.id, by, now)
    session.execute(
        delete(CreditCalculation).where(
            CreditCalculation.edition_id == edition.id, CreditCalculation.accreditor == accreditor
        )
    )
    session.flush()


def waive_credit(session: Session, edition: Edition, *, by: int, now: datetime) -> Edition:
    """Let the draft be published without CE credit: its calculations go; a new one takes this back."""
    edition = open_draft(session, edition.id, by, now)
    session.execute(delete(CreditCalculation).where(CreditCalculation.edition_id == edition.id))
    edition.without_credit = True
    session.flush()
    return edition


def submit_for_review(session: Session, edition: Edition, *, link: str = "", by: int, now: datetime) -> Edition:
    """Hand the draft in and tell who may approve it; handing in twice tells them once.

    Raises `Invalid` while the gate asks for something that authors can mend themselves, `Conflict` once it is
    published. `link` is the address of the gate, for the mail.
    """
    del by
    edition = _lock(session, edition)
    if edition.submitted_at is not None:
        return edition
    unmet = [unmet for unmet in list_unmet(session, edition, today=now.date()) if unmet.field in AUTHORS_FIELDS]
    if unmet:
        raise Invalid(form="Before you hand it in: " + " ".join(unmet.requirement for unmet in unmet))
    edition.submitted_at, edition.review_note = now, ""
    edition.taken_back_at = edition.taken_back_by = None
    session.flush()
    text = f"The draft of “{edition.title}” (edition {edition.number}) waits for your review."
    _tell(session, list_reviewers(session, edition), f"For review: {edition.title}", text, link, now=now)
    return edition


def send_back(
    session: Session,
    edition: Edition,
    note: str,
    *,
    seen: str | None = None,
    link: str = "",
    by: int,
    now: datetime,
) -> Edition:
    """Return the draft to its editors with a note of what to change, and tell them.

    `seen` is the `stage_of` the draft that the reviewer read. Raises `Invalid` without a note and `Conflict` when it
    changed since or is not handed in.
    """
    del by
    if not note.strip():
        raise Invalid(note="Say what should change.")
    edition = _lock(session, edition)
    if edition.submitted_at is None:
        raise Conflict("This draft is not handed in any more. Reload the page to see how it stands.")
    _refuse_unseen(edition, seen)
    edition.submitted_at, edition.review_note = None, note.strip()
    session.flush()
    text = f"The draft of “{edition.title}” came back from review with this note:\n\n{edition.review_note}"
    _tell(session, list_editors(session, edition), f"Sent back: {edition.title}", text, link, now=now)
    return edition


def publish_edition(
    session: Session, edition: Edition, *, seen: str | None = None, link: str = "", by: int, now: datetime
) -> Edition:
    """Publish the draft for good: everything is counted once more, and from then on nothing of it changes.

    `seen` is the `stage_of` the draft that the publisher read. Raises `Conflict` when it changed since or somebody
    published it before, `NotAllowed` when the publisher worked on it, and `Invalid` naming everything the gate still
    asks for.
    """
    edition = _lock(session, edition)
    _refuse_unseen(edition, seen)
    if by in edition.editors:
        raise NotAllowed("You worked on this draft. Somebody who did not has to approve it.")
    dossier = get_dossier(session, edition)
    media = list_media(session, edition.module_id)
    _recount(dossier, media)
    unmet = list_checks(dossier, now.date())
    missing = " ".join(check.problem for check in unmet if check.problem)
    if missing:
        raise Invalid(form=f"This draft cannot be published yet. {missing}")
    _recalculate(dossier, by=by, now=now)
    provider = dossier.provider
    edition.policies = {
        "refund": provider.refund_policy,
        "accommodation": provider.accommodation_policy,
        "grievance": provider.grievance_policy,
        "system": provider.system_requirements,
    }
    session.flush()  # before it is closed: the triggers refuse parts of a published edition
    edition.content_hash = hash_of(dossier, media)
    edition.published_at, edition.published_by = now, by
    session.flush()
    body = "\n\n".join(f"{lesson.title}\n{lesson.body}" for lesson in dossier.lessons)
    index_module(
        session,
        edition.module_id,
        title=edition.title,
        topics=" ".join(terms.labels([*edition.topics, *edition.also_qualifies], terms.TOPICS)),
        names=" ".join([provider.name, *(person.name for person in dossier.contributors)]),
        summary=edition.summary,
        body=body,
    )
    text = f"“{edition.title}” (edition {edition.number}) is published."
    _tell(session, list_editors(session, edition), f"Published: {edition.title}", text, link, now=now)
    return edition


def begin_next_draft(session: Session, module: Module, *, by: int, now: datetime) -> Edition:
    """Return the module's draft, a copy of its latest published edition; asking twice returns the one draft.

    The published edition stays as it is. Raises `Conflict` when there is nothing to copy.
    """
    session.execute(select(Module.id).where(Module.id == module.id).with_for_update())
    draft = find_draft(session, module.id)
    if draft is not None:
        return draft
    latest = find_latest_edition(session, module.id)
    if latest is None:
        raise Conflict("This module has no published edition to begin from.")
    draft = _copy(
        latest,
        number=latest.number + 1,
        created_at=now,
        changed_at=now,
        editors=[by],
        submitted_at=None,
        taken_back_at=None,
        taken_back_by=None,
        review_note="",
        published_at=None,
        published_by=None,
        policies={},
        content_hash="",
    )
    draft.module = latest.module
    session.add(draft)
    session.flush()
    _copy_parts(session, latest.id, draft.id)
    return draft


def _problems_of(approval: Approval) -> dict[str, str]:
    problems: dict[str, str] = {}
    if approval.accreditor not in ACCREDITORS:
        problems["accreditor"] = "Choose one of the accreditors."
    problems |= list_wrong_lines({"number": approval.number, "statement": approval.statement}, ("number", "statement"))
    if not approval.number:
        problems["number"] = "Give the number the accreditor gave you."
    for name, day in (("valid_from", approval.valid_from), ("valid_to", approval.valid_to)):
        if not EARLIEST <= day <= LATEST:
            problems[name] = f"Give a day from {EARLIEST.year} to {LATEST.year}."
    if not approval.formats or not set(approval.formats) <= terms.FORMATS.keys():
        problems["formats"] = "Choose at least one format."
    if not approval.professions or not set(approval.professions) <= terms.PROFESSIONS.keys():
        problems["professions"] = "Choose at least one profession."
    if approval.valid_to < approval.valid_from:
        problems["valid_to"] = "An approval ends after it begins."
    if unknown := unknown_placeholders(approval.statement):
        known = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
        problems["statement"] = f"Nothing is known of {', '.join(unknown)}. Use only {known}."
    elif "[" in approval.statement or "]" in approval.statement:
        problems["statement"] = "Replace what stands in square brackets with the words of your approval."
    elif not approval.statement:
        problems["statement"] = "Give the approval statement word for word."
    return problems


def _claim_of(claims: Sequence[Claim], accreditor: str, today: date) -> Claim:
    for claim in claims:
        if claim.accreditor.code == accreditor and claim.usable(today):
            return claim
    raise Invalid(accreditor="The provider has no approval of this accreditor.")


def _check_topics(topics: Mapping[str, Decimal | str], hours: Decimal) -> dict[str, str]:
    """Return the split as it is stored, or raise `Invalid`; topics without hours are left out."""
    split: dict[str, Decimal] = {}
    for code, raw in topics.items():
        try:
            share = Decimal(raw)
        except InvalidOperation:
            raise Invalid(topics=f"{raw} is not a number of hours.") from None
        if code not in terms.TOPICS:
            raise Invalid(topics=f"There is no topic {code}.")
        if share.is_nan() or share:
            if why := why_not_hours(share, MOST_HOURS):
                raise Invalid(topics=f"{terms.TOPICS[code]}: {why}")
            split[code] = share
    total = sum(split.values(), Decimal(0))
    if total != hours:
        raise Invalid(topics=f"The topics add up to {total.normalize():f} and have to add up to {hours.normalize():f}.")
    return {code: f"{share:.2f}" for code, share in split.items()}


def _lock(session: Session, edition: Edition) -> Edition:
    """Return the draft as it is now, with everybody else waiting; raises `Conflict` once it is published."""
    edition = session.get_one(Edition, edition.id, with_for_update=True, populate_existing=True)
    if edition.published_at is not None:
        raise Conflict(f"Edition {edition.number} of this module is published already.")
    return edition


def _refuse_unseen(edition: Edition, seen: str | None) -> None:
    if seen is not None and seen != stage_of(edition):
        raise Conflict("The draft changed since you looked at it. Read it again.")


def _undecided(session: Session, approval: Approval) -> Approval:
    approval = session.get_one(Approval, approval.id, with_for_update=True, populate_existing=True)
    if approval.confirmed_at is not None or approval.refused_at is not None:
        raise Conflict("Somebody has decided on this approval already.")
    return approval


def _tell_recorder(session: Session, approval: Approval, outcome: str, why: str, *, now: datetime) -> None:
    person = session.get_one(User, approval.recorded_by)
    title = ACCREDITORS[approval.accreditor].title
    text = f"The approval {approval.number} of {approval.provider.name} by {title} is {outcome}.\n\n{why}"
    _tell(session, [person], f"Approval {outcome}: {approval.number}", text, "", now=now)


def _recount(dossier: Dossier, media: Collection[Media]) -> None:
    seconds = {row.id: row.seconds for row in media}
    for lesson in dossier.lessons:
        lesson.words = count_words(lesson.body)
        lesson.media_seconds = sum(seconds.get(number, 0) for number in media_ids(lesson.body))
    dossier.edition.words = sum(lesson.words for lesson in dossier.lessons)
    dossier.edition.media_seconds = sum(lesson.media_seconds for lesson in dossier.lessons)


def _recalculate(dossier: Dossier, *, by: int, now: datetime) -> None:
    """Store anew what the last count changed; the gate has looked at these very figures."""
    for claim in dossier.claims:
        row = claim.calculation
        if row is None:
            continue
        rules = claim.accreditor.rules_on(now.date())
        found = calculate(row.method, work_of(dossier.edition, dossier.drawn, row), rules.scale)
        if (found.inputs, found.minutes, found.hours) != (row.inputs, row.minutes, row.hours):
            row.inputs, row.minutes, row.hours = found.inputs, found.minutes, found.hours
            row.calculated_at, row.calculated_by = now, by


def _tell(session: Session, people: Sequence[User], subject: str, text: str, link: str, *, now: datetime) -> None:
    for person in people:
        body = f"{person.name},\n\n{text}\n" + (f"\n{link}\n" if link else "")
        promise_mail(session, to=person.email, subject=subject, text=body, now=now)


def _copy(row: Row, **changes: Any) -> Row:
    """Return a new row with the values of the old one, but for its id and the changes."""
    mapper = inspect(type(row))
    values = {column.key: getattr(row, column.key) for column in mapper.column_attrs if column.key != "id"}
    return type(row)(**{**values, **changes})


def _copy_parts(session: Session, old_id: int, new_id: int) -> None:
    objectives: dict[int, Objective] = {}
    for objective in session.scalars(select(Objective).where(Objective.edition_id == old_id)):
        objectives[objective.id] = _copy(objective, edition_id=new_id)
    session.add_all(objectives.values())
    session.flush()
    kinds: tuple[type[Base], ...] = (Contributor, Lesson, Reference, CreditCalculation, Quiz)
    for kind in kinds:
        for row in session.scalars(select(kind).where(kind.edition_id == old_id)):  # type: ignore[attr-defined]
            session.add(_copy(row, edition_id=new_id))
    for item in session.scalars(select(Item).where(Item.edition_id == old_id)):
        session.add(_copy(item, edition_id=new_id, objective_id=objectives[item.objective_id].id))
    for draw in session.scalars(select(QuizDraw).where(QuizDraw.edition_id == old_id)):
        session.add(_copy(draw, edition_id=new_id, objective_id=objectives[draw.objective_id].id))
    session.flush()
