"""The page of witnesses: whom the log's daily checkpoints are sent to, for a provider and for a board."""

from datetime import UTC, datetime

from flask import flash, make_response, redirect
from werkzeug.wrappers import Response
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from lms.awards.witnesses import drop_witness, list_witnesses, name_witness
from lms.errors import Refusal
from lms.web.forms import BaseForm
from lms.web.rooms import Room, Route
from lms.web.transaction import db


class WitnessForm(BaseForm):
    """An address that the log's checkpoints are sent to."""

    email = EmailField("Email address", [InputRequired("Give an address."), Length(max=255)])


def show_all(room: Room) -> Response:
    """List the addresses; a good form names one more."""
    form = WitnessForm()
    if form.submitted():
        try:
            name_witness(db(), room.owner, form.email.data or "", now=datetime.now(UTC))
            flash("The address is added. It is sent the next daily state.", "good")
            return redirect(room.url("witnesses.show_all"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = room.page("witnesses", form=form, witnesses=list_witnesses(db(), room.owner))
    return make_response(page, 422 if form.errors else 200)


def drop(room: Room, witness_id: int) -> Response:
    """Send nothing more to an address."""
    drop_witness(db(), room.owner, witness_id)
    flash("The address is removed. It is sent nothing more.", "good")
    return redirect(room.url("witnesses.show_all"), 303)


ROUTES: tuple[Route, ...] = (
    ("", show_all, ("GET", "POST")),
    ("/<int:witness_id>/drop", drop, ("POST",)),
)
