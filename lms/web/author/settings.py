"""A manager's page for what the provider says of itself: contact, signature, policies."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField, TelField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length

from lms.awards.queries import count_issued_by
from lms.errors import Refusal
from lms.providers.commands import edit_provider
from lms.providers.queries import list_members
from lms.web.auth import me
from lms.web.author.places import my_provider, tabs_of
from lms.web.forms import BaseForm, ToPublish
from lms.web.transaction import db

bp = Blueprint("settings", __name__)


class SettingsForm(BaseForm):
    """The provider's fields; publishing asks for all policies, saving does not."""

    name = StringField(
        "Name",
        [InputRequired("Give the name that certificates print."), Length(max=200)],
        description="Once a certificate is issued, only an operator can change it.",
    )
    about = TextAreaField("About", description="Who you are and what you teach, for your public page.")
    address = StringField(
        "Postal address", [InputRequired("Give the address that certificates print."), Length(max=300)]
    )
    telephone = TelField("Telephone", [InputRequired("Give the number that certificates print."), Length(max=40)])
    email = EmailField("Email", [InputRequired("Give the address that learners write to."), Length(max=255)])
    website = URLField("Website", [Length(max=255)])
    signatory_name = StringField(
        "Signs the certificates", [InputRequired("Name the person who signs."), Length(max=200)]
    )
    signatory_title = StringField("Title of that person", [InputRequired("Give the title."), Length(max=200)])
    refund_policy = TextAreaField("Refunds and cancellation", [ToPublish()])
    accommodation_policy = TextAreaField(
        "Accommodations",
        [ToPublish()],
        description="How to ask for one under the Americans with Disabilities Act, with a contact.",
    )
    grievance_policy = TextAreaField("Grievances", [ToPublish()], description="How to complain, who answers, and when.")
    system_requirements = TextAreaField(
        "System requirements", [ToPublish()], description="What learners need, such as a current browser and sound."
    )


@bp.route("/workshop/providers/<slug>/settings", methods=["GET", "POST"])
def edit(slug: str) -> str | Response | tuple[str, int]:
    provider = my_provider(slug)
    form = SettingsForm(obj=provider)
    if form.submitted():
        try:
            settled = count_issued_by(db(), [provider.id]) > 0
            edit_provider(db(), provider, form.data, keeps_name=settled, by=me().id, now=datetime.now(UTC))
            flash("The settings are saved. Certificates issued before keep what they say.", "good")
            return redirect(url_for(".edit", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "author/settings.html",
        provider=provider,
        tabs=tabs_of(provider, "settings"),
        form=form,
        members=list_members(db(), provider.id),
        contact=current_app.extensions["settings"].contact,
    )
    return (page, 422) if form.errors else page
