"""Pages for members of a licensing board: the desk."""

from flask import Blueprint

from lms.web.board import desk

bp = Blueprint("board", __name__)
for part in (desk,):
    bp.register_blueprint(part.bp)
