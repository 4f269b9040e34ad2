"""Where a board wants the log's daily checkpoints sent."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.awards.witnesses import drop_witness, list_witnesses, name_witness
from lms.boards.models import Board
from lms.boards.queries import list_boards_of
from lms.errors import NotFound, Refusal
from lms.web.auth import me
from lms.web.forms import WitnessForm
from lms.web.transaction import db

bp = Blueprint("witnesses", __name__)


def _my_board(slug: str) -> Board:
    for board in list_boards_of(db(), me().id):
        if board.slug == slug:
            return board
    raise NotFound("There is no such board.")


@bp.route("/board/<slug>/witnesses", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    board = _my_board(slug)
    form = WitnessForm()
    if form.submitted():
        try:
            name_witness(db(), board, form.email.data or "", now=datetime.now(UTC))
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("board/witnesses.html", board=board, form=form, witnesses=list_witnesses(db(), board))
    return (page, 422) if form.errors else page


@bp.post("/board/<slug>/witnesses/<int:witness_id>/drop")
def drop(slug: str, witness_id: int) -> Response:
    drop_witness(db(), _my_board(slug), witness_id)
    return redirect(url_for(".show_all", slug=slug), 303)
