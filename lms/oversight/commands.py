"""Looking up, opening audits, answering and settling them, asking for packets and sharing them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards import document
from lms.awards.models import Award
from lms.boards.models import Board
from lms.db import Base
from lms.errors import Conflict, Invalid, NotFound
from lms.files import Shelf
from lms.outbox import promise, promise_mail
from lms.oversight.models import AnswerFile, Audit, Batch, Entry, Look, Packet, Share, Subject
from lms.oversight.queries import (
    Finding,
    cases_of,
    doubted_in,
    find_holders_elsewhere,
    find_licensee,
    holding_of,
    is_open,
    list_files,
    list_findings,
    list_history,
    place_in,
    pool_of,
    same_name,
    zone_of,
)
from lms.oversight.sample import draw, squeeze
from lms.oversight.state import DECISIONS, State
from lms.people.models import License
from lms.people.queries import get_license_of

Row = TypeVar("Row", bound=Base)

MOST_LICENSES = 500
"""One audit asks at most so many licensees."""
MOST_TEXT = 4000
MOST_ASKED = 200
MOST_FILES = 5
MOST_FILE_BYTES = 8 * 1024 * 1024
FILE_KINDS = (".pdf", ".png", ".jpg", ".jpeg", ".heic", ".webp", ".svg", ".json")
"""What certificates come in, ours and others'; the board's desk hands them out as downloads only."""
TOLD = {
    "accepted": ("Your answer was accepted", "has accepted your answer"),
    "returned": ("Please answer again", "asks you to answer again"),
    "refused": ("Your answer was refused", "has refused your answer"),
    "closed": ("You need not answer", "has closed its question to you"),
}
"""What a mail about a decision is about, and what it says."""
CLOSED: dict[State, str] = {
    "refused": "Your answer stays refused, and nothing more is asked of you.",
    "undecided": "Your answer was there, and the board had not decided on it. You need not do anything more.",
    "unanswered_again": (
        "The board had asked you to answer again, and no further answer had come. For your license the audit ends as "
        "“Asked again, not answered”, and you cannot answer here any more. Ask the board what follows from this."
    ),
    "unanswered": (
        "No answer of yours had come. For your license the audit ends as “Not answered”, and you cannot answer here "
        "any more. Ask the board what follows from this."
    ),
}
"""What the end of an audit means to a licensee whose answer was not accepted."""
LONGEST_SHARE = 90
"""Days."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a member types to find a licensee; name and credential may be empty, the days bound the period shown."""

    number: str
    first_day: date
    last_day: date
    credential: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A new audit: whom it asks (a list of numbers, or a sample of that size by that seed), for what, until when.

    `asks` says how many hours, in the board's words, and may be empty.
    """

    title: str
    first_day: date
    last_day: date
    due_on: date
    numbers: Sequence[str] = ()
    sample: int = 0
    seed: str = ""
    asks: str = ""


# ---- Looks


def look_up_licensee(
    session: Session,
    board: Board,
    query: Query,
    *,
    seated: bool,
    by: int | None,
    token: int | None = None,
    now: datetime,
) -> Look:
    """Look a license number up for a board and write it down, whatever comes of it.

    A board's program looks through a `token` and in nobody's name. Refused for who does not sit on the board, for a
    number of another jurisdiction or profession, and for a name that is not the licensee's: the caller shows all three
    as "not found". Raises `Invalid` for a number that is none, a period that ends before it begins, and a number that
    two licensees of the board have.
    """
    problems = {}
    if not squeeze(query.number):
        problems["number"] = "Give the full license number."
    if query.first_day > query.last_day:
        problems["last_day"] = "The period ends before it begins."
    if problems:
        raise Invalid(**problems)
    found = find_licensee(session, board, query.number, query.credential)
    outcome = "allowed" if found else "not_found"
    if found is None:
        elsewhere = find_holders_elsewhere(session, board, query.number)
        if elsewhere:
            found, outcome = (elsewhere[0] if len(elsewhere) == 1 else None), "refused"
    elif not seated or (query.name.strip() and not same_name(query.name, found.user.name)):
        outcome = "refused"
    look = Look(
        board_id=board.id,
        user_id=by,
        token_id=token,
        looked_at=now,
        kind="licensee",
        outcome=outcome if seated else "refused",
        asked=_short(query.number),
        about_id=found.user_id if found else None,
        license=str(holding_of(found)) if found else "",
        first_day=query.first_day,
        last_day=query.last_day,
    )
    return _write(session, look)


def look_up_certificate(
    session: Session, board: Board, typed: str, *, seated: bool, by: int | None, token: int | None = None, now: datetime
) -> Look:
    """Look a code up for a board and write it down; allowed where the certificate names one of its licenses.

    Refused otherwise: then the public page says what anybody may know. Raises `Invalid` for what cannot be a code.
    """
    try:
        code = document.read_code(typed)
    except ValueError as error:
        raise Invalid(code=str(error)) from error
    award = session.scalar(select(Award).where(Award.code == code))
    outcome, license_, about = "not_found", "", None
    if award is not None:
        about = award.completion.enrollment.user_id
        ours = [row for row in award.facts.get("licenses", []) if row.get("jurisdiction") == board.jurisdiction]
        outcome = "allowed" if ours and seated else "refused"
        license_ = "|".join(str(ours[0][key]) for key in ("jurisdiction", "credential", "number")) if ours else ""
    look = Look(
        board_id=board.id,
        user_id=by,
        token_id=token,
        looked_at=now,
        kind="certificate",
        outcome=outcome,
        asked=code,
        about_id=about,
        award_id=award.id if award else None,
        license=license_[:80],
    )
    return _write(session, look)


def note_opening(
    session: Session, board_id: int, packet: Packet, *, by: int | None, share: Share | None = None, now: datetime
) -> Look:
    """Write down that a packet was opened for a board: from an audit, or by a link (then without a name, perhaps)."""
    look = Look(
        board_id=board_id,
        user_id=by,
        looked_at=now,
        kind="packet",
        outcome="allowed",
        asked=f"Packet {packet.id}",
        about_id=packet.user_id,
        packet_id=packet.id,
        share_id=share.id if share else None,
        license=f"{packet.jurisdiction}|{packet.credential}|{packet.number}",
        first_day=packet.first_day,
        last_day=packet.last_day,
    )
    return _write(session, look)


def _write(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    return _line(text)[:100]


# ---- Batches


def begin_batch(session: Session, board: Board, lines: Sequence[str], name: str, *, by: int, now: datetime) -> Batch:
    """Take a list of codes to check; the worker does it after the commit (outbox kind `batch`).

    An empty line holds the place of a row without a code: nothing is checked, and the next one keeps its number.
    """
    codes = sum(map(bool, lines))
    if not codes:
        raise Invalid(codes="Paste codes, or choose a file with a code in each line.")
    batch = Batch(
        board_id=board.id,
        user_id=by,
        name=_short(name) or "Pasted codes",
        asked_at=now,
        lines=list(lines),
        total=codes,
    )
    _write(session, batch)
    promise(session, "batch", {"batch_id": batch.id}, now=now)
    return batch


# ---- Audits


def open_audit(session: Session, board: Board, plan: Plan, *, by: int, public_url: str, now: datetime) -> Audit:
    """Open a case and tell every licensee we know, by mail and on their home.

    Numbers are matched as look-ups are; one that nobody here has stays in the case as not known. Raises `Invalid`
    beside the field that breaks a rule.
    """
    _check(plan, now.date())
    audit = Audit(
        board_id=board.id,
        title=_line(plan.title),
        first_day=plan.first_day,
        last_day=plan.last_day,
        due_on=plan.due_on,
        asks=_line(plan.asks),
        opened_at=now,
        opened_by=by,
    )
    chosen = _sample(session, board, plan, audit) if plan.sample else _named(session, board, plan.numbers)
    _write(session, audit)
    for number, found in chosen:
        subject = Subject(
            audit_id=audit.id,
            user_id=found.user_id if found else None,
            credential=found.credential if found else "",
            number=found.number if found else number,
        )
        _write(session, subject)
        question = (
            f"{board.name} asks you to show the continuing education you completed from {_day(audit.first_day)} to "
            f"{_day(audit.last_day)} for license {subject.license}. Please answer by {_day(audit.due_on)}."
        )
        asks = f"It asks for: {audit.asks}" if audit.asks else ""
        way = "You can answer in one step with an audit packet, or in words:"
        _write_to(session, subject, f"Please answer by {_day(audit.due_on)}", [question, asks, way], public_url, now)
    return audit


def _check(plan: Plan, today: date) -> None:
    problems = {}
    if not plan.title.strip() or len(plan.title) > 200:
        problems["title"] = "Give the audit a title, at most 200 characters."
    if plan.first_day > plan.last_day:
        problems["last_day"] = "The period ends before it begins."
    if plan.due_on <= today:
        problems["due_on"] = "Give a day to come, so that there is time to answer."
    if plan.sample and plan.numbers:
        problems["sample"] = "Either list the numbers or draw a sample, not both."
    elif not plan.sample and not plan.numbers:
        problems["numbers"] = "List at least one license number, or draw a sample."
    if max(plan.sample, len(plan.numbers)) > MOST_LICENSES:
        problems["sample" if plan.sample else "numbers"] = f"An audit asks at most {MOST_LICENSES} licensees."
    if len(plan.asks) > MOST_ASKED:
        problems["asks"] = f"At most {MOST_ASKED} characters."
    if len(plan.seed) > 100:
        problems["seed"] = "A seed has at most 100 characters."
    if problems:
        raise Invalid(**problems)


def _named(session: Session, board: Board, numbers: Sequence[str]) -> list[tuple[str, License | None]]:
    """Return each number once with its license; letters before a number that two licensees share tell them apart."""
    pool: dict[str, list[License]] = {}
    for row in pool_of(session, board).values():
        for spelling in {squeeze(row.number), squeeze(row.credential + row.number)}:
            pool.setdefault(spelling, []).append(row)
    chosen: dict[tuple[str, str], tuple[str, License | None]] = {}
    for number in numbers:
        plain, found = squeeze(number), pool.get(squeeze(number), [])
        if not plain or len(plain) > 40:
            raise Invalid(numbers=f"“{_short(number)}” is no license number.")
        if len(found) > 1:
            letters = ", ".join(sorted(row.credential for row in found))
            raise Invalid(numbers=f"More than one license has the number {plain}: write the letters first ({letters}).")
        license_ = found[0] if found else None
        key = (license_.credential, license_.number) if license_ else ("", plain)
        chosen.setdefault(key, (plain, license_))
    return list(chosen.values())


def _sample(session: Session, board: Board, plan: Plan, audit: Audit) -> list[tuple[str, License | None]]:
    pool = pool_of(session, board)
    if not pool:
        raise Invalid(sample="Nobody here holds a license of this board yet.")
    audit.seed = plan.seed.strip() or secrets.token_hex(16)
    drawn = draw(pool, audit.seed, plan.sample)
    audit.pool_size, audit.pool_sha256 = drawn.pool_size, drawn.pool_sha256
    return [(pool[line].number, pool[line]) for line in drawn.chosen]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def answer_with_packet(session: Session, subject: Subject, *, by: int, now: datetime) -> Packet:
    """Answer an audit with a packet for its license and period; the worker makes the file.

    Raises `Conflict` when the audit is closed or this license is settled, or an answer waits for the board already.
    """
    _wants_answer(session, subject, now)
    audit = subject.audit
    packet = _begin_packet(
        session,
        by,
        (audit.board.jurisdiction, subject.credential, subject.number),
        (audit.first_day, audit.last_day),
        now,
    )
    _write(session, Entry(subject_id=subject.id, kind="packet", packet_id=packet.id, written_at=now, written_by=by))
    return packet


def answer_with_note(
    session: Session,
    subject: Subject,
    text: str,
    *,
    files: Sequence[tuple[str, bytes]] = (),
    shelf: Shelf | None = None,
    by: int,
    now: datetime,
) -> Entry:
    """Answer an audit in words, and with files (name and content of each) that go on the shelf.

    Raises `Invalid` for an empty text, too many files, and a file that is empty, too large or of no kind that
    certificates come in; `Conflict` as `answer_with_packet` does.
    """
    words = _text(text)
    _check_files(files)
    _wants_answer(session, subject, now)
    entry = Entry(subject_id=subject.id, kind="note", text=words, written_at=now, written_by=by)
    _write(session, entry)
    if shelf is not None:
        session.add_all(
            AnswerFile(entry_id=entry.id, name=_file_name(name), sha256=shelf.put(content), size=len(content))
            for name, content in files
        )
        session.flush()
    return entry


def _check_files(files: Sequence[tuple[str, bytes]]) -> None:
    if len(files) > MOST_FILES:
        raise Invalid(files=f"Send at most {MOST_FILES} files with an answer.")
    for name, content in files:
        shown = _file_name(name)
        if not shown.lower().endswith(FILE_KINDS):
            raise Invalid(files=f"“{shown}” is not a PDF, a picture or a JSON file.")
        if not content:
            raise Invalid(files=f"“{shown}” is empty.")
        if len(content) > MOST_FILE_BYTES:
            raise Invalid(files=f"“{shown}” is larger than {MOST_FILE_BYTES // 1024 // 1024} MB.")


def _file_name(name: str) -> str:
    """Return the name without a folder, with its end, in what a header and a page can take."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, end = "".join(sign if sign.isprintable() else " " for sign in plain).strip().rpartition(".")
    return f"{stem[:100].strip() or 'file'}{dot}{end[:10]}"


