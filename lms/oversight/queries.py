"""What boards and licensees are shown: who a number belongs to, what was earned, how audits and batches stand."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from lms.awards import document
from lms.awards.keys import Seal
from lms.awards.log import Prover
from lms.awards.models import Award, AwardLicense, AwardRow, Completion
from lms.awards.proofs import blind_of
from lms.awards.standing import State, standings_where
from lms.boards.models import Board
from lms.errors import Invalid, NotFound
from lms.learning.models import Enrollment
from lms.oversight.holding import Holding
from lms.oversight.models import AnswerFile, Audit, Batch, Entry, Look, Packet, Share, Subject
from lms.oversight.sample import line_of, squeeze
from lms.oversight.state import ANSWERS, MOVES, STATES, Move, Place, place_of
from lms.oversight.state import State as AnswerState
from lms.people.models import License
from lms.people.queries import squeezed

LOOK_LASTS = timedelta(minutes=60)
"""How long the page of a look may be opened again; after that, looking is logged anew."""

NO_ZONE = "UTC"


def holding_of(row: License) -> Holding:
    """Return a license as oversight speaks of it."""
    return Holding(row.jurisdiction, row.credential, row.number)


def get_board_of(session: Session, board_ids: Collection[int], slug: str) -> Board:
    """Return the board if the member sits on it, or raise `NotFound`."""
    board = session.scalar(select(Board).where(Board.slug == slug, Board.id.in_(board_ids)))
    if board is None:
        raise NotFound("There is no such board, or you do not sit on it.")
    return board


# ---- Who a number belongs to


def find_licensee(session: Session, board: Board, number: str, credential: str = "") -> License | None:
    """Return the license of this board's jurisdiction and professions with exactly that number, or None.

    Capitals, spaces and punctuation do not count, and the letters of a license may be written before its number or
    apart from it, but not be left out where they belong to it. A number that is written just so goes first. Raises
    `Invalid` when two licensees have the number and the credential does not tell them apart.
    """
    typed, digits, letters = squeeze(number), squeezed(License.number), squeezed(License.credential)
    spelled = or_(digits.in_((typed, squeeze(credential) + typed)), letters.concat(digits) == typed)
    query = select(License).where(spelled, License.jurisdiction == board.jurisdiction)
    known = session.scalars(query.options(joinedload(License.user)).order_by(License.id))
    found = [row for row in known if row.profession in board.professions]
    found = [row for row in found if squeeze(row.number) == typed] or found
    if credential.strip():
        found = [row for row in found if squeeze(row.credential) == squeeze(credential)]
    if len(found) > 1:
        known_letters = ", ".join(sorted(row.credential for row in found))
        raise Invalid(credential=f"More than one license has this number: give the letters, one of {known_letters}.")
    return found[0] if found else None


def find_holders_elsewhere(session: Session, board: Board, number: str) -> list[License]:
    """Return the licenses with that number that are none of this board's business; never shown to its members."""
    query = select(License).where(squeezed(License.number) == squeeze(number)).options(joinedload(License.user))
    found = session.scalars(query.order_by(License.id).limit(10)).all()
    return [row for row in found if row.jurisdiction != board.jurisdiction or row.profession not in board.professions]


def same_name(typed: str, name: str) -> bool:
    """Whether two names are the same but for capitals, accents, spaces and punctuation; pure."""
    return _plain_name(typed) == _plain_name(name)


def _plain_name(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if sign.isalnum())


# ---- What was earned


@dataclass(frozen=True, slots=True)
class TopicTotal:
    """Hours of one topic with one accreditor, in its unit, of certificates that stand."""

    topic: str
    accreditor: str
    unit: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Credited:
    """A certificate that names a license, checked as the verify page checks it."""

    award: AwardRow
    certificate: document.Certificate
    """What was signed; where our records do not agree, what they say, and the state is `cannot_check`."""
    state: State


@dataclass(frozen=True, slots=True)
class Earned:
    """What names a license and was completed in a period, oldest first; totals count what stands, exactly."""

    rows: tuple[Credited, ...]
    topics: tuple[TopicTotal, ...]
    totals: tuple[TopicTotal, ...]


