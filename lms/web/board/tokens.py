"""A board's tokens: what its programs show to the API."""

from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.boards.tokens import SCOPES, list_tokens, make_token, withdraw_token
from lms.errors import Invalid
from lms.web.auth import me
from lms.web.board.places import my_board, tabs_of
from lms.web.forms import BaseForm, choices_of
from lms.web.subscriptions import once
from lms.web.transaction import db

bp = Blueprint("tokens", __name__, url_prefix="/board/<slug>/tokens")


class TokenForm(BaseForm):
    """Which program, and what it may do."""

    name = StringField(
        "Program",
        [InputRequired("Say which program it is for."), Length(max=100)],
        description="So that you know later whose token this was.",
        render_kw={"autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        "It may",
        [InputRequired("Choose what it may do.")],
        description="Every use of a license number is written down.",
        choices=choices_of(SCOPES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> Response:
    """List them; a good form makes one and shows it, this once."""
    board = my_board(slug)
    form = TokenForm(data={"scopes": ["verify"]})
    if form.submitted():
        try:
            token, text = make_token(db(), board, form.name.data, form.scopes.data, by=me().id, now=datetime.now(UTC))
            return once(render_template("board/token.html", board=board, token=token, text=text))
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template(
        "board/tokens.html",
        board=board,
        tabs=tabs_of(board, "tokens"),
        rows=list_tokens(db(), board.id),
        scopes=SCOPES,
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


@bp.post("/<int:token_id>/withdraw")
def withdraw(slug: str, token_id: int) -> Response:
    board = my_board(slug)
    withdraw_token(db(), board, token_id, by=me().id, now=datetime.now(UTC))
    flash("The token opens nothing any more.", "good")
    return redirect(url_for(".show_all", slug=slug), 303)
