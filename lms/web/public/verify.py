"""Whether a certificate stands: by its code, for a person and for a machine, without an account or a script."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.awards.answer import answer_of
from lms.awards.document import group_code, read_code
from lms.awards.log import Prover
from lms.awards.sharing import find_shared
from lms.awards.standing import Standing, standing_of, standings_of
from lms.terms import REVOCATION_REASONS
from lms.web.forms import BaseForm
from lms.web.limits import count_misses
from lms.web.seal import seal
from lms.web.transaction import db

bp = Blueprint("verify", __name__)

STATUS = {"not_found": 404, "cannot_check": 503}


class CodeForm(BaseForm):
    """A code, typed as it comes."""

    code = StringField(
        "Certificate code",
        [InputRequired("Type the code from the certificate.")],
        description="26 letters and digits below the QR code. Capitals, spaces and dashes do not matter.",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class MatchForm(BaseForm):
    """What somebody reads on a document, to be held against a certificate whose holder keeps it back."""

    name = StringField(
        "Name on the document",
        [Optional(), Length(max=200)],
        description="Capitals and accents do not matter.",
        render_kw={"autocomplete": "off"},
    )
    license = StringField(
        "License number on the document",
        [Optional(), Length(max=60)],
        description="With its letters, if it has any.",
        render_kw={"autocomplete": "off"},
    )


@bp.route("/verify", methods=["GET", "POST"])
def ask() -> str | AnyResponse | tuple[str, int]:
    """Take the code from the form here, or from another page's as `?code=`."""
    form = CodeForm(data={"code": request.args.get("code", "")})
    if form.submitted() or form.code.data:
        try:
            return redirect(url_for(".show", code=read_code(form.code.data)), 303)
        except ValueError as error:
            form.code.errors = [str(error)]
    page = render_template("public/verify.html", form=form)
    return (page, 422) if form.errors else page


@bp.get("/c/<code>")
@count_misses
def show(code: str) -> AnyResponse:
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return show_json(code)
    standing, code, hint = look_up(code)
    if standing.certificate and request.view_args != {"code": code}:
        return redirect(url_for(".show", code=code, k=request.args.get("k")), 301)
    return page_of(standing, code, hint, form=MatchForm(), now=datetime.now(UTC))


@bp.get("/c/<code>.json")
@count_misses
def show_json(code: str) -> Response:
    standing, code, hint = look_up(code)
    answer = jsonify(answer_of(standing, code, hint=hint, public_url=public_url(), now=datetime.now(UTC)))
    answer.status_code = STATUS.get(standing.state, 200)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return closed(answer)


HEADLINES = {
    "valid": "Valid",
    "revoked": "Revoked",
    "replaced": "Replaced",
    "not_found": "Not found",
    "cannot_check": "Cannot check",
}


def page_of(
    standing: Standing,
    code: str,
    hint: str,
    *,
    form: MatchForm,
    now: datetime,
    matches: Mapping[str, bool] | None = None,
) -> Response:
    """Return the page of a certificate: everything, or what its holder leaves open and a form to compare the rest.

    A link that the holder shared (`?k=`) opens everything again. `matches` says what was compared and with what end.
    """
    token = request.args.get("k", "")
    shared = bool(token) and find_shared(db(), code, token, now=now) is not None
    page = render_template(
        "public/certificate.html",
        standing=standing,
        certificate=standing.certificate,
        code=group_code(code),
        plain_code=code,
        hint=hint,
        reason=REVOCATION_REASONS.get(standing.reason, ""),
        now=now,
        headline=HEADLINES[standing.state],
        withheld=standing.withheld and not shared,
        shared=shared,
        form=form,
        matches=matches,
    )
    return closed(make_response(page, 422 if form.errors else STATUS.get(standing.state, 200)))


def public_url() -> str:
    """Return how people reach us, as every answer writes it."""
    return str(current_app.extensions["settings"].public_url)


def look_up(typed: str) -> tuple[Standing, str, str]:
    """Return how the code stands, the code as it is stored, and what was wrong with the typing."""
    try:
        code = read_code(typed)
    except ValueError as error:
        return Standing("not_found"), typed[:60], str(error)
    try:
        return _alarm(standing_of(db(), code, seal())), code, ""
    except (OperationalError, ValueError):  # the database does not answer, or the key file is damaged
        current_app.logger.exception("a verification could not be made")
        return Standing("cannot_check"), code, ""


def look_up_many(typed: Sequence[str]) -> list[tuple[Standing, str, str]]:
    """Return for each what `look_up` would, in the order given and in few statements."""
    read: list[tuple[str, str]] = []
    for text in typed:
        try:
            read.append((read_code(text), ""))
        except ValueError as error:
            read.append((text[:60], str(error)))
    codes = {code for code, hint in read if not hint}
    unknown = Standing("not_found")
    try:
        found = standings_of(db(), codes, seal(), Prover(db(), seal()))
    except (OperationalError, ValueError):
        current_app.logger.exception("a verification could not be made")
        found, unknown = {}, Standing("cannot_check")
    standings = {code: _alarm(looked.standing) for code, looked in found.items()}
    return [(Standing("not_found") if hint else standings.get(code, unknown), code, hint) for code, hint in read]


def _alarm(standing: Standing) -> Standing:
    """Write down for the operator what did not agree; the page only says that it cannot check."""
    if standing.problem:
        current_app.logger.error("a certificate cannot be relied on: %s", standing.problem)
    return standing


def closed(answer: AnyResponse) -> Response:
    """Keep the answer out of caches, search engines and referrers."""
    assert isinstance(answer, Response)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
