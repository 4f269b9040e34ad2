"""What others check certificates with: keys, revocation lists, the log; public and readable from anywhere."""

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from lms.awards import log, tiles
from lms.awards.head import get_frontier
from lms.awards.models import LogEntry
from lms.awards.proofs import served_list
from lms.errors import Invalid, NotFound
from lms.modules.models import Edition
from lms.providers.queries import get_provider
from lms.web.seal import seal
from lms.web.transaction import db

bp = Blueprint("proofs", __name__)

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"


@bp.get("/.well-known/did.json")
def did() -> Response:
    return _json(log.canonical(seal().did_document()), "application/did+json")


@bp.get("/p/<slug>/did.json")
def did_of_provider(slug: str) -> Response:
    return _json(log.canonical(seal().did_document(get_provider(db(), slug).slug)), "application/did+json")


@bp.get("/credentials/status/<int:list_id>")
def status_list(list_id: int) -> Response:
    try:
        served = served_list(db(), seal(), list_id)
    except ValueError:
        current_app.logger.exception("a revocation list cannot be served")
        abort(503)
    answer = _json(served.text, "application/vc+ld+json")
    answer.set_etag(f"{list_id}-{served.signed_at:%Y%m%d%H%M%S%f}")
    answer.make_conditional(request.environ)
    return answer


@bp.get("/achievements/<int:edition_id>")
def achievement(edition_id: int) -> AnyResponse:
    """Lead to the module that the achievement of a credential names."""
    edition = db().get(Edition, edition_id)
    if edition is None or edition.published_at is None:
        raise NotFound("There is no such achievement.")
    return redirect(url_for("public.modules.show", slug=edition.module.slug), 303)


@bp.get("/log/checkpoint")
def checkpoint() -> Response:
    try:
        return _text(log.sign_head(db(), seal()), "no-cache")
    except ValueError:
        current_app.logger.exception("the head of the log cannot be signed")
        abort(503)


@bp.get("/log/vkey")
def vkey() -> Response:
    return _text(log.written_vkey(seal()) + "\n", A_WHILE)


@bp.get("/log/tile/<path:path>")
def tile(path: str) -> Response:
    """Answer with a tile of the log as C2SP's tlog-tiles lays them out; a full tile never changes."""
    try:
        content, full = tiles.read_tile(db(), f"tile/{path}")
    except ValueError:
        abort(404)
    return _file(content, FOR_EVER if full else A_WHILE)


@bp.get("/log/consistency")
def consistency() -> Response:
    """Answer with the proof that the log only grew since `?from=` entries, and the checkpoint it leads to."""
    old = request.args.get("from", type=int)
    if old is None or not 0 < old <= get_frontier(db()).size:
        raise Invalid(form="Give ?from= the size of a checkpoint you hold, at most the size of today.")
    return _json(log.written_growth(db(), seal(), old), "application/json")


@bp.get("/log/entries/<int:index>")
def entry(index: int) -> Response:
    """Answer with one leaf, in the words that are hashed."""
    leaf = db().scalar(select(LogEntry.leaf).where(LogEntry.index == index))
    if leaf is None:
        raise NotFound("The log has no such entry.")
    return _text(leaf, FOR_EVER)


def _json(text: str, kind: str) -> Response:
    return _open(Response(text, content_type=kind), A_WHILE)


def _text(text: str, caching: str) -> Response:
    return _open(Response(text, content_type="text/plain; charset=utf-8"), caching)


def _file(content: bytes, caching: str) -> Response:
    return _open(Response(content, content_type="application/octet-stream"), caching)


def _open(answer: Response, caching: str) -> Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = caching
    return answer
