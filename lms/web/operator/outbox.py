"""What is promised and not delivered yet, with the last error, and a way to try at once."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.outbox import count_unkept, hurry, list_unkept
from lms.web.pages import Page, page_number
from lms.web.transaction import db

bp = Blueprint("outbox", __name__, url_prefix="/operator/outbox")

PER_PAGE = 50

KINDS = {
    "mail": "Mail",
    "event": "A certificate's news for webhooks",
    "webhook": "Message to a webhook",
    "packet": "Audit packet",
    "batch": "Batch check",
}


@bp.get("")
def show() -> str:
    page = Page(count_unkept(db()), page_number(), PER_PAGE)
    promises = list_unkept(db(), PER_PAGE, page.offset)
    return render_template("operator/outbox.html", promises=promises, kinds=KINDS, page=page)


@bp.post("/<int:promise_id>/try")
def try_now(promise_id: int) -> Response:
    hurry(db(), promise_id, now=datetime.now(UTC))
    flash("It will be tried within a few seconds.", "good")
    page = request.form.get("page", 1, type=int)
    return redirect(url_for(".show", page=page if page > 1 else None), 303)
