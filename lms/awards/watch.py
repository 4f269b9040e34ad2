"""What the worker's daily audit found, told to those who run the installation."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.outbox import promise_mail
from lms.people.queries import list_operator_addresses

SUBJECT = "The log does not fit the records"
SHOWN = 50
"""How many findings one mail names; `flask log audit` names them all."""


def tell_operators(session: Session, found: Sequence[str], *, now: datetime) -> None:
    """Promise every operator a mail that names what does not fit; none where all is well."""
    if not found:
        return
    more = f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    lines = "\n".join(f"  {line}" for line in found[:SHOWN]) + more
    text = (
        "The daily audit recomputed the log, the certificates, the ledger and the revocation lists from the stored "
        f"bytes. These things do not fit:\n\n{lines}\n\n"
        "Either somebody changed the database or a file past the product, or a backup was put back in part. Keep the "
        "database and the data folder as they are, compare them with a backup and with a checkpoint that a witness "
        "kept (flask log audit --checkpoint FILE), and tell the boards that are concerned. This email comes once a "
        "day until everything fits.\n"
    )
    for email in list_operator_addresses(session):
        promise_mail(session, to=email, subject=SUBJECT, text=text, now=now)
