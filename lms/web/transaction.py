"""One request is one transaction: opened before the view, kept when the answer is good, undone otherwise."""

from inspect import iscoroutinefunction
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db import begin_writing, prepare_engine
from lms.worker import wake

database = SQLAlchemy(session_options={"expire_on_commit": False})

# Following a link in a mail confirms the address, and a board's program that looks somebody up is written down:
# the only GETs that may write.
WRITING_LINKS = frozenset(
    {
        "security.confirm_email",
        "security.change_email_confirm",
        "api.certificates.list_by_license",
        "api.certificates.bundle",
    }
)

# These answer a POST and write nothing: they must not wait for whoever writes, nor make anybody wait.
READING_POSTS = frozenset({"public.verify.ask", "public.check.show", "author.lessons.preview"})

# These answer a POST after long work and write only then (`write_from_here`): nobody must wait for that work.
LATE_WRITERS = frozenset({"board.files.note"})


def init_app(app: Flask, settings: Settings) -> None:
    """Join engine and session to the application and put the boundary around every request."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": settings.database_url}
    database.init_app(app)
    # It would end asynchronous sessions too, which nobody here has, and start a thread for that with every request.
    app.teardown_appcontext_funcs = [end for end in app.teardown_appcontext_funcs if not iscoroutinefunction(end)]
    with app.app_context():
        prepare_engine(database.engine)
    app.before_request(_open)
    app.after_request(_finish)


def db() -> Session:
    """Return this request's session."""
    if "session" not in g:
        g.session = database.session
    return cast("Session", g.session)


def keep_refused() -> None:
    """Keep what this request has written although it refuses: that somebody looked, and was shown nothing."""
    db().flush()
    g.keeps_refused = True


def write_from_here() -> None:
    """End the reading of a request of `LATE_WRITERS` and begin to write; what was read stays at hand."""
    session = db()
    session.commit()
    session.info["read_only"] = False
    begin_writing(session)


def _open() -> None:
    writes = request.method not in ("GET", "HEAD", "OPTIONS") or request.endpoint in WRITING_LINKS
    writes = writes and request.endpoint not in READING_POSTS | LATE_WRITERS
    session = db()
    session.info["read_only"] = not writes
    g.in_request = True
    if writes and request.endpoint is not None:
        # The whole body first: a sender that dawdles must not hold the one lock that all writers need.
        request.get_data(parse_form_data=True)
        begin_writing(session)


def _finish(response: Response) -> Response:
    """Keep what succeeded, forget what did not, and only then tell the worker what was promised."""
    if "in_request" not in g:
        return response
    session = db()
    if session.info["read_only"]:
        return response  # it refuses to write, so there is nothing to keep; it ends with the request
    if response.status_code < 400 or g.get("keeps_refused"):
        session.commit()
        wake(current_app.extensions["queue"], session.info.pop("promised", []))
    else:
        session.rollback()
    return response
