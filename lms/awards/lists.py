"""Reading a revocation list as it is served, or from the log where it was damaged: only what we signed counts."""

import hashlib
import json
from contextlib import closing
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.keys import read_multikey
from certificates.proof import Verdict, verify
from certificates.status import StatusList
from lms.awards.head import Head
from lms.awards.models import Award, LogEntry

AT_ONCE = 500


@lru_cache(maxsize=64)
def open_list(served: str, dids: tuple[str, ...], multikeys: tuple[str, ...]) -> tuple[str, StatusList]:
    """Return address and bits of a served list that one of these issuers signed; `ValueError` for any other.

    A list is checked once, however many certificates look at it: the same text and keys give the same answer.
    """
    keys = {f"{did}#{multikey}": read_multikey(multikey) for did in dids for multikey in multikeys}
    try:
        document_ = json.loads(served)
        bits = StatusList.decode(document_["credentialSubject"]["encodedList"])
        name = str(document_["id"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"the revocation list is damaged: {error}") from error
    if verify(document_, keys) is not Verdict.GENUINE:
        raise ValueError("the revocation list is not one that we signed")
    return name, bits


def read_bits(served: str) -> StatusList:
    """Return what a list says whose text is known to be ours, though the key that signed it may be listed no more."""
    return StatusList.decode(json.loads(served)["credentialSubject"]["encodedList"])


def bits_of_log(session: Session, head: Head, list_id: int) -> StatusList:
    """Return the list as the log's revocations make it, read from every leaf: seconds for a million.

    Nothing but what was signed counts: leaves that give the signed root, and credentials of the hash they name. Raises
    `ValueError` where one is missing or another, so that no revocation is lost with a row that somebody changed.
    """
    frontier, revoked = tree.Frontier(), set()
    every = select(LogEntry.leaf).order_by(LogEntry.index).execution_options(yield_per=AT_ONCE)
    with closing(session.scalars(every)) as texts:
        for leaf in map(str.encode, texts):
            frontier, _ = tree.append(frontier, tree.hash_leaf(leaf))
            entry = tree.read_entry(leaf)
            if entry.kind == "revoke":
                revoked.add(entry.sha256)
    if frontier != head.frontier:
        raise ValueError("the entries of the log are not those that were signed")
    bits, wanted = StatusList(), sorted(revoked)
    for begin in range(0, len(wanted), AT_ONCE):
        part = wanted[begin : begin + AT_ONCE]
        found = session.scalars(select(Award.credential).where(Award.credential_sha256.in_(part)))
        credentials = {hashlib.sha256(text.encode()).hexdigest(): json.loads(text) for text in found}
        for sha256 in part:
            if sha256 not in credentials:
                raise ValueError(f"the revoked credential {sha256} is missing")
            status = credentials[sha256]["credentialStatus"]
            if status["statusListCredential"].rpartition("/")[2] == str(list_id):
                bits = bits.revoke(int(status["statusListIndex"]))
    return bits
