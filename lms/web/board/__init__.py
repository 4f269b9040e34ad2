"""Pages for members of a licensing board: the desk, look-ups, batches, audits."""

from flask import Blueprint

from lms.web.board import (
    audits,
    batches,
    desk,
    hooks,
    lookups,
    tokens,
    witnesses,
)

bp = Blueprint("board", __name__)
for part in (
    audits,
    batches,
    desk,
    hooks,
    lookups,
    tokens,
    witnesses,
):
    bp.register_blueprint(part.bp)
