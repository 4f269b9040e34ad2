"""Revocations as anyone may follow them: by hashes, in the order of the log.

A code opens the certificate's public page, so no list of codes is ever published: whoever holds a certificate finds
it here by the SHA-256 of its code or of its credential, and nobody else learns whom it is about.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.awards.models import Award, LogEntry, LogHead, Revocation

PAGE = 500


@dataclass(frozen=True, slots=True)
class Revoked:
    """One revocation and its place in the log."""

    log_index: int
    revoked_at: datetime
    reason: str
    code_sha256: str
    credential_sha256: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of revocations, how large the log is, and the log size to ask for next; none when this is all."""

    revoked: tuple[Revoked, ...]
    log_size: int
    next_size: int | None


def list_revoked(session: Session, *, since: datetime | None, size: int, limit: int = PAGE) -> Feed:
    """Return what was revoked since that moment and after the log had that size, oldest first; two statements."""
    query = (
        select(LogEntry.index, Revocation.revoked_at, Revocation.reason, Award.code, Award.credential_sha256)
        .select_from(Revocation)
        .join(Award, Award.id == Revocation.award_id)
        .join(LogEntry, and_(LogEntry.sha256 == Award.credential_sha256, LogEntry.leaf.startswith("ce-log/1 revoke ")))
        .where(LogEntry.index >= size)
        .order_by(LogEntry.index)
        .limit(limit + 1)
    )
    if since is not None:
        query = query.where(Revocation.revoked_at >= since)
    rows = session.execute(query).all()
    revoked = tuple(
        Revoked(index, at, reason, hashlib.sha256(code.encode()).hexdigest(), sha256)
        for index, at, reason, code, sha256 in rows[:limit]
    )
    log_size = session.scalar(select(LogHead.size)) or 0
    return Feed(revoked, log_size, revoked[-1].log_index + 1 if len(rows) > limit else None)
