"""A learner's own certificate: the page, and every form it can be kept in."""

from flask import Blueprint, Response, current_app, render_template, request

from lms.awards.document import group_code, open_shelf
from lms.awards.dress import load_pictures
from lms.awards.forms import TYPES, WIDTHS, draw, draw_for_page
from lms.awards.queries import find_correction, get_issued_to
from lms.errors import Conflict
from lms.web.auth import me
from lms.web.files import name_file
from lms.web.seal import seal
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("certificates", __name__)


@bp.get("/record/certificates/<code>")
def show(code: str) -> str:
    issued = get_issued_to(db(), me().id, code)
    return render_template(
        "learner/certificate.html",
        issued=issued,
        correction=find_correction(db(), issued.award) if issued.state == "replaced" else None,
        certificate=issued.certificate,
        code=group_code(code),
    )


@bp.get("/record/certificates/<code>/picture")
def picture(code: str) -> Response:
    """The certificate for the page. It never changes: a browser that has it is not sent it, nor is it drawn again."""
    issued = get_issued_to(db(), me().id, code)
    width = WIDTHS[0] if request.args.get("width") == str(WIDTHS[0]) else WIDTHS[1]
    answer = Response(mimetype="image/webp")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(f"{issued.award.code}-{issued.award.design}-{width}")
    if answer.make_conditional(request).status_code == 304:
        return answer
    settings = current_app.extensions["settings"]
    try:
        drawn = draw_for_page(
            issued,
            open_shelf(settings.data_dir, settings.font_dirs),
            load_pictures(issued.certificate, shelf()),
            width,
        )
    except ValueError as error:
        raise Conflict(f"This certificate cannot be drawn here: {error}") from error
    answer.set_data(drawn)
    return answer


@bp.get("/record/certificates/<code>.<any(pdf, png, svg, json):form>")
def download(code: str, form: str) -> Response:
    """Every form carries the signed credential; the PDF is Letter, or A4 with `?paper=a4`. `?download=1` saves it."""
    issued = get_issued_to(db(), me().id, code)
    settings = current_app.extensions["settings"]
    fonts = open_shelf(settings.data_dir, settings.font_dirs)
    try:
        content = draw(db(), seal(), issued, form, fonts, shelf(), request.args.get("paper", ""))
    except ValueError as error:
        raise Conflict(f"This certificate cannot be drawn here: {error}") from error
    name = name_file(issued.certificate, f"-a4.{form}" if request.args.get("paper") == "a4" else f".{form}")
    return _file(content, TYPES[form], name, keep="download" in request.args)


def _file(content: bytes, kind: str, name: str, *, keep: bool) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'{"attachment" if keep else "inline"}; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
