"""Whether a certificate stands: by its code, for a person and for a machine, without an account or a script."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.validators import InputRequired

from lms.awards.document import Certificate, group_code, read_code, verify_url
from lms.awards.queries import Standing, standing_of
from lms.terms import REVOCATION_REASONS
from lms.web.forms import BaseForm
from lms.web.limits import MISSES, limiter
from lms.web.transaction import db

bp = Blueprint("verify", __name__)

STATUS = {"not_found": 404, "cannot_check": 503}
# Hits are free: a board behind one address checks hundreds a day. Misses are what guessing is made of.
count_misses = limiter.shared_limit(MISSES, scope="codes", deduct_when=lambda response: response.status_code == 404)


class CodeForm(BaseForm):
    """A code, typed as it comes."""

    code = StringField(
        "Certificate code",
        [InputRequired("Type the code from the certificate.")],
        description="26 letters and digits below the QR code. Capitals, spaces and dashes do not matter.",
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


@bp.route("/verify", methods=["GET", "POST"])
@count_misses
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
    standing, code, hint = _look_up(code)
    if standing.certificate and request.view_args != {"code": code}:
        return redirect(url_for(".show", code=code), 301)
    page = render_template(
        "public/certificate.html",
        standing=standing,
        certificate=standing.certificate,
        code=group_code(code),
        hint=hint,
        reason=REVOCATION_REASONS.get(standing.reason, ""),
        now=datetime.now(UTC),
        headline=HEADLINES[standing.state],
    )
    return _closed(make_response(page, STATUS.get(standing.state, 200)))


@bp.get("/c/<code>.json")
@count_misses
def show_json(code: str) -> Response:
    standing, code, hint = _look_up(code)
    result = "unknown" if standing.state == "not_found" else standing.state
    answer = jsonify(
        schema="ce-verify/1",
        checked_at=_moment(datetime.now(UTC)),
        result=result,
        hint=hint,
        certificate=_facts(standing.certificate) if standing.certificate else None,
        revocation={"at": _moment(standing.revoked_at), "reason": standing.reason} if standing.revoked_at else None,
        urls={
            "page": verify_url(current_app.extensions["settings"].public_url, code) if standing.certificate else None
        },
    )
    answer.status_code = STATUS.get(standing.state, 200)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return _closed(answer)


HEADLINES = {
    "valid": "Valid",
    "revoked": "Revoked",
    "replaced": "Replaced",
    "not_found": "Not found",
    "cannot_check": "Cannot check",
}


def _look_up(typed: str) -> tuple[Standing, str, str]:
    """Return how the code stands, the code as it is stored, and what was wrong with the typing."""
    try:
        code = read_code(typed)
    except ValueError as error:
        return Standing("not_found"), typed[:60], str(error)
    try:
        return standing_of(db(), code), code, ""
    except OperationalError:
        current_app.logger.exception("the database did not answer a verification")
        return Standing("cannot_check"), code, ""


def _closed(answer: AnyResponse) -> Response:
    """Keep the answer out of caches, search engines and referrers."""
    assert isinstance(answer, Response)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _facts(certificate: Certificate) -> dict[str, object]:
    """Return what is printed on the certificate, in the words of the verification API."""
    provider = certificate.provider
    return {
        "code": certificate.code,
        "name": certificate.holder_name,
        "licenses": [
            {"jurisdiction": row.jurisdiction, "credential": row.credential, "number": row.number}
            for row in certificate.licenses
        ],
        "activity": certificate.title,
        "activity_code": certificate.module_code,
        "edition": certificate.edition,
        "format": certificate.delivery_format,
        "location": certificate.location,
        "authors": [f"{author.name}, {author.credentials}" for author in certificate.authors],
        "credits": [
            {
                "accreditor": credit.accreditor,
                "unit": credit.unit,
                "hours": str(credit.hours),
                "topics": {topic.topic: str(topic.hours) for topic in credit.topics},
                "also_qualifies": list(credit.also_qualifies),
                "provider_number": credit.provider_number,
                "approved_from": credit.approved_from.isoformat(),
                "approved_to": credit.approved_to.isoformat(),
                "statement": credit.statement,
            }
            for credit in certificate.credits
        ],
        "completed": certificate.completed_on.isoformat(),
        "time_zone": certificate.time_zone,
        "issued": _moment(certificate.issued_at),
        "replaces_an_earlier_certificate": certificate.replaces,
        "notice": certificate.notice,
        "provider": {
            "name": provider.name,
            "address": provider.address,
            "telephone": provider.telephone,
            "email": provider.email,
            "website": provider.website,
            "signatory": f"{provider.signatory_name}, {provider.signatory_title}",
        },
    }
