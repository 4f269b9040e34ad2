"""Drop a certificate's file: identical to what was issued, altered, not ours, or cannot be checked."""

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField

from lms.awards.checking import MOST_BYTES, Records, check_upload
from lms.awards.document import group_code, open_shelf
from lms.awards.standing import Standing
from lms.errors import Invalid
from lms.terms import REVOCATION_REASONS
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


@dataclass(frozen=True, slots=True)
class Examined:
    """A file held against our record, and how that is said: the kind of verdict and its word."""

    report: Any
    """The `Report` of the library."""
    kind: str
    headline: str
    standing: Standing
    """How the certificate stands whose code the file bears; not found where it bears none."""
    at: datetime

    @property
    def sentence(self) -> str:
        """What is said of it, without the word that a terminal needs in front: here the headline says it."""
        words = re.sub(r"^[A-Z-]{5,}: ", "", self.report.sentence)
        return words[:1].upper() + words[1:]

    @property
    def fallen(self) -> bool:
        """Whether that certificate stands no more, which no file must hide."""
        return self.standing.state in ("revoked", "replaced")

    @property
    def reason(self) -> str:
        """Why it was revoked, in words; empty where it was not."""
        return REVOCATION_REASONS.get(self.standing.reason, "")

    @property
    def stands(self) -> bool:
        """Whether the file is what was issued and that is valid."""
        return bool(self.report.result.value == "identical" and self.report.standing == "valid")


def examine(content: bytes, *, by_anybody: bool = False) -> Examined:
    """Hold a file of at most 8 MB against our record, as `check_upload` does; it never raises."""
    settings = current_app.extensions["settings"]
    records = Records(db(), seal(), open_shelf(settings.data_dir, settings.font_dirs), shelf())
    report = check_upload(records, content, by_anybody=by_anybody)
    kind, headline = HEADLINES[report.result.value]
    if report.result.value == "identical" and report.standing != "valid":
        kind = report.standing if report.standing in ("revoked", "replaced") else "cannot_check"
        headline = f"Identical, but {report.standing}"
    if report.result.value == "cannot_check" and report.certificate is not None:
        headline = "A known code: compare every line"
    return Examined(report, kind, headline, records.standing, datetime.now(UTC))


def _answer(content: bytes) -> Response:
    found = examine(content, by_anybody=True)
    page = render_template("public/checked.html", found=found, code=group_code(found.report.code))
    return closed(Response(page, content_type="text/html; charset=utf-8"))
