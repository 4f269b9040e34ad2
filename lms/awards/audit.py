"""`flask log audit`: recomputes everything from the stored bytes and names what was altered, deleted or back-dated."""

import json
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.keys import keys_of
from certificates.proof import Verdict, verify
from certificates.status import LENGTH, StatusEntry, is_revoked
from certificates.status import StatusList as StatusBits
from lms.assessments.models import Attempt, Evaluation
from lms.awards.head import is_of_before, open_checkpoint, read_head, seal_head
from lms.awards.keys import Seal
from lms.awards.models import (
    Award,
    AwardLicense,
    Checkpoint,
    Completion,
    LogEntry,
    LogNode,
    Revocation,
    SignedAnew,
    SignedList,
    StatusList,
)
from lms.awards.proofs import blinds_of, list_url
from lms.awards.standing import FOUND, Disagrees, check_award, read_found
from lms.providers.models import Provider

AT_ONCE = 500
CLOCKS = timedelta(minutes=5)
"""By how much the clocks of several machines may differ."""


def audit(session: Session, seal: Seal, *, now: datetime, witnessed: Sequence[str] = ()) -> Iterator[str]:
    """Yield a sentence for each thing that does not fit; nothing when all is well.

    `witnessed` are checkpoints that somebody else kept: with them even a log that was rewritten as a whole, tree and
    all, is caught.
    """
    leaves = yield from _audit_tree(session, seal, witnessed)
    yield from _audit_awards(session, seal, leaves)
    yield from _audit_completions(session)
    yield from _audit_lists(session, seal, now)


def _audit_tree(session: Session, seal: Seal, witnessed: Sequence[str]) -> Generator[str, None, dict[int, tree.Entry]]:
    """Rebuild the tree from the leaves alone and hold nodes, head and every checkpoint against it."""
    frontier = tree.Frontier()
    nodes: dict[tuple[int, int], bytes] = {}
    leaves: dict[int, tree.Entry] = {}
    rows = session.scalars(select(LogEntry).order_by(LogEntry.index).execution_options(yield_per=AT_ONCE))
    for row in rows:
        if row.index != frontier.size:
            rows.close()
            yield f"log entry {frontier.size} is missing"
            break
        leaf = row.leaf.encode()
        try:
            leaves[row.index] = tree.read_entry(leaf)
            if leaves[row.index].sha256 != row.sha256:
                yield f"log entry {row.index} is filed under another hash than it speaks of"
        except ValueError as error:
            yield f"log entry {row.index}: {error}"
        frontier, grown = tree.append(frontier, tree.hash_leaf(leaf))
        nodes |= {(node.level, node.index): node.hash for node in grown}
    stored = 0
    for node in session.scalars(select(LogNode).execution_options(yield_per=AT_ONCE)):
        stored += 1
        if nodes.get((node.level, node.index)) != node.hash:
            yield f"log node {node.index} of level {node.level} is not what the entries give"
    if stored != len(nodes):
        yield f"the log has {stored} nodes where its entries give {len(nodes)}"
    try:
        if read_head(session, seal).frontier != frontier:
            yield "the log's head is not what its entries give"
    except ValueError as error:
        yield f"the log's head: {error}"
    yield from _audit_checkpoints(session, seal, witnessed, frontier.size, nodes)
    yield from _audit_moments(session, leaves)
    return leaves


def adopt_head(session: Session, seal: Seal, *, now: datetime) -> list[str]:
    """Sign the head of a log that began before heads were signed as they are today; return what does not fit.

    It is signed only where all that is under it fits; a head that is signed, or empty, is left as it is. So is any head
    once one was signed here as today (`Seal.names_lists`): somebody wiped its signature.
    """
    if not seal.names_lists and is_of_before(session, seal):
        seal_head(session, seal)  # provisionally: the caller undoes it where something does not fit
        return list(audit(session, seal, now=now))
    try:
        read_head(session, seal)
    except ValueError as error:
        return [str(error)]
    return []


