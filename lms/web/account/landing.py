"""Where a person lands after signing in: at their learning, or where they work if they never enrolled in anything."""

from typing import Any

from flask import Flask, Response, g, url_for
from flask_login import user_logged_in

from lms.learning.queries import is_enrolled
from lms.people.models import User
from lms.web.auth import Roles, roles_of
from lms.web.transaction import db


def init_app(app: Flask) -> None:
    """Decide while the person signs in, and lead there with the same answer."""
    user_logged_in.connect(_arrived, app)
    app.after_request(_lead)


def place_of(roles: Roles) -> str | None:
    """Return the endpoint of the place where somebody with these roles works, or None."""
    if roles.providers:
        return "author.modules.show_all"
    if roles.boards:
        return "board.desk.show"
    return "operator.overview.show" if roles.operator else None


def _arrived(_: Flask, user: User, **__: Any) -> None:
    place = place_of(roles_of(db(), user.id))
    if place is not None and not is_enrolled(db(), user.id):
        g.landing = place


def _lead(response: Response) -> Response:
    if "landing" in g and response.location == url_for("learner.home.show"):
        response.location = url_for(g.landing)
    return response
