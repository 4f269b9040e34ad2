"""Up to a hundred codes at once."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lms.awards.answer import answer_of, moment
from lms.errors import Invalid
from lms.web.api.certificates import LIST
from lms.web.api.tokens import LIMIT, caller, token_with
from lms.web.limits import limiter
from lms.web.public.verify import closed, look_up_many, public_url

bp = Blueprint("batch", __name__, url_prefix="/api/v1")

MOST = 100
LONGEST = 200


@bp.post("/verify")
@limiter.limit(LIMIT, key_func=caller)
def check_many() -> Response:
    """Answer each code as if it had been asked for alone, in the order given; an unknown one is an answer, too."""
    now = datetime.now(UTC)
    token_with("verify", now=now)
    results = [
        answer_of(standing, code, hint=hint, public_url=public_url(), now=now)
        for standing, code, hint in look_up_many(_codes())
    ]
    return closed(jsonify(schema=LIST, checked_at=moment(now), results=results))


def _codes() -> list[str]:
    body: Any = request.get_json()  # 415 for another type, 400 for what is no JSON
    if not isinstance(body, dict) or set(body) != {"codes"}:
        raise Invalid(form="Send an object with one member, codes.")
    codes = body["codes"]
    if not isinstance(codes, list) or not 1 <= len(codes) <= MOST:
        raise Invalid(codes=f"Give a list of 1 to {MOST} codes.")
    if not all(isinstance(code, str) and 0 < len(code) <= LONGEST for code in codes):
        raise Invalid(codes=f"Each code is text of at most {LONGEST} characters.")
    return codes
