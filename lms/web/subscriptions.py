"""The pages of webhooks, the same for a provider's managers and a board's members."""

from datetime import UTC, datetime

from flask import current_app, flash, make_response, redirect
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.boards.models import Board
from lms.config import Settings
from lms.errors import Invalid
from lms.hooks.commands import resend, rotate_secret, subscribe, withdraw_subscription
from lms.hooks.models import Subscription
from lms.hooks.queries import (
    EVENTS,
    Owner,
    count_deliveries,
    get_delivery_of,
    get_subscription_of,
    list_deliveries,
    list_subscriptions,
)
from lms.hooks.signing import secret_of
from lms.web.auth import me
from lms.web.forms import BaseForm, choices_of
from lms.web.pages import Page, page_number
from lms.web.rooms import Room, Route
from lms.web.transaction import db

PER_PAGE = 50


class HookForm(BaseForm):
    """Whom to tell, and of what."""

    url = StringField(
        "Address",
        [InputRequired("Give the address.")],
        description="Begins with https:// and is on the public internet.",
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    events = SelectMultipleField(
        "Tell it when",
        [InputRequired("Choose at least one event.")],
        choices=choices_of(EVENTS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def show_all(room: Room) -> Response:
    """List the subscriptions; a good form makes one and shows its secret, this once."""
    form = HookForm(data={"events": list(EVENTS)})
    if form.submitted():
        local = _settings().local_hooks
        try:
            made = subscribe(
                db(), _owner(room), form.url.data, form.events.data, local=local, by=me().id, now=datetime.now(UTC)
            )
            return _secret(room, made)
        except Invalid as refusal:
            form.refuse(refusal)
    page = room.page("hooks", rows=list_subscriptions(db(), _owner(room)), events=EVENTS, form=form)
    return make_response(page, 422 if form.errors else 200)


def show(room: Room, subscription_id: int) -> Response:
    """Show one subscription and its messages."""
    subscription = get_subscription_of(db(), _owner(room), subscription_id)
    page = Page(count_deliveries(db(), subscription.id), page_number(), PER_PAGE)
    rows = list_deliveries(db(), subscription.id, limit=PER_PAGE, offset=page.offset)
    return make_response(room.page("hook", subscription=subscription, rows=rows, page=page, events=EVENTS))


def rotate(room: Room, subscription_id: int) -> Response:
    """Make a new secret and show it, this once."""
    subscription = get_subscription_of(db(), _owner(room), subscription_id)
    rotate_secret(db(), subscription, by=me().id, now=datetime.now(UTC))
    return _secret(room, subscription)


def withdraw(room: Room, subscription_id: int) -> Response:
    """End a subscription."""
    subscription = get_subscription_of(db(), _owner(room), subscription_id)
    withdraw_subscription(db(), subscription, by=me().id, now=datetime.now(UTC))
    flash("This address is told nothing any more.", "good")
    return redirect(room.url("hooks.show_all"), 303)


def send_again(room: Room, delivery_id: int) -> Response:
    """Send a message once more."""
    delivery = get_delivery_of(db(), _owner(room), delivery_id)
    resend(db(), delivery, by=me().id, now=datetime.now(UTC))
    flash("The message is on its way again. Reload this page in a moment to see how it went.", "good")
    return redirect(room.url("hooks.show", subscription_id=delivery.subscription_id), 303)


def _secret(room: Room, subscription: Subscription) -> Response:
    secret = secret_of(_settings().secret_key, subscription.salt)
    return once(room.page("hook_secret", subscription=subscription, secret=secret))


def once(page: str) -> Response:
    """Return a page that shows a secret this one time: no cache keeps it."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _owner(room: Room) -> Owner:
    return Owner("board" if isinstance(room.owner, Board) else "provider", room.owner.id)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


ROUTES: tuple[Route, ...] = (
    ("", show_all, ("GET", "POST")),
    ("/<int:subscription_id>", show, ("GET",)),
    ("/<int:subscription_id>/secret", rotate, ("POST",)),
    ("/<int:subscription_id>/withdraw", withdraw, ("POST",)),
    ("/messages/<int:delivery_id>/send", send_again, ("POST",)),
)
