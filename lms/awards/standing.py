"""How a code stands: what was signed, held against the log, the ledger, the completion and the revocation list.

Whatever does not agree is "cannot check", never "valid": the page must not turn green for a row that was edited in
the database. Who could rewrite everything at once, log included, is caught by the witnesses' checkpoints.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.credential import facts_of
from certificates.status import StatusList
from lms.awards import document
from lms.awards.keys import Seal
from lms.awards.log import Prover, check_entry
from lms.awards.models import Award, Completion, CreditEntry, Disclosure, LogEntry, Revocation, SignedList

State = Literal["valid", "revoked", "replaced", "not_found", "cannot_check"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a code stands. `certificate` is what was signed, null when the code is unknown or nothing can be relied on.

    `problem` says for the operator what did not agree; `sha256` and `log_index` are for whoever checks elsewhere.
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


@dataclass(frozen=True, slots=True)
class Looked:
    """An award and how it stands."""

    award: Award
    standing: Standing


@dataclass(frozen=True, slots=True)
class Records:
    """What is held against an award: the log's entries of its credential, its ledger, its revocation list."""

    entries: Sequence[LogEntry]
    ledger: Sequence[CreditEntry]
    bits: StatusList | None


class Disagrees(Exception):  # noqa: N818 - a finding
    """Two records of one certificate do not say the same."""


def state_of(revocation: Revocation | None) -> State:
    """Return valid, revoked or replaced."""
    if revocation is None:
        return "valid"
    return "replaced" if revocation.reason == "replaced" else "revoked"


_FOUND = (
    select(Award, Revocation, Completion.completed_on, SignedList.text, Disclosure.since)
    .join(Completion, Completion.id == Award.completion_id)
    .outerjoin(Revocation, Revocation.award_id == Award.id)
    .outerjoin(SignedList, SignedList.list_id == Award.status_list_id)
    .outerjoin(Disclosure, Disclosure.completion_id == Award.completion_id)
)


def standing_of(session: Session, code: str, seal: Seal) -> Standing:
    """Say how a code stands, in five statements whatever the size of the log."""
    row = session.execute(_FOUND.where(Award.code == code)).one_or_none()
    if row is None:
        return Standing("not_found")
    award, revocation, completed_on, served, withheld_since = row
    try:
        certificate = check_award(session, seal, award, revocation, served)
        _agree(certificate.completed_on == completed_on, "the day of completion was changed")
    except (Disagrees, ValueError) as problem:
        return Standing("cannot_check", problem=f"award {award.id}: {problem}")
    return Standing(
        state_of(revocation),
        certificate,
        revocation.revoked_at if revocation else None,
        revocation.reason if revocation else "",
        award.credential_sha256,
        award.key_id,
        award.log_index,
        withheld=withheld_since is not None,
    )


def standings_of(session: Session, codes: Collection[str], seal: Seal, log: Prover) -> dict[str, Looked]:
    """Say how many codes stand, checked as `standing_of` checks one, in few statements; unknown codes are left out.

    `log` may be used again for more codes: it reads its head anew and keeps the nodes it has read.
    """
    return {looked.award.code: looked for looked in standings_where(session, Award.code.in_(codes), seal, log)}


def standings_where(session: Session, condition: ColumnElement[bool], seal: Seal, log: Prover) -> list[Looked]:
    """Say how the awards stand that fit the condition, oldest completion first; it may speak of `Completion` too."""
    rows = session.execute(_FOUND.where(condition).order_by(Completion.completed_on, Award.id)).all()
    ledger: dict[int, list[CreditEntry]] = {}
    for line in session.scalars(select(CreditEntry).where(CreditEntry.award_id.in_([row.Award.id for row in rows]))):
        ledger.setdefault(line.award_id, []).append(line)
    entries: dict[str, list[LogEntry]] = {}
    hashes = [row.Award.credential_sha256 for row in rows]
    for entry in session.scalars(select(LogEntry).where(LogEntry.sha256.in_(hashes)).order_by(LogEntry.index)):
        entries.setdefault(entry.sha256, []).append(entry)
    log.read([row.Award.log_index for row in rows])
    lists: dict[str | None, StatusList | None] = {None: None}
    found = []
    for award, revocation, completed_on, served, withheld_since in rows:
        try:
            if served not in lists:
                lists[served] = _read_list(served)
            records = Records(entries.get(award.credential_sha256, []), ledger.get(award.id, []), lists[served])
            certificate = _check(seal, award, revocation, records, log.check)
            _agree(certificate.completed_on == completed_on, "the day of completion was changed")
        except (Disagrees, ValueError) as problem:
            standing = Standing("cannot_check", problem=f"award {award.id}: {problem}")
        else:
            standing = Standing(
                state_of(revocation),
                certificate,
                revocation.revoked_at if revocation else None,
                revocation.reason if revocation else "",
                award.credential_sha256,
                award.key_id,
                award.log_index,
                withheld=withheld_since is not None,
            )
        found.append(Looked(award, standing))
    return found


