"""What a design is and how one is drawn: `designs/<name>.typ` gets words ready to print and only sets them.

A design must not format, decide or look up: dates, hours and the QR come to it as text in `sys.inputs.facts`
(JSON, see `print_facts`), and `_document.typ` adds what every certificate has (title, author, language, paper).
"""

import base64
import dataclasses
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import Image

from certificates.certificate import Certificate, Credit, JsonValue, format_hours, spell_hours
from certificates.codes import group_code
from certificates.fonts import FontShelf
from certificates.places import spell_place
from certificates.qr import qr_svg
from certificates.typesetter import typeset

Paper: TypeAlias = Literal["letter", "a4"]

FOLDER = Path(__file__).parent / "designs"
DOCUMENT = FOLDER / "_document.typ"
TYPST_PAPERS: dict[str, str] = {"letter": "us-letter", "a4": "a4"}
# not strftime: its month names follow the locale of the process
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TOO_MANY = 20  # characters named in one refusal
LONG_WORD = re.compile(r"[^\W_][\w.@]{39,}|[\w.@]{40,}")
VIEW_BOX = re.compile(r'viewBox="[-0-9.e]+[ ,]+[-0-9.e]+[ ,]+([0-9.e]+)[ ,]+([0-9.e]+)"')
STANDARDS = ("a-3a", "ua-1")
NO_PICTURES: Mapping[str, bytes] = {}


