"""What the page of a certificate gives a browser that wants to check for itself: raw material, and no judgment."""

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from lms.awards.keys import Seal
from lms.awards.log import sign_head, stored_nodes, wanted_nodes
from lms.awards.models import Award, Disclosure, LogEntry
from lms.awards.sharing import find_shared
from lms.awards.versions import Version, versions_of
from lms.errors import NotFound

SCHEMA = "ce-proof/1"


def browser_proof(session: Session, seal: Seal, code: str, token: str, *, since: int, now: datetime) -> dict[str, Any]:
    """Return every entry of the log about a certificate with its path, and what was signed, where that is open.

    `credential` is the signed document, byte for byte, where the page says everything anyway or the token of a shared
    link opens it; else null, and only `issuer` and `status` say whose list to ask for which bit. `growth` shows that
    the log only grew since it had `since` entries; null where it never had as many. Five statements at the most. Raises
    `NotFound` for an unknown code, `ValueError` where the stored log is damaged.
    """
    query = select(Award, Disclosure.since).outerjoin(Disclosure, Disclosure.completion_id == Award.completion_id)
    row = session.execute(query.where(Award.code == code)).one_or_none()
    if row is None:
        raise NotFound("We have no certificate with this code.")
    award, withheld_since = row
    whole = withheld_since is None or find_shared(session, code, token, now=now) is not None
    versions = versions_of(session, seal, award)
    said = json.loads(versions[-1].credential)
    return {
        "schema": SCHEMA,
        **_logged(session, seal, versions, since),
        "issuer": said["issuer"]["id"],
        "status": {
            "list": said["credentialStatus"]["statusListCredential"],
            "index": int(said["credentialStatus"]["statusListIndex"]),
        },
        "credential": versions[-1].credential if whole else None,
    }


def _logged(session: Session, seal: Seal, versions: Sequence[Version], since: int) -> dict[str, Any]:
    """Return the log's head and every path to it; all nodes come in one statement."""
    note = sign_head(session, seal)
    size = tree.open_checkpoint(note, seal.vkey).size
    about = select(LogEntry).where(LogEntry.sha256.in_([row.sha256 for row in versions]), LogEntry.index < size)
    entries = session.scalars(about.order_by(LogEntry.index)).all()
    places: set[tuple[int, int]] = set()
    places.update(*(wanted_nodes(entry.index, size) for entry in entries))
    grew = 0 < since <= size
    if grew:
        places.update(_wanted_for_growth(since, size))
    node = stored_nodes(session, places)
    return {
        "checkpoint": note,
        "vkeys": [tree.write_vkey(seal.vkey)],
        "entries": [
            {
                "entry": entry.leaf,
                "index": entry.index,
                "inclusion": _write(tree.inclusion_proof(entry.index, size, node)),
            }
            for entry in entries
        ],
        "growth": _write(tree.consistency_proof(since, size, node)) if grew else None,
    }


def _wanted_for_growth(old_size: int, size: int) -> set[tuple[int, int]]:
    wanted: set[tuple[int, int]] = set()

    def note(level: int, at: int) -> bytes:
        wanted.add((level, at))
        return bytes(tree.HASH_BYTES)

    tree.consistency_proof(old_size, size, note)
    return wanted


def _write(hashes: Iterable[bytes]) -> list[str]:
    return [base64.b64encode(part).decode() for part in hashes]
