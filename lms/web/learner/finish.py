"""The last step: attest, and receive the certificate."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.accreditation.queries import list_creditable
from lms.awards.commands import attestation_of, complete
from lms.awards.document import Holder, list_printed
from lms.awards.eligibility import why_no_credit
from lms.awards.journey import journey_of
from lms.awards.queries import find_award, find_completion, list_completed_modules
from lms.errors import Invalid, Refusal
from lms.learning.models import Enrollment
from lms.learning.pace import pace_of
from lms.learning.queries import engaged_seconds, get_enrollment_of
from lms.modules.queries import list_contributors
from lms.people.models import License
from lms.people.queries import list_licenses
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.learner.steps import banner_of, steps_of
from lms.web.printing import list_unprintable
from lms.web.seal import seal
from lms.web.text import license_on, local_day
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
    form.licenses.choices = [SelectChoice(row.id, license_on(row, local_day(now))) for row in licenses]
    form.attested.label.text = attestation_of(me(), enrollment.edition.title)
    if not licenses:
        del form.licenses
    if form.submitted():
        chosen = [row for row in licenses if row.id in form.licenses.data] if licenses else []
        try:
            _refuse_unprintable(enrollment, chosen, local_day(now))
            complete(db(), enrollment, chosen, seal=seal(), now=now)
            return redirect(url_for(".done", enrollment_id=enrollment.id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    journey = journey_of(db(), enrollment)
    day = local_day(now)
    barred = why_no_credit(db(), me().id, enrollment.edition, day=day)
    page = render_template(
        "learner/finish.html",
        barred=barred,
        enrollment=enrollment,
        form=form,
        licenses=licenses,
        pace=pace_of(engaged_seconds(db(), enrollment.id), journey.words, journey.media_seconds),
        credits=[] if barred else list_creditable(db(), enrollment.edition, day=day),
        earlier=_earlier(enrollment),
        today=local_day(now),
        steps=steps_of(journey),
        banner=banner_of(journey),
    )
    return (page, 422) if form.errors else page


def _refuse_unprintable(enrollment: Enrollment, licenses: Sequence[License], day: date) -> None:
    """Raise `Invalid` naming what the certificate could not print, where there is to be one: it is issued for good."""
    edition = enrollment.edition
    if why_no_credit(db(), me().id, edition, day=day):
        return
    approvals = [credit.approval for credit in list_creditable(db(), edition, day=day)]
    if not approvals:
        return
    authors = [row for row in list_contributors(db(), edition.id) if row.role == "author"]
    problems = list_unprintable(list_printed(edition, authors, approvals, Holder(me().name, licenses)))
    if problems:
        words = " ".join(sentence for _, sentence in problems)
        raise Invalid(
            form=f"{words} What is yours you can change in your profile; for the rest, write to the provider."
        )


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
    day = completion.completed_on
    barred = "" if award else why_no_credit(db(), me().id, enrollment.edition, day=day)
    journey = journey_of(db(), enrollment)
    return render_template(
        "learner/done.html",
        enrollment=enrollment,
        completion=completion,
        award=award,
        barred=barred,
        steps=steps_of(journey),
        banner=banner_of(journey),
    )