def note_file_opening(
    session: Session, subject: Subject, file: AnswerFile, found: Finding, *, by: int, now: datetime
) -> Look:
    """Write down that a member of the board opened a file of an answer, and what they were told of it.

    The licensee sees the opening, the board sees what was found.
    """
    board = subject.audit.board
    look = Look(
        board_id=board.id,
        user_id=by,
        looked_at=now,
        kind="packet",
        outcome="allowed",
        asked=_short(file.name),
        about_id=subject.user_id,
        file_id=file.id,
        found=asdict(found),
        license=f"{board.jurisdiction}|{subject.credential}|{subject.number}",
        first_day=subject.audit.first_day,
        last_day=subject.audit.last_day,
    )
    return _write(session, look)


def _wants_answer(session: Session, subject: Subject, now: datetime) -> None:
    _hold(session, subject)
    place = place_in(session, subject, now=now).place
    if place.state == "answered":
        raise Conflict("Your answer is with the board already. Write a comment if something is missing.")
    if place.over:
        raise Conflict("The board has closed this. You need not answer any more.")


def decide(
    session: Session, subject: Subject, kind: str, text: str, *, by: int, public_url: str, now: datetime
) -> Entry:
    """Accept, return or refuse an answer, or close a license in an audit whatever the answer; the licensee is told.

    The mail leads to the answer's page, and names the day by which to answer again. `kind` is one of `DECISIONS`.
    Returning leaves it to the licensee to answer again, refusing does not; both need a text. Raises `Conflict` when
    there is no answer to decide on, and when the license is settled already.
    """
    if kind not in DECISIONS:
        raise Invalid(kind="Choose what to do.")
    _hold(session, subject)
    place = place_in(session, subject, now=now).place
    if place.over:
        raise Conflict("This license is settled already.")
    if kind != "closed" and place.state != "answered":
        raise Conflict("There is no answer to decide on yet.")
    if kind == "returned" and not text.strip():
        raise Invalid(text="Say what is missing, so that the licensee can answer again.")
    if kind == "refused" and not text.strip():
        raise Invalid(text="Say why, for the licensee and for the record.")
    entry = Entry(subject_id=subject.id, kind=kind, text=text.strip()[:MOST_TEXT], written_at=now, written_by=by)
    _write(session, entry)
    if kind != "returned":
        then = "You can read it here:"
    elif _has_passed(subject, now):
        then = f"The answer was due by {_day(subject.audit.due_on)}, so please answer soon:"
    else:
        then = f"Please answer by {_day(subject.audit.due_on)}:"
    about, says = TOLD[kind]
    _write_to(session, subject, about, [f"{subject.audit.board.name} {says}.", entry.text, then], public_url, now)
    return entry


