"""What is promised and not delivered yet, with the last error, and a way to try at once."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.outbox import hurry, list_unkept
from lms.web.transaction import db

bp = Blueprint("outbox", __name__, url_prefix="/operator/outbox")

KINDS = {
    "mail": "Mail",
    "event": "A certificate's news for webhooks",
    "webhook": "Message to a webhook",
    "packet": "Audit packet",
    "batch": "Batch check",
}


@bp.get("")
def show() -> str:
    return render_template("operator/outbox.html", promises=list_unkept(db()), kinds=KINDS)


@bp.post("/<int:promise_id>/try")
def try_now(promise_id: int) -> Response:
    hurry(db(), promise_id, now=datetime.now(UTC))
    flash("It will be tried within a few seconds.", "good")
    return redirect(url_for(".show"), 303)
