"""The catalogue."""

from flask import Blueprint, render_template

bp = Blueprint("catalogue", __name__)


@bp.get("/catalogue")
def show() -> str:
    return render_template("pending.html")