def stop_before_accepting(session: Session, subject: Subject) -> None:
    """Raise `Invalid` where the answer holds a file that nobody checked or that was altered; for whoever accepts it."""
    history = list_history(session, subject.id, for_board=True)
    doubted = doubted_in(history, list_files(session, subject.id), list_findings(session, subject))
    if doubted:
        names = ", ".join(file.name for file in doubted)
        raise Invalid(anyway=f"Not checked yet, or altered: {names}. Check it first, or tick this to accept it anyway.")


def _has_passed(subject: Subject, now: datetime) -> bool:
    """Whether the day to answer by has passed where the licensee lives."""
    return now.astimezone(zone_of(subject)).date() > subject.audit.due_on


def _write_to(
    session: Session, subject: Subject, about: str, parts: Sequence[str], public_url: str, now: datetime
) -> None:
    """Promise a mail about an audit to the licensee, if we know one: the parts, and where to read and answer."""
    user, audit = subject.user, subject.audit
    if user is None:
        return
    body = "\n\n".join(part for part in (*parts, f"{public_url}/record/audits/{subject.id}") if part)
    text = f"{user.name},\n\n{body}\n\nAudit: {audit.title}\nLicense: {subject.license}\n"
    promise_mail(
        session,
        to=user.email,
        subject=f"Audit by {audit.board.name}: {about[0].lower()}{about[1:]}",
        text=text,
        now=now,
    )


