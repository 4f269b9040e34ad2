"""Where a provider wants the log's daily checkpoints sent."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.awards.witnesses import drop_witness, list_witnesses, name_witness
from lms.errors import Refusal
from lms.providers.queries import get_provider_of
from lms.web.auth import my_roles
from lms.web.forms import WitnessForm
from lms.web.transaction import db

bp = Blueprint("witnesses", __name__)


@bp.route("/workshop/providers/<slug>/witnesses", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    provider = get_provider_of(db(), my_roles().manager, slug)
    form = WitnessForm()
    if form.submitted():
        try:
            name_witness(db(), provider, form.email.data or "", now=datetime.now(UTC))
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "author/witnesses.html", provider=provider, form=form, witnesses=list_witnesses(db(), provider)
    )
    return (page, 422) if form.errors else page


@bp.post("/workshop/providers/<slug>/witnesses/<int:witness_id>/drop")
def drop(slug: str, witness_id: int) -> Response:
    drop_witness(db(), get_provider_of(db(), my_roles().manager, slug), witness_id)
    return redirect(url_for(".show_all", slug=slug), 303)
