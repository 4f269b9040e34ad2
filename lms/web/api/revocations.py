"""What was revoked, for whoever keeps copies: as JSON and as an Atom feed."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, jsonify, request

from lms.awards.answer import moment
from lms.awards.feed import Feed, Revoked, list_revoked
from lms.errors import Invalid
from lms.terms import REVOCATION_REASONS
from lms.web.api.certificates import for_anyone
from lms.web.api.tokens import LIMIT, caller
from lms.web.limits import limiter
from lms.web.public.verify import public_url
from lms.web.transaction import db

bp = Blueprint("revocations", __name__, url_prefix="/api/v1")

SCHEMA = "ce-revocations/1"
ATOM = "http://www.w3.org/2005/Atom"
MOST = 2**53 - 1
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@bp.get("/revocations")
@limiter.limit(LIMIT, key_func=caller)
def show() -> Response:
    feed = _feed()
    answer = jsonify(
        schema=SCHEMA,
        log_size=feed.log_size,
        revocations=[
            {
                "log_index": row.log_index,
                "revoked_at": moment(row.revoked_at),
                "reason": row.reason,
                "code_sha256": row.code_sha256,
                "credential_sha256": row.credential_sha256,
            }
            for row in feed.revoked
        ],
        next=f"{public_url()}/api/v1/revocations?size={feed.next_size}" if feed.next_size else None,
    )
    return for_anyone(_fresh(answer))


@bp.get("/revocations.atom")
@limiter.limit(LIMIT, key_func=caller)
def atom() -> Response:
    feed = _feed()
    here = f"{public_url()}/api/v1/revocations.atom"
    newest = max((row.revoked_at for row in feed.revoked), default=datetime(2000, 1, 1, tzinfo=UTC))
    root = ET.Element(_tag("feed"))
    _add(root, "id", here)
    _add(root, "title", "Revoked certificates")
    _add(root, "updated", moment(newest))
    _add(_add(root, "author", ""), "name", "Credence")
    _add(root, "link", "", rel="self", href=here)
    if feed.next_size:
        _add(root, "link", "", rel="next", href=f"{here}?size={feed.next_size}")
    for row in feed.revoked:
        root.append(_entry(row))
    ET.register_namespace("", ATOM)
    answer = Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), mimetype="application/atom+xml")
    return for_anyone(_fresh(answer))


def _entry(row: Revoked) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    _add(entry, "id", f"urn:sha256:{row.credential_sha256}")
    _add(entry, "title", f"Revoked: {REVOCATION_REASONS[row.reason].lower()}")
    _add(entry, "updated", moment(row.revoked_at))
    _add(entry, "summary", f"SHA-256 of the code: {row.code_sha256}. Entry {row.log_index} of the log.")
    return entry


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _tag(name), attributes)
    element.text = text or None
    return element


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _feed() -> Feed:
    """Return what `?since=` (a moment) and `?size=` (of the log) ask for, or raise `Invalid`."""
    problems = {}
    since, size = None, 0
    text = request.args.get("since", "")
    if text:
        try:
            since = datetime.fromisoformat(text.upper() if MOMENT.fullmatch(text) else "").astimezone(UTC)
        except (ValueError, OverflowError):
            problems["since"] = "Write a moment with its zone, such as 2026-01-31T00:00:00Z."
    text = request.args.get("size", "")
    if text:
        if text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= MOST:
            size = int(text)
        else:
            problems["size"] = "Give the size of the log as a whole number."
    if problems:
        raise Invalid(**problems)
    return list_revoked(db(), since=since, size=size)


def _fresh(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
