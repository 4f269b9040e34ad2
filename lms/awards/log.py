"""The public log in our tables: appending in order, proofs from stored nodes, checkpoints."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.proof import serialise
from lms.awards.keys import Seal
from lms.awards.models import Checkpoint, LogEntry, LogHead, LogNode
from lms.db import plainly

Head = LogHead | Row[Any]
"""The head as whoever changes it holds it, or its plain row for whoever only reads."""
NODES_AT_ONCE = 5000
"""Places a statement asks for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, and the size the log had right after it."""

    index: int
    size: int


# Put together once: that takes longer than asking.
_HEAD = select(LogHead.__table__).where(LogHead.__table__.c.id == 1)
# Asked for as `(level, index) IN (...)`, SQLite reads the whole table; places that lead to the rows read those alone.
_NODES = {
    name: text(statement).columns(LogNode.level, LogNode.index, LogNode.hash)
    for name, statement in {
        "sqlite": """
            SELECT node.level, node."index", node.hash FROM json_each(:places) AS place
            JOIN log_nodes AS node ON node.level = json_extract(place.value, '$[0]')
            AND node."index" = json_extract(place.value, '$[1]')
        """,
        "postgresql": """
            SELECT node.level, node."index", node.hash FROM json_array_elements(CAST(:places AS json)) AS place(value)
            JOIN log_nodes AS node ON node.level = CAST(place.value ->> 0 AS integer)
            AND node."index" = CAST(place.value ->> 1 AS bigint)
        """,
    }.items()
}


def append_entry(session: Session, seal: Seal, entry: tree.Entry) -> Place:
    """Append an entry and sign the new head; whoever else appends waits for this transaction to end.

    Raises `ValueError` where the stored head is not one that we signed: nothing is built upon somebody else's tree.
    """
    head = session.get(LogHead, 1, with_for_update=True, populate_existing=True)
    if head is None:  # the migration makes the row; a database without it is no log of ours
        raise RuntimeError("the log has no head")
    _check_head(head, seal)
    frontier, leaf = _frontier(head), tree.write_entry(entry)
    grown, nodes = tree.append(frontier, tree.hash_leaf(leaf))
    session.add(LogEntry(index=frontier.size, leaf=leaf.decode(), sha256=entry.sha256))
    session.add_all(LogNode(level=node.level, index=node.index, hash=node.hash) for node in nodes)
    head.size, head.hashes = grown.size, b"".join(grown.hashes)
    head.note = _note_of(grown, seal)
    session.flush()
    return Place(frontier.size, grown.size)


def get_frontier(session: Session, seal: Seal | None = None) -> tree.Frontier:
    """Return the log's right edge, or raise `ValueError` when the stored one is damaged.

    With a seal, the edge also has to be one that its key signed.
    """
    head = plainly(session).execute(_HEAD).one_or_none()
    if head is None:
        raise ValueError("the log has no head")
    if seal is not None:
        _check_head(head, seal)
    return _frontier(head)


def seal_head(session: Session, seal: Seal) -> None:
    """Sign the head as it stands, whatever it says: for whoever has checked all that is under it."""
    head = session.get_one(LogHead, 1, with_for_update=True, populate_existing=True)
    head.note = _note_of(_frontier(head), seal)
    session.flush()


def _note_of(frontier: tree.Frontier, seal: Seal) -> str:
    checkpoint = tree.Checkpoint(seal.vkey.name, frontier.size, frontier.root())
    return tree.sign_checkpoint(checkpoint, seal.vkey, seal.log_key.sign)


def _check_head(head: Head, seal: Seal) -> None:
    if not head.size and not head.note:
        return
    if not head.note:
        raise ValueError("the head of the log is not signed")
    signed, frontier = _open_note(head.note, seal.vkeys), _frontier(head)
    if (signed.size, signed.root) != (frontier.size, frontier.root()):
        raise ValueError("the head of the log is not the one that was signed")


@lru_cache(maxsize=16)
def _open_note(note: str, vkeys: tuple[tree.Vkey, ...]) -> tree.Checkpoint:
    """Return what one of these keys signed; every page asks for the same note until the log grows."""
    return open_checkpoint(note, vkeys)


def open_checkpoint(note: str, vkeys: Sequence[tree.Vkey]) -> tree.Checkpoint:
    """Return the checkpoint that one of these keys signed, or raise `ValueError` with what the first one says."""
    for vkey in vkeys[1:]:
        with suppress(ValueError):
            return tree.open_checkpoint(note, vkey)
    return tree.open_checkpoint(note, vkeys[0])


def _frontier(head: Head) -> tree.Frontier:
    step = tree.HASH_BYTES
    return tree.Frontier(head.size, tuple(head.hashes[at : at + step] for at in range(0, len(head.hashes), step)))


def sign_head(session: Session, seal: Seal) -> str:
    """Return the signed checkpoint of the log as it stands; the same size gives the same bytes.

    Raises `ValueError` where the stored head is not one that we signed: a forged tree gets no signature from here.
    """
    return _note_of(get_frontier(session, seal), seal)


def keep_checkpoint(session: Session, seal: Seal, *, now: datetime) -> Checkpoint:
    """Store the checkpoint of this moment: what witnesses are sent."""
    row = Checkpoint(size=get_frontier(session).size, note=sign_head(session, seal), made_at=now)
    session.add(row)
    session.flush()
    return row


def witnessed_size(session: Session, seal: Seal, until: datetime) -> int:
    """Return the size of the newest checkpoint kept until that moment; what is before it was in the log by then.

    0 without one, and where the log of today does not begin with what it saw.
    """
    latest = select(Checkpoint).where(Checkpoint.made_at <= until).order_by(Checkpoint.size.desc()).limit(1)
    row = session.scalars(latest).first()
    if row is None:
        return 0
    try:
        checkpoint = open_checkpoint(row.note, seal.vkeys)
        wanted: set[tuple[int, int]] = set()
        tree.root_of(checkpoint.size, partial(_note, wanted))
        root = tree.root_of(checkpoint.size, _stored(session, wanted))
    except ValueError:
        return 0
    return checkpoint.size if root == checkpoint.root else 0


def prove_entry(session: Session, seal: Seal, index: int) -> tree.LogProof:
    """Return the proof that the entry is in the log as it stands; raises `ValueError` where the log is damaged."""
    frontier = get_frontier(session)
    entry = session.get(LogEntry, index)
    if entry is None:
        raise ValueError("the log lacks this entry")
    path = tree.inclusion_proof(index, frontier.size, _stored(session, wanted_nodes(index, frontier.size)))
    return tree.LogProof(entry.leaf.encode(), index, path, sign_head(session, seal))


def check_entry(session: Session, seal: Seal, index: int, leaf: str) -> None:
    """Raise `ValueError` unless the leaf is in the log as it was signed, by the stored nodes alone; two statements."""
    frontier = get_frontier(session, seal)
    node = _stored(session, wanted_nodes(index, frontier.size) | {(0, index)})
    own = tree.hash_leaf(leaf.encode())
    if node(0, index) != own:
        raise ValueError("the log's node of this entry was changed")
    path = tree.inclusion_proof(index, frontier.size, node)
    tree.check_inclusion(own, index, frontier.size, path, frontier.root())


class Prover:
    """Checks many entries against the log as it stands, reading and hashing each node of the tree once."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session = session
        self._seal = seal
        self._head: tree.Frontier | None = None
        self._damage = "nothing of the log was read"
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._sound: set[tuple[int, int]] = set()
        """Nodes that were followed up to the head."""

    def read(self, indexes: Iterable[int]) -> None:
        """Fetch the head and what checking these entries needs; `check` refuses what is beyond the log."""
        try:
            head = get_frontier(self._session, self._seal)
        except ValueError as error:
            self._head, self._damage = None, str(error)
            return
        if head != self._head:
            self._head = head
            self._sound.clear()
        wanted: set[tuple[int, int]] = set()
        for index in indexes:
            top = self._top_of(index)
            if top is None:
                continue
            level, at = 0, index
            while level <= top[0] and (level, at) not in wanted:
                wanted |= {(level, at), (level, at ^ 1)} if level < top[0] else {(level, at)}
                level, at = level + 1, at >> 1
        missing = sorted(wanted - self._nodes.keys())
        for begin in range(0, len(missing), NODES_AT_ONCE):
            self._nodes |= read_nodes(self._session, missing[begin : begin + NODES_AT_ONCE])

    def check(self, index: int, leaf: str) -> None:
        """Raise `ValueError` unless the leaf is in the log by the stored nodes; it has to be among what was read.

        From the leaf up, each stored node has to be the hash of its stored children, and the last one the head's.
        """
        if self._head is None:
            raise ValueError(self._damage)
        top = self._top_of(index)
        if top is None:
            raise ValueError("the log does not reach to this entry")
        if self._node(0, index) != tree.hash_leaf(leaf.encode()):
            raise ValueError("the log's node of this entry was changed")
        way: list[tuple[int, int]] = []
        level, at = 0, index
        while (level, at) not in self._sound and level < top[0]:
            way.append((level, at))
            left = at & ~1
            if self._node(level + 1, at >> 1) != tree.hash_children(
                self._node(level, left), self._node(level, left + 1)
            ):
                raise ValueError("a node of the log was changed")
            level, at = level + 1, at >> 1
        if level == top[0] and self._node(level, at) != top[1]:
            raise ValueError("the head of the log was changed")
        self._sound.update(way)

    def _top_of(self, index: int) -> tuple[int, bytes] | None:
        """Return level and hash of the complete subtree of the head that holds the entry; None beyond the log."""
        assert self._head is not None
        begin, levels = 0, reversed(range(self._head.size.bit_length()))
        present = [level for level in levels if self._head.size >> level & 1]
        for level, hash_ in zip(present, self._head.hashes, strict=True):
            if begin <= index < begin + (1 << level):
                return level, hash_
            begin += 1 << level
        return None

    def _node(self, level: int, index: int) -> bytes:
        if (level, index) not in self._nodes:
            raise ValueError("the log lacks a node")
        return self._nodes[level, index]


