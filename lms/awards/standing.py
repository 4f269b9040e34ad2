"""How a code stands: what was signed, held against the log, the ledger, the completion and the revocation list.

Whatever does not agree is "cannot check", never "valid": the page must not turn green for a row that was edited in
the database. Who has the database but not the key file can forge neither the log, whose head is signed, nor a
revocation list, nor serve one of before: the signed head names the newest. Who has both, or puts all of the database
back to what it once was, is caught by the witnesses' checkpoints.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Row, bindparam, select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.credential import facts_of
from certificates.status import StatusList
from lms.awards import document
from lms.awards.head import HEAD, HEAD_COLUMNS, Head, open_head, read_head
from lms.awards.keys import Seal, listed_keys
from lms.awards.lists import open_list
from lms.awards.log import Prover, check_entry, witnessed_size
from lms.awards.models import (
    AWARD_COLUMNS,
    Award,
    AwardRow,
    Completion,
    CreditEntry,
    Disclosure,
    LogEntry,
    Revocation,
    SignedList,
)
from lms.awards.versions import Version, issued_version, list_versions, says
from lms.db import plainly
from lms.learning.models import Enrollment
from lms.modules.models import Edition

PlainRow = Row[*tuple[Any, ...]]
Rows = Sequence[PlainRow]
State = Literal["valid", "revoked", "replaced", "not_found", "cannot_check"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a code stands. `certificate` is what was signed, null when the code is unknown or nothing can be relied on.

    `problem` says for the operator what did not agree; `sha256`, `key_id` and `log_index` are for whoever checks
    elsewhere, and belong to the document that vouches today.
    """

    state: State
    certificate: document.Certificate | None = None
    revoked_at: datetime | None = None
    reason: str = ""
    sha256: str = ""
    key_id: str = ""
    log_index: int | None = None
    problem: str = ""
    withheld: bool = False
    """The holder wants the public page to say no more than what, when and whether it stands."""
    anew_at: datetime | None = None
    """When the credential was signed anew, because the key that signed it before fell into other hands."""
    key_struck: bool = False
    """Its key fell into other hands after it was issued, as the log shows, and it is still to be signed anew."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An award and how it stands."""

    award: AwardRow
    standing: Standing


class Revoked(NamedTuple):
    """What is read of a revocation."""

    revoked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """An award with what one statement reads beside it; `served` is its provider's list as others read it."""

    award: AwardRow
    revocation: Revoked | None
    completed_on: date
    completed_at: datetime
    time_zone: str
    user_id: int
    edition_id: int
    also_qualifies: list[str]
    """The topics of the edition, which never change once it is published."""
    corrects: int | None
    """The completion of the certificate that this one says it corrects; null without one."""
    served: str | None
    withheld_since: datetime | None


