"""Putting a first-run hint away."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from lms.errors import NotFound
from lms.people.commands import dismiss_hint
from lms.web.auth import me
from lms.web.hints import HINTS
from lms.web.transaction import db

bp = Blueprint("hints", __name__)


@bp.post("/hints/<place>/dismiss")
def dismiss(place: str) -> Response:
    """Remember it and go back to where the hint stood."""
    if place not in HINTS:
        raise NotFound("There is no such hint.")
    dismiss_hint(db(), me().id, place)
    return redirect(url_for(HINTS[place].home), 303)