def comment(session: Session, subject: Subject, text: str, *, private: bool, by: int, now: datetime) -> Entry:
    """Write a comment that both sides see, or a remark for the board alone; possible until the audit is closed."""
    words = _text(text)
    if subject.audit.closed_at is not None:
        raise Conflict("The audit is closed.")
    kind = "remark" if private else "comment"
    entry = Entry(subject_id=subject.id, kind=kind, text=words, written_at=now, written_by=by)
    _write(session, entry)
    return entry


def close_audit(session: Session, audit: Audit, *, by: int, public_url: str, now: datetime) -> int:
    """Close a case, so that nobody has to answer any more, and return how many licensees are told what that means.

    Told is everybody we know whose answer was not accepted, but not who heard that the question to them alone was
    closed. Twice is once: the second time changes nothing and tells nobody.
    """
    # Whoever answers or decides meanwhile is waited for; whoever comes after us finds the audit closed.
    session.execute(select(Subject.id).where(Subject.audit_id == audit.id).order_by(Subject.id).with_for_update())
    session.execute(select(Audit.id).where(Audit.id == audit.id).with_for_update())
    session.refresh(audit, ["closed_at", "closed_by"])
    if audit.closed_at is not None:
        return 0
    audit.closed_at, audit.closed_by = now, by
    session.flush()
    (case,) = cases_of(session, [audit], now=now)
    told = [row for row in case.rows if row.told_at_close]
    for row in told:
        on = f"{audit.board.name} closed this audit on {_day(now.astimezone(row.zone).date())}."
        parts = [on, CLOSED[row.place.state], "What was written stands here:"]
        _write_to(session, row.subject, "The audit is closed", parts, public_url, now)
    return len(told)


