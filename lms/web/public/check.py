"""Drop a certificate's file: identical to what was issued, altered, not ours, or cannot be checked."""

from contextlib import closing
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField

from lms.awards.checking import MOST_BYTES, Records, check_upload
from lms.awards.document import group_code, open_shelf
from lms.errors import Invalid
from lms.web.forms import BaseForm
from lms.web.limits import limiter
from lms.web.public.verify import closed
from lms.web.seal import seal
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("check", __name__)

FILES = "20 per minute; 200 per hour"
HEADLINES = {
    "identical": ("valid", "Identical to what was issued"),
    "altered": ("revoked", "Altered"),
    "not_ours": ("not_found", "Not ours"),
    "cannot_check": ("cannot_check", "Cannot check"),
    "unreadable": ("cannot_check", "Cannot be read"),
}


class FileForm(BaseForm):
    """A file that claims to be a certificate."""

    file = FileField(
        "Certificate file",
        description="PDF, PNG, SVG, JSON, or a photo of the QR code; at most 8 MB. The file is not kept.",
        render_kw={"accept": ".pdf,.png,.svg,.json,image/*"},
    )


@bp.route("/verify/file", methods=["GET", "POST"])
@limiter.limit(FILES, methods=["POST"])
def show() -> str | AnyResponse | tuple[str, int]:
    form = FileForm()
    if request.method == "POST":
        content = _read()
        if content and len(content) <= MOST_BYTES:
            return _answer(content)
        form.refuse(Invalid(file="Choose a file." if not content else "The file is larger than 8 MB."))
        return render_template("public/check.html", form=form), 422
    return render_template("public/check.html", form=form)


def _read() -> bytes:
    """Return what was sent, one byte more than allowed at the most."""
    sent = request.files.get("file")
    if sent is None:
        return b""
    with closing(sent):
        return sent.stream.read(MOST_BYTES + 1)


def _answer(content: bytes) -> Response:
    settings = current_app.extensions["settings"]
    records = Records(db(), seal(), open_shelf(settings.data_dir, settings.font_dirs), shelf())
    report = check_upload(records, content)
    kind, headline = HEADLINES[report.result.value]
    if report.result.value == "identical" and report.standing != "valid":
        kind = report.standing if report.standing in ("revoked", "replaced") else "cannot_check"
        headline = f"Identical, but {report.standing}"
    page = render_template(
        "public/checked.html",
        report=report,
        kind=kind,
        headline=headline,
        code=group_code(report.code),
        withheld=records.standing.withheld,
        now=datetime.now(UTC),
    )
    return closed(Response(page, content_type="text/html; charset=utf-8"))
