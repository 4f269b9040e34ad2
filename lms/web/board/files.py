"""Files that licensees sent with an answer: opened in writing, held against what was issued, handed out."""

from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.awards.document import group_code
from lms.oversight.commands import note_file_opening
from lms.oversight.models import Subject
from lms.oversight.queries import (
    Finding,
    Fit,
    fit_of,
    get_audit_of,
    get_file_in,
    get_opened_file,
    get_subject_of,
    place_in,
)
from lms.web.auth import me, my_roles
from lms.web.files import read_shelf, send_answer_file
from lms.web.public.check import Examined, examine
from lms.web.transaction import db, write_from_here

bp = Blueprint("files", __name__, url_prefix="/board/<slug>/audits/<int:audit_id>/licenses/<int:subject_id>/files")


@bp.post("/<int:file_id>")
def note(slug: str, audit_id: int, subject_id: int, file_id: int) -> AnyResponse:
    """Check the file, write down who opened it and what was found, then show it."""
    subject, by = _subject(slug, audit_id, subject_id), me().id
    file = get_file_in(db(), subject, file_id)
    found = examine(read_shelf(file.sha256))
    finding = Finding(found.kind, found.headline, _fit(found, subject))
    write_from_here()
    note_file_opening(db(), subject, file, finding, by=by, now=datetime.now(UTC))
    return redirect(url_for(".show", slug=slug, audit_id=audit_id, subject_id=subject_id, file_id=file_id), 303)


@bp.get("/<int:file_id>")
def show(slug: str, audit_id: int, subject_id: int, file_id: int) -> str:
    now = datetime.now(UTC)
    subject = _subject(slug, audit_id, subject_id)
    file = get_opened_file(db(), subject, file_id, me().id, now=now)
    found = examine(read_shelf(file.sha256))
    fit = _fit(found, subject)
    return render_template(
        "board/file.html",
        audit=subject.audit,
        board=subject.audit.board,
        row=place_in(db(), subject, now=now),
        file=file,
        found=found,
        fit=fit,
        code=group_code(found.report.code),
        # what names the license that is asked about is this board's business
        withheld=found.standing.withheld and not (fit and fit.named),
    )


@bp.get("/<int:file_id>/download")
def download(slug: str, audit_id: int, subject_id: int, file_id: int) -> Response:
    subject = _subject(slug, audit_id, subject_id)
    return send_answer_file(get_opened_file(db(), subject, file_id, me().id, now=datetime.now(UTC)))


def _fit(found: Examined, subject: Subject) -> Fit | None:
    certificate = found.report.certificate
    return fit_of(certificate, found.report.standing, subject) if certificate else None


def _subject(slug: str, audit_id: int, subject_id: int) -> Subject:
    return get_subject_of(db(), get_audit_of(db(), my_roles().boards, slug, audit_id), subject_id)
