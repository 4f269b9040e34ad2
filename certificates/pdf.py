"""A certificate as a PDF: tagged, archival, vector text, the same bytes every time."""

from certificates.certificate import Certificate
from certificates.design import Paper, compile_pdf
from certificates.fonts import FontShelf


def draw_pdf(
    certificate: Certificate,
    shelf: FontShelf,
    design: str = "plain",
    paper: Paper = "letter",
) -> bytes:
    """Return one page of PDF/A-3a and PDF/UA-1, dated `issued_at`: equal certificates give equal bytes.

    May be called from any number of threads. Raise `ValueError` for a design or paper that does not exist, a
    verify URL that is none, and characters that no font of the shelf has, naming them.
    """
    # the signed credential will be attached in designs/_document.typ (pdf.attach), for every design at once
    return compile_pdf(certificate, shelf, design, paper)
