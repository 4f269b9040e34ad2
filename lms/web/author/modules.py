"""The workshop's list."""

from flask import Blueprint, render_template

bp = Blueprint("modules", __name__)


@bp.get("/workshop")
def show_all() -> str:
    return render_template("pending.html")
