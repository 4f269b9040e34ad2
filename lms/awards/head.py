"""The head of the log: its right edge and the revocation lists that are served, under one signature of the log's key.

Whoever can write into the database but does not have the key file can neither make the tree say anything else nor
serve an older list of ours, in which a certificate was still good: the head names each list that is served by its
hash, and an older head knows none of the entries since. The text that is signed here is never handed out. What is
handed out is a checkpoint (`log.sign_head`), which has no room for the lists.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from certificates import log as tree
from lms.awards.keys import Seal
from lms.awards.models import LogHead, SignedList
from lms.db import plainly

NUMBER_BYTES = 8
HEAD = LogHead.__table__
HEAD_COLUMNS = (HEAD.c.size, HEAD.c.hashes, HEAD.c.lists, HEAD.c.note)
"""What `open_head` takes, for a statement that reads the head beside something else."""
_HEAD = select(*HEAD_COLUMNS).where(HEAD.c.id == 1)  # put together once: that takes longer than asking


@dataclass(frozen=True, slots=True)
class Head:
    """The log as it stands, and the SHA-256 of each revocation list that is served, by its number."""

    frontier: tree.Frontier = field(default_factory=tree.Frontier)
    lists: Mapping[int, bytes] = field(default_factory=dict)

    def names(self, list_id: int, served: str) -> bool:
        """Say whether this is the list's newest text."""
        return self.lists.get(list_id) == hash_list(served)

    def check_list(self, list_id: int, served: str) -> None:
        """Raise `ValueError` for a text that is not the list's newest."""
        if not self.names(list_id, served):
            raise ValueError("the revocation list is not the newest that we signed")


def hash_list(served: str) -> bytes:
    """Return by what the head names a list as it is served."""
    return hashlib.sha256(served.encode()).digest()


def get_frontier(session: Session) -> tree.Frontier:
    """Return the log's right edge as it is stored, or raise `ValueError` when that is none."""
    size, hashes, _, _ = _read(session)
    return _frontier(size, hashes)


def read_head(session: Session, seal: Seal) -> Head:
    """Return the head as it was signed; raises `ValueError` where the stored one is not."""
    return open_head(_read(session), seal)


def open_head(columns: Sequence[Any], seal: Seal) -> Head:
    """Return the head from its columns as they are stored; raises as `read_head` does, and for none at all."""
    size, hashes, lists, note = columns
    if size is None:
        raise ValueError("the log has no head")
    return _open_head(size, hashes, lists, note, seal.vkeys)


def lock_head(session: Session, seal: Seal) -> tuple[LogHead, Head]:
    """Return the head for whoever changes it; others wait until this transaction ends. Raises as `read_head` does."""
    row = _lock(session)
    return row, _open_head(row.size, row.hashes, row.lists, row.note, seal.vkeys)


def write_head(session: Session, seal: Seal, row: LogHead, head: Head) -> None:
    """Store and sign a new head in place of the one that was locked."""
    row.size, row.hashes = head.frontier.size, b"".join(head.frontier.hashes)
    row.lists = _write_lists(head.lists)
    row.note = tree.sign_note(_words(seal.vkey.name, head.frontier, row.lists), seal.vkey, seal.log_key.sign)
    session.flush()


def seal_head(session: Session, seal: Seal) -> None:
    """Sign the head and the lists as they stand, whatever they say: for whoever has checked all that is under it."""
    row = _lock(session)
    served = session.execute(select(SignedList.list_id, SignedList.text))
    lists = {list_id: hash_list(text) for list_id, text in served}
    write_head(session, seal, row, Head(_frontier(row.size, row.hashes), lists))


def open_checkpoint(note: str, vkeys: Sequence[tree.Vkey]) -> tree.Checkpoint:
    """Return the checkpoint that one of these keys signed, or raise `ValueError` with what the first one says."""
    for vkey in vkeys[1:]:
        with suppress(ValueError):
            return tree.open_checkpoint(note, vkey)
    return tree.open_checkpoint(note, vkeys[0])


def is_of_before(session: Session, seal: Seal) -> bool:
    """Say whether the head is that of a log from before lists were named in it, or from before heads were signed."""
    size, _, _, note = _read(session)
    if not note:
        return size > 0
    with suppress(ValueError):
        return open_checkpoint(note, seal.vkeys).size == size
    return False


def _read(session: Session) -> Row[int, bytes, bytes, str]:
    row = plainly(session).execute(_HEAD).one_or_none()
    if row is None:
        raise ValueError("the log has no head")
    return row


def _lock(session: Session) -> LogHead:
    row = session.get(LogHead, 1, with_for_update=True, populate_existing=True)
    if row is None:  # the migration makes the row; a database without it is no log of ours
        raise RuntimeError("the log has no head")
    return row


@lru_cache(maxsize=16)
def _open_head(size: int, hashes: bytes, lists: bytes, note: str, vkeys: tuple[tree.Vkey, ...]) -> Head:
    """Return the head that one of these keys signed; every page asks for the same one until it changes."""
    frontier = _frontier(size, hashes)
    if not note:
        if size or lists:
            raise ValueError("the head of the log is not signed")
        return Head()
    for vkey in vkeys:
        with suppress(tree.NotProven):
            if tree.open_note(note, vkey) == _words(vkey.name, frontier, lists):
                return Head(frontier, _read_lists(lists))
    raise ValueError("the head of the log is not the one that was signed")


def _words(name: str, frontier: tree.Frontier, lists: bytes) -> str:
    """Return what is signed; the first line is no log's name, so nobody can take it for a checkpoint."""
    digests = (frontier.root(), hashlib.sha256(lists).digest())
    root, of_lists = (base64.b64encode(digest).decode() for digest in digests)
    return f"{name} head\n{frontier.size}\n{root}\n{of_lists}\n"


def _frontier(size: int, hashes: bytes) -> tree.Frontier:
    step = tree.HASH_BYTES
    return tree.Frontier(size, tuple(hashes[at : at + step] for at in range(0, len(hashes), step)))


def _write_lists(lists: Mapping[int, bytes]) -> bytes:
    return b"".join(list_id.to_bytes(NUMBER_BYTES) + lists[list_id] for list_id in sorted(lists))


def _read_lists(content: bytes) -> dict[int, bytes]:
    step = NUMBER_BYTES + tree.HASH_BYTES
    parts = (content[at : at + step] for at in range(0, len(content), step))
    return {int.from_bytes(part[:NUMBER_BYTES]): part[NUMBER_BYTES:] for part in parts}
