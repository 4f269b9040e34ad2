"""The operator's overview: whether we are well, and how much there is of everything."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template
from huey import Huey
from redis.exceptions import RedisError
from sqlalchemy import Table, func, select, text

from lms.accreditation.models import Approval
from lms.awards.models import Award
from lms.boards.models import Board
from lms.config import Settings
from lms.learning.models import Enrollment
from lms.modules.models import Module
from lms.outbox import backlog
from lms.people.models import User
from lms.providers.models import Provider
from lms.web.transaction import database, db

bp = Blueprint("overview", __name__)

COUNTED: dict[str, Any] = {
    "People": User,
    "Providers": Provider,
    "Approvals": Approval,
    "Modules": Module,
    "Enrollments": Enrollment,
    "Certificates": Award,
    "Boards": Board,
}


@dataclass(frozen=True, slots=True)
class Health:
    """What the place runs on, in words for a person."""

    database: str
    size: str
    queue: str
    mail: str


@bp.get("/operator")
def show() -> str:
    return render_template("operator/overview.html", health=_health(), counts=_counts(), backlog=backlog(db()))


def _counts() -> dict[str, int]:
    """Return how many rows there are of each kind, in one statement."""
    tables: list[Table] = [model.__table__ for model in COUNTED.values()]
    waiting = select(func.count()).where(Approval.confirmed_at.is_(None), Approval.refused_at.is_(None))
    all_rows = [select(func.count()).select_from(table) for table in tables]
    row = db().execute(select(*(count.scalar_subquery() for count in (*all_rows, waiting)))).one()
    return dict(zip((*COUNTED, "Approvals that wait for you"), row, strict=True))


def _health() -> Health:
    settings: Settings = current_app.extensions["settings"]
    kind = database.engine.dialect.name
    if kind == "sqlite":
        label = f"SQLite {sqlite3.sqlite_version}, embedded"
        size = db().execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")).scalar_one()
    else:
        label = "PostgreSQL"
        size = db().execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return Health(
        database=label,
        size=f"{size / 1024 / 1024:.1f} MB",
        queue=_queue(current_app.extensions["queue"], "Redis" if settings.redis_url else "SQLite, embedded"),
        mail="Sent by SMTP" if settings.smtp_url else "Written to files",
    )


def _queue(queue: Huey, kind: str) -> str:
    try:
        return f"{kind}: {queue.pending_count()} waiting"
    except (RedisError, sqlite3.Error, OSError):
        return f"{kind}: out of reach. Mail waits until it is back."
