"""How a code stands: what was signed, held against the log, the ledger, the completion and the revocation list.

Whatever does not agree is "cannot check", never "valid": the page must not turn green for a row that was edited in
the database. Who has the database but not the key file can forge neither the log, whose head is signed, nor a
revocation list. Who has both is caught by the witnesses' checkpoints.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session, aliased

from certificates import log as tree
from certificates.credential import facts_of
from certificates.status import StatusList
from lms.awards import document
from lms.awards.keys import Seal, listed_keys
from lms.awards.lists import open_list
from lms.awards.log import Prover, check_entry
from lms.awards.models import Award, Completion, CreditEntry, Disclosure, LogEntry, Revocation, SignedList
from lms.learning.models import Enrollment
from lms.modules.models import Edition

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
class Found:
    """An award with what one statement reads beside it; `served` is its provider's list as others read it."""

    award: Award
    revocation: Revocation | None
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
    """What is held against an award: the log's entries of its credential and its ledger."""

    entries: Sequence[LogEntry]
    ledger: Sequence[CreditEntry]


class Disagrees(Exception):  # noqa: N818 - a finding
    """Two records of one certificate do not say the same."""


def state_of(revocation: Revocation | None) -> State:
    """Return valid, revoked or replaced."""
    if revocation is None:
        return "valid"
    return "replaced" if revocation.reason == "replaced" else "revoked"


_BEFORE = aliased(Award)
FOUND = (
    select(
        Award,
        Revocation,
        Completion.completed_on,
        Completion.completed_at,
        Completion.time_zone,
        Enrollment.user_id,
        Edition.id,
        Edition.also_qualifies,
        _BEFORE.completion_id,
        SignedList.text,
        Disclosure.since,
    )
    .join(Completion, Completion.id == Award.completion_id)
    .join(Enrollment, Enrollment.id == Completion.enrollment_id)
    .join(Edition, Edition.id == Enrollment.edition_id)
    .outerjoin(_BEFORE, _BEFORE.id == Award.replaces_id)
    .outerjoin(Revocation, Revocation.award_id == Award.id)
    .outerjoin(SignedList, SignedList.list_id == Award.status_list_id)
    .outerjoin(Disclosure, Disclosure.completion_id == Award.completion_id)
)


def read_found(row: Row[*tuple[Any, ...]]) -> Found:
    """Return a row of `FOUND` by its names."""
    return Found(*tuple(row))


def standing_of(session: Session, code: str, seal: Seal) -> Standing:
    """Say how a code stands, in five statements whatever the size of the log."""
    row = session.execute(FOUND.where(Award.code == code)).one_or_none()
    if row is None:
        return Standing("not_found")
    found = read_found(row)
    return _stand(found, lambda: check_award(session, seal, found))


def standings_of(session: Session, codes: Collection[str], seal: Seal, log: Prover) -> dict[str, Looked]:
    """Say how many codes stand, checked as `standing_of` checks one, in few statements; unknown codes are left out.

    `log` may be used again for more codes: it reads its head anew and keeps the nodes it has read.
    """
    return {looked.award.code: looked for looked in standings_where(session, Award.code.in_(codes), seal, log)}


def standings_where(session: Session, condition: ColumnElement[bool], seal: Seal, log: Prover) -> list[Looked]:
    """Say how the awards stand that fit the condition, oldest completion first; it may speak of `Completion` too."""
    rows = session.execute(FOUND.where(condition).order_by(Completion.completed_on, Award.id)).all()
    many = [read_found(row) for row in rows]
    ledger: dict[int, list[CreditEntry]] = {}
    for line in session.scalars(select(CreditEntry).where(CreditEntry.award_id.in_([row.award.id for row in many]))):
        ledger.setdefault(line.award_id, []).append(line)
    entries: dict[str, list[LogEntry]] = {}
    hashes = [row.award.credential_sha256 for row in many]
    for entry in session.scalars(select(LogEntry).where(LogEntry.sha256.in_(hashes)).order_by(LogEntry.index)):
        entries.setdefault(entry.sha256, []).append(entry)
    log.read([row.award.log_index for row in many])
    looked = []
    for found in many:
        records = Records(entries.get(found.award.credential_sha256, []), ledger.get(found.award.id, []))
        looked.append(Looked(found.award, _stand(found, partial(_check, seal, found, records, log.check))))
    return looked