def earned_with(
    session: Session, seal: Seal, held: Holding, first_day: date, last_day: date, *, by: int | None = None
) -> Earned:
    """Return every certificate issued for the license and completed from the first to the last day, both included.

    What counts is the license frozen in the certificate, whatever the profile says today; `by` leaves only what that
    member earned, since anybody may type a number into a profile. Five statements.
    """
    named = select(AwardLicense.award_id).where(AwardLicense.blind == blind_of(seal, held.jurisdiction, held.number))
    fits = and_(Award.id.in_(named), Completion.completed_on.between(first_day, last_day))
    if by is not None:
        own = select(Completion.id).join(Completion.enrollment).where(Enrollment.user_id == by)
        fits = and_(fits, Award.completion_id.in_(own))
    rows = []
    for looked in standings_where(session, fits, seal, Prover(session, seal)):
        try:
            certificate = looked.standing.certificate or document.thaw(looked.award.facts)
        except ValueError:  # not even that: there is nothing to show of it
            continue
        if held.is_named_by(certificate):
            rows.append(Credited(looked.award, certificate, looked.standing.state))
    return add_up(rows)


def packed_in(session: Session, seal: Seal, packet: Packet) -> Earned:
    """Return what is in a packet that is made, each certificate as it stands today; five statements."""
    held = Holding(packet.jurisdiction, packet.credential, packet.number)
    earned = earned_with(session, seal, held, packet.first_day, packet.last_day, by=packet.user_id)
    made_at = packet.made_at
    return add_up([row for row in earned.rows if made_at is not None and row.award.issued_at <= made_at])


def add_up(rows: Sequence[Credited]) -> Earned:
    """Return the rows with their hours by topic and by accreditor; what does not stand counts nothing. Pure."""
    topics: dict[tuple[str, str, str], Decimal] = {}
    totals: dict[tuple[str, str, str], Decimal] = {}
    for row in rows:
        if row.state != "valid":
            continue
        for credit in row.certificate.credits:
            whole = ("", credit.accreditor, credit.unit)
            totals[whole] = totals.get(whole, Decimal(0)) + credit.hours
            for topic in credit.topics:
                part = (topic.label, credit.accreditor, credit.unit)
                topics[part] = topics.get(part, Decimal(0)) + topic.hours
    return Earned(tuple(rows), _totals(topics), _totals(totals))


def _totals(sums: dict[tuple[str, str, str], Decimal]) -> tuple[TopicTotal, ...]:
    return tuple(TopicTotal(*key, hours) for key, hours in sorted(sums.items()))


# ---- Looks


def get_look_of(session: Session, user_id: int, look_id: int, *, now: datetime) -> Look:
    """Return a look this member made in the last hour and was allowed, or raise `NotFound`."""
    look = session.scalar(
        select(Look)
        .where(Look.id == look_id, Look.user_id == user_id)
        .options(joinedload(Look.board), joinedload(Look.about), joinedload(Look.award))
    )
    if look is None or look.outcome != "allowed" or look.kind not in ("licensee", "certificate"):
        raise NotFound("This board has no such licensee or certificate. The look is written down.")
    if now - look.looked_at > LOOK_LASTS:
        raise NotFound("This look is more than an hour old. Look again, so that it is written down.")
    return look


