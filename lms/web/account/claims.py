"""Whose an address is, before and while it is confirmed: what was chosen without the mailbox does not outlive a claim.

Anybody can begin an account with somebody else's address and a password of their own. So where the address registers
again, the earlier password and the earlier links end, and the mail leads to choosing a new password.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_security import password_reset, user_not_registered

from lms.people.models import User


def init_app(app: Flask) -> None:
    """Listen to Flask-Security."""
    user_not_registered.connect(_claimed, app)
    password_reset.connect(_proved, app)


def _claimed(app: Flask, user: User | None, form_data: dict[str, Any], **_: Any) -> None:
    """Somebody registered an address that is there: an unconfirmed account loses what its first owner chose."""
    if user is None or user.confirmed_at is not None:
        return
    user.password = None
    app.extensions["security"].datastore.set_uniquifier(user)  # links that were mailed before end here
    user.name, user.time_zone = form_data["name"], form_data["time_zone"]


def _proved(_: Flask, user: User, **__: Any) -> None:
    """Whoever chose a password through a mailed link has the mailbox."""
    if user.confirmed_at is None:
        user.confirmed_at = datetime.now(UTC)
