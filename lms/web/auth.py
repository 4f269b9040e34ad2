"""Who is asking and what they may do: roles from memberships, one guard per audience, deny by default."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from lms.boards.models import Seat
from lms.people.models import Operator, User
from lms.providers.models import Membership
from lms.web.transaction import db


@dataclass(frozen=True, slots=True)
class Roles:
    """What a person may do: ids of providers by role, ids of boards, and whether they run the place."""

    author: frozenset[int] = field(default=frozenset())
    reviewer: frozenset[int] = field(default=frozenset())
    manager: frozenset[int] = field(default=frozenset())
    boards: frozenset[int] = field(default=frozenset())
    operator: bool = False

    @property
    def providers(self) -> frozenset[int]:
        """The providers this person works for, in whatever role."""
        return self.author | self.reviewer | self.manager


_ROLES = union_all(
    select(Membership.role, Membership.provider_id).where(Membership.user_id == bindparam("user_id")),
    select(literal("board"), Seat.board_id).where(Seat.user_id == bindparam("user_id")),
    select(literal("operator"), Operator.user_id).where(Operator.user_id == bindparam("user_id")),
)
"""Put together once: that takes longer than asking."""


def roles_of(session: Session, user_id: int) -> Roles:
    """Return what this person may do, in one statement."""
    found: dict[str, set[int]] = {
        "author": set(),
        "reviewer": set(),
        "manager": set(),
        "board": set(),
        "operator": set(),
    }
    for role, place in session.execute(_ROLES, {"user_id": user_id}):
        found[role].add(place)
    return Roles(
        author=frozenset(found["author"]),
        reviewer=frozenset(found["reviewer"]),
        manager=frozenset(found["manager"]),
        boards=frozenset(found["board"]),
        operator=bool(found["operator"]),
    )


def me() -> User:
    """Return the signed-in person; only behind a guard."""
    return cast("User", current_user)


def my_roles() -> Roles:
    """Return what the signed-in person may do, read once a request; nothing for a visitor."""
    if "roles" not in g:
        g.roles = roles_of(db(), me().id) if current_user.is_authenticated else Roles()
    return cast("Roles", g.roles)


# An audience is a folder of lms/web and its blueprint; what is not named here is closed.
GUARDS: dict[str, Callable[[], bool]] = {
    "public": lambda: True,
    "security": lambda: True,  # Flask-Security's own pages guard themselves
    "account": lambda: current_user.is_authenticated,
    "learner": lambda: current_user.is_authenticated,
    "author": lambda: current_user.is_authenticated and bool(my_roles().providers),
    "board": lambda: current_user.is_authenticated and bool(my_roles().boards),
    "api": lambda: True,  # programs show a token, and each view asks for the scope it needs; nobody's session counts
    "operator": lambda: current_user.is_authenticated and my_roles().operator,
}


def init_app(app: Flask) -> None:
    """Put the guard in front of every view."""
    app.before_request(_guard)


def _guard() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    audience = request.endpoint.split(".", 1)[0]
    if audience in GUARDS and GUARDS[audience]():
        return None
    if audience in GUARDS and not current_user.is_authenticated and request.method == "GET":
        return cast("Response", redirect(url_for("security.login", next=request.full_path.rstrip("?")), 303))
    abort(403)
