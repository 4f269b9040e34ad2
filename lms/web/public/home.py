"""The start page, and whether we are well."""

from flask import Blueprint, render_template
from sqlalchemy import text

from lms.web.transaction import db

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> str:
    return render_template("public/home.html")


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    db().execute(text("SELECT 1"))
    return {"status": "ok"}
