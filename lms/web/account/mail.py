"""How Flask-Security's mails leave: as promises in the outbox, in the request's own transaction."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, render_template
from flask_security import (
    MailUtil,
    change_email_confirmed,
    tf_disabled,
    tf_profile_changed,
    wan_deleted,
    wan_registered,
)

from lms.outbox import promise_mail
from lms.people.models import User
from lms.web.transaction import db


class OutboxMail(MailUtil):
    """Promises a mail instead of sending it: nothing is sent for what was undone, nothing is lost."""

    def normalize(self, email: str) -> str:
        """Return the address as accounts keep it: small letters, one mailbox is one account."""
        return str(super().normalize(email.strip())).lower()

    def validate(self, email: str) -> str:
        """Return the address as accounts keep it, or refuse what is none."""
        return str(super().validate(email.strip())).lower()

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
        """Write the promise; sender and the rest of the context are already in the texts."""
        del sender, kwargs
        if template == "mail/welcome_existing":  # the library has one subject for both answers to a registration
            subject = "You have an account already"
        promise_mail(
            db(), to=str(recipient), subject=str(subject), text=body or "", html=html or "", now=datetime.now(UTC)
        )


def send(template: str, subject: str, to: str, **context: Any) -> None:
    """Promise a mail of ours, made from `mail/<template>.txt` and `.html`."""
    text, html = (render_template(f"mail/{template}.{kind}", **context) for kind in ("txt", "html"))
    promise_mail(db(), to=to, subject=subject, text=text, html=html, now=datetime.now(UTC))


def init_app(app: Flask) -> None:
    """Tell people what was done to their account, at the address they had before it."""
    change_email_confirmed.connect(_email_changed, app)
    tf_profile_changed.connect(_codes_on, app)
    tf_disabled.connect(_codes_off, app)
    wan_registered.connect(_passkey_added, app)
    wan_deleted.connect(_passkey_removed, app)


def _email_changed(app: Flask, user: User, old_email: str, **_: Any) -> None:
    # Links and sessions from before the change end here: the old mailbox may be the reason for it.
    app.extensions["security"].datastore.set_uniquifier(user)
    contact = app.extensions["settings"].contact  # the sender may be a no-reply
    send("email_changed", "Your email address was changed", old_email, new_email=user.email, contact=contact)


def _codes_on(_: Flask, user: User, **__: Any) -> None:
    send("method_changed", "Signing in now takes a code", user.email, what="a code from an app was set up")


def _codes_off(_: Flask, user: User, **__: Any) -> None:
    send(
        "method_changed", "Signing in no longer takes a code", user.email, what="the code from an app was switched off"
    )


def _passkey_added(_: Flask, user: User, name: str, **__: Any) -> None:
    send("method_changed", "A passkey was added", user.email, what=f"the passkey “{name}” was added")


def _passkey_removed(_: Flask, user: User, name: str, **__: Any) -> None:
    send("method_changed", "A passkey was removed", user.email, what=f"the passkey “{name}” was removed")
