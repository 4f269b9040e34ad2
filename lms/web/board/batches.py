"""Checking many codes at once: handing a list in, watching it, fetching the result."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField, TextAreaField

from lms.errors import Conflict, Invalid
from lms.oversight.batch import MOST_LINES, WORDS, read_pasted, read_upload
from lms.oversight.commands import begin_batch
from lms.oversight.models import Batch
from lms.oversight.queries import get_batch_of, list_batches
from lms.web.auth import me, my_roles
from lms.web.board.places import my_board, tabs_of
from lms.web.forms import BaseForm
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("batches", __name__, url_prefix="/board/<slug>/batches")

LAST = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BatchForm(BaseForm):
    """Codes, pasted or in a file."""

    codes = TextAreaField(
        "Paste codes",
        description=f"One in each line, at most {MOST_LINES:,}.",
        render_kw={"rows": 6, "spellcheck": "false"},
    )
    file = FileField("Or choose a file", description="CSV or XLSX, with a code in each row, up to 4 MB.")


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | AnyResponse | tuple[str, int]:
    board = my_board(slug)
    form = BatchForm()
    if form.submitted():
        try:
            lines, name = _lines(form)
            batch = begin_batch(db(), board, lines, name, by=me().id, now=datetime.now(UTC))
            return redirect(url_for(".show", slug=slug, batch_id=batch.id), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template(
        "board/batches.html",
        board=board,
        tabs=tabs_of(board, "batches"),
        form=form,
        batches=list_batches(db(), [board.id], limit=LAST),
    )
    return (page, 422) if form.errors else page


def _lines(form: BatchForm) -> tuple[list[str], str]:
    if form.file.data and form.file.data.filename:
        return read_upload(form.file.data.read()), form.file.data.filename
    if not (form.codes.data or "").strip():
        raise Invalid(codes="Paste codes, or choose a file.")
    return read_pasted(form.codes.data), ""


@bp.get("/<int:batch_id>")
def show(slug: str, batch_id: int) -> str:
    batch = _batch(slug, batch_id)
    return render_template(
        "board/batch.html", board=batch.board, tabs=tabs_of(batch.board, "batches"), batch=batch, words=WORDS
    )


@bp.get("/<int:batch_id>.json")
def progress(slug: str, batch_id: int) -> Response:
    batch = _batch(slug, batch_id)
    return jsonify(done=batch.done, total=batch.total, finished=batch.finished_at is not None)


@bp.get("/<int:batch_id>.csv")
def as_csv(slug: str, batch_id: int) -> Response:
    batch = _batch(slug, batch_id)
    return _file(batch.csv_sha256, "text/csv; charset=utf-8", f"check-{batch.id}.csv")


@bp.get("/<int:batch_id>.xlsx")
def as_xlsx(slug: str, batch_id: int) -> Response:
    batch = _batch(slug, batch_id)
    return _file(batch.xlsx_sha256, XLSX, f"check-{batch.id}.xlsx")


def _batch(slug: str, batch_id: int) -> Batch:
    return get_batch_of(db(), my_roles().boards, slug, batch_id)


def _file(sha256: str, kind: str, name: str) -> Response:
    if not sha256:
        raise Conflict("The check is still running. Its result will be here when it is done.")
    with shelf().open(sha256) as file:
        answer = Response(file.read(), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