@cache
def drawing_edition() -> str:
    """Return the SHA-256 of everything that decides how a certificate looks: designs, words, typesetter, fonts.

    Where it differs from that of the day of issue, a page that looks otherwise than ours need not have been changed.
    """
    here = Path(__file__).parent
    own = [*sorted(FOLDER.iterdir()), *(here / name for name in ("design.py", "image.py", "qr.py"))]
    parts = [f"{name} {version(name)}".encode() for name in ("typst", "pymupdf-fonts")]
    parts += [part for path in own if path.is_file() for part in (path.name.encode(), path.read_bytes())]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def list_designs() -> tuple[str, ...]:
    """Return the names of all designs, sorted: the files of the folder that do not begin with "_"."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.typ") if not path.name.startswith("_")))


def compile_pdf(
    certificate: Certificate,
    shelf: FontShelf,
    design: str,
    paper: Paper,
    credential: bytes | None = None,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """Return the certificate as PDF/A-3a and PDF/UA-1 dated `issued_at`; refuse as `draw_pdf` does."""
    inputs = _inputs(certificate, shelf, design, paper) | _picture_inputs(certificate, pictures)
    if credential is not None:
        inputs["credential"] = credential.decode()  # typst makes the same bytes of it again
    return typeset(
        DOCUMENT,
        shelf.folders,
        inputs,
        "pdf",
        pdf_standards=STANDARDS,
        timestamp=int(certificate.issued_at.timestamp()),
    )


def compile_png(
    certificate: Certificate,
    shelf: FontShelf,
    design: str,
    ppi: float,
    pictures: Mapping[str, bytes] = NO_PICTURES,
    watermark: str = "",
) -> bytes:
    """Return the Letter page as a PNG of that many pixels per inch; refuse as `draw_png` does."""
    inputs = _inputs(certificate, shelf, design, "letter") | _picture_inputs(certificate, pictures)
    if watermark:
        inputs["watermark"] = watermark
    return _compile_picture(certificate, shelf, inputs, "png", ppi)


def compile_svg(
    certificate: Certificate, shelf: FontShelf, design: str, pictures: Mapping[str, bytes] = NO_PICTURES
) -> bytes:
    """Return the Letter page as an SVG whose letters are outlines; refuse as `draw_svg` does."""
    inputs = _inputs(certificate, shelf, design, "letter") | _picture_inputs(certificate, pictures)
    return _compile_picture(certificate, shelf, inputs, "svg", None)


def _compile_picture(
    certificate: Certificate, shelf: FontShelf, inputs: dict[str, str], form: Literal["png", "svg"], ppi: float | None
) -> bytes:
    return typeset(DOCUMENT, shelf.folders, inputs, form, ppi=ppi, timestamp=int(certificate.issued_at.timestamp()))


def _inputs(certificate: Certificate, shelf: FontShelf, design: str, paper: Paper) -> dict[str, str]:
    """Return what typst reads as `sys.inputs`: text only, so nothing of it is ever run as typst code."""
    if design not in list_designs():
        raise ValueError(f"there is no design {design!r}; there are {', '.join(list_designs())}")
    if paper not in TYPST_PAPERS:
        raise ValueError(f"there is no paper {paper!r}; there are {', '.join(TYPST_PAPERS)}")
    if not certificate.verify_url.startswith(("http://", "https://")):
        raise ValueError("a certificate needs a verify URL on the web to be drawn")
    facts = print_facts(certificate)
    _refuse_undrawable(facts, shelf)
    facts["long_words"] = any(LONG_WORD.search(text) for text in _texts(facts))
    facts["families"] = list(shelf.extra_families())
    facts["qr"] = qr_svg(certificate.verify_url).decode()
    # NFC, as the fonts were asked for; nothing combines with JSON's own quotes and commas
    text = unicodedata.normalize("NFC", json.dumps(facts, ensure_ascii=False))
    return {"facts": text, "design": f"{design}.typ", "paper": TYPST_PAPERS[paper]}


def can_draw(drawing: bytes) -> bool:
    """Say whether an SVG can stand on a certificate: it is read, and allowed in PDF/A and PDF/UA."""
    try:
        typeset(FOLDER / "_drawing.typ", (), {"svg": drawing.decode()}, "pdf", pdf_standards=STANDARDS)
    except (RuntimeError, UnicodeDecodeError):
        return False
    return VIEW_BOX.search(drawing.decode()) is not None


def _picture_inputs(certificate: Certificate, pictures: Mapping[str, bytes]) -> dict[str, str]:
    """Return each picture the facts name as SVG text with its width over height; refuse what is not that picture."""
    inputs = {}
    for name, wanted in (("logo", certificate.logo), ("signature", certificate.signature)):
        if not wanted:
            continue
        content = pictures.get(wanted)
        if content is None:
            raise ValueError(f"the picture of the {name} is missing: {wanted}")
        if hashlib.sha256(content).hexdigest() != wanted:
            raise ValueError(f"the picture of the {name} is not the one of the day of issue: {wanted}")
        inputs[name], ratio = _as_svg(content)
        inputs[f"{name}_ratio"] = f"{ratio:.4f}"
    return inputs


def _as_svg(content: bytes) -> tuple[str, float]:
    """Return an SVG as it is and a PNG inside one (typst takes text only), with its width over its height."""
    if content.startswith(b"<"):
        text = content.decode()
        box = VIEW_BOX.search(text)
        if box is None:
            raise ValueError("a drawing needs a viewBox")
        return text, float(box[1]) / float(box[2])
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        width, height = picture.size
    data = base64.b64encode(content).decode()
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
    return text, width / height


def print_facts(certificate: Certificate) -> dict[str, JsonValue]:
    """Return every fact in the words of the paper certificate."""
    provider = certificate.provider
    return {
        "title": certificate.title,
        "title_direction": _direction(certificate.title),
        "edition": str(certificate.edition),
        "module_code": certificate.module_code,
        "holder_name": certificate.holder_name,
        "holder_direction": _direction(certificate.holder_name),
        "licenses": [
            " ".join(filter(None, (spell_place(held.jurisdiction), held.spoken))) for held in certificate.licenses
        ],
        "provider": {
            "name": provider.name,
            "address": " ".join(provider.address.split()),
            "telephone": provider.telephone,
            "email": provider.email,
            "website": provider.website,
            "website_url": _web_address(provider.website),
            "signatory_name": provider.signatory_name,
            "signatory_title": provider.signatory_title,
        },
        "credits": [_printed_credit(credit) for credit in certificate.credits],
        "authors": [", ".join(filter(None, dataclasses.astuple(author))) for author in certificate.authors],
        "completed_on": _spell_day(certificate.completed_on),
        "time_zone": certificate.time_zone,
        "issued_at": f"{_spell_day(certificate.issued_at.date())}, {certificate.issued_at:%H:%M:%S} UTC",
        "delivery_format": certificate.delivery_format,
        "location": certificate.location,
        "replaces": certificate.replaces,
        "notice": certificate.notice,
        "code": group_code(certificate.code),
        "verify_url": certificate.verify_url,
    }


def _printed_credit(credit: Credit) -> dict[str, JsonValue]:
    return {
        "accreditor": credit.accreditor,
        "accreditor_name": credit.accreditor_name,
        "hours": spell_hours(credit.hours, credit.unit),
        "provider_number": credit.provider_number,
        "approved": f"{_spell_day(credit.approved_from)} to {_spell_day(credit.approved_to)}",
        "statement": credit.statement,
        "topics": [{"label": topic.label, "hours": format_hours(topic.hours)} for topic in credit.topics],
        "also_qualifies": list(credit.also_qualifies),
    }


def _web_address(website: str) -> str:
    return website if website.startswith(("http://", "https://")) else f"https://{website}"


def _spell_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _direction(text: str) -> str:
    """Say which way a line runs by its first strong character (Unicode Annex 9, rules P2 and P3)."""
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "ltr" if first == "L" else "rtl"


def _refuse_undrawable(facts: JsonValue, shelf: FontShelf) -> None:
    """Raise `ValueError` naming what no font has: PDF/UA forbids the empty box in its place."""
    text = " ".join(dict.fromkeys(_texts(facts))).translate({ord("\n"): " ", ord("\t"): " "})
    missing = shelf.uncovered(text)
    if missing:
        named = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in missing[:TOO_MANY])
        raise ValueError(f"no font has {named}")


def _texts(facts: JsonValue) -> Iterator[str]:
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, dict):
        for value in facts.values():
            yield from _texts(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from _texts(value)
