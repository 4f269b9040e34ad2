"""What stands before Flask-Security's pages: how often one may try, and what they do not take."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, abort, redirect, request, session, url_for
from flask_login import current_user, user_logged_in
from werkzeug.datastructures import ImmutableMultiDict

from lms.web.limits import MAILS, SIGN_IN, count
from lms.web.onward import OURS

# Everything that answers "is this the right secret?", and everything that sends a mail.
GUESSES = frozenset(
    {
        "security.login",
        "security.verify",
        "security.change_password",
        "security.two_factor_token_validation",
        "security.two_factor_setup_validate",
        "security.mf_recovery",
        "security.wan_signin",
        "security.wan_signin_response",
        "security.wan_verify_response",
    }
)
SENDS = frozenset(
    {
        "security.register",
        "security.forgot_password",
        "security.send_confirmation",
        "security.change_email",
        "security.reset_password",
    }
)
KEPT = "onward"
"""Where in the browser's session it stands where a newcomer was going."""


def init_app(app: Flask) -> None:
    """Put it before every request."""
    app.before_request(_gate)
    user_logged_in.connect(_arrived, app)


def _gate() -> Response | None:
    endpoint = request.endpoint or ""
    if not endpoint.startswith("security."):
        return None
    if request.is_json:
        abort(415)
    _drop_foreign_next()
    if endpoint == "security.register":
        _keep_next()
    arriving = endpoint == "security.login" and request.method == "GET" and not current_user.is_authenticated
    if arriving and KEPT in session and "next" not in request.args:
        return cast("Response", redirect(url_for("security.login", next=session[KEPT]), 303))
    if request.method == "POST" and endpoint in GUESSES:
        count(SIGN_IN, "sign-in")
        if "tf_user_id" in session:  # a code is short: guessing from many addresses must not help
            count(SIGN_IN, "codes", session["tf_user_id"])
    if request.method == "POST" and endpoint in SENDS:
        count(MAILS, "mails")
    # Flask-Security signs out whoever opens this page out of turn; a picture on another site could do that.
    if endpoint == "security.two_factor_token_validation" and current_user.is_authenticated:
        return cast("Response", redirect(url_for("account.security.show"), 303))
    return None


def _keep_next() -> None:
    """Remember where a newcomer was going: the mail that confirms the address comes between."""
    asked = request.args.get("next", "")
    if asked:
        session[KEPT] = asked
    if request.method == "POST":
        _drop_next(lambda _: True)  # registering leads to the sign-in page


def _arrived(_: Flask, **__: Any) -> None:
    session.pop(KEPT, None)
    session.pop("csrf_token", None)  # whoever put a session of their own into this browser knows the one in it


def _drop_foreign_next() -> None:
    """Forget a `next` that is no path of ours, before anybody reads it."""
    _drop_next(lambda asked: not OURS.fullmatch(asked))


def _drop_next(unwanted: Callable[[str], bool]) -> None:
    for part in ("args", "form"):
        sent = getattr(request, part)
        if "next" in sent and unwanted(sent["next"]):
            kept = [(name, value) for name, value in sent.items(multi=True) if name != "next"]
            setattr(request, part, ImmutableMultiDict(kept))
