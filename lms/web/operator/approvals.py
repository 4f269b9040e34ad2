"""Approvals that providers recorded and nobody has checked against the accreditor's letter yet."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.commands import confirm_approval, refuse_approval
from lms.accreditation.queries import get_waiting_approval, list_waiting_approvals
from lms.errors import Refusal
from lms.web.auth import me
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("approvals", __name__, url_prefix="/operator/approvals")


class RefuseForm(BaseForm):
    """Why an approval does not count."""

    note = TextAreaField(
        "Why", [InputRequired("Say why, so that it can be put right."), Length(max=2000)],
        description="Mailed to whoever recorded it, and shown to the provider's managers.",
    )  # fmt: skip


@bp.get("")
def show_all() -> str:
    return render_template("operator/approvals.html", approvals=list_waiting_approvals(db()), accreditors=ACCREDITORS)


@bp.post("/<int:approval_id>/confirm")
def confirm(approval_id: int) -> Response:
    confirm_approval(db(), get_waiting_approval(db(), approval_id), by=me().id, now=datetime.now(UTC))
    flash("The approval is confirmed and counts from its first day on.", "good")
    return redirect(url_for(".show_all"), 303)


@bp.route("/<int:approval_id>/refuse", methods=["GET", "POST"])
def refuse(approval_id: int) -> str | Response | tuple[str, int]:
    approval = get_waiting_approval(db(), approval_id)
    form = RefuseForm()
    if form.submitted():
        try:
            refuse_approval(db(), approval, form.note.data, now=datetime.now(UTC))
            flash("The approval is refused, and whoever recorded it is told.", "good")
            return redirect(url_for(".show_all"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    title = ACCREDITORS[approval.accreditor].title
    page = render_template("operator/approval_refuse.html", approval=approval, title=title, form=form)
    return (page, 422) if form.errors else page
