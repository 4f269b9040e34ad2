"""Who a program is: the token in its `Authorization` header, and nothing else."""

from datetime import datetime

from flask import request
from flask_limiter.util import get_remote_address
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from lms.boards.models import Token
from lms.boards.tokens import find_token, hash_of, use_token
from lms.errors import NotAllowed
from lms.web.limits import MISSES, count
from lms.web.transaction import db

LIMIT = "120 per minute; 10000 per day"
"""Of one token, or of one address without a token."""


def caller() -> str:
    """Return by whom a request is counted: its token, or the address it came from."""
    text = _bearer()
    return hash_of(text) if text else get_remote_address()


def token_with(scope: str, *, now: datetime) -> Token:
    """Return the token that was shown; 401 without a good one, 403 when it may not do this."""
    text = _bearer()
    token = find_token(db(), text) if text else None
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


def _bearer() -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""
