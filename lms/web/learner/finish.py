"""The last step: attest, and receive the certificate."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.accreditation.queries import list_creditable
from lms.awards.commands import attestation_of, complete
from lms.awards.journey import journey_of
from lms.awards.queries import find_award, find_completion, list_completed_modules
from lms.errors import Refusal
from lms.learning.models import Enrollment
from lms.learning.queries import get_enrollment_of
from lms.people.queries import list_licenses
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.learner.steps import banner_of, steps_of
from lms.web.text import local_day
from lms.web.transaction import db

bp = Blueprint("finish", __name__)


class AttestationForm(BaseForm):
    """Which licenses are printed, and the attestation."""

    licenses = SelectMultipleField(
        "Licenses to print on the certificate",
        coerce=int,
        description="Most boards want the license number on the certificate.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    attested = BooleanField("", [InputRequired("Attest that you did this yourself.")])


@bp.route("/learn/<int:enrollment_id>/finish", methods=["GET", "POST"])
def show(enrollment_id: int) -> str | Response | tuple[str, int]:
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    if find_completion(db(), enrollment.id):
        return redirect(url_for(".done", enrollment_id=enrollment.id), 303)
    licenses = list_licenses(db(), me().id)
    form = AttestationForm(data={"licenses": [row.id for row in licenses]})
    form.licenses.choices = [
        SelectChoice(row.id, f"{row.jurisdiction} {row.credential} {row.number}") for row in licenses
    ]
    form.attested.label.text = attestation_of(me(), enrollment.edition.title)
    if not licenses:
        del form.licenses
    if form.submitted():
        chosen = [row for row in licenses if row.id in form.licenses.data] if licenses else []
        try:
            complete(db(), enrollment, chosen, public_url=current_app.extensions["settings"].public_url, now=now)
            return redirect(url_for(".done", enrollment_id=enrollment.id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    journey = journey_of(db(), enrollment)
    page = render_template(
        "learner/finish.html",
        enrollment=enrollment,
        form=form,
        licenses=licenses,
        credits=list_creditable(db(), enrollment.edition, day=local_day(now)),
        earlier=_earlier(enrollment),
        steps=steps_of(journey),
        banner=banner_of(journey),
    )
    return (page, 422) if form.errors else page


def _earlier(enrollment: Enrollment) -> list[str]:
    done = list_completed_modules(db(), enrollment.user_id, enrollment.edition.module_id)
    return [f"{row.completed_on.day} {row.completed_on:%B %Y}" for row in done]


@bp.get("/learn/<int:enrollment_id>/done")
def done(enrollment_id: int) -> str | Response:
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    completion = find_completion(db(), enrollment.id)
    if completion is None:
        return redirect(url_for(".show", enrollment_id=enrollment.id), 303)
    award = find_award(db(), enrollment.id)
    journey = journey_of(db(), enrollment)
    return render_template(
        "learner/done.html",
        enrollment=enrollment,
        completion=completion,
        award=award,
        steps=steps_of(journey),
        banner=banner_of(journey),
    )
