"""The forms a certificate is handed out in; each carries the signed credential, the same bytes every time."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from certificates.fonts import FontShelf
from certificates.image import draw_for_screen, draw_png, draw_svg
from certificates.pdf import draw_pdf
from certificates.stamp import put_stamp
from lms.awards.dress import load_pictures
from lms.awards.keys import Seal
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


def draw(
    session: Session, seal: Seal, issued: Issued, form: str, fonts: FontShelf, files: Shelf, paper: str = ""
) -> bytes:
    """Return the certificate in one of `TYPES`, with the document that vouches today, stamped with the same key.

    `files` has the provider's pictures; `paper` is "a4" or, for anything else, US Letter.

    Raises `ValueError` for characters that no font has.
    """
    version = current_version(session, seal, issued.award)
    credential, pictures = version.credential.encode(), load_pictures(issued.certificate, files)
    given = (issued.certificate, fonts, issued.award.design)
    if form == "json":
        return credential
    if form == "png":
        drawn = draw_png(*given, credential=credential, pictures=pictures)
    elif form == "svg":
        drawn = draw_svg(*given, credential=credential, pictures=pictures)
    else:
        drawn = draw_pdf(*given, "a4" if paper == "a4" else "letter", credential=credential, pictures=pictures)
    return put_stamp(drawn, seal.stamp_key(version.key_id))
