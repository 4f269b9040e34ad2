"""How a refusal reaches a person: one table from the domain's words to HTTP, one page for all of them.

Programs get the same words as `application/problem+json`.
"""

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from lms.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from lms.web.problems import for_a_program, problem
from lms.web.transaction import db

STATUS: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
TITLES = {
    400: "That request could not be read",
    403: "That is not open to you",
    404: "There is no such page",
    405: "That page does not take this request",
    409: "Somebody was faster",
    413: "That file is too large",
    415: "That is in a form we do not read",
    422: "Something needs a change",
    429: "Too many tries",
    500: "Something went wrong on our side",
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)


def _page(status: int, text: str) -> Response:
    if for_a_program():
        return problem(status, text)
    title = TITLES.get(status, "That did not work")
    return make_response(render_template("error.html", status=status, title=title, text=text), status)


def _refused(error: Refusal) -> Response:
    if for_a_program() and isinstance(error, Invalid):
        return problem(422, str(error), error.problems)
    return _page(STATUS[type(error)], str(error))


def _collided(_: IntegrityError) -> Response:
    db().rollback()  # the page asks who is reading it, and a session that failed answers nothing
    return _page(
        409,
        "The same thing was just done in another window or by somebody else. Nothing was lost: reload the page.",
    )


def _forged(_: CSRFError) -> Response:
    return _page(
        400,
        "The form was open for too long or came from another site. Go back, reload the page and send it again.",
    )


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400 or error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    texts = {
        400: "Part of it is missing or cannot be read. Go back, reload the page and send it again.",
        403: "It belongs to somebody else or to another role. If it should be yours, ask whoever runs this site.",
        405: "The page is there, but not for what was asked of it. Open it from a link or a button of this site.",
        415: "Send it with the form of the page. Programs use the interface under /api.",
        404: f"Nothing is at {request.path}. It may have moved, or it is not yours to see.",
        413: "The file is larger than this site takes. Nothing was saved.",
        429: "Wait a minute and try again. This keeps guessing expensive.",
    }
    page = _page(error.code, texts.get(error.code, error.description or ""))
    for name, value in error.get_headers():  # such as Allow with 405, WWW-Authenticate with 401
        if name not in ("Content-Type", "Content-Length"):
            page.headers[name] = value
    return page


def _broken(_: Exception) -> Response:
    db().rollback()
    return _page(500, "Nothing was saved. We have written down what happened; please try again.")
