"""A learner's own certificate: the page, the PDF, the picture."""

from flask import Blueprint, Response, current_app, render_template, request

from lms.awards.document import draw_png, group_code, open_shelf, print_pdf
from lms.awards.queries import get_issued_to
from lms.errors import Conflict
from lms.web.auth import me
from lms.web.transaction import db

bp = Blueprint("certificates", __name__)


@bp.get("/record/certificates/<code>")
def show(code: str) -> str:
    issued = get_issued_to(db(), me().id, code)
    return render_template(
        "learner/certificate.html", issued=issued, certificate=issued.certificate, code=group_code(code)
    )


@bp.get("/record/certificates/<code>.pdf")
def pdf(code: str) -> Response:
    """Letter, or A4 with `?paper=a4`."""
    issued = get_issued_to(db(), me().id, code)
    settings = current_app.extensions["settings"]
    shelf = open_shelf(settings.data_dir, settings.font_dirs)
    try:
        content = print_pdf(issued.certificate, shelf, issued.award.design, request.args.get("paper", "letter"))
    except ValueError as error:
        raise Conflict(f"This certificate cannot be printed here: {error}") from error
    return _file(content, "application/pdf", f"certificate-{code}.pdf")


@bp.get("/record/certificates/<code>.png")
def png(code: str) -> Response:
    issued = get_issued_to(db(), me().id, code)
    settings = current_app.extensions["settings"]
    try:
        content = draw_png(issued.certificate, open_shelf(settings.data_dir, settings.font_dirs), issued.award.design)
    except ValueError as error:
        raise Conflict(f"This certificate cannot be drawn here: {error}") from error
    return _file(content, "image/png", f"certificate-{code}.png")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
