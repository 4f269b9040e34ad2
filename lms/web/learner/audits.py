"""A licensee's side of oversight: audits that ask them, and who looked."""

from contextlib import closing
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.errors import Refusal
from lms.oversight.commands import (
    FILE_KINDS,
    MOST_FILE_BYTES,
    MOST_FILES,
    answer_with_note,
    answer_with_packet,
    comment,
)
from lms.oversight.models import Subject
from lms.oversight.queries import (
    count_looks_at,
    get_audit_to,
    get_file_in,
    list_audits_of,
    list_files,
    list_history,
    list_looks_at,
    place_in,
)
from lms.web.auth import me
from lms.web.files import send_answer_file
from lms.web.forms import BaseForm
from lms.web.pages import Page, page_number
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("audits", __name__, url_prefix="/record")

PER_PAGE = 50


class NoteForm(BaseForm):
    """An answer in words, with certificates from elsewhere."""

    text = TextAreaField("Your answer", [InputRequired("Write something first."), Length(max=4000)])
    files = MultipleFileField(
        "Certificates",
        description=f"At most {MOST_FILES} files of 8 MB: PDF, pictures, JSON. Only you and the board can open them.",
        render_kw={"accept": ",".join(FILE_KINDS)},
    )


class CommentForm(BaseForm):
    """A comment to the board."""

    text = TextAreaField("Comment to the board", [InputRequired("Write something first."), Length(max=4000)])


@bp.get("/looks")
def looks() -> str:
    page = Page(count_looks_at(db(), me().id), page_number(), PER_PAGE)
    rows = list_looks_at(db(), me().id, limit=PER_PAGE, offset=page.offset)
    return render_template("learner/looks.html", looks=rows, page=page)


@bp.get("/audits")
def show_all() -> str:
    return render_template("learner/audits.html", rows=list_audits_of(db(), me().id, now=datetime.now(UTC)))


@bp.get("/audits/<int:subject_id>")
def show(subject_id: int) -> str:
    return _page(get_audit_to(db(), me().id, subject_id), NoteForm(), CommentForm(prefix="comment"))


@bp.post("/audits/<int:subject_id>/packet")
def send_packet(subject_id: int) -> AnyResponse:
    subject = get_audit_to(db(), me().id, subject_id)
    packet = answer_with_packet(db(), subject, by=me().id, now=datetime.now(UTC))
    flash("The board has your answer. The packet is being put together.", "good")
    return redirect(url_for("learner.packets.show", packet_id=packet.id), 303)


@bp.post("/audits/<int:subject_id>/note")
def send_note(subject_id: int) -> AnyResponse | tuple[str, int]:
    subject = get_audit_to(db(), me().id, subject_id)
    form = NoteForm()
    if form.submitted():
        try:
            answer_with_note(
                db(), subject, form.text.data, files=_sent(), shelf=shelf(), by=me().id, now=datetime.now(UTC)
            )
            flash("The board has your answer.", "good")
            return redirect(url_for(".show", subject_id=subject_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(subject, form, CommentForm(prefix="comment")), 422


def _sent() -> list[tuple[str, bytes]]:
    """Return name and content of each file that was sent, one byte more than allowed at the most."""
    found = []
    for part in request.files.getlist("files"):
        with closing(part):
            if part.filename:  # a browser sends one without a name where none was chosen
                found.append((part.filename, part.stream.read(MOST_FILE_BYTES + 1)))
    return found


@bp.get("/audits/<int:subject_id>/files/<int:file_id>")
def download(subject_id: int, file_id: int) -> Response:
    subject = get_audit_to(db(), me().id, subject_id)
    return send_answer_file(get_file_in(db(), subject, file_id))


@bp.post("/audits/<int:subject_id>/comment")
def say(subject_id: int) -> AnyResponse | tuple[str, int]:
    subject = get_audit_to(db(), me().id, subject_id)
    form = CommentForm(prefix="comment")
    if form.submitted():
        try:
            comment(db(), subject, form.text.data, private=False, by=me().id, now=datetime.now(UTC))
            return redirect(url_for(".show", subject_id=subject_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(subject, NoteForm(), form), 422


def _page(subject: Subject, note: NoteForm, remark: CommentForm) -> str:
    return render_template(
        "learner/audit.html",
        row=place_in(db(), subject, now=datetime.now(UTC)),
        audit=subject.audit,
        history=list_history(db(), subject.id, for_board=False),
        files=list_files(db(), subject.id),
        note=note,
        remark=remark,
    )
