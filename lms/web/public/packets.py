"""A packet by its link: what it is, and opening it. Whoever holds the link may; every opening is written down."""

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, render_template
from flask_login import current_user

from lms.errors import NotFound
from lms.oversight.commands import hash_token, open_share
from lms.oversight.queries import find_share, is_open
from lms.web.auth import me
from lms.web.files import send_packet
from lms.web.limits import count_misses
from lms.web.transaction import db

bp = Blueprint("packets", __name__, url_prefix="/packets")


@bp.get("/<token>")
@count_misses
def show(token: str) -> Response:
    share = find_share(db(), hash_token(token))
    if share is None or not is_open(share, datetime.now(UTC)):
        raise NotFound("This link has expired, was withdrawn, or never was.")
    return _closed(make_response(render_template("public/packet.html", share=share, packet=share.packet, token=token)))


@bp.post("/<token>")
@count_misses
def fetch(token: str) -> Response:
    by = me().id if current_user.is_authenticated else None
    packet = open_share(db(), find_share(db(), hash_token(token)), by=by, now=datetime.now(UTC))
    return _closed(send_packet(packet))


def _closed(answer: Response) -> Response:
    """Keep the link out of caches, search engines and referrers."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