def prove_growth(session: Session, old_size: int) -> tuple[bytes, ...]:
    """Return the proof that the log only grew since it had `old_size` entries, or raise `ValueError`."""
    size = get_frontier(session).size
    return tree.consistency_proof(old_size, size, _one_by_one(session))


def wanted_nodes(index: int, size: int) -> set[tuple[int, int]]:
    """Return the places of all stored nodes that an inclusion proof reads, so that one statement fetches them."""
    wanted: set[tuple[int, int]] = set()
    tree.inclusion_proof(index, size, partial(_note, wanted))
    return wanted


def _note(wanted: set[tuple[int, int]], level: int, index: int) -> bytes:
    wanted.add((level, index))
    return bytes(tree.HASH_BYTES)


def read_nodes(session: Session, places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return the stored hashes at these levels and indexes, in one statement; what is not stored is left out."""
    connection = plainly(session)
    rows = connection.execute(_NODES[connection.dialect.name], {"places": json.dumps(sorted(places))})
    return {(level, index): hash_ for level, index, hash_ in rows}


def _stored(session: Session, places: Iterable[tuple[int, int]]) -> tree.NodeOf:
    found = read_nodes(session, places)

    def node(level: int, index: int) -> bytes:
        if (level, index) not in found:
            raise ValueError("the log lacks a node")
        return found[level, index]

    return node


def _one_by_one(session: Session) -> tree.NodeOf:
    def node(level: int, index: int) -> bytes:
        row = session.get(LogNode, (level, index))
        if row is None:
            raise ValueError("the log lacks a node")
        return row.hash

    return node


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document as it is served: JSON in its canonical form."""
    return serialise(document).decode()


def written_vkey(seal: Seal) -> str:
    """Return the log's verifying key in the form that is handed around."""
    return tree.write_vkey(seal.vkey)


def written_growth(session: Session, seal: Seal, old_size: int) -> str:
    """Return, as JSON, the consistency proof from an older size with the checkpoint it leads to."""
    proof = [base64.b64encode(part).decode() for part in prove_growth(session, old_size)]
    return canonical({"from": old_size, "consistency": proof, "checkpoint": sign_head(session, seal)})


def node_reader(session: Session) -> tree.NodeOf:
    """Return a reader of stored nodes, for tiles and the audit."""
    return _one_by_one(session)
