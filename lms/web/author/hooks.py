"""A provider's webhooks: addresses of its own that are told of its certificates."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from lms.hooks.queries import Owner
from lms.providers.queries import get_provider_of
from lms.web import subscriptions
from lms.web.auth import my_roles
from lms.web.subscriptions import Room
from lms.web.transaction import db

bp = Blueprint("hooks", __name__, url_prefix="/workshop/providers/<slug>/webhooks")


def _room(slug: str) -> Room:
    provider = get_provider_of(db(), my_roles().manager, slug)
    home = ("Workshop", url_for("author.modules.show_all"))
    return Room("author", Owner("provider", provider.id), slug, provider.name, home)


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
