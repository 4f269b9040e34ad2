"""Handing over a file that the worker made or that somebody sent."""

import re
import unicodedata
from urllib.parse import quote

from flask import Response

from lms.awards.document import Certificate
from lms.errors import Conflict
from lms.oversight.models import AnswerFile, Packet
from lms.web.shelf import shelf

LONGEST_TITLE = 60


def name_file(certificate: Certificate, ending: str) -> str:
    """Return what a certificate's file is called where it is kept: "credence-burnout-and-self-care-0PYK....pdf".

    Letters of ASCII, digits and hyphens only, which every system takes; the code makes it the only one of its name.
    """
    plain = unicodedata.normalize("NFKD", certificate.title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    while len("-".join(words)) > LONGEST_TITLE:
        words.pop()
    return f"{'-'.join(['credence', *words, certificate.code])}{ending}"


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


def send_answer_file(file: AnswerFile) -> Response:
    """Return a file of an answer as a download, never as a page: what is in it is a stranger's."""
    answer = Response(read_shelf(file.sha256), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def read_shelf(sha256: str) -> bytes:
    """Return a file of the shelf, whole."""
    with shelf().open(sha256) as file:
        return bytes(file.read())
