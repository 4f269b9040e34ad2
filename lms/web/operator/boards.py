"""The boards: beginning them, giving and taking seats."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.boards.commands import add_seat, begin_board, remove_seat
from lms.boards.queries import get_board, list_boards, list_seats
from lms.errors import Invalid
from lms.terms import JURISDICTIONS, PROFESSIONS
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("boards", __name__, url_prefix="/operator/boards")


class BoardForm(BaseForm):
    """Which board, where, for whom."""

    name = StringField("Name", [InputRequired("Give the board's name.")])
    slug = StringField(
        "Short name",
        [InputRequired("Give the short name.")],
        description="Part of the board's web address: small letters, digits, hyphens. It cannot be changed later.",
    )
    jurisdiction = SelectField(
        "Jurisdiction",
        [InputRequired("Choose the state or territory.")],
        choices={"": "Choose", **JURISDICTIONS},
    )
    professions = SelectMultipleField(
        "Professions",
        [InputRequired("Choose at least one profession.")],
        choices=PROFESSIONS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class SeatForm(BaseForm):
    """Who sits on the board."""

    email = EmailField(
        "Email address", [InputRequired("Give the person's address.")], description="That of the person's account."
    )


@bp.get("")
def show_all() -> str:
    return render_template("operator/boards.html", boards=list_boards(db()))


@bp.route("/new", methods=["GET", "POST"])
def begin() -> str | Response | tuple[str, int]:
    form = BoardForm()
    if form.submitted():
        try:
            board = begin_board(
                db(),
                form.slug.data,
                name=form.name.data,
                jurisdiction=form.jurisdiction.data,
                professions=form.professions.data,
                by=me().id,
            )
            flash("The board is there. Now give somebody a seat.", "good")
            return redirect(url_for(".show", slug=board.slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("operator/board_new.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/<slug>", methods=["GET", "POST"])
def show(slug: str) -> str | Response | tuple[str, int]:
    board = get_board(db(), slug)
    form = SeatForm()
    if form.submitted():
        try:
            add_seat(db(), board, form.email.data, by=me().id, now=datetime.now(UTC))
            flash("The seat is given.", "good")
            return redirect(url_for(".show", slug=slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("operator/board.html", board=board, form=form, seats=list_seats(db(), board.id))
    return (page, 422) if form.errors else page


@bp.post("/<slug>/seats/<int:user_id>/remove")
def remove(slug: str, user_id: int) -> Response:
    remove_seat(db(), get_board(db(), slug), user_id, by=me().id)
    flash("The seat is taken back.", "good")
    return redirect(url_for(".show", slug=slug), 303)
