"""The parsers of foreign files that no limit inside a process can hold: pdfium, Pillow, zxing, typst.

Run only as `python -m certificates.parsers`, the child that `sandbox` starts: it takes limits on itself, reads
one question from its input, answers in one line of JSON and ends. Nothing else may import this module.
"""

import base64
import ctypes
import io
import json
import math
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import typst
import zxingcpp
from PIL import Image, ImageChops, UnidentifiedImageError

Answer: TypeAlias = dict[str, Any]

MEMORY = 1 << 30
CPU_SECONDS = 8
ANSWER_BYTES = 16_000_000
OPEN_FILES = 64

MOST_PAGES = 20
MOST_CHARACTERS = 200_000
MOST_ATTACHMENTS = 10
MOST_ATTACHED = 256 * 1024
MOST_ANNOTATIONS = 500
LONGEST_LINK = 2000
MOST_TITLE = 2000
CODE_PIXELS = 4_000_000  # of a page or picture in which a QR code is looked for
CODE_SIDES = (1600, 3200)
PHOTO_PIXELS = 220_000_000  # telephones make 200 million; JPEG is decoded at a fraction of it
PICTURE_PIXELS = 40_000_000
QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
COMPARE_WIDTH = 1100  # 100 pixels per inch of a Letter page
COMPARE_BLOCK = 10
COMPARE_SHAPE = 0.02


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The file cannot be read; the message is a sentence for the person who sent it."""


def main() -> None:
    """Answer the question on the standard input."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, ANSWER_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    question = json.loads(sys.stdin.buffer.readline())
    parts = [sys.stdin.buffer.read(size) for size in question["sizes"]]
    try:
        answer = TASKS[question["task"]](*parts)
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except (pypdfium2.PdfiumError, UnidentifiedImageError, Image.DecompressionBombError):
        answer = {"refused": "This file is damaged: it could not be opened."}
    except (OSError, ValueError, SyntaxError, OverflowError, typst.TypstError) as error:
        # Pillow's own words for broken files; the kind is kept for whoever reads the log
        answer = {"refused": "This file is damaged: it could not be read.", "why": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


# ---- PDF ----


def read_pdf(content: bytes) -> Answer:
    """Return what a PDF carries and shows: attachments, words, annotations, QR codes, the size of its page."""
    document = _open_pdf(content)
    page = document[0]
    width, height = page.get_size()
    return {
        "pages": len(document),
        "size": [width, height],
        "attachments": [base64.b64encode(one).decode() for one in _attachments(document)],
        "text": _words(document),
        "title": document.get_metadata_value("Title")[:MOST_TITLE],
        "overlays": _overlays(document),
        "links": sorted(_links(document)),
        "codes": _codes_in(_draw_page(page, CODE_PIXELS, 150 / 72)),
    }


def _open_pdf(content: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise Refused(
            "This PDF is locked with a password." if locked else "This PDF is damaged: it could not be opened."
        ) from None
    if not 1 <= len(document) <= MOST_PAGES:
        raise Refused(f"This PDF has {len(document)} pages; a certificate has one.")
    return document


def _attachments(document: pypdfium2.PdfDocument) -> Iterator[bytes]:
    if document.count_attachments() > MOST_ATTACHMENTS:
        raise Refused("This PDF has too many attachments.")
    for number in range(document.count_attachments()):
        attachment = document.get_attachment(number)
        size = ctypes.c_ulong()
        if not pdfium.FPDFAttachment_GetFile(attachment, None, 0, size) or size.value > MOST_ATTACHED:
            continue
        content = bytes(attachment.get_data())
        if content.lstrip()[:1] == b"{":
            yield content


def _words(document: pypdfium2.PdfDocument) -> str:
    pages: list[str] = []
    for page in document:
        words = page.get_textpage()
        if words.count_chars() + sum(map(len, pages)) > MOST_CHARACTERS:
            raise Refused("This PDF holds far more text than a certificate.")
        pages.append(words.get_text_range(errors="replace"))
    return "\n".join(pages)


def _overlays(document: pypdfium2.PdfDocument) -> list[str]:
    """Return, in words, what lies over the pages or can change them: a certificate of ours has only links."""
    kinds: set[str] = set()
    for page, number in _annotated(document):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind != pdfium.FPDF_ANNOT_LINK:
            kinds.add(ANNOTATIONS.get(kind, "annotation"))
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document):
        kinds.add("script")
    if pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE:
        kinds.add("form")
    return sorted(kinds)


def _links(document: pypdfium2.PdfDocument) -> set[str]:
    """Return where the links lead; what is no address is told in words."""
    found: set[str] = set()
    for page, number in _annotated(document):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        link = pdfium.FPDFAnnot_GetLink(annotation)
        action = pdfium.FPDFLink_GetAction(link) if link else None
        if action and pdfium.FPDFAction_GetType(action) == pdfium.PDFACTION_URI:
            address = ctypes.create_string_buffer(LONGEST_LINK)
            length = pdfium.FPDFAction_GetURIPath(document, action, address, LONGEST_LINK)
            found.add(address.raw[: min(length, LONGEST_LINK) - 1].decode("utf-8", "replace"))
        elif link:
            found.add("something other than an address")
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _annotated(document: pypdfium2.PdfDocument) -> Iterator[tuple[pypdfium2.PdfPage, int]]:
    left = MOST_ANNOTATIONS
    for page in document:
        count = pdfium.FPDFPage_GetAnnotCount(page)
        left -= count
        if left < 0:
            raise Refused("This PDF has too many annotations.")
        for number in range(count):
            yield page, number


ANNOTATIONS = {
    pdfium.FPDF_ANNOT_TEXT: "note",
    pdfium.FPDF_ANNOT_FREETEXT: "text laid over the page",
    pdfium.FPDF_ANNOT_STAMP: "stamp",
    pdfium.FPDF_ANNOT_WIDGET: "form field",
    pdfium.FPDF_ANNOT_INK: "drawing",
    pdfium.FPDF_ANNOT_SQUARE: "box",
    pdfium.FPDF_ANNOT_REDACT: "redaction",
    pdfium.FPDF_ANNOT_HIGHLIGHT: "highlight",
    pdfium.FPDF_ANNOT_FILEATTACHMENT: "attached file",
}


def _draw_page(page: pypdfium2.PdfPage, pixels: int, scale: float, *, printed: bool = False) -> Image.Image:
    width, height = page.get_size()
    if not (1 <= width <= 15_000 and 1 <= height <= 15_000):  # 15,000: what PDF itself allows, and a little
        raise Refused("The page of this PDF has no reasonable size.")
    scale = min(scale, math.sqrt(pixels / (width * height)))
    drawn: Image.Image = page.render(
        scale=scale, grayscale=True, may_draw_forms=True, optimize_mode="print" if printed else None
    ).to_pil()
    return drawn.convert("L")


# ---- pictures ----


def read_picture(content: bytes) -> Answer:
    """Return the QR codes in a photo or a picture, and its size in pixels."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")) as image:
        size = image.size
        pixels = size[0] * size[1]
        if pixels > (PHOTO_PIXELS if image.format == "JPEG" else PICTURE_PIXELS):
            raise Refused("This picture is too large: send it with fewer pixels.")
        if image.format == "JPEG":
            image.draft("L", (2 * CODE_SIDES[-1], 2 * CODE_SIDES[-1]))
        gray = _gray(image)
    return {"size": list(size), "codes": _codes_in(gray)}


def _gray(image: Image.Image) -> Image.Image:
    """Return the picture in gray on white, for what is transparent was meant to lie on paper."""
    if "A" in image.getbands() or "transparency" in image.info:
        laid = image.convert("RGBA")
        paper = Image.new("RGBA", laid.size, "white")
        return Image.alpha_composite(paper, laid).convert("L")
    return image.convert("L")


def _codes_in(gray: Image.Image) -> list[str]:
    """Return the texts of the QR codes, looked for at two sizes: noise hides small ones, and details large ones."""
    found: dict[str, None] = {}
    for side in CODE_SIDES:
        if found:
            break
        small = gray.copy()
        small.thumbnail((side, side), Image.Resampling.BOX if max(gray.size) > 2 * side else Image.Resampling.LANCZOS)
        found = {code.text[:2000]: None for code in zxingcpp.read_barcodes(small, QR)[:8]}
        if max(gray.size) <= side:
            break
    return list(found)


# ---- is it the same picture? ----


def compare_pdf(theirs: bytes, ours: bytes) -> Answer:
    """Return how far the first page of theirs looks from ours, on screen or on paper, and the words on ours."""
    drawn = [_open_pdf(content) for content in (theirs, ours)]
    differences = []
    for printed in (False, True):  # a layer may be there for the printer only
        pictures = [
            _draw_page(one[0], CODE_PIXELS, COMPARE_WIDTH / one[0].get_size()[0], printed=printed) for one in drawn
        ]
        differences.append(_difference(*pictures))
    return {**max(differences, key=lambda one: int(one["distance"])), "text": _words(drawn[1])}


def compare_png(theirs: bytes, ours: bytes) -> Answer:
    """Return how far the pixels of theirs are from ours."""
    pictures = []
    for content in (theirs, ours):
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.size[0] * image.size[1] > PICTURE_PIXELS:
                raise Refused("This picture is too large: send it with fewer pixels.")
            pictures.append(_gray(image))
    return _difference(*pictures)


def compare_svg(theirs: bytes, ours: bytes) -> Answer:
    """Return how far theirs, drawn by the same program, is from ours."""
    pictures = []
    for content in (theirs, ours):
        page = typst.compile(
            b"#set page(width: 792pt, height: auto, margin: 0pt)\n"
            b'#image(bytes(sys.inputs.svg), format: "svg", width: 792pt)',
            sys_inputs={"svg": content.decode()},
            ignore_system_fonts=True,
            format="png",
            ppi=100,
        )
        with Image.open(io.BytesIO(page if isinstance(page, bytes) else page[0])) as image:
            pictures.append(_gray(image))
    return _difference(*pictures)


def _difference(theirs: Image.Image, ours: Image.Image) -> Answer:
    """Return the largest mean difference (0 to 255) of any small block, and where it is in parts of the page."""
    shape = ours.height / ours.width
    if abs(theirs.height / theirs.width - shape) > COMPARE_SHAPE:
        return {"distance": 255, "where": [0.0, 0.0, 1.0, 1.0]}
    size = (COMPARE_WIDTH, round(COMPARE_WIDTH * shape))
    same = [
        picture if picture.size == size else picture.resize(size, Image.Resampling.BOX) for picture in (theirs, ours)
    ]
    blocks = ImageChops.difference(*same).reduce(COMPARE_BLOCK)
    distance = max(value for value, count in enumerate(blocks.histogram()) if count)
    changed = blocks.point([255 if value * 2 >= distance > 0 else 0 for value in range(256)]).getbbox()
    left, top, right, bottom = changed or (0, 0, 0, 0)
    return {
        "distance": distance,
        "where": [left / blocks.width, top / blocks.height, right / blocks.width, bottom / blocks.height],
    }


TASKS: dict[str, Callable[..., Answer]] = {
    "read_pdf": read_pdf,
    "read_picture": read_picture,
    "compare_pdf": compare_pdf,
    "compare_png": compare_png,
    "compare_svg": compare_svg,
}

if __name__ == "__main__":
    main()