@dataclass(frozen=True, slots=True)
class Records:
    """What is held against an award: the log's entries of its credential, its ledger, and what was signed anew.

    Entries and lines are plain rows of `LogEntry` and `CreditEntry`: making objects of them takes longer than checking.
    """

    entries: Rows
    ledger: Rows
    anew: Sequence[tuple[Version, Rows]] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What an award certifies, and the document that says so today; `key_struck` as in `Standing`."""

    certificate: document.Certificate
    version: Version
    key_struck: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """What the signed head of the log settles; each raises `ValueError` for what does not fit.

    `check_entry` takes the place of an entry and its leaf, `check_list` the number of a list and its text.
    """

    check_entry: Callable[[int, str], None]
    check_list: Callable[[int, str], None]


class Disagrees(Exception):  # noqa: N818 - a finding
    """Two records of one certificate do not say the same."""


def state_of(revocation: Revocation | Revoked | None) -> State:
    """Return valid, revoked or replaced."""
    if revocation is None:
        return "valid"
    return "replaced" if revocation.reason == "replaced" else "revoked"


_AWARD, _COMPLETION, _ENROLLMENT, _EDITION, _REVOCATION, _LIST, _DISCLOSURE = (
    kind.__table__ for kind in (Award, Completion, Enrollment, Edition, Revocation, SignedList, Disclosure)
)
_BEFORE = _AWARD.alias()
FOUND = (
    select(
        *AWARD_COLUMNS,
        _REVOCATION.c.revoked_at,
        _REVOCATION.c.reason,
        _COMPLETION.c.completed_on,
        _COMPLETION.c.completed_at,
        _COMPLETION.c.time_zone,
        _ENROLLMENT.c.user_id,
        _EDITION.c.id,
        _EDITION.c.also_qualifies,
        _BEFORE.c.completion_id,
        _LIST.c.text,
        _DISCLOSURE.c.since,
    )
    .join(_COMPLETION, _COMPLETION.c.id == _AWARD.c.completion_id)
    .join(_ENROLLMENT, _ENROLLMENT.c.id == _COMPLETION.c.enrollment_id)
    .join(_EDITION, _EDITION.c.id == _ENROLLMENT.c.edition_id)
    .outerjoin(_BEFORE, _BEFORE.c.id == _AWARD.c.replaces_id)
    .outerjoin(_REVOCATION, _REVOCATION.c.award_id == _AWARD.c.id)
    .outerjoin(_LIST, _LIST.c.list_id == _AWARD.c.status_list_id)
    .outerjoin(_DISCLOSURE, _DISCLOSURE.c.completion_id == _AWARD.c.completion_id)
)
"""Plain rows: making objects of them takes longer than checking what they say. `read_found` names their parts."""


# Put together once: that takes longer than asking.
_BY_CODE = (
    FOUND.add_columns(*HEAD_COLUMNS).outerjoin(HEAD, HEAD.c.id == 1).where(_AWARD.c.code == bindparam("code"))
)  # list and head by one statement: on PostgreSQL a revocation may come between two
_LEDGER = select(CreditEntry.__table__).where(CreditEntry.__table__.c.award_id == bindparam("award_id"))
_LEDGERS = select(CreditEntry.__table__).where(
    CreditEntry.__table__.c.award_id.in_(bindparam("award_ids", expanding=True))
)
_ENTRY = LogEntry.__table__.c
_ENTRIES = (
    select(_ENTRY.index.label("place"), _ENTRY.leaf, _ENTRY.sha256)  # a row has a method of the column's own name
    .where(_ENTRY.sha256.in_(bindparam("hashes", expanding=True)))
    .order_by(_ENTRY.index)
)


def read_found(row: Sequence[Any]) -> Found:
    """Return a row of `FOUND` by its names."""
    size = len(AWARD_COLUMNS)
    revoked_at, reason, *others = row[size:]
    return Found(AwardRow(*row[:size]), Revoked(revoked_at, reason) if revoked_at else None, *others)


def standing_of(session: Session, code: str, seal: Seal) -> Standing:
    """Say how a code stands, in four statements whatever the size of the log."""
    row = plainly(session).execute(_BY_CODE, {"code": code}).one_or_none()
    if row is None:
        return Standing("not_found")
    found, head = read_found(row[: -len(HEAD_COLUMNS)]), row[-len(HEAD_COLUMNS) :]
    return _stand(found, lambda: _check_whole(session, seal, found, open_head(head, seal)))


def standings_of(session: Session, codes: Collection[str], seal: Seal, log: Prover) -> dict[str, Looked]:
    """Say how many codes stand, checked as `standing_of` checks one, in few statements; unknown codes are left out.

    `log` may be used again for more codes: it reads its head anew and keeps the nodes it has read.
    """
    return {looked.award.code: looked for looked in standings_where(session, Award.code.in_(codes), seal, log)}


def standings_where(session: Session, condition: ColumnElement[bool], seal: Seal, log: Prover) -> list[Looked]:
    """Say how the awards stand that fit the condition, oldest completion first; it may speak of `Completion` too."""
    looked = _look(session, condition, seal, log)
    doubted = [one.award.id for one in looked if one.standing.state == "cannot_check"]
    if not doubted or session.get_bind().dialect.name == "sqlite":
        return looked
    # Each statement saw what was committed just before it: what was revoked in between is asked for once more.
    again = {one.award.id: one for one in _look(session, Award.id.in_(doubted), seal, log)}
    return [again.get(one.award.id, one) for one in looked]


def _look(session: Session, condition: ColumnElement[bool], seal: Seal, log: Prover) -> list[Looked]:
    rows = plainly(session).execute(FOUND.where(condition).order_by(_COMPLETION.c.completed_on, _AWARD.c.id)).all()
    many = [read_found(row) for row in rows]
    ledger: dict[int, list[PlainRow]] = {}
    for line in plainly(session).execute(_LEDGERS, {"award_ids": [row.award.id for row in many]}):
        ledger.setdefault(line.award_id, []).append(line)
    anew = _list_anew(session, seal, [row.award for row in many])
    later = [version for versions in anew.values() for version in versions]
    entries = _entries_of(session, [row.award.credential_sha256 for row in many] + [row.sha256 for row in later])
    log.read([row.award.log_index for row in many] + [row.log_index for row in later])
    witnessed = cache(partial(witnessed_size, session, seal))
    looked = []
    for found in many:
        records = Records(
            entries.get(found.award.credential_sha256, []),
            ledger.get(found.award.id, []),
            [(row, entries.get(row.sha256, [])) for row in anew.get(found.award.id, [])],
        )
        check = partial(_check_and_vouch, seal, found, records, Signed(log.check, log.check_list), witnessed)
        looked.append(Looked(found.award, _stand(found, check)))
    return looked


def _stand(found: Found, check: Callable[[], Checked]) -> Standing:
    """Return the standing of what was found, as the check of it ends."""
    award, revocation = found.award, found.revocation
    try:
        checked = check()
    except (Disagrees, ValueError, LookupError, TypeError) as problem:
        return Standing("cannot_check", problem=f"award {award.id}: {problem}")
    version = checked.version
    return Standing(
        state_of(revocation),
        checked.certificate,
        revocation.revoked_at if revocation else None,
        revocation.reason if revocation else "",
        version.sha256,
        version.key_id,
        version.log_index,
        withheld=found.withheld_since is not None,
        anew_at=version.signed_at if version.anew else None,
        key_struck=checked.key_struck,
    )


def check_award(session: Session, seal: Seal, found: Found) -> Checked:
    """Return what the award certifies, or raise `Disagrees` (or `ValueError`) naming the first thing that does not fit.

    The signature itself is for `flask log audit` and for verifiers elsewhere: it costs more than everything here, and
    the hash in the log, whose head is signed, pins the same bytes.
    """
    return _check_whole(session, seal, found, read_head(session, seal))


def _check_whole(session: Session, seal: Seal, found: Found, head: Head) -> Checked:
    return _vouch(seal, _check_under(session, seal, found, head), partial(witnessed_size, session, seal))


def check_unvouched(session: Session, seal: Seal, found: Found) -> Checked:
    """Do what `check_award` does, but ask nothing of the key: before what a struck key signed is signed anew."""
    return _check_under(session, seal, found, read_head(session, seal))


def _check_under(session: Session, seal: Seal, found: Found, head: Head) -> Checked:
    later = _list_anew(session, seal, [found.award]).get(found.award.id, [])
    entries = _entries_of(session, [found.award.credential_sha256, *(row.sha256 for row in later)])
    records = Records(
        entries.get(found.award.credential_sha256, []),
        plainly(session).execute(_LEDGER, {"award_id": found.award.id}).all(),
        [(row, entries.get(row.sha256, [])) for row in later],
    )
    return _check(seal, found, records, Signed(partial(check_entry, session, head), head.check_list))


def _list_anew(session: Session, seal: Seal, awards: Sequence[AwardRow]) -> dict[int, list[Version]]:
    """Return the later documents of those awards whose first key no longer vouches; no statement without one."""
    wanting = [award for award in awards if not seal.vouches_for(award.key_id)]
    return {number: found[1:] for number, found in list_versions(session, wanting).items()} if wanting else {}


def _entries_of(session: Session, hashes: Collection[str]) -> dict[str, list[PlainRow]]:
    """Return what the log says of each hash, in its order."""
    found: dict[str, list[PlainRow]] = {}
    for entry in plainly(session).execute(_ENTRIES, {"hashes": hashes}):
        found.setdefault(entry.sha256, []).append(entry)
    return found


def _check_and_vouch(
    seal: Seal,
    found: Found,
    records: Records,
    signed: Signed,
    witnessed: Callable[[datetime], int],
) -> Checked:
    return _vouch(seal, _check(seal, found, records, signed), witnessed)


def _check(seal: Seal, found: Found, records: Records, signed: Signed) -> Checked:
    award, revocation = found.award, found.revocation
    content = award.credential.encode()
    _agree(hashlib.sha256(content).hexdigest() == award.credential_sha256, "the credential was changed")
    _check_entries(award, revocation, records.entries)
    signed.check_entry(award.log_index, records.entries[0].leaf)
    credential = json.loads(content)
    certificate = facts_of(credential)
    _agree(document.freeze(certificate) == award.facts, "the frozen facts were changed")
    _agree(certificate.code == award.code, "the code belongs to another certificate")
    _check_row(award, credential)
    bits = _served_bits(seal, found.served, credential)
    signed.check_list(award.status_list_id, found.served or "")
    revoked = bits.is_revoked(award.status_index)
    _agree(revoked == (revocation is not None), "the revocation list says otherwise")
    _check_ledger(records.ledger, certificate, found)
    _check_completion(certificate, credential, found)
    newest = issued_version(award)
    for version, entries in records.anew:
        _check_anew(newest, version, entries)
        signed.check_entry(version.log_index, entries[0].leaf)
        newest = version
    return Checked(certificate, newest)


def _check_anew(before: Version, version: Version, entries: Rows) -> None:
    """Hold a document that was signed anew against the one before it and against the log."""
    sha256 = hashlib.sha256(version.credential.encode()).hexdigest()
    _agree(sha256 == version.sha256, "the credential that was signed anew was changed")
    told = [(entry.place, tree.read_entry(entry.leaf.encode())) for entry in entries]
    kinds = [(index, entry.kind, entry.sha256, entry.detail) for index, entry in told]
    wanted = [(version.log_index, "reissue", version.sha256, before.sha256)]
    _agree(kinds == wanted, "the log knows no such new signature")
    _agree(_same_moment(told[0][1].at, version.signed_at), "the moment of the new signature was changed")
    _agree(says(version.credential) == says(before.credential), "what was signed anew says something else")
    method = json.loads(version.credential)["proof"][0]["verificationMethod"]
    _agree(method == version.key_id, "the name of the new key was changed")


def _vouch(seal: Seal, checked: Checked, witnessed: Callable[[datetime], int]) -> Checked:
    """Let the key vouch, or, where it fell into other hands, a checkpoint from before that holds the entry."""
    version = checked.version
    if seal.vouches_for(version.key_id):
        return checked
    since = seal.struck_since(version.key_id)
    if since is None:
        raise Disagrees("the key that signed it is not listed")
    _agree(version.log_index < witnessed(since), "the key that signed it was struck, and it is not signed anew yet")
    return replace(checked, key_struck=True)


def _agree(fact: bool, problem: str) -> None:
    if not fact:
        raise Disagrees(problem)


def _same_moment(one: datetime, other: datetime) -> bool:
    """Say whether they are the same to the second: what is signed has no smaller parts."""
    return abs(one - other) < timedelta(seconds=1)


def _check_entries(award: AwardRow, revocation: Revoked | None, entries: Rows) -> None:
    """Hold the log's entries about this credential against the award and its revocation."""
    told = [(entry.place, tree.read_entry(entry.leaf.encode())) for entry in entries]
    issued = [(index, entry) for index, entry in told if entry.kind == "issue"]
    _agree(len(issued) == 1 and issued[0][0] == award.log_index == told[0][0], "the log knows no such issue")
    _agree(issued[0][1].sha256 == award.credential_sha256, "the log speaks of another credential")
    _agree(_same_moment(issued[0][1].at, award.issued_at), "the moment of issue was changed")
    revoked = [entry for _, entry in told if entry.kind == "revoke"]
    if revocation is None:
        _agree(not revoked, "the log knows a revocation")
        return
    _agree([entry.detail for entry in revoked] == [revocation.reason], "the log knows no such revocation")
    _agree(_same_moment(revoked[0].at, revocation.revoked_at), "the moment of revocation was changed")


