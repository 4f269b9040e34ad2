"""One certificate, and those of one licensee."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lms.awards.answer import answer_of, moment
from lms.awards.document import read_code
from lms.awards.models import Award
from lms.awards.proofs import bundle_of
from lms.awards.sharing import get_shared
from lms.errors import Invalid, NotFound
from lms.oversight.commands import Query, look_up_certificate, look_up_licensee
from lms.oversight.queries import earned_with, find_licensee, holding_of
from lms.web.api.tokens import LIMIT, caller, token_with
from lms.web.limits import count_misses, limiter
from lms.web.public.verify import STATUS, closed, look_up, look_up_many, public_url
from lms.web.seal import seal
from lms.web.transaction import db, keep_refused

bp = Blueprint("certificates", __name__, url_prefix="/api/v1/certificates")

LIST = "ce-verify-list/1"
EARLIEST = date(2000, 1, 1)


@bp.get("/<code>")
@limiter.limit(LIMIT, key_func=caller)
@count_misses
def show(code: str) -> Response:
    """Answer anyone, in the very words of `/c/<code>.json`."""
    standing, code, hint = look_up(code)
    answer = jsonify(answer_of(standing, code, hint=hint, public_url=public_url(), now=datetime.now(UTC)))
    answer.status_code = STATUS.get(standing.state, 200)
    return for_anyone(closed(answer))


@bp.get("")
@limiter.limit(LIMIT, key_func=caller)
def list_by_license() -> Response:
    """Answer a board about its own licensee, and write the look down; whoever is none of its business is nobody."""
    now = datetime.now(UTC)
    token = token_with("list", now=now)
    asked = _query()
    look = look_up_licensee(db(), token.board, asked, seated=True, by=None, token=token.id, now=now)
    licensee = find_licensee(db(), token.board, asked.number, asked.credential) if look.outcome == "allowed" else None
    results: list[dict[str, Any]] = []
    if licensee is not None:
        found = earned_with(db(), seal(), holding_of(licensee), asked.first_day, asked.last_day)
        results = [
            answer_of(standing, code, public_url=public_url(), now=now, whole=True)
            for standing, code, _ in look_up_many([row.award.code for row in found.rows])
        ]
    return closed(jsonify(schema=LIST, checked_at=moment(now), results=results))


@bp.get("/<code>/bundle")
@limiter.limit(LIMIT, key_func=caller)
@count_misses
def bundle(code: str) -> Response:
    """Answer with all it takes to check a certificate without us: by a shared link, or to the board it names."""
    now = datetime.now(UTC)
    try:
        award = _bundled(read_code(code), request.args.get("k", ""), now)
    except ValueError as error:
        raise NotFound(str(error)) from error
    return closed(jsonify(bundle_of(db(), seal(), award)))


def for_anyone(answer: Response) -> Response:
    """Let pages of other sites read the answer: it is public, and nobody's cookie changes it."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _bundled(code: str, key: str, now: datetime) -> Award:
    if key:
        return get_shared(db(), code, key, now=now)
    token = token_with("list", now=now)
    look = look_up_certificate(db(), token.board, code, seated=True, by=None, token=token.id, now=now)
    if look.outcome != "allowed" or look.award is None:
        keep_refused()
        raise NotFound("There is no certificate with this code that names a license of your board.")
    return look.award


def _query() -> Query:
    """Return what is asked for, or raise `Invalid` naming each parameter that cannot be read."""
    problems = {}
    since, text = EARLIEST, request.args.get("since")
    if text is not None:
        try:
            since = datetime.strptime(text if len(text) == 10 else "", "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            problems["since"] = "Write a day such as 2026-01-31."
    number, credential = request.args.get("number", ""), request.args.get("credential", "")
    if not 0 < len(number) <= 40 or not any(sign.isascii() and sign.isalnum() for sign in number):
        problems["number"] = "Give the full license number, at most 40 characters."
    if len(credential) > 20:
        problems["credential"] = "Give the letters of the license, at most 20."
    if problems:
        raise Invalid(**problems)
    return Query(number, since, date.max, credential)
