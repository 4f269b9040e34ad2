"""Which signed document of an award vouches today: the one it was issued with, or one that was signed anew.

A credential is signed anew, in the same words, when the key that signed it fell into other hands. The award itself is
never touched: what was issued stays the award's, and the later ones stand beside it and in the log.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards.keys import Seal
from lms.awards.models import AnyAward, SignedAnew


@dataclass(frozen=True, slots=True)
class Version:
    """A signed document of an award, its key and its place in the log; `anew` says that it is not the first."""

    credential: str
    sha256: str
    key_id: str
    log_index: int
    signed_at: datetime
    anew: bool


def issued_version(award: AnyAward) -> Version:
    """Return the document the award was issued with."""
    return Version(
        award.credential, award.credential_sha256, award.key_id, award.log_index, award.issued_at, anew=False
    )


def list_versions(session: Session, awards: Collection[AnyAward]) -> dict[int, list[Version]]:
    """Return every document of each award, as issued first; one statement."""
    found = {award.id: [issued_version(award)] for award in awards}
    later = select(SignedAnew).where(SignedAnew.award_id.in_(found)).order_by(SignedAnew.log_index)
    for row in session.scalars(later):
        found[row.award_id].append(
            Version(row.credential, row.credential_sha256, row.key_id, row.log_index, row.signed_at, anew=True)
        )
    return found


def versions_of(session: Session, seal: Seal, award: AnyAward) -> list[Version]:
    """Return every document of an award, as issued first; no statement, unless the key of the issued one was struck."""
    return [issued_version(award)] if seal.vouches_for(award.key_id) else list_versions(session, [award])[award.id]


def current_version(session: Session, seal: Seal, award: AnyAward) -> Version:
    """Return the document to hand out today."""
    return versions_of(session, seal, award)[-1]


def says(credential: str) -> dict[str, Any]:
    """Return what a document says apart from who signed it and when: equal in all documents of an award."""
    return {name: value for name, value in json.loads(credential).items() if name not in ("proof", "validFrom")}
