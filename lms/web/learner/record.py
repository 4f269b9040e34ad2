"""A learner's record: certificates, the ledger, totals by year and by topic."""

from flask import Blueprint, render_template

from lms.awards.queries import list_entries, list_issued_to, totals_by_topic, totals_by_year
from lms.web.auth import me
from lms.web.transaction import db

bp = Blueprint("record", __name__)


@bp.get("/record")
def show() -> str:
    entries = list_entries(db(), me().id)
    issued = list_issued_to(db(), me().id)
    return render_template(
        "learner/record.html",
        issued=issued,
        entries=entries,
        totals=totals_by_topic(entries),
        sums=totals_by_year(entries, {row.award.id: row.certificate.completed_on for row in issued}),
        titles={row.award.id: row.certificate.title for row in issued},
    )
