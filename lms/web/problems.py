"""How a refusal reaches a program: `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request

API = "/api/"


def for_a_program() -> bool:
    """Say whether this request came to the API, which answers programs and never a page of ours."""
    return request.path.startswith(API)


def problem(status: int, detail: str, errors: Mapping[str, str] | None = None) -> Response:
    """Return the answer; `errors` says what is wrong by the name of the parameter or member."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    answer = Response(json.dumps(told | ({"errors": dict(errors)} if errors else {})), status=status)
    answer.headers["Content-Type"] = "application/problem+json"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