def _stand(found: Found, check: Callable[[], document.Certificate]) -> Standing:
    """Return the standing of what was found, as the check of it ends."""
    award, revocation = found.award, found.revocation
    try:
        certificate = check()
    except (Disagrees, ValueError, LookupError, TypeError) as problem:
        return Standing("cannot_check", problem=f"award {award.id}: {problem}")
    return Standing(
        state_of(revocation),
        certificate,
        revocation.revoked_at if revocation else None,
        revocation.reason if revocation else "",
        award.credential_sha256,
        award.key_id,
        award.log_index,
        withheld=found.withheld_since is not None,
    )


def check_award(session: Session, seal: Seal, found: Found) -> document.Certificate:
    """Return what the award certifies, or raise `Disagrees` (or `ValueError`) naming the first thing that does not fit.

    The signature itself is for `flask log audit` and for verifiers elsewhere: it costs more than everything here, and
    the hash in the log, whose head is signed, pins the same bytes.
    """
    award = found.award
    entries = select(LogEntry).where(LogEntry.sha256 == award.credential_sha256).order_by(LogEntry.index)
    ledger = select(CreditEntry).where(CreditEntry.award_id == award.id)
    records = Records(session.scalars(entries).all(), session.scalars(ledger).all())
    return _check(seal, found, records, partial(check_entry, session, seal))


def _check(seal: Seal, found: Found, records: Records, in_log: Callable[[int, str], None]) -> document.Certificate:
    award, revocation = found.award, found.revocation
    content = award.credential.encode()
    _agree(hashlib.sha256(content).hexdigest() == award.credential_sha256, "the credential was changed")
    _check_entries(award, revocation, records.entries)
    in_log(award.log_index, records.entries[0].leaf)
    credential = json.loads(content)
    certificate = facts_of(credential)
    _agree(document.freeze(certificate) == award.facts, "the frozen facts were changed")
    _agree(certificate.code == award.code, "the code belongs to another certificate")
    _check_row(seal, award, credential)
    revoked = _served_bits(seal, found.served, credential).is_revoked(award.status_index)
    _agree(revoked == (revocation is not None), "the revocation list says otherwise")
    _check_ledger(records.ledger, certificate, found)
    _check_completion(certificate, credential, found)
    return certificate


def _agree(fact: bool, problem: str) -> None:
    if not fact:
        raise Disagrees(problem)


def _same_moment(one: datetime, other: datetime) -> bool:
    """Say whether they are the same to the second: what is signed has no smaller parts."""
    return abs(one - other) < timedelta(seconds=1)


def _check_entries(award: Award, revocation: Revocation | None, entries: Sequence[LogEntry]) -> None:
    """Hold the log's entries about this credential against the award and its revocation."""
    told = [(entry.index, tree.read_entry(entry.leaf.encode())) for entry in entries]
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


def _check_row(seal: Seal, award: Award, credential: Mapping[str, Any]) -> None:
    """Hold what stands beside the credential in our row against what was signed."""
    _agree(credential["proof"][0]["verificationMethod"] == award.key_id, "the name of the key was changed")
    _agree(seal.vouches_for(award.key_id), "the key that signed it is not listed")
    status = credential["credentialStatus"]
    place = (status["statusListCredential"].rpartition("/")[2], status["statusListIndex"])
    _agree(place == (str(award.status_list_id), str(award.status_index)), "its place on the list was changed")


def _served_bits(seal: Seal, served: str | None, credential: Mapping[str, Any]) -> StatusList:
    """Return the served list that the credential names, or raise what is wrong with it."""
    if served is None:
        raise Disagrees("the revocation list is missing")
    slug = credential["issuer"]["id"].rpartition(":p:")[2]
    name, bits = open_list(served, (seal.did(slug),), tuple(listed_keys(seal)))
    # A former host may stand before the path of either of them.
    of_credential = credential["credentialStatus"]["statusListCredential"]
    _agree(name.rpartition("/")[2] == of_credential.rpartition("/")[2], "the revocation list is another one")
    return bits


def _check_ledger(rows: Sequence[CreditEntry], certificate: document.Certificate, found: Found) -> None:
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