def list_looks_of_board(session: Session, board_id: int, *, limit: int, offset: int = 0) -> Sequence[Look]:
    """Return who of the board looked at what, newest first; the lines of a batch are one batch."""
    return session.scalars(
        select(Look)
        .where(Look.board_id == board_id)
        .options(joinedload(Look.user), joinedload(Look.token))
        .order_by(Look.looked_at.desc(), Look.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_looks_of_board(session: Session, board_id: int) -> int:
    """Return how many looks the board has made."""
    return session.scalar(select(func.count(Look.id)).where(Look.board_id == board_id)) or 0


def list_looks_at(session: Session, user_id: int, *, limit: int, offset: int = 0) -> Sequence[Look]:
    """Return who looked at this person, refused tries too, newest first."""
    return session.scalars(
        select(Look)
        .where(Look.about_id == user_id)
        .options(joinedload(Look.user), joinedload(Look.token), joinedload(Look.board), joinedload(Look.award))
        .order_by(Look.looked_at.desc(), Look.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def count_looks_at(session: Session, user_id: int) -> int:
    """Return how often this person was looked at."""
    return session.scalar(select(func.count(Look.id)).where(Look.about_id == user_id)) or 0


# ---- Batches


def list_batches(session: Session, board_ids: Collection[int], *, limit: int) -> Sequence[Batch]:
    """Return the boards' batches without their lines, newest first."""
    return session.scalars(
        select(Batch)
        .where(Batch.board_id.in_(board_ids))
        .options(joinedload(Batch.user), joinedload(Batch.board), *_without_lines())
        .order_by(Batch.asked_at.desc(), Batch.id.desc())
        .limit(limit)
    ).all()


def get_batch_of(session: Session, board_ids: Collection[int], slug: str, batch_id: int) -> Batch:
    """Return a batch of that one of these boards, without its lines, or raise `NotFound`."""
    batch = session.scalar(
        select(Batch)
        .join(Batch.board)
        .where(Batch.id == batch_id, Board.slug == slug, Board.id.in_(board_ids))
        .options(contains_eager(Batch.board), joinedload(Batch.user), *_without_lines())
    )
    if batch is None:
        raise NotFound("There is no such batch.")
    return batch


def _without_lines() -> tuple[Any, ...]:
    return (defer(Batch.lines, raiseload=True),)


# ---- Audits


@dataclass(frozen=True, slots=True)
class Row:
    """One license of an audit and where it stands."""

    subject: Subject
    name: str
    place: Place
    last_at: datetime | None
    packet_id: int | None

    @property
    def zone(self) -> ZoneInfo:
        """Where the licensee lives."""
        return zone_of(self.subject)

    @property
    def told_at_close(self) -> bool:
        """Whether the end of the audit is news to a licensee we know; before it as after it."""
        return self.subject.user is not None and self.place.state not in ("accepted", "closed")


@dataclass(frozen=True, slots=True)
class Case:
    """An audit with its licenses and how many stand where."""

    audit: Audit
    rows: tuple[Row, ...]

    @property
    def late(self) -> int:
        """How many owe an answer whose day has passed."""
        return sum(row.place.late for row in self.rows)

    @property
    def answered(self) -> int:
        """How many answers wait for the board."""
        return sum(row.place.state == "answered" for row in self.rows)

    @property
    def settled(self) -> int:
        """How many the board decided on."""
        return sum(row.place.settled for row in self.rows)

    @property
    def told_at_close(self) -> int:
        """How many are told by mail when the audit is closed."""
        return sum(row.told_at_close for row in self.rows)

    @property
    def counts(self) -> dict[AnswerState, int]:
        """How many stand where, without the states in which nobody is."""
        found = Counter(row.place.state for row in self.rows)
        return {state: found[state] for state in STATES if found[state]}


def get_audit_of(session: Session, board_ids: Collection[int], slug: str, audit_id: int) -> Audit:
    """Return an audit of that one of these boards, or raise `NotFound`."""
    audit = session.scalar(
        select(Audit)
        .join(Audit.board)
        .where(Audit.id == audit_id, Board.slug == slug, Board.id.in_(board_ids))
        .options(contains_eager(Audit.board), joinedload(Audit.closer))
    )
    if audit is None:
        raise NotFound("There is no such audit.")
    return audit


def list_cases(session: Session, board_ids: Collection[int], *, now: datetime) -> list[Case]:
    """Return the boards' audits with where everybody stands, open ones first, newest first; three statements."""
    audits = session.scalars(
        select(Audit)
        .where(Audit.board_id.in_(board_ids))
        .options(joinedload(Audit.board))
        .order_by(Audit.closed_at.is_not(None), Audit.opened_at.desc(), Audit.id.desc())
    ).all()
    return cases_of(session, audits, now=now)


def cases_of(session: Session, audits: Sequence[Audit], *, now: datetime) -> list[Case]:
    """Return the audits with where everybody stands, in two statements."""
    ids = [audit.id for audit in audits]
    subjects = session.scalars(
        select(Subject).where(Subject.audit_id.in_(ids)).options(joinedload(Subject.user)).order_by(Subject.id)
    ).all()
    entries = _entries(session, Subject.audit_id.in_(ids))
    return [
        Case(
            audit,
            tuple(_row(audit, row, entries.get(row.id, []), now) for row in subjects if row.audit_id == audit.id),
        )
        for audit in audits
    ]


def _entries(session: Session, where: ColumnElement[bool]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    query = select(Entry).join(Subject, Subject.id == Entry.subject_id).where(where, Entry.kind.in_(MOVES))
    for entry in session.scalars(query.order_by(Entry.id)):
        found.setdefault(entry.subject_id, []).append(entry)
    return found


def _row(audit: Audit, subject: Subject, entries: Iterable[Entry], now: datetime) -> Row:
    moves = sorted(entries, key=lambda entry: entry.id)
    packets = [entry.packet_id for entry in moves if entry.packet_id is not None]
    return Row(
        subject=subject,
        name=subject.user.name if subject.user else "",
        place=place_of(
            [Move(entry.kind, entry.written_at) for entry in moves],
            known=subject.user_id is not None,
            due_on=audit.due_on,
            time_zone=zone_of(subject).key,
            closed=audit.closed_at is not None,
            now=now,
        ),
        last_at=moves[-1].written_at if moves else None,
        packet_id=packets[-1] if packets else None,
    )


def zone_of(subject: Subject) -> ZoneInfo:
    """Return the zone in which the days of a licensee end."""
    return ZoneInfo(subject.user.time_zone if subject.user else NO_ZONE)


def get_subject_of(session: Session, audit: Audit, subject_id: int) -> Subject:
    """Return a license of the audit, or raise `NotFound`."""
    subject = session.scalar(
        select(Subject)
        .where(Subject.id == subject_id, Subject.audit_id == audit.id)
        .options(
            joinedload(Subject.user),
            joinedload(Subject.audit).options(joinedload(Audit.board), joinedload(Audit.closer)),
        )
    )
    if subject is None:
        raise NotFound("This license is not in the audit.")
    return subject


def list_history(session: Session, subject_id: int, *, for_board: bool) -> Sequence[Entry]:
    """Return the history of a license in an audit, oldest first; the board's remarks only for the board."""
    query = select(Entry).where(Entry.subject_id == subject_id)
    if not for_board:
        query = query.where(Entry.kind != "remark")
    return session.scalars(query.options(joinedload(Entry.writer), joinedload(Entry.packet)).order_by(Entry.id)).all()


def list_files(session: Session, subject_id: int) -> dict[int, list[AnswerFile]]:
    """Return the files of the answers of a license in an audit, by the line of the history they came with."""
    query = select(AnswerFile).join(AnswerFile.entry).where(Entry.subject_id == subject_id)
    found: dict[int, list[AnswerFile]] = {}
    for file in session.scalars(query.order_by(AnswerFile.id)):
        found.setdefault(file.entry_id, []).append(file)
    return found


def get_file_in(session: Session, subject: Subject, file_id: int) -> AnswerFile:
    """Return a file that came with an answer of this license in its audit, or raise `NotFound`."""
    query = select(AnswerFile).join(AnswerFile.entry)
    file = session.scalar(query.where(AnswerFile.id == file_id, Entry.subject_id == subject.id))
    if file is None:
        raise NotFound("There is no such file.")
    return file


def get_opened_file(session: Session, subject: Subject, file_id: int, user_id: int, *, now: datetime) -> AnswerFile:
    """Return a file that this member opened in the last hour, so that opening is written down; or raise `NotFound`."""
    file = get_file_in(session, subject, file_id)
    looks = select(func.max(Look.looked_at)).where(Look.file_id == file_id, Look.user_id == user_id)
    last = session.scalar(looks)
    if last is None or now - last > LOOK_LASTS:
        raise NotFound("Open the file from the answer, so that it is written down.")
    return file


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a certificate is what an audit asks for, in three questions."""

    named: bool
    """It names the license that is asked about."""
    in_period: bool
    stands: bool


def fit_of(certificate: document.Certificate, state: str, subject: Subject) -> Fit:
    """Hold a genuine certificate against what the audit asks of this license; pure, the audit has to be loaded."""
    audit = subject.audit
    held = Holding(audit.board.jurisdiction, subject.credential, subject.number)
    return Fit(
        held.is_named_by(certificate), audit.first_day <= certificate.completed_on <= audit.last_day, state == "valid"
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of a file found: the kind of verdict, its word, and the fit where it bears one of our codes."""

    kind: str
    headline: str
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding, when it was found and by whom."""

    finding: Finding
    at: datetime
    by: str


def list_findings(session: Session, subject: Subject) -> dict[int, list[Checked]]:
    """Return what checks of the files of this license's answers found, by file, newest first; one statement."""
    found: dict[int, list[Checked]] = {}
    files = select(AnswerFile.id).join(AnswerFile.entry).where(Entry.subject_id == subject.id)
    # The licensee is named for the index alone.
    looks = select(Look).where(Look.about_id == subject.user_id, Look.file_id.in_(files), Look.found.is_not(None))
    for look in session.scalars(looks.options(joinedload(Look.user)).order_by(Look.id.desc())):
        kept = look.found or {}
        fit = Fit(**kept["fit"]) if kept["fit"] else None
        checked = Checked(
            Finding(kept["kind"], kept["headline"], fit), look.looked_at, look.user.name if look.user else ""
        )
        found.setdefault(look.file_id or 0, []).append(checked)
    return found


def doubted_in(
    history: Iterable[Entry], files: Mapping[int, list[AnswerFile]], found: Mapping[int, list[Checked]]
) -> list[AnswerFile]:
    """Return the files of the newest answer that nobody checked, or whose last check found that they were altered."""
    newest = max((entry.id for entry in history if entry.kind in ANSWERS), default=0)
    return [
        file
        for file in files.get(newest, [])
        if file.id not in found or found[file.id][0].finding.kind == "revoked"  # the look of "altered"
    ]


def place_in(session: Session, subject: Subject, *, now: datetime) -> Row:
    """Return where one license stands, in one statement; its audit and user have to be loaded."""
    found = _entries(session, Subject.id == subject.id)
    return _row(subject.audit, subject, found.get(subject.id, []), now)


# ---- The licensee's side


def list_audits_of(session: Session, user_id: int, *, now: datetime) -> list[Row]:
    """Return the audits that ask this person, newest first, with where they stand; two statements."""
    subjects = session.scalars(
        select(Subject)
        .join(Subject.audit)
        .join(Audit.board)
        .where(Subject.user_id == user_id)
        .options(contains_eager(Subject.audit).contains_eager(Audit.board), joinedload(Subject.user))
        .order_by(Audit.opened_at.desc(), Subject.id.desc())
    ).all()
    if not subjects:
        return []
    entries = _entries(session, Subject.user_id == user_id)
    return [_row(row.audit, row, entries.get(row.id, []), now) for row in subjects]


def get_audit_to(session: Session, user_id: int, subject_id: int) -> Subject:
    """Return an audit's question to this person, or raise `NotFound`."""
    subject = session.scalar(
        select(Subject)
        .join(Subject.audit)
        .join(Audit.board)
        .where(Subject.id == subject_id, Subject.user_id == user_id)
        .options(
            contains_eager(Subject.audit).options(contains_eager(Audit.board), joinedload(Audit.closer)),
            joinedload(Subject.user),
        )
    )
    if subject is None:
        raise NotFound("There is no such audit.")
    return subject


def list_packets(session: Session, user_id: int) -> Sequence[Packet]:
    """Return the person's packets, newest first."""
    query = select(Packet).where(Packet.user_id == user_id)
    return session.scalars(query.order_by(Packet.asked_at.desc(), Packet.id.desc())).all()


def get_packet_of(session: Session, user_id: int, packet_id: int) -> Packet:
    """Return the person's own packet, or raise `NotFound`."""
    packet = session.get(Packet, packet_id)
    if packet is None or packet.user_id != user_id:
        raise NotFound("There is no such packet.")
    return packet


def get_packet_for(session: Session, subject: Subject, packet_id: int) -> Packet:
    """Return a packet that the licensee handed in for this audit, or raise `NotFound`."""
    packet = session.scalar(
        select(Packet)
        .join(Entry, Entry.packet_id == Packet.id)
        .where(Entry.subject_id == subject.id, Packet.id == packet_id)
        .limit(1)
    )
    if packet is None:
        raise NotFound("There is no such packet in this audit.")
    return packet


@dataclass(frozen=True, slots=True)
class Shared:
    """A link to a packet, whether it still opens, and how often it was opened."""

    share: Share
    opened: int
    open: bool


def list_shares(session: Session, packet_id: int, *, now: datetime) -> list[Shared]:
    """Return the links to a packet, newest first, in one statement."""
    opened = select(func.count(Look.id)).where(Look.share_id == Share.id, Look.outcome == "allowed").scalar_subquery()
    rows = session.execute(
        select(Share, opened)
        .where(Share.packet_id == packet_id)
        .options(joinedload(Share.board))
        .order_by(Share.id.desc())
    )
    return [Shared(share, count, is_open(share, now)) for share, count in rows]


def is_open(share: Share, now: datetime) -> bool:
    """Whether a link still opens; pure."""
    return share.withdrawn_at is None and now < share.expires_at


def find_share(session: Session, token_sha256: str) -> Share | None:
    """Return the link with that token, open or not, with its packet, holder and board."""
    return session.scalar(
        select(Share)
        .where(Share.token_sha256 == token_sha256)
        .options(joinedload(Share.packet).joinedload(Packet.user), joinedload(Share.board))
    )


def pool_of(session: Session, board: Board) -> dict[str, License]:
    """Return the licenses a sample is drawn from, by their line in the pool (see `sample`)."""
    query = select(License).where(License.jurisdiction == board.jurisdiction, License.profession.in_(board.professions))
    return {line_of(row.jurisdiction, row.credential, row.number): row for row in session.scalars(query)}
