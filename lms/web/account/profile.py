"""The profile."""

from flask import Blueprint, render_template

bp = Blueprint("profile", __name__)


@bp.get("/profile")
def show() -> str:
    return render_template("pending.html")


@bp.get("/leave")
def leave() -> str:
    return render_template("pending.html")
