"""The operator's overview."""

from flask import Blueprint, render_template

bp = Blueprint("overview", __name__)


@bp.get("/operator")
def show() -> str:
    return render_template("pending.html")
