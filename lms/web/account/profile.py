"""The profile: legal name, time zone, licenses."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from lms.errors import Invalid
from lms.people.commands import edit_profile
from lms.people.queries import list_licenses
from lms.web.account.forms import NAME_HINT, check_name
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("profile", __name__)

US_ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic, Puerto Rico",
    "Pacific/Guam": "Guam",
    "Pacific/Pago_Pago": "American Samoa",
}


def _zones() -> dict[str, dict[str, str]]:
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in US_ZONES)
    return {
        "United States": {zone: f"{label} ({zone})" for zone, label in US_ZONES.items()},
        "Everywhere": {"UTC": "UTC", **{zone: zone.replace("_", " ") for zone in others}},
    }


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
        choices=_zones,
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
            return redirect(url_for(".show"), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template(
        "account/profile.html",
        form=form,
        email=user.email,
        licenses=list_licenses(db(), user.id),
        today=now.astimezone(ZoneInfo(user.time_zone)).date(),
    )
    return (page, 422) if form.errors else page


@bp.get("/leave")
def leave() -> str:
    return render_template("account/leave.html")
