"""A learner's home."""

from flask import Blueprint, render_template

bp = Blueprint("home", __name__)


@bp.get("/learn")
def show() -> str:
    return render_template("pending.html")
