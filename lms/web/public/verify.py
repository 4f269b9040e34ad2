"""Verification."""

from flask import Blueprint, render_template

bp = Blueprint("verify", __name__)


@bp.get("/verify")
def ask() -> str:
    return render_template("pending.html")
