"""The cover sheet of an audit packet as a PDF: tagged, archival, the same bytes every time."""

import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

from certificates.design import FOLDER, STANDARDS, TYPST_PAPERS, Paper
from certificates.fonts import FontShelf
from certificates.typesetter import typeset

FILE = FOLDER / "_cover.typ"


@dataclass(frozen=True, slots=True)
class Line:
    """One certificate of the packet, in the words to print; `code` in groups, so that no reader takes it for one."""

    title: str
    provider: str
    completed: str
    credits: tuple[str, ...]
    approvals: tuple[str, ...]
    state: str
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Hours of one topic with one accreditor, or, as a `sum`, of all of them."""

    topic: str
    accreditor: str
    hours: str
    sum: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """What the sheet says; `facts` are terms and values below the name."""

    holder: str
    license: str
    period: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    rows: tuple[Line, ...]
    totals: tuple[Sum, ...]
    files: int
    manifest_sha256: str = ""
    keys_url: str = ""
    verify_url: str = ""


def draw_cover(cover: Cover, manifest: bytes, shelf: FontShelf, made: datetime, paper: Paper = "letter") -> bytes:
    """Return the sheet as PDF/A-3a and PDF/UA-1 with the manifest attached, dated `made`.

    Raise `ValueError` for characters that no font of the shelf has, naming them.
    """
    words = unicodedata.normalize("NFC", json.dumps(asdict(cover), ensure_ascii=False))
    missing = shelf.uncovered(words)
    if missing:
        raise ValueError(f"no font has {', '.join(repr(character) for character in missing[:20])}")
    said = {**json.loads(words), "families": list(shelf.extra_families())}
    inputs = {
        "cover": json.dumps(said, ensure_ascii=False),
        "manifest": manifest.decode(),
        "paper": TYPST_PAPERS[paper],
    }
    return typeset(FILE, shelf.folders, inputs, "pdf", pdf_standards=STANDARDS, timestamp=int(made.timestamp()))
