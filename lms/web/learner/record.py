"""A learner's record."""

from flask import Blueprint, render_template

bp = Blueprint("record", __name__)


@bp.get("/record")
def show() -> str:
    return render_template("pending.html")
