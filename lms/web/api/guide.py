"""The API described: for programs as OpenAPI, for people as a page."""

from flask import Blueprint, Response, jsonify, render_template

from lms.boards.tokens import SCOPES
from lms.web.api.certificates import for_anyone
from lms.web.api.document import OPERATIONS, openapi
from lms.web.public.verify import public_url

bp = Blueprint("guide", __name__)


@bp.get("/api")
def show() -> str:
    return render_template("api/guide.html", operations=OPERATIONS, scopes=SCOPES, base=public_url())


@bp.get("/api/openapi.json")
def document() -> Response:
    return for_anyone(jsonify(openapi(public_url())))
