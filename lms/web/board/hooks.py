"""A board's webhooks: addresses of its own that are told of its licensees' certificates."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from lms.hooks.queries import Owner
from lms.web import subscriptions
from lms.web.board.places import my_board, tabs_of
from lms.web.subscriptions import Room

bp = Blueprint("hooks", __name__, url_prefix="/board/<slug>/webhooks")


def _room(slug: str) -> Room:
    board = my_board(slug)
    home = ("Board desk", url_for("board.desk.show"))
    return Room("board", Owner("board", board.id), slug, board.name, home, tabs_of(board, "hooks"))


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> Response:
    return subscriptions.show_all(_room(slug))


@bp.get("/<int:subscription_id>")
def show(slug: str, subscription_id: int) -> Response:
    return subscriptions.show(_room(slug), subscription_id)


@bp.post("/<int:subscription_id>/secret")
def rotate(slug: str, subscription_id: int) -> Response:
    return subscriptions.rotate(_room(slug), subscription_id)


@bp.post("/<int:subscription_id>/withdraw")
def withdraw(slug: str, subscription_id: int) -> Response:
    return subscriptions.withdraw(_room(slug), subscription_id)


@bp.post("/messages/<int:delivery_id>/send")
def send_again(slug: str, delivery_id: int) -> Response:
    return subscriptions.send_again(_room(slug), delivery_id)
