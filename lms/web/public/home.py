"""The start page, and whether we are well."""

from datetime import UTC, datetime
from email.utils import parseaddr

from flask import Blueprint, current_app, render_template
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from lms.accreditation.catalogue import Filters, find_modules
from lms.db import begin_writing
from lms.outbox import Promise
from lms.web.public.cards import card_of
from lms.web.text import local_day
from lms.web.transaction import database, db

bp = Blueprint("home", __name__)

FEATURED = 3


@bp.get("/")
def show() -> str:
    found = find_modules(db(), Filters(), day=local_day(datetime.now(UTC)), limit=FEATURED)
    return render_template(
        "public/home.html", cards=[card_of(listed) for listed in found.modules], operator_email=_operator_email()
    )


def _operator_email() -> str:
    """Return the address of whoever runs the site, or nothing where our mail comes from no mailbox."""
    address = parseaddr(current_app.extensions["settings"].mail_from)[1]
    return "" if address.endswith("@localhost") or address.startswith(("no-reply@", "noreply@")) else address


@bp.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """Say whether the database can be read and written: a row is written in a transaction of its own and undone.

    The request's own session stays what it is on every GET: one that refuses to write.
    """
    now = datetime.now(UTC)
    try:
        with database.sessionmaker() as probe:
            begin_writing(probe)
            row = {"id": -1, "kind": "probe", "payload": {}, "made_at": now, "due_at": now, "done_at": now}
            probe.execute(insert(Promise).values(row))
            probe.rollback()
    except SQLAlchemyError:
        return {"status": "the database cannot be written"}, 503
    return {"status": "ok"}, 200
