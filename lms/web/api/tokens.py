"""Who a program is: the token in its `Authorization` header, and nothing else."""

from datetime import datetime
from typing import cast

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from lms.boards.models import Token
from lms.boards.tokens import find_token, use_token
from lms.errors import NotAllowed
from lms.web.limits import MISSES, count, get_caller
from lms.web.transaction import db

LIMIT = "120 per minute; 10000 per day"
"""Of one token, or of one address without a token."""


def caller() -> str:
    """Return by whom a request is counted: its token if there is such a one, or its address."""
    token = _shown()
    return token.token_sha256 if token else get_caller()


def token_with(scope: str, *, now: datetime) -> Token:
    """Return the token that was shown; 401 without a good one, 403 when it may not do this."""
    token = _shown()
    if token is None:
        count(MISSES, "tokens")
        raise Unauthorized(
            "Send a token that your board's desk gave you: Authorization: Bearer ce_...",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "Credence"}),
        )
    if scope not in token.scopes:
        raise NotAllowed(f"This token was not made for “{scope}”.")
    use_token(db(), token, now=now)
    return token


def _shown() -> Token | None:
    """Return the token that was shown, looked for once a request."""
    if "token" not in g:
        text = _bearer()
        g.token = find_token(db(), text) if text else None
    return cast("Token | None", g.token)


def _bearer() -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""
