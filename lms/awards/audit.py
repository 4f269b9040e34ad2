"""`flask log audit`: recomputes everything from the stored bytes and names what was altered, deleted or back-dated."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.keys import keys_of
from certificates.proof import Verdict, verify
from certificates.status import StatusEntry, is_revoked
from lms.awards.keys import Seal
from lms.awards.log import get_frontier
from lms.awards.models import Award, Checkpoint, Completion, LogEntry, LogNode, Revocation, SignedList, StatusList
from lms.awards.proofs import list_url
from lms.awards.standing import Disagrees, check_award
from lms.providers.models import Provider

AT_ONCE = 500


def audit(session: Session, seal: Seal, *, witnessed: Sequence[str] = ()) -> Iterator[str]:
    """Yield a sentence for each thing that does not fit; nothing when all is well.

    `witnessed` are checkpoints that somebody else kept: with them even a log that was rewritten as a whole, tree and
    all, is caught.
    """
    leaves = yield from _audit_tree(session, seal, witnessed)
    yield from _audit_awards(session, seal, leaves)
    yield from _audit_lists(session, seal)


def _audit_tree(session: Session, seal: Seal, witnessed: Sequence[str]) -> Generator[str, None, dict[int, tree.Entry]]:
    """Rebuild the tree from the leaves alone and hold nodes, head and every checkpoint against it."""
    frontier = tree.Frontier()
    nodes: dict[tuple[int, int], bytes] = {}
    leaves: dict[int, tree.Entry] = {}
    for row in session.scalars(select(LogEntry).order_by(LogEntry.index).execution_options(yield_per=AT_ONCE)):
        if row.index != frontier.size:
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
        if get_frontier(session) != frontier:
            yield "the log's head is not what its entries give"
    except ValueError as error:
        yield f"the log's head: {error}"
    yield from _audit_checkpoints(session, seal, witnessed, frontier.size, nodes)
    return leaves


def _audit_checkpoints(
    session: Session, seal: Seal, witnessed: Sequence[str], size: int, nodes: Mapping[tuple[int, int], bytes]
) -> Iterator[str]:
    """Hold every checkpoint, ours and the witnesses', against the rebuilt tree."""
    kept = [(f"checkpoint {row.id}", row.note) for row in session.scalars(select(Checkpoint).order_by(Checkpoint.id))]
    for name, note in [*kept, *((f"the witnessed checkpoint {at + 1}", note) for at, note in enumerate(witnessed))]:
        try:
            checkpoint = tree.open_checkpoint(note, seal.vkey)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        if checkpoint.size > size:
            yield f"{name} saw {checkpoint.size} entries; the log has only {size}"
        elif tree.root_of(checkpoint.size, lambda level, index: nodes[level, index]) != checkpoint.root:
            yield f"{name} saw another log: an entry before number {checkpoint.size} was altered"


def _audit_awards(session: Session, seal: Seal, leaves: dict[int, tree.Entry]) -> Iterator[str]:
    """Check every award as the verify page does, and its signature, and that the log knows no other."""
    found = (
        select(Award, Revocation, Completion, SignedList.text)
        .join(Completion, Completion.id == Award.completion_id)
        .outerjoin(Revocation, Revocation.award_id == Award.id)
        .outerjoin(SignedList, SignedList.list_id == Award.status_list_id)
        .order_by(Award.id)
    )
    seen = set()
    slugs = list(session.scalars(select(Provider.slug)))
    keys = {name: key for slug in slugs for name, key in keys_of(seal.did_document(slug)).items()}
    for award, revocation, completion, served in session.execute(found):
        seen.add(award.credential_sha256)
        try:
            certificate = check_award(session, seal, award, revocation, served)
        except (Disagrees, ValueError, KeyError, TypeError) as problem:
            yield f"certificate {award.code} (award {award.id}): {problem}"
            continue
        if certificate.completed_on != completion.completed_on:
            yield f"certificate {award.code}: the day of completion {completion.id} was changed"
        if completion.completed_at - award.issued_at > timedelta(seconds=1):
            yield f"certificate {award.code}: issued before it was completed"
        if verify(json.loads(award.credential), keys, award.credential_sha256) is not Verdict.GENUINE:
            yield f"certificate {award.code}: its signature does not verify"
    for index, entry in leaves.items():
        if entry.kind == "issue" and entry.sha256 not in seen:
            yield f"log entry {index}: the certificate it speaks of was deleted"


def _audit_lists(session: Session, seal: Seal) -> Iterator[str]:
    """Check that each served list is signed by us and tells what the revocations say."""
    rows = session.execute(
        select(Award, Revocation.award_id, SignedList, Provider.slug)
        .join(SignedList, SignedList.list_id == Award.status_list_id)
        .join(StatusList, StatusList.id == Award.status_list_id)
        .join(Provider, Provider.id == StatusList.provider_id)
        .outerjoin(Revocation, Revocation.award_id == Award.id)
    )
    bad: set[int] = set()
    for award, revoked, served, slug in rows:
        if served.list_id in bad:
            continue
        did = seal.did(slug)
        entry = StatusEntry(list_url(seal, served.list_id), award.status_index)
        try:
            told = is_revoked(json.loads(served.text), entry, did, keys_of(seal.did_document(slug)), served.signed_at)
        except ValueError as error:
            bad.add(served.list_id)
            yield f"status list {served.list_id}: {error}"
            continue
        if told != (revoked is not None):
            yield f"certificate {award.code}: status list {served.list_id} says otherwise"
