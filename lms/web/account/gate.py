"""What stands before Flask-Security's pages: how often one may try, and what they do not take."""

import re
from typing import cast

from flask import Flask, Response, abort, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from lms.web.limits import MAILS, SIGN_IN, count

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

# A path of ours. Browsers read "//host", "/\\host" and control characters in between as another site.
OURS = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def init_app(app: Flask) -> None:
    """Put it before every request."""
    app.before_request(_gate)


def _gate() -> Response | None:
    endpoint = request.endpoint or ""
    if not endpoint.startswith("security."):
        return None
    if request.is_json:
        abort(415)
    _drop_foreign_next()
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


def _drop_foreign_next() -> None:
    """Forget a `next` that is no path of ours, before anybody reads it."""
    for part in ("args", "form"):
        sent = getattr(request, part)
        if "next" in sent and not OURS.fullmatch(sent["next"]):
            kept = [(name, value) for name, value in sent.items(multi=True) if name != "next"]
            setattr(request, part, ImmutableMultiDict(kept))
