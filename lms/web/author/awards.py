"""A manager's roster: certificates of a provider, revoking one, issuing a corrected one."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder, group_code, unprintable
from lms.awards.queries import Issued, count_issued_by, find_correction, get_issued_by, list_issued_by
from lms.errors import Conflict, Invalid, Refusal
from lms.lines import why_not_a_line
from lms.oversight.batch import harmless
from lms.people.models import License
from lms.people.queries import list_licenses
from lms.terms import REVOCATION_REASONS
from lms.web.auth import me, my_roles
from lms.web.author.places import my_provider, tabs_of
from lms.web.forms import BaseForm
from lms.web.pages import Page, page_number
from lms.web.seal import seal
from lms.web.text import license_text
from lms.web.transaction import db

bp = Blueprint("awards", __name__)

PER_PAGE = 50
MOST_EXPORTED = 100_000
COLUMNS = (
    "Code",
    "Name",
    "Licenses",
    "Module",
    "Module number",
    "Edition",
    "Hours",
    "Completed",
    "State",
    "Minutes seen reading",
    "Minutes planned",
)
STATES = {"valid": "Valid", "revoked": "Revoked", "replaced": "Replaced"}


class RevokeForm(BaseForm):
    """Why a certificate is revoked: one part is shown to boards, one stays with the provider."""

    reason = RadioField(
        "Reason, shown to anyone who checks",
        [InputRequired("Choose a reason.")],
        choices=[SelectChoice(code, words) for code, words in REVOCATION_REASONS.items() if code != "replaced"],
    )
    note = TextAreaField(
        "What happened", [InputRequired("Write down why."), Length(max=2000)], description="For your own record only."
    )


class ReissueForm(BaseForm):
    """What the corrected certificate says."""

    name = StringField("Name as on the license", [InputRequired("A certificate needs a name."), Length(max=200)])
    licenses = SelectMultipleField(
        "Licenses to print",
        coerce=int,
        description="From the learner's profile as it is now.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(
        "What was wrong", [InputRequired("Write down why."), Length(max=2000)], description="For your own record only."
    )


@bp.get("/workshop/providers/<slug>/roster")
def show_all(slug: str) -> str:
    provider = my_provider(slug)
    words = request.args.get("q", "").strip()
    page = Page(count_issued_by(db(), [provider.id], words=words), page_number(), PER_PAGE)
    rows = list_issued_by(db(), [provider.id], words=words, limit=PER_PAGE, offset=page.offset)
    return render_template(
        "author/roster.html",
        provider=provider,
        tabs=tabs_of(provider, "roster"),
        rows=rows,
        page=page,
        words=words,
        grouped=group_code,
    )


@bp.get("/workshop/providers/<slug>/roster.csv")
def export(slug: str) -> Response:
    """Everything on the roster, or what a search found, for a spreadsheet."""
    provider = my_provider(slug)
    words = request.args.get("q", "").strip()
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in list_issued_by(db(), [provider.id], words=words, limit=MOST_EXPORTED):
        paper = row.certificate
        hours = "; ".join(f"{credit.hours:f} {credit.unit} ({credit.accreditor})" for credit in paper.credits)
        licenses = "; ".join(license_text(held) for held in paper.licenses)
        cells = (group_code(row.award.code), paper.holder_name, licenses, paper.title, paper.module_code)
        rest = (str(paper.edition), hours, paper.completed_on.isoformat(), STATES[row.state])
        pace = (str(row.pace.minutes), str(row.pace.planned))
        writer.writerow([harmless(cell) for cell in (*cells, *rest, *pace)])
    answer = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="roster-{provider.slug}.csv"'
    return answer


@bp.get("/workshop/certificates/<code>")
def show(code: str) -> str:
    issued = get_issued_by(db(), my_roles().manager, code)
    return render_template(
        "author/award.html",
        issued=issued,
        corrected=find_correction(db(), issued.award),
        certificate=issued.certificate,
        code=group_code(code),
        provider=issued.award.completion.enrollment.edition.module.provider,
    )


@bp.route("/workshop/certificates/<code>/revoke", methods=["GET", "POST"])
def revoke(code: str) -> str | Response | tuple[str, int]:
    issued = get_issued_by(db(), my_roles().manager, code)
    form = RevokeForm()
    if form.submitted():
        try:
            reason, note = form.reason.data, form.note.data
            revoke_award(db(), issued.award, reason=reason, note=note, by=me().id, seal=seal(), now=datetime.now(UTC))
            flash("The certificate is revoked. Whoever checks it sees so from now on.", "good")
            return redirect(url_for(".show", code=code), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/revoke.html", issued=issued, form=form, code=group_code(code))
    return (page, 422) if form.errors else page


@bp.route("/workshop/certificates/<code>/reissue", methods=["GET", "POST"])
def reissue(code: str) -> str | Response | tuple[str, int]:
    issued = get_issued_by(db(), my_roles().manager, code)
    learner = issued.award.completion.enrollment.user
    licenses = list_licenses(db(), learner.id)
    form = ReissueForm(data={"name": learner.name, "licenses": [row.id for row in licenses]})
    form.licenses.choices = [SelectChoice(row.id, license_text(row)) for row in licenses]
    if not licenses:
        del form.licenses
    if form.submitted() and "again" not in request.form:
        chosen = [row for row in licenses if row.id in form.licenses.data] if licenses else []
        try:
            _refuse_name(form.name.data)
            if issued.revocation:
                raise Conflict("This certificate is revoked already.")
            if "sure" not in request.form:
                return _look_again(issued, form, chosen)
            corrected = reissue_award(
                db(),
                issued.award,
                Holder(" ".join(form.name.data.split()), chosen),
                note=form.note.data,
                by=me().id,
                seal=seal(),
                now=datetime.now(UTC),
            )
            flash("This is the corrected certificate. The earlier one says that it was replaced.", "good")
            return redirect(url_for(".show", code=corrected.code), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/reissue.html", issued=issued, form=form)
    return (page, 422) if form.errors else page


def _refuse_name(name: str) -> None:
    settings = current_app.extensions["settings"]
    if why := why_not_a_line(" ".join(name.split())):
        raise Invalid(name=why)
    if missing := unprintable(name, settings.data_dir, settings.font_dirs):
        raise Invalid(name=f"No certificate font has {' '.join(missing)}.")


def _look_again(issued: Issued, form: ReissueForm, chosen: Sequence[License]) -> str:
    """Show what the certificate says beside what the corrected one will say: it is final."""
    certificate = issued.certificate
    sent = {**form.data, "name": " ".join((form.name.data or "").split())}
    before, after = ("; ".join(license_text(row) for row in rows) or "None" for rows in (certificate.licenses, chosen))
    rows = [("Name", certificate.holder_name, sent["name"]), ("Licenses", before, after)]
    return render_template(
        "author/reissue_check.html",
        issued=issued,
        sent=sent,
        rows=rows,
        changed=any(old != new for _, old, new in rows),
        code=group_code(issued.award.code),
        learner=issued.award.completion.enrollment.user,
    )
