"""What a holder opens of a certificate: links that expire, the public page's level, a line in a LinkedIn profile."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from lms.awards.document import Certificate, group_code
from lms.awards.queries import get_issued_to
from lms.awards.sharing import DAYS, is_open, is_whole, list_links, set_disclosure, share_award, withdraw_link
from lms.errors import Invalid
from lms.web.auth import me
from lms.web.forms import BaseForm, choices_of
from lms.web.subscriptions import once
from lms.web.transaction import db

bp = Blueprint("sharing", __name__, url_prefix="/record/certificates/<code>/sharing")

LEVELS = {
    "full": "Everything the certificate says",
    "match": "Only title, provider, dates, and whether it stands; the rest is compared, not shown",
}


class LinkForm(BaseForm):
    """For whom a link is, and for how long."""

    name = StringField(
        "For whom",
        [InputRequired("Write whom it is for."), Length(max=100)],
        description="Only you see this.",
        render_kw={"autocomplete": "off"},
    )
    days = RadioField(
        "It works for", [InputRequired("Choose how long.")], coerce=int, choices=choices_of(DAYS), default=30
    )


class LevelForm(BaseForm):
    """How much the public page says."""

    level = RadioField("Whoever has the code sees", [InputRequired("Choose one.")], choices=choices_of(LEVELS))


@bp.route("", methods=["GET", "POST"])
def show(code: str) -> Response:
    """List the links; a good form makes one and shows it, this once."""
    issued, now = get_issued_to(db(), me().id, code), datetime.now(UTC)
    form = LinkForm()
    if form.submitted():
        try:
            link, token = share_award(db(), issued.award, form.name.data, form.days.data, by=me().id, now=now)
            page = render_template(
                "learner/share_link.html", link=link, token=token, code=code, url=issued.certificate.verify_url
            )
            return once(page)
        except Invalid as refusal:
            form.refuse(refusal)
    level = LevelForm()
    level.level.data = "full" if is_whole(db(), issued.award) else "match"
    page = render_template(
        "learner/sharing.html",
        certificate=issued.certificate,
        valid=issued.state == "valid",
        code=code,
        links=[(link, is_open(link, now=now)) for link in list_links(db(), issued.award.id)],
        form=form,
        level=level,
        linkedin=linkedin_url(issued.certificate),
    )
    return make_response(page, 422 if form.errors else 200)


@bp.post("/level")
def choose(code: str) -> Response:
    issued, form = get_issued_to(db(), me().id, code), LevelForm()
    if not form.submitted():
        raise Invalid(level="Choose one of the two.")
    set_disclosure(db(), issued.award, whole=form.level.data == "full", by=me().id, now=datetime.now(UTC))
    flash("The public page is as you chose.", "good")
    return redirect(url_for(".show", code=code), 303)


@bp.post("/<int:link_id>/withdraw")
def withdraw(code: str, link_id: int) -> Response:
    issued = get_issued_to(db(), me().id, code)
    withdraw_link(db(), issued.award, link_id, by=me().id, now=datetime.now(UTC))
    flash("The link opens nothing any more.", "good")
    return redirect(url_for(".show", code=code), 303)


def linkedin_url(certificate: Certificate) -> str:
    """Return LinkedIn's own "add to profile" address, filled in; nothing is sent before the holder follows it."""
    issued = certificate.completed_on
    return "https://www.linkedin.com/profile/add?" + urlencode(
        {
            "startTask": "CERTIFICATION_NAME",
            "name": certificate.title,
            "organizationName": certificate.provider.name,
            "issueYear": issued.year,
            "issueMonth": issued.month,
            "certUrl": certificate.verify_url,
            "certId": group_code(certificate.code),
        }
    )
