"""A certificate as a PDF: tagged, archival, vector text, the same bytes every time."""

from collections.abc import Mapping

from certificates.certificate import Certificate
from certificates.design import NO_PICTURES, Paper, compile_pdf
from certificates.fonts import FontShelf


def draw_pdf(
    certificate: Certificate,
    shelf: FontShelf,
    design: str = "plain",
    paper: Paper = "letter",
    credential: bytes | None = None,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """Return one page of PDF/A-3a and PDF/UA-1, dated `issued_at`: equal arguments give equal bytes.

    The signed credential, if given, is attached byte for byte as `credential.json`, the source of the page.
    `pictures` holds the logo and signature the facts name, PNG or SVG by SHA-256. May be called from any number of
    threads. Raise `ValueError` for a design or paper that does not exist, a verify URL that is none, a credential
    that is not UTF-8, a picture that is missing or altered, and characters that no font of the shelf has, naming them.
    """
    return compile_pdf(certificate, shelf, design, paper, credential, pictures)