def _check_row(award: AwardRow, credential: Mapping[str, Any]) -> None:
    """Hold what stands beside the credential in our row against what was signed."""
    _agree(credential["proof"][0]["verificationMethod"] == award.key_id, "the name of the key was changed")
    status = credential["credentialStatus"]
    place = (status["statusListCredential"].rpartition("/")[2], status["statusListIndex"])
    _agree(place == (str(award.status_list_id), str(award.status_index)), "its place on the list was changed")


def _served_bits(seal: Seal, served: str | None, credential: Mapping[str, Any]) -> StatusList:
    """Return the served list that the credential names, or raise what is wrong with it."""
    if served is None:
        raise Disagrees("the revocation list is missing")
    slug = credential["issuer"]["id"].rpartition(":p:")[2]
    name, bits = open_list(served, seal.dids(slug), tuple(listed_keys(seal)))
    # A former host may stand before the path of either of them.
    of_credential = credential["credentialStatus"]["statusListCredential"]
    _agree(name.rpartition("/")[2] == of_credential.rpartition("/")[2], "the revocation list is another one")
    return bits


def _check_ledger(rows: Rows, certificate: document.Certificate, found: Found) -> None:
    """Hold the ledger's lines against the credits the certificate prints, its holder and its moments."""
    revocation = found.revocation
    wanted = sorted(
        (credit.accreditor, credit.hours, credit.unit, sorted((row.topic, row.hours) for row in credit.topics))
        for credit in certificate.credits
    )
    moments = {"earned": found.award.issued_at} | ({"revoked": revocation.revoked_at} if revocation else {})
    for kind, moment in moments.items():
        lines = [row for row in rows if row.kind == kind]
        held = sorted(
            (
                row.accreditor,
                row.hours,
                row.unit,
                sorted((topic, Decimal(hours)) for topic, hours in row.topics.items()),
            )
            for row in lines
        )
        _agree(held == wanted, "the ledger was changed")
        _agree(all(_same_moment(row.entered_at, moment) for row in lines), "a moment in the ledger was changed")
    _agree(all(row.kind in moments for row in rows), "the ledger was changed")
    _agree({row.user_id for row in rows} <= {found.user_id}, "the ledger speaks of somebody else")
    _agree(all(row.also_qualifies == found.also_qualifies for row in rows), "the ledger was changed")


def _check_completion(certificate: document.Certificate, credential: Mapping[str, Any], found: Found) -> None:
    """Hold the completion that the certificate is for against what was signed."""
    _agree(certificate.completed_on == found.completed_on, "the day of completion was changed")
    _agree(certificate.time_zone == found.time_zone, "the time zone of the completion was changed")
    awarded = datetime.fromisoformat(credential["awardedDate"])
    _agree(_same_moment(awarded, found.completed_at), "the moment of completion was changed")
    edition = credential["credentialSubject"]["achievement"]["id"].rpartition("/")[2]
    _agree(edition == str(found.edition_id), "it is filed under another module")
    corrected = found.award.completion_id if certificate.replaces else None
    _agree(found.corrects == corrected, "it does not correct what it says it does")
