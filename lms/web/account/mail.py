"""How Flask-Security's mails leave: as promises in the outbox, in the request's own transaction."""

from datetime import UTC, datetime
from typing import Any

from flask_security import MailUtil

from lms.outbox import promise_mail
from lms.web.transaction import db


class OutboxMail(MailUtil):
    """Promises a mail instead of sending it: nothing is sent for what was undone, nothing is lost."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Write the promise; template, sender and the rest of the context are already in the texts."""
        del template, sender, kwargs
        promise_mail(
            db(), to=str(recipient), subject=str(subject), text=body or "", html=html or "", now=datetime.now(UTC)
        )
