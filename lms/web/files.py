"""Handing over a file that the worker made."""

from flask import Response

from lms.errors import Conflict
from lms.oversight.models import Packet
from lms.web.shelf import shelf


def send_packet(packet: Packet) -> Response:
    """Return the packet as a download, or raise `Conflict` while it is not made."""
    if packet.made_at is None:
        raise Conflict("The packet is still being put together. Try again in a minute.")
    with shelf().open(packet.sha256) as file:
        answer = Response(file.read(), mimetype="application/zip")
    name = f"audit-packet-{packet.jurisdiction}-{packet.first_day}-{packet.last_day}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
