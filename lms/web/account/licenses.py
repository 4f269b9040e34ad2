"""The licenses a person holds: adding, correcting, removing."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from lms.errors import Conflict, Invalid
from lms.people.commands import LicenseFacts, add_license, edit_license, remove_license
from lms.people.queries import get_license_of
from lms.terms import JURISDICTIONS, PROFESSIONS
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.onward import onward
from lms.web.transaction import db

bp = Blueprint("licenses", __name__, url_prefix="/licenses")


class LicenseForm(BaseForm):
    """A license as it is on the paper."""

    jurisdiction = SelectField(
        "Issued by", [InputRequired("Choose the state or territory.")], choices={"": "Choose", **JURISDICTIONS}
    )
    profession = SelectField(
        "Profession", [InputRequired("Choose the profession.")], choices={"": "Choose", **PROFESSIONS}
    )
    credential = StringField(
        "Credential",
        [InputRequired("Give the letters of the license.")],
        description="The letters after your name, such as LMFT or LCSW.",
        render_kw={"maxlength": "20", "autocapitalize": "characters", "spellcheck": "false"},
    )
    number = StringField(
        "License number",
        [InputRequired("Give the full number.")],
        description="The full number, letters included, as in the state's own license search.",
        render_kw={"maxlength": "40", "autocomplete": "off", "spellcheck": "false"},
    )
    issued_on = DateField("Issued on", [Optional()])
    expires_on = DateField("Expires on", [Optional()])

    def facts(self) -> LicenseFacts:
        """Return what was typed."""
        return LicenseFacts(**self.data)


@bp.route("/new", methods=["GET", "POST"])
def add() -> str | Response | tuple[str, int]:
    form = LicenseForm()
    if form.submitted():
        try:
            add_license(db(), me().id, form.facts(), now=datetime.now(UTC))
            flash("Your license is saved.", "good")
            return redirect(_back(), 303)
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    page = render_template("account/license.html", form=form, held=None, back=_back(), asked=onward("") or None)
    return (page, 422) if form.errors else page


@bp.route("/<int:license_id>", methods=["GET", "POST"])
def edit(license_id: int) -> str | Response | tuple[str, int]:
    held = get_license_of(db(), me().id, license_id)
    form = LicenseForm(obj=held)
    if form.submitted():
        try:
            edit_license(db(), me().id, license_id, form.facts(), now=datetime.now(UTC))
            flash("Your license is saved.", "good")
            return redirect(_back(), 303)
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
    page = render_template("account/license.html", form=form, held=held, back=_back(), asked=onward("") or None)
    return (page, 422) if form.errors else page


@bp.post("/<int:license_id>/remove")
def remove(license_id: int) -> Response:
    remove_license(db(), me().id, license_id)
    flash("The license is removed.", "good")
    return redirect(url_for("account.profile.show", next=onward("") or None), 303)


def _back() -> str:
    return onward(url_for("account.profile.show"))
