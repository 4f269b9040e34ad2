"""The board's desk."""

from flask import Blueprint, render_template

bp = Blueprint("desk", __name__)


@bp.get("/board")
def show() -> str:
    return render_template("pending.html")
