"""The public log in our tables: appending in order, proofs from stored nodes, checkpoints."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.proof import serialise
from lms.awards.head import Head, get_frontier, lock_head, open_checkpoint, read_head, write_head
from lms.awards.keys import Seal
from lms.awards.models import Checkpoint, LogEntry, LogNode
from lms.db import plainly

NODES_AT_ONCE = 5000
"""Places a statement asks for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, and the size the log had right after it."""

    index: int
    size: int


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
    row, head = lock_head(session, seal)
    leaf = tree.write_entry(entry)
    grown, nodes = tree.append(head.frontier, tree.hash_leaf(leaf))
    session.add(LogEntry(index=head.frontier.size, leaf=leaf.decode(), sha256=entry.sha256))
    session.add_all(LogNode(level=node.level, index=node.index, hash=node.hash) for node in nodes)
    write_head(session, seal, row, replace(head, frontier=grown))
    return Place(head.frontier.size, grown.size)


def sign_head(session: Session, seal: Seal) -> str:
    """Return the signed checkpoint of the log as it stands; the same size gives the same bytes.

    Raises `ValueError` where the stored head is not one that we signed: a forged tree gets no signature from here.
    """
    frontier = read_head(session, seal).frontier
    checkpoint = tree.Checkpoint(seal.vkey.name, frontier.size, frontier.root())
    return tree.sign_checkpoint(checkpoint, seal.vkey, seal.log_key.sign)


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
        root = tree.root_of(checkpoint.size, stored_nodes(session, wanted))
    except ValueError:
        return 0
    return checkpoint.size if root == checkpoint.root else 0


def prove_entry(session: Session, seal: Seal, index: int) -> tree.LogProof:
    """Return the proof that the entry is in the log as it stands; raises `ValueError` where the log is damaged."""
    frontier = get_frontier(session)
    entry = session.get(LogEntry, index)
    if entry is None:
        raise ValueError("the log lacks this entry")
    path = tree.inclusion_proof(index, frontier.size, stored_nodes(session, wanted_nodes(index, frontier.size)))
    return tree.LogProof(entry.leaf.encode(), index, path, sign_head(session, seal))


def check_entry(session: Session, head: Head, index: int, leaf: str) -> None:
    """Raise `ValueError` unless the leaf is in the log as it was signed, by the stored nodes alone; one statement.

    The head holds the tops of the complete subtrees, so the way ends at the one that the entry is under.
    """
    top = tree.subtree_of(head.frontier, index)
    if top is None:
        raise ValueError("the log does not reach to this entry")
    level, whole = top
    siblings = [(at, (index >> at) ^ 1) for at in range(level)]
    node = stored_nodes(session, [(0, index), *siblings])
    own = tree.hash_leaf(leaf.encode())
    if node(0, index) != own:
        raise ValueError("the log's node of this entry was changed")
    width = 1 << level
    tree.check_inclusion(own, index % width, width, [node(*place) for place in siblings], whole)


class Prover:
    """Checks many entries against the log as it stands, reading and hashing each node of the tree once."""

    def __init__(self, session: Session, seal: Seal) -> None:
        self._session = session
        self._seal = seal
        self._head: Head | None = None
        self._damage = "nothing of the log was read"
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._sound: set[tuple[int, int]] = set()
        """Nodes that were followed up to the head."""

    def read(self, indexes: Iterable[int]) -> None:
        """Fetch the head and what checking these entries needs; `check` refuses what is beyond the log."""
        try:
            head = read_head(self._session, self._seal)
        except ValueError as error:
            self._head, self._damage = None, str(error)
            return
        if self._head is None or head.frontier != self._head.frontier:
            self._sound.clear()
        self._head = head
        wanted: set[tuple[int, int]] = set()
        for index in indexes:
            top = tree.subtree_of(head.frontier, index)
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
        top = tree.subtree_of(self._head.frontier, index)
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

    def check_list(self, list_id: int, served: str) -> None:
        """Raise `ValueError` for a text that is not the list's newest."""
        if self._head is None:
            raise ValueError(self._damage)
        self._head.check_list(list_id, served)

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


def stored_nodes(session: Session, places: Iterable[tuple[int, int]]) -> tree.NodeOf:
    """Return a look-up among the stored nodes at these places, read at once; it raises `ValueError` for any other."""
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
