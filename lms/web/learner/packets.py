"""A licensee's audit packets: asking for one, fetching it, sharing it with a board."""

from datetime import UTC, date, datetime

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from lms.boards.queries import list_boards
from lms.errors import Refusal
from lms.oversight.commands import LONGEST_SHARE, ask_packet, share_packet, withdraw_share
from lms.oversight.models import Packet
from lms.oversight.queries import get_packet_of, list_packets, list_shares
from lms.people.queries import list_licenses
from lms.web.auth import me
from lms.web.files import send_packet
from lms.web.forms import BaseForm
from lms.web.text import license_text
from lms.web.transaction import db

bp = Blueprint("packets", __name__, url_prefix="/record/packets")

USUAL_DAYS = 30


class PacketForm(BaseForm):
    """Which license, which period."""

    license = SelectField("License", [InputRequired("Choose a license.")], coerce=int)
    first_day = DateField("Completed from", [InputRequired("Give the first day.")])
    last_day = DateField("Completed to", [InputRequired("Give the last day.")])


class ShareForm(BaseForm):
    """For whom, how long."""

    board = SelectField("Board", [InputRequired("Choose the board.")], coerce=int)
    days = IntegerField("Days the link works", [InputRequired("Give a number of days."), NumberRange(1, LONGEST_SHARE)])


@bp.route("", methods=["GET", "POST"])
def show_all() -> str | AnyResponse | tuple[str, int]:
    licenses = list_licenses(db(), me().id)
    now = datetime.now(UTC)
    today = now.date()
    form = PacketForm(data={"first_day": date(today.year - 2, 1, 1), "last_day": today})
    form.license.choices = [SelectChoice(row.id, license_text(row)) for row in licenses]
    if form.submitted():
        try:
            packet = ask_packet(db(), me().id, form.license.data, form.first_day.data, form.last_day.data, now=now)
            return redirect(url_for(".show", packet_id=packet.id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("learner/packets.html", packets=list_packets(db(), me().id), form=form, licenses=licenses)
    return (page, 422) if form.errors else page


@bp.get("/<int:packet_id>")
def show(packet_id: int) -> str:
    return _page(get_packet_of(db(), me().id, packet_id), ShareForm(data={"days": USUAL_DAYS}))


def _page(packet: Packet, form: ShareForm, link: str = "") -> str:
    _offer_boards(form)
    shares = list_shares(db(), packet.id, now=datetime.now(UTC))
    return render_template("learner/packet.html", packet=packet, form=form, shares=shares, link=link)


def _offer_boards(form: ShareForm) -> None:
    form.board.choices = [SelectChoice(row.id, row.name) for row in list_boards(db())]


@bp.get("/<int:packet_id>.json")
def progress(packet_id: int) -> Response:
    packet = get_packet_of(db(), me().id, packet_id)
    return jsonify(done=packet.done, total=packet.total, finished=packet.made_at is not None)


@bp.get("/<int:packet_id>.zip")
def fetch(packet_id: int) -> Response:
    return send_packet(get_packet_of(db(), me().id, packet_id))


@bp.post("/<int:packet_id>/share")
def share(packet_id: int) -> str | tuple[str, int]:
    """Show the link once: it is kept only as a hash, so this page is the answer and not a redirect."""
    packet = get_packet_of(db(), me().id, packet_id)
    form = ShareForm()
    _offer_boards(form)
    if form.submitted():
        try:
            _, token = share_packet(db(), packet, form.board.data, form.days.data, now=datetime.now(UTC))
            link = current_app.extensions["settings"].public_url + url_for("public.packets.show", token=token)
            return _page(packet, form, link)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(packet, form), 422


@bp.post("/<int:packet_id>/shares/<int:share_id>/withdraw")
def withdraw(packet_id: int, share_id: int) -> AnyResponse:
    packet = get_packet_of(db(), me().id, packet_id)
    withdraw_share(db(), packet, share_id, now=datetime.now(UTC))
    flash("The link does not open any more.", "good")
    return redirect(url_for(".show", packet_id=packet_id), 303)