def check_award(
    session: Session, seal: Seal, award: Award, revocation: Revocation | None, served: str | None
) -> document.Certificate:
    """Return what the award certifies, or raise `Disagrees` (or `ValueError`) naming the first thing that does not fit.

    The signature itself is for `flask log audit` and for verifiers elsewhere: it costs more than everything here, and
    the hash in the log pins the same bytes.
    """
    entries = select(LogEntry).where(LogEntry.sha256 == award.credential_sha256).order_by(LogEntry.index)
    ledger = select(CreditEntry).where(CreditEntry.award_id == award.id)
    records = Records(session.scalars(entries).all(), session.scalars(ledger).all(), _read_list(served))
    return _check(seal, award, revocation, records, partial(check_entry, session))


def _read_list(served: str | None) -> StatusList | None:
    """Return the bits of a served list; raise `ValueError` where it is damaged."""
    if served is None:
        return None
    try:
        return StatusList.decode(json.loads(served)["credentialSubject"]["encodedList"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"the revocation list is damaged: {error}") from error


def _check(
    seal: Seal,
    award: Award,
    revocation: Revocation | None,
    records: Records,
    in_log: Callable[[int, str], None],
) -> document.Certificate:
    content = award.credential.encode()
    _agree(hashlib.sha256(content).hexdigest() == award.credential_sha256, "the credential was changed")
    _check_entries(award, revocation, records.entries)
    in_log(award.log_index, records.entries[0].leaf)
    certificate = facts_of(json.loads(content))
    _agree(document.freeze(certificate) == award.facts, "the frozen facts were changed")
    _agree(certificate.code == award.code, "the code belongs to another certificate")
    _agree(seal.vouches_for(award.key_id), "the key that signed it is not listed")
    _agree(records.bits is not None, "the revocation list is missing")
    revoked = records.bits is not None and records.bits.is_revoked(award.status_index)
    _agree(revoked == (revocation is not None), "the revocation list says otherwise")
    _check_ledger(records.ledger, certificate, revoked=revocation is not None)
    return certificate


def _agree(fact: bool, problem: str) -> None:
    if not fact:
        raise Disagrees(problem)


def _check_entries(award: Award, revocation: Revocation | None, entries: Sequence[LogEntry]) -> None:
    """Hold the log's entries about this credential against the award and its revocation."""
    told = [(entry.index, tree.read_entry(entry.leaf.encode())) for entry in entries]
    issued = [(index, entry) for index, entry in told if entry.kind == "issue"]
    _agree(len(issued) == 1 and issued[0][0] == award.log_index == told[0][0], "the log knows no such issue")
    _agree(issued[0][1].sha256 == award.credential_sha256, "the log speaks of another credential")
    _agree(abs(issued[0][1].at - award.issued_at) < timedelta(seconds=1), "the moment of issue was changed")
    revoked = [entry for _, entry in told if entry.kind == "revoke"]
    if revocation is None:
        _agree(not revoked, "the log knows a revocation")
    else:
        _agree([entry.detail for entry in revoked] == [revocation.reason], "the log knows no such revocation")


def _check_ledger(rows: Sequence[CreditEntry], certificate: document.Certificate, *, revoked: bool) -> None:
    """Hold the ledger's lines against the credits the certificate prints."""
    wanted = {
        credit.accreditor: (credit.hours, credit.unit, {topic.topic: topic.hours for topic in credit.topics})
        for credit in certificate.credits
    }
    for kind in ("earned", "revoked") if revoked else ("earned",):
        held = {
            row.accreditor: (row.hours, row.unit, {topic: Decimal(hours) for topic, hours in row.topics.items()})
            for row in rows
            if row.kind == kind
        }
        _agree(held == wanted, "the ledger was changed")
    _agree(revoked or not any(row.kind == "revoked" for row in rows), "the ledger was changed")