def _hold(session: Session, subject: Subject) -> None:
    """Let one change of this license in after the other, and see whether the audit was closed meanwhile."""
    session.execute(select(Subject.id).where(Subject.id == subject.id).with_for_update())
    session.refresh(subject.audit, ["closed_at", "closed_by"])


def _text(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid(text="Write something first.")
    if len(words) > MOST_TEXT:
        raise Invalid(text=f"At most {MOST_TEXT} characters.")
    return words


# ---- Packets


def ask_packet(
    session: Session, user_id: int, license_id: int, first_day: date, last_day: date, *, now: datetime
) -> Packet:
    """Ask for a packet for one's own license and a period; the worker makes the file (outbox kind `packet`)."""
    if first_day > last_day:
        raise Invalid(last_day="The period ends before it begins.")
    held = get_license_of(session, user_id, license_id)
    return _begin_packet(
        session, user_id, (held.jurisdiction, held.credential, held.number), (first_day, last_day), now
    )


def _begin_packet(
    session: Session, user_id: int, held: tuple[str, str, str], days: tuple[date, date], now: datetime
) -> Packet:
    packet = Packet(
        user_id=user_id,
        jurisdiction=held[0],
        credential=held[1],
        number=held[2],
        first_day=days[0],
        last_day=days[1],
        asked_at=now,
    )
    _write(session, packet)
    promise(session, "packet", {"packet_id": packet.id}, now=now)
    return packet


def share_packet(session: Session, packet: Packet, board_id: int, days: int, *, now: datetime) -> tuple[Share, str]:
    """Return a link's row and its token, which is shown once and kept only as a hash.

    Raises `Invalid` for a board we do not know or more than 90 days, `Conflict` while the packet is not made.
    """
    if packet.made_at is None:
        raise Conflict("The packet is still being made.")
    if not 1 <= days <= LONGEST_SHARE:
        raise Invalid(days=f"Choose from 1 to {LONGEST_SHARE} days.")
    if session.get(Board, board_id) is None:
        raise Invalid(board="Choose a board from the list.")
    token = secrets.token_urlsafe(32)
    share = Share(
        packet_id=packet.id,
        board_id=board_id,
        token_sha256=hash_token(token),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    _write(session, share)
    return share, token


def withdraw_share(session: Session, packet: Packet, share_id: int, *, now: datetime) -> Share:
    """Close a link for good; twice is once. Raises `NotFound` for a link to another packet."""
    share = session.get(Share, share_id)
    if share is None or share.packet_id != packet.id:
        raise NotFound("There is no such link.")
    share.withdrawn_at = share.withdrawn_at or now
    session.flush()
    return share


def open_share(session: Session, share: Share | None, *, by: int | None, now: datetime) -> Packet:
    """Return the packet a link leads to and write the opening down; `NotFound` when it does not open any more."""
    if share is None or not is_open(share, now):
        raise NotFound("This link has expired, was withdrawn, or never was.")
    note_opening(session, share.board_id, share.packet, by=by, share=share, now=now)
    return share.packet


def hash_token(token: str) -> str:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