def _audit_checkpoints(
    session: Session, seal: Seal, witnessed: Sequence[str], size: int, nodes: Mapping[tuple[int, int], bytes]
) -> Iterator[str]:
    """Hold every checkpoint, ours and the witnesses', against the rebuilt tree."""
    ours = session.scalars(select(Checkpoint).order_by(Checkpoint.id)).all()
    kept = [(f"checkpoint {row.id}", row.note, row.size) for row in ours]
    held = [(f"the witnessed checkpoint {at + 1}", note, None) for at, note in enumerate(witnessed)]
    for name, note, filed in [*kept, *held]:
        try:
            checkpoint = open_checkpoint(note, seal.vkeys)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        if filed is not None and checkpoint.size != filed:
            yield f"{name} is filed under another size than it was signed for"
        if checkpoint.size > size:
            yield f"{name} saw {checkpoint.size} entries; the log has only {size}"
        elif tree.root_of(checkpoint.size, lambda level, index: nodes[level, index]) != checkpoint.root:
            yield f"{name} saw another log: an entry before number {checkpoint.size} was altered"


def _audit_moments(session: Session, leaves: Mapping[int, tree.Entry]) -> Iterator[str]:
    """Name what is dated before a checkpoint that did not know it yet: it was back-dated, or a clock was set back."""
    made = [(row.size, row.made_at) for row in session.scalars(select(Checkpoint).order_by(Checkpoint.size))]
    latest: datetime | None = None
    for index, entry in sorted(leaves.items()):
        while made and made[0][0] <= index:
            at = made.pop(0)[1]
            latest = max(latest, at) if latest else at
        if latest and latest - entry.at > CLOCKS:
            yield f"log entry {index} is dated before a checkpoint that did not hold it"


def _audit_awards(session: Session, seal: Seal, leaves: dict[int, tree.Entry]) -> Iterator[str]:
    """Check every award as the verify page does, and its signature, and that the log knows no other."""
    seen: dict[str, bool] = {}
    slugs = list(session.scalars(select(Provider.slug)))
    keys = {name: key for slug in slugs for name, key in seal.methods(slug, seal.listed).items()}
    struck = [row.key for row in seal.struck]
    keys |= {name: key for slug in slugs for name, key in seal.methods(slug, struck).items()}
    anew = yield from _audit_anew(session, seal, keys)
    filed: dict[int, set[str]] = {}
    for award_id, blind in session.execute(select(AwardLicense.award_id, AwardLicense.blind)):
        filed.setdefault(award_id, set()).add(blind)
    for row in session.execute(FOUND.order_by(Award.id)):
        found = read_found(row)
        award = found.award
        seen[award.credential_sha256] = found.revocation is not None
        try:
            certificate = check_award(session, seal, found).certificate
        except (Disagrees, ValueError, LookupError, TypeError) as problem:
            yield f"certificate {award.code} (award {award.id}): {problem}"
            continue
        if found.completed_at - award.issued_at > timedelta(seconds=1):
            yield f"certificate {award.code}: issued before it was completed"
        if verify(json.loads(award.credential), keys, award.credential_sha256) is not Verdict.GENUINE:
            yield f"certificate {award.code}: its signature does not verify"
        if filed.get(award.id, set()) != blinds_of(seal, certificate):
            yield f"certificate {award.code}: it is not filed under the licenses it prints"
    for index, entry in leaves.items():
        if entry.kind == "issue" and entry.sha256 not in seen:
            yield f"log entry {index}: the certificate it speaks of was deleted"
        if entry.kind == "reissue" and entry.sha256 not in anew:
            yield f"log entry {index}: the new signature it speaks of was deleted"
        if entry.kind == "revoke" and not seen.get(entry.sha256, False):
            yield f"log entry {index}: the revocation it speaks of was taken back"


