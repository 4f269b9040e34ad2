"""The forms a certificate is handed out in; each carries the signed credential, the same bytes every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sqlalchemy.orm import Session

from certificates.certificate import Certificate
from certificates.design import Paper
from certificates.fonts import FontShelf
from certificates.image import draw_for_screen, draw_png, draw_svg
from certificates.pdf import draw_pdf
from certificates.stamp import put_stamp
from lms.awards.dress import load_pictures
from lms.awards.keys import Seal
from lms.awards.models import AnyAward
from lms.awards.queries import Issued
from lms.awards.versions import current_version
from lms.files import Shelf

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "json": "application/vc+ld+json",
}


WIDTHS = (704, 1408)
"""How many pixels wide a certificate is in a page: for plain screens and for dense ones."""


def draw_for_page(issued: Issued, fonts: FontShelf, pictures: Mapping[str, bytes], width: int) -> bytes:
    """Return the certificate as a WebP to be looked at in a page: lighter, and without the signed credential.

    Raises `ValueError` for characters that no font has.
    """
    return draw_for_screen(issued.certificate, fonts, issued.award.design, width, pictures)


class Drawable(Protocol):
    """An award with what it says."""

    @property
    def award(self) -> AnyAward:
        """The award, as an object or as its row."""

    @property
    def certificate(self) -> Certificate:
        """The facts that were signed."""


def draw(
    session: Session, seal: Seal, issued: Drawable, form: str, fonts: FontShelf, files: Shelf, paper: str = ""
) -> bytes:
    """Return the certificate in one of `TYPES`, with the document that vouches today, stamped with the same key.

    `files` has the provider's pictures; `paper` is "a4" or, for anything else, US Letter.

    Raises `ValueError` for characters that no font has.
    """
    version = current_version(session, seal, issued.award)
    credential = version.credential.encode()
    if form == "json":
        return credential
    sheet = Sheet(issued.certificate, fonts, issued.award.design, "a4" if paper == "a4" else "letter", credential)
    drawn = draw_bare(form, sheet, tuple(load_pictures(issued.certificate, files).items()))
    return put_stamp(drawn, seal.stamp_key(version.key_id))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a drawing follows from, but the provider's pictures."""

    certificate: Certificate
    fonts: FontShelf
    design: str
    paper: Paper
    credential: bytes


@lru_cache(maxsize=16)  # whoever opens a certificate saves it next, or sends it on
def draw_bare(form: str, sheet: Sheet, pictures: tuple[tuple[str, bytes], ...]) -> bytes:
    """Return the sheet as "pdf", "png" or "svg" without our stamp, which is what anybody may draw.

    `pictures` are the provider's, each with its SHA-256 before it. Raises `ValueError` as `draw` does.
    """
    given, parts = (sheet.certificate, sheet.fonts, sheet.design), dict(pictures)
    if form == "png":
        return draw_png(*given, credential=sheet.credential, pictures=parts)
    if form == "svg":
        return draw_svg(*given, credential=sheet.credential, pictures=parts)
    return draw_pdf(*given, sheet.paper, credential=sheet.credential, pictures=parts)
