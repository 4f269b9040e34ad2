"""How a refusal reaches a person: one table from the domain's words to HTTP, one page for all of them."""

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from lms.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from lms.web.transaction import db

STATUS: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}
TITLES = {
    400: "That request could not be read",
    403: "That is not open to you",
    404: "There is no such page",
    405: "That page does not take this request",
    409: "Somebody was faster",
    413: "That file is too large",
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


def _page(status: int, text: str) -> tuple[str, int]:
    return render_template(
        "error.html", status=status, title=TITLES.get(status, "That did not work"), text=text
    ), status


def _refused(error: Refusal) -> tuple[str, int]:
    return _page(STATUS[type(error)], str(error))


def _collided(_: IntegrityError) -> tuple[str, int]:
    db().rollback()  # the page asks who is reading it, and a session that failed answers nothing
    return _page(
        409,
        "The same thing was just done in another window or by somebody else. Nothing was lost: reload the page.",
    )


def _forged(_: CSRFError) -> tuple[str, int]:
    return _page(
        400,
        "The form was open for too long or came from another site. Go back, reload the page and send it again.",
    )


def _http(error: HTTPException) -> tuple[str, int] | Response:
    if error.code is None or error.code < 400 or error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    texts = {
        404: f"Nothing is at {request.path}. It may have moved, or it is not yours to see.",
        413: "The file is larger than this site takes. Nothing was saved.",
        429: "Wait a minute and try again. This keeps guessing expensive.",
    }
    return _page(error.code, texts.get(error.code, error.description or ""))


def _broken(_: Exception) -> tuple[str, int]:
    db().rollback()
    return _page(500, "Nothing was saved. We have written down what happened; please try again.")