def _audit_anew(
    session: Session, seal: Seal, keys: Mapping[str, Ed25519PublicKey]
) -> Generator[str, None, Collection[str]]:
    """Check the signature of each document that was signed anew; what it says is checked with its award."""
    seen = set()
    for row, code, method in session.execute(
        select(SignedAnew, Award.code, Award.key_id).join(Award, Award.id == SignedAnew.award_id)
    ):
        seen.add(row.credential_sha256)
        if seal.vouches_for(method):
            yield f"certificate {code}: it was signed anew, though its key was never struck"
        try:
            genuine = verify(json.loads(row.credential), keys, row.credential_sha256) is Verdict.GENUINE
        except ValueError:
            genuine = False
        if not genuine:
            yield f"certificate {code}: its new signature does not verify"
    return seen


def _audit_completions(session: Session) -> Iterator[str]:
    """Check that each completion rests on the test and the evaluation of its own enrollment."""
    rows = session.execute(
        select(Completion.id, Completion.enrollment_id, Attempt.enrollment_id, Attempt.passed, Evaluation.enrollment_id)
        .outerjoin(Attempt, Attempt.id == Completion.attempt_id)
        .outerjoin(Evaluation, Evaluation.id == Completion.evaluation_id)
        .order_by(Completion.id)
    )
    for completion_id, own, tested, passed, evaluated in rows:
        if tested != own or not passed:
            yield f"completion {completion_id}: it does not rest on a passed test of its own"
        if evaluated != own:
            yield f"completion {completion_id}: it does not rest on an evaluation of its own"


def _audit_lists(session: Session, seal: Seal, now: datetime) -> Iterator[str]:
    """Check that each served list is signed by us, still runs, and tells what the revocations say."""
    rows = session.execute(
        select(Award.code, Award.status_index, Revocation.award_id, SignedList, Provider.slug)
        .join(SignedList, SignedList.list_id == Award.status_list_id)
        .join(StatusList, StatusList.id == Award.status_list_id)
        .join(Provider, Provider.id == StatusList.provider_id)
        .outerjoin(Revocation, Revocation.award_id == Award.id)
    )
    lists: dict[int, StatusBits | None] = {}
    yield from _audit_named(session, seal)
    for code, index, revoked, served, slug in rows:
        if served.list_id not in lists:
            lists[served.list_id], problem = _read_list(seal, served, slug, now)
            if problem:
                yield f"status list {served.list_id}: {problem}"
        bits = lists[served.list_id]
        if bits is not None and (0 <= index < LENGTH and bits.is_revoked(index)) != (revoked is not None):
            yield f"certificate {code}: status list {served.list_id} says otherwise"


def _audit_named(session: Session, seal: Seal) -> Iterator[str]:
    """Check that the lists which are served are those that the signed head names."""
    try:
        head = read_head(session, seal)
    except ValueError:  # the audit of the tree has named it
        return
    served = dict(session.execute(select(SignedList.list_id, SignedList.text)).all())
    for list_id in sorted(served.keys() | head.lists.keys()):
        if not head.names(list_id, served.get(list_id, "")):
            yield f"status list {list_id}: the text that is served is not the newest that we signed"


def _read_list(seal: Seal, served: SignedList, slug: str, now: datetime) -> tuple[StatusBits | None, str]:
    """Return the bits of a served list, or none and what is wrong with it."""
    entry = StatusEntry(list_url(seal, served.list_id), 0)
    try:
        signed = json.loads(served.text)
        is_revoked(signed, entry, seal.did(slug), keys_of(seal.did_document(slug)), now)
        begun = datetime.fromisoformat(signed["validFrom"])
        if abs(begun - served.signed_at) > timedelta(seconds=1):
            return None, "the moment of signing was changed"
        return StatusBits.decode(signed["credentialSubject"]["encodedList"]), ""
    except ValueError as error:
        return None, str(error)
