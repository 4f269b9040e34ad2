"""What a holder opens and closes: links to the whole certificate that expire, and how much its public page says."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards.models import Award, Disclosure, ShareLink
from lms.errors import Invalid, NotFound

DAYS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "1 year"}
"""How long a link may live."""
MOST_LINKS = 20
"""Links of one certificate that may be open at a time."""


def share_award(
    session: Session, award: Award, name: str, days: int, *, by: int, now: datetime
) -> tuple[ShareLink, str]:
    """Make a link and return it with its token, which is told this once and kept only as a hash.

    Raises `Invalid` for an empty name, a time that is no choice, or too many open links.
    """
    del by
    name = " ".join(name.split())
    problems = {}
    if not name or len(name) > 100:
        problems["name"] = "Write whom it is for, in at most 100 characters."
    if days not in DAYS:
        problems["days"] = "Choose how long it works."
    if len([link for link in list_links(session, award.id) if is_open(link, now=now)]) >= MOST_LINKS:
        problems["form"] = f"{MOST_LINKS} links are open already. Withdraw one first."
    if problems:
        raise Invalid(**problems)
    token = secrets.token_urlsafe(24)
    link = ShareLink(
        award_id=award.id, token_sha256=_hash(token), name=name, made_at=now, expires_at=now + timedelta(days=days)
    )
    session.add(link)
    session.flush()
    return link, token


def withdraw_link(session: Session, award: Award, link_id: int, *, by: int, now: datetime) -> None:
    """Close a link of this certificate before its time; asking twice changes nothing. Raises `NotFound`."""
    del by
    link = session.get(ShareLink, link_id)
    if link is None or link.award_id != award.id:
        raise NotFound("There is no such link.")
    link.withdrawn_at = link.withdrawn_at or now
    session.flush()


def list_links(session: Session, award_id: int) -> Sequence[ShareLink]:
    """Return the links of a certificate, newest first, closed ones too."""
    query = select(ShareLink).where(ShareLink.award_id == award_id)
    return session.scalars(query.order_by(ShareLink.id.desc())).all()


def is_open(link: ShareLink, *, now: datetime) -> bool:
    """Say whether the link still works."""
    return link.withdrawn_at is None and now < link.expires_at


def find_shared(session: Session, code: str, token: str, *, now: datetime) -> Award | None:
    """Return the certificate if this token opens it; None for an empty, wrong, expired or withdrawn one."""
    if not token:
        return None
    row = session.execute(
        select(Award, ShareLink)
        .join(ShareLink, ShareLink.award_id == Award.id)
        .where(Award.code == code, ShareLink.token_sha256 == _hash(token))
    ).one_or_none()
    return row[0] if row is not None and is_open(row[1], now=now) else None


def get_shared(session: Session, code: str, token: str, *, now: datetime) -> Award:
    """Return the certificate that this token opens, or raise `NotFound`."""
    award = find_shared(session, code, token, now=now)
    if award is None:
        raise NotFound("There is no such link, or it has expired. Ask the holder for a new one.")
    return award


def set_disclosure(session: Session, award: Award, *, whole: bool, by: int, now: datetime) -> None:
    """Let the public page say everything, or only what, when and whether it stands; corrections inherit it."""
    del by
    row = session.get(Disclosure, award.completion_id)
    if whole and row is not None:
        session.delete(row)
    elif not whole and row is None:
        session.add(Disclosure(completion_id=award.completion_id, since=now))
    session.flush()


def is_whole(session: Session, award: Award) -> bool:
    """Say whether the public page says everything."""
    return session.get(Disclosure, award.completion_id) is None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
