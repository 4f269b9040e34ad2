"""Sign-in methods."""

from flask import Blueprint, render_template

bp = Blueprint("security", __name__)


@bp.get("/security")
def show() -> str:
    return render_template("pending.html")
