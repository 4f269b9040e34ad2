"""The profile: legal name, time zone, licenses."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from lms.errors import Invalid
from lms.people.commands import edit_profile
from lms.people.queries import list_licenses
from lms.web.account.forms import NAME_HINT, check_name
from lms.web.account.zones import zones
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.onward import onward
from lms.web.transaction import db

bp = Blueprint("profile", __name__)


class ProfileForm(BaseForm):
    """What a person says of themselves."""

    name = StringField(
        "Legal name",
        [InputRequired("Give your name as it is on your license."), check_name],
        description=f"{NAME_HINT} Certificates you have already keep the name they were issued to; "
        "their provider can reissue them with the new one.",
        render_kw={"autocomplete": "name"},
    )
    time_zone = SelectField(
        "Time zone",
        [InputRequired("Choose a time zone.")],
        choices=zones,
        description="The day printed on a certificate is the day in this zone.",
    )


@bp.route("/profile", methods=["GET", "POST"])
def show() -> str | Response | tuple[str, int]:
    user, now = me(), datetime.now(UTC)
    form = ProfileForm(obj=user)
    if form.submitted():
        try:
            edit_profile(db(), user, name=form.name.data, time_zone=form.time_zone.data)
            flash("Your profile is saved.", "good")
            return redirect(onward(url_for(".show")), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template(
        "account/profile.html",
        form=form,
        back=onward(""),
        email=user.email,
        licenses=list_licenses(db(), user.id),
        today=now.astimezone(ZoneInfo(user.time_zone)).date(),
    )
    return (page, 422) if form.errors else page


@bp.get("/leave")
def leave() -> str:
    return render_template("account/leave.html")
