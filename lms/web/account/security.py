"""Sign-in methods: what is set up, and the way to change each."""

from flask import Blueprint, render_template

from lms.people.queries import sign_in_methods
from lms.web.auth import me
from lms.web.transaction import db

bp = Blueprint("security", __name__)


@bp.get("/security")
def show() -> str:
    return render_template("account/security.html", methods=sign_in_methods(db(), me()), email=me().email)
