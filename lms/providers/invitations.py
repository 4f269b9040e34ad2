"""Roles for people without an account: inviting an address, taking the role up once, taking an invitation back.

A role is never given for an address alone. Somebody could begin an account with the address of another and wait until
its owner confirms it; the link in the mail is what only the owner of the mailbox has.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.outbox import promise_mail
from lms.people.models import User
from lms.people.queries import find_user_by_email
from lms.providers.models import Invitation, Membership, Provider
from lms.terms import PROVIDER_ROLES

DAYS = 14
"""How long an invitation is good."""


def invite(
    session: Session, provider: Provider, email: str, role: str, *, address: str, by: int, now: datetime
) -> Invitation:
    """Promise the role to whoever has the mailbox, and mail the link: `address` with the token after it.

    Inviting again mails a new link and ends the old one. Raises `Invalid` for an unknown role or what is no address.
    """
    if role not in PROVIDER_ROLES:
        raise Invalid(role="Choose one of the roles.")
    email = _clean(email)
    same = (Invitation.provider_id == provider.id, Invitation.email == email, Invitation.role == role)
    session.execute(delete(Invitation).where(*same))
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        provider_id=provider.id, email=email, role=role, token_sha256=_hash(token), invited_at=now, invited_by=by
    )
    session.add(invitation)
    session.flush()
    text = (
        f"{provider.name} would like you to work for it. Your role: {PROVIDER_ROLES[role].lower()}.\n\n"
        f"Follow this link to take up the role:\n\n{address}{token}\n\n"
        "You need an account with this email address. If you have none yet, the page behind the link leads you to "
        "create one. If you are somewhere else afterwards, follow the link once more.\n\n"
        f"The link is good once, for {DAYS} days. If you do not know what this is about, do nothing.\n"
    )
    promise_mail(session, to=email, subject=f"Invitation from {provider.name}", text=text, now=now)
    return invitation


def has_to_be_invited(session: Session, email: str) -> bool:
    """Whether nobody has shown yet that the address is theirs; raises `Invalid` for what is no address."""
    user = find_user_by_email(session, email)
    if user is not None and user.confirmed_at is not None:
        return False
    _clean(email)
    return True


def get_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the invitation that the link in the mail names, or raise `NotFound`."""
    invitation = session.scalar(
        select(Invitation)
        .where(Invitation.token_sha256 == _hash(token), Invitation.invited_at > now - timedelta(days=DAYS))
        .options(joinedload(Invitation.provider))
    )
    if invitation is None:
        raise NotFound(
            f"This invitation was taken up or taken back, or it is older than {DAYS} days. Ask for a new one."
        )
    return invitation


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether this account has the invited address and has shown that the mailbox is its own."""
    return user.active and user.confirmed_at is not None and user.email == invitation.email


def take_up(session: Session, token: str, user: User, *, now: datetime) -> Membership:
    """Give the role to the account that has the invited address, once.

    Raises `NotFound` for a link that is used up or too old, `NotAllowed` for any other account.
    """
    invitation = get_invitation(session, token, now=now)
    if not is_for(invitation, user):
        raise NotAllowed(f"This invitation is for {invitation.email}. Sign in with the account that has this address.")
    mine = delete(Invitation).where(Invitation.id == invitation.id).returning(Invitation.id)
    provider_id, role = invitation.provider_id, invitation.role
    if session.scalar(mine) is None:
        raise Conflict("This invitation was just taken up.")
    held = select(Membership).where(
        Membership.user_id == user.id, Membership.provider_id == provider_id, Membership.role == role
    )
    membership = session.scalar(held) or Membership(user_id=user.id, provider_id=provider_id, role=role, since=now)
    session.add(membership)
    session.flush()
    return membership


def list_invitations(session: Session, provider_id: int) -> Sequence[Invitation]:
    """Return the invitations nobody has taken up yet, those that are too old as well, by address and role."""
    found = select(Invitation).where(Invitation.provider_id == provider_id)
    return session.scalars(found.order_by(Invitation.email, Invitation.role)).all()


def take_back(session: Session, provider: Provider, invitation_id: int) -> None:
    """Let the link in the mail open nothing any more, or raise `NotFound`."""
    mine = (Invitation.id == invitation_id, Invitation.provider_id == provider.id)
    if session.scalar(delete(Invitation).where(*mine).returning(Invitation.id)) is None:
        raise NotFound("This invitation was taken up or taken back already.")


def _clean(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Invalid(email="This does not look like an email address.") from None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
