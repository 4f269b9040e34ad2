"""The start page, and whether we are well."""

from datetime import UTC, datetime

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
    mailbox = current_app.extensions["settings"].mailbox
    return render_template("public/home.html", cards=[card_of(row) for row in found.modules], operator_email=mailbox)


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
