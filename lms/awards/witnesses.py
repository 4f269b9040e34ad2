"""Who is sent the log's checkpoints: with somebody else holding one, not even we could rewrite the log unnoticed."""

from collections.abc import Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from lms.awards.keys import Seal
from lms.awards.log import keep_checkpoint, written_vkey
from lms.awards.models import Checkpoint, Witness
from lms.boards.models import Board
from lms.errors import Conflict, Invalid
from lms.outbox import promise_mail
from lms.providers.models import Provider


def list_witnesses(session: Session, who: Board | Provider) -> Sequence[Witness]:
    """Return whom this board or provider has named, by address."""
    return session.scalars(select(Witness).where(_named_by(who)).order_by(Witness.email)).all()


def name_witness(session: Session, who: Board | Provider, email: str, *, now: datetime) -> Witness:
    """Send the checkpoints to this address too; raises `Invalid` or, when it is named already, `Conflict`."""
    try:
        address = validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(email="This is not an email address.") from error
    if session.scalar(select(Witness.id).where(Witness.email == address, _named_by(who))):
        raise Conflict("This address is named already.")
    owner = {"board_id": who.id} if isinstance(who, Board) else {"provider_id": who.id}
    witness = Witness(email=address, since=now, **owner)
    session.add(witness)
    session.flush()
    return witness


def drop_witness(session: Session, who: Board | Provider, witness_id: int) -> None:
    """Send nothing more to this address; dropping it twice is dropping it once."""
    session.execute(delete(Witness).where(Witness.id == witness_id, _named_by(who)))


def send_checkpoint(session: Session, seal: Seal, *, news: str = "", now: datetime) -> Checkpoint:
    """Keep the checkpoint of this moment and promise it to every witness, each address once; `news` stands above it."""
    row = keep_checkpoint(session, seal, now=now)
    text = (f"{news}\n\n" if news else "") + (
        f"The certificate log of {seal.host} has {row.size} entries. Keep this message: with it anyone can show later\n"
        "whether an entry was altered, removed or back-dated.\n\n"
        f"{row.note}\n"
        f"The key that verifies it:\n{written_vkey(seal)}\n"
    )
    subject = f"Checkpoint of the certificate log, {row.size} entries"
    for email in session.scalars(select(Witness.email).distinct().order_by(Witness.email)):
        promise_mail(session, to=email, subject=subject, text=text, now=now)
    return row


def _named_by(who: Board | Provider) -> ColumnElement[bool]:
    return Witness.board_id == who.id if isinstance(who, Board) else Witness.provider_id == who.id
