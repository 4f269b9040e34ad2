"""What a holder leaves open: comparing what a turned-down page keeps back, and what a shared link opens."""

import json
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.awards.browser_proof import browser_proof
from lms.awards.document import read_code, thaw
from lms.awards.models import Award
from lms.awards.proofs import bundle_of
from lms.awards.queries import get_issued_to
from lms.awards.sharing import get_shared
from lms.awards.versions import current_version
from lms.errors import NotFound
from lms.oversight.queries import same_name
from lms.oversight.sample import squeeze
from lms.web.auth import me
from lms.web.files import name_file
from lms.web.limits import count, count_misses
from lms.web.public.verify import MatchForm, closed, look_up, page_of
from lms.web.seal import seal
from lms.web.transaction import db

bp = Blueprint("sharing", __name__)

CREDENTIAL_TYPES = ("application/vc+ld+json", "application/vc", "application/json")
TRIES = "5 per minute"
TRIES_OF_A_CODE = "20 per day"


@bp.post("/c/<code>/match")
@count_misses
def match(code: str) -> AnyResponse:
    """Say of what was typed whether it is what the certificate says: yes or no, and nothing more."""
    standing, code, hint = look_up(code)
    certificate = standing.certificate
    if certificate is None:
        raise NotFound("We have no certificate with this code.")
    count(TRIES, "match")
    count(TRIES_OF_A_CODE, "match-code", who=code)
    form, matches = MatchForm(), {}
    if form.submitted():
        name, number = form.name.data or "", form.license.data or ""
        if not name.strip() and not squeeze(number):
            form.form_errors.append("Type the name, the license number, or both.")
        if name.strip():
            matches["Name"] = same_name(name, certificate.holder_name)
        if squeeze(number):
            matches["License number"] = any(squeeze(number) == squeeze(row.number) for row in certificate.licenses)
    return page_of(standing, code, hint, form=form, matches=matches, now=datetime.now(UTC))


@bp.get("/c/<code>/credential")
@count_misses
def credential(code: str) -> Response:
    """Answer the holder, or whoever holds a shared link, with the signed credential, byte for byte."""
    award = _opened(code)
    kind = request.accept_mimetypes.best_match(CREDENTIAL_TYPES, default=CREDENTIAL_TYPES[0])
    answer = Response(current_version(db(), seal(), award).credential, content_type=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Vary"] = "Accept"
    return closed(answer)


@bp.get("/c/<code>/bundle.json")
@count_misses
def bundle(code: str) -> Response:
    """Answer the same with the credential and all it takes to check it without us."""
    award = _opened(code)
    answer = Response(json.dumps(bundle_of(db(), seal(), award), ensure_ascii=False), mimetype="application/json")
    name = name_file(thaw(award.facts), "-bundle.json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return closed(answer)


@bp.get("/c/<code>/proof.json")
@count_misses
def proof(code: str) -> Response:
    """Answer with what a browser needs to check the page itself: all of it, or what the holder leaves open."""
    try:
        code = read_code(code)
    except ValueError as error:
        raise NotFound(str(error)) from error
    token, since = request.args.get("k", ""), request.args.get("since", 0, type=int)
    try:
        told = browser_proof(db(), seal(), code, token, since=since, now=datetime.now(UTC))
    except ValueError:
        current_app.logger.exception("a certificate cannot be proven")
        return closed(Response(status=503))
    answer = Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return closed(answer)


def _opened(code: str) -> Award:
    """Return the certificate to its holder and to whoever holds a shared link (`?k=`); nobody else finds it."""
    key = request.args.get("k", "")
    try:
        code = read_code(code)
    except ValueError as error:
        raise NotFound(str(error)) from error
    if not key and current_user.is_authenticated:
        return get_issued_to(db(), me().id, code).award
    return get_shared(db(), code, key, now=datetime.now(UTC))
