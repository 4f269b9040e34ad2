"""The parsers of foreign files that no limit inside a process can hold: pdfium, Pillow, zxing, typst.

Run only as `python -m certificates.parsers`, the child that `sandbox` starts: it takes limits on itself, reads
one question from its input, answers in one line of JSON and ends. Nothing else may import this module.
"""

import base64
import ctypes
import io
import json
import math
import re
import resource
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

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
MOST_STRANGE = 10
CODE_PIXELS = 4_000_000  # of a page or picture in which a QR code is looked for
CODE_SIDES = (1600, 3200)
PHOTO_PIXELS = 220_000_000  # telephones make 200 million; JPEG is decoded at a fraction of it
PICTURE_PIXELS = 40_000_000
QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
COMPARE_WIDTH = 1100  # 100 pixels per inch of a Letter page
COMPARE_BLOCK = 5  # with twice that, a point lost between two digits lies in four blocks and counts in none
COMPARE_SHAPE = 0.02
SHAPES_WIDTH = 2200  # at 200 pixels per inch the digits of small print differ by more than a pixel
MOST_INFLATED = 64 * 1024 * 1024
PIECE = 4096
ZLIB = 8  # the first half byte of what is packed

# what a PDF may be made to show elsewhere and not here, in the words of `_additions`; ours have none, or a fixed number
ADDED = {
    "script": ("JavaScript", "JS", "OpenAction", "AA", "Launch", "Rendition", "RichMedia", "Movie", "XFA", "AcroForm"),
    "layers": ("OCProperties", "OCG", "OCMD"),
    "attached file": ("Collection", "EmbeddedFile", "Filespec", "EF"),
    "another version of the page": ("Catalog", "Contents", "Resources", "Annots", "MediaBox", "CropBox"),
    "colors of its own": ("TR", "TR2", "HT", "OPM", "Separation", "DeviceN"),
    "links of its own": ("Annot", "Link", "Border", "BS", "AP", "MK"),
    "a hidden part": (
        "Encrypt", "LZWDecode", "LZW", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "RunLengthDecode", "Crypt",
    ),
}  # fmt: skip
# what a program writes that saves a PDF again, and that draws nothing
SAVED = {
    "XRef", "ObjStm", "First", "Extends", "Index", "Prev", "DecodeParms", "Predictor", "Columns", "FlateDecode",
    "PageMode", "UseAttachments", "UseNone", "Linearized", "Length1", "Length2", "Length3", "Trapped", "False",
    "Info", "Producer", "Creator", "CreationDate", "ModDate", "Metadata",
}  # fmt: skip
SAVED_ANEW = ("Kids",)
"""What programs add that make a new PDF of an old one, such as Ghostscript; it may hide something too."""
SHORTEST_STRANGE = 3
"""Letters: shorter names stand by chance in what is packed; those that matter are in `ADDED`."""
STREAM = re.compile(rb"stream\s*")
BEGIN = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
END = re.compile(rb"\s{0,2}endstream")
LENGTH = re.compile(rb"/Length\s+(\d{1,9})(\s+0\s+R)?(?!\w)")
LONGEST_HEAD = 4000
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
NAME = re.compile(rb"/([A-Za-z0-9]+)(?![^\s\x00()<>\[\]{}/%])")  # to a PDF, a zero byte is a space

# chunks of a PNG by which no viewer draws other pixels than stand in it
PLAIN_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"sRGB", b"sBIT", b"pHYs", b"tIME", b"tEXt", b"zTXt", b"iTXt"}
PLAIN_GAMMA, PLAIN_COLORS = 45455, (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)  # both are sRGB


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


def _draw_page(
    page: pypdfium2.PdfPage, pixels: int, scale: float, *, printed: bool = False, colored: bool = False
) -> Image.Image:
    width, height = page.get_size()
    if not (1 <= width <= 15_000 and 1 <= height <= 15_000):  # 15,000: what PDF itself allows, and a little
        raise Refused("The page of this PDF has no reasonable size.")
    scale = min(scale, math.sqrt(pixels / (width * height)))
    drawn: Image.Image = page.render(
        scale=scale, grayscale=not colored, may_draw_forms=True, optimize_mode="print" if printed else None
    ).to_pil()
    return drawn.convert("RGB" if colored else "L")


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
    return _on_paper(image).convert("L")


def _on_paper(image: Image.Image) -> Image.Image:
    if "A" in image.getbands() or "transparency" in image.info:
        laid = image.convert("RGBA")
        paper = Image.new("RGBA", laid.size, "white")
        return Image.alpha_composite(paper, laid).convert("RGB")
    return image if image.mode == "L" else image.convert("RGB")


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
            _draw_page(one[0], CODE_PIXELS, COMPARE_WIDTH / one[0].get_size()[0], printed=printed, colored=True)
            for one in drawn
        ]
        differences.append(_difference(*pictures))
    inside, known = _look_inside(theirs), _look_inside(ours)
    strange = ["a part with a false length"] if inside.false_length else []
    strange += [name for name in SAVED_ANEW if inside.parts[name] > known.parts[name]]
    strange += sorted(inside.words - known.words - SAVED)
    worst = max(differences, key=lambda one: int(one["distance"]))
    return {
        **worst,
        "shapes": max(_shapes(drawn, printed=printed) for printed in (False, True)) if worst["distance"] else 0,
        "text": _words(drawn[1]),
        "added": sorted(
            words for words, names in ADDED.items() if any(inside.parts[name] > known.parts[name] for name in names)
        ),
        "strange": strange[:MOST_STRANGE],
    }


class _Inside(NamedTuple):
    """What stands in a PDF: in every revision and every packed stream, whoever reads it."""

    parts: Counter[str]
    """How often each name stands anywhere, also where packed bytes only look like one."""
    words: set[str]
    """The names but those that packed bytes only look like."""
    false_length: bool


def _look_inside(content: bytes) -> _Inside:
    parts, words = Counter(_names_in(content)), set[str]()
    begin, left = 0, MOST_INFLATED
    for place in STREAM.finditer(content):
        inflated, end = _unpack(content, place.end(), left)
        outside = place.start() >= begin  # else it is inside of what was just unpacked
        if inflated and outside:
            words.update(_names_in(content[begin : place.end()]))
            begin = end
        while inflated:
            left -= len(inflated)
            found = Counter(_names_in(inflated))
            parts += found
            words.update(found if outside else ())
            inflated, _ = _unpack(inflated, 0, left)  # packed twice
            head = _head_of(content, place.start())
            if b"/DecodeParms" in head and b"/XRef" not in head:
                parts["Crypt"] += 1  # a predictor: what stands in it cannot be read here
    words.update(_names_in(content[begin:]))
    return _Inside(parts, {name for name in words if len(name) >= SHORTEST_STRANGE}, _lies_of_length(content))


def _names_in(content: bytes) -> Iterator[str]:
    return (name.decode() for name in NAME.findall(_plain_names(content)))


def _head_of(content: bytes, at: int) -> bytes:
    """Return the dictionary of the stream that begins there."""
    return _plain_names(content[max(0, at - LONGEST_HEAD) : at]).rpartition(b" obj")[2]


def _lies_of_length(content: bytes) -> bool:
    """Say whether a stream is longer or shorter than it says: readers differ in which of the two they believe."""
    end = 0
    for place in BEGIN.finditer(content):
        if place.start() < end:
            continue  # inside of another
        said = LENGTH.findall(_head_of(content, place.start()))
        if len(said) != 1:
            return True
        number, elsewhere = said[0]
        if elsewhere:
            defined = re.findall(rb"(?<!\d)" + number + rb"\s+0\s+obj\s*(\d{1,9})\s*endobj", content)
            if len(defined) != 1:
                return True
            (number,) = defined
        end = place.end() + int(number)
        if END.match(content, end) is None or content.find(b"endstream", place.end(), end) >= 0:
            return True
    return False


def _unpack(content: bytes, at: int, most: int) -> tuple[bytes, int]:
    """Return what is packed there, nothing where nothing is, and where it ends.

    What is damaged is refused, for readers take some of it.
    """
    unpacker, parts = zlib.decompressobj(), []
    while at < len(content) and not unpacker.eof:
        try:
            parts.append(unpacker.decompress(unpacker.unconsumed_tail or content[at : at + PIECE], most + 1))
        except zlib.error:
            if (content[at] & 15 == ZLIB and int.from_bytes(content[at : at + 2], "big") % 31 == 0) or parts:
                raise Refused("This PDF has damaged parts, so it cannot be compared.") from None
            break
        at += 0 if unpacker.unconsumed_tail else PIECE
        most -= len(parts[-1])
        if most < 0:
            raise Refused("This PDF unpacks to far more than a certificate.")
    return b"".join(parts), min(at, len(content)) - len(unpacker.unused_data)


def _plain_names(content: bytes) -> bytes:
    return ESCAPED.sub(lambda sign: bytes((int(sign[1], 16),)), content)


def compare_png(theirs: bytes, ours: bytes) -> Answer:
    """Return how far the pixels of theirs are from ours; refuse one that may look otherwise elsewhere."""
    _refuse_colored(theirs)
    pictures = []
    for content in (theirs, ours):
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.size[0] * image.size[1] > PICTURE_PIXELS:
                raise Refused("This picture is too large: send it with fewer pixels.")
            if image.mode.startswith("I") or image.mode == "F" or _see_through(image):
                raise Refused("This picture has other colors than a certificate, so it cannot be compared.")
            pictures.append(image.convert("RGB"))
    return _difference(*pictures)


def _see_through(image: Image.Image) -> bool:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return False
    low, _ = image.convert("RGBA").getchannel("A").getextrema()
    return bool(low != 255)


def _refuse_colored(png: bytes) -> None:
    """Refuse a PNG that tells viewers to change its colors, turn it or show something else: not all of them obey."""
    at, order = 8, list[bytes]()
    while at + 8 <= len(png):
        size, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        plain = (
            kind in PLAIN_CHUNKS
            or (kind == b"gAMA" and body == struct.pack(">I", PLAIN_GAMMA))
            or (kind == b"cHRM" and body == struct.pack(">8I", *PLAIN_COLORS))
            or kind in (b"tRNS", b"bKGD")  # what is transparent is refused, and nothing else shows its ground
        )
        if not plain:
            raise Refused("This picture has colors or parts of its own, so it cannot be compared.")
        if kind != b"IDAT" or order[-1:] != [kind]:
            order.append(kind)
        at += 12 + size
        if kind == b"IEND":
            break
    # of two heads or two pictures one reader shows the first, another the last; so with what comes after the end
    twice = any(order.count(kind) > 1 for kind in (b"IHDR", b"PLTE", b"IDAT"))
    if order[:1] != [b"IHDR"] or twice or at != len(png):
        raise Refused("This picture is not put together as pictures are, so it cannot be compared.")


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
            pictures.append(_on_paper(image))
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
    blocks = _blocks(ImageChops.difference(*(picture.convert("RGB") for picture in same)))
    distance = _highest(blocks)
    changed = blocks.point([255 if value * 2 >= distance > 0 else 0 for value in range(256)]).getbbox()
    left, top, right, bottom = changed or (0, 0, 0, 0)
    return {
        "distance": distance,
        "where": [left / blocks.width, top / blocks.height, right / blocks.width, bottom / blocks.height],
    }


def _blocks(different: Image.Image) -> Image.Image:
    # each color by itself: other colors of the same brightness are another picture
    red, green, blue = different.reduce(COMPARE_BLOCK).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _highest(blocks: Image.Image) -> int:
    return max(value for value, count in enumerate(blocks.histogram()) if count)


def _shapes(documents: list[pypdfium2.PdfDocument], *, printed: bool) -> int:
    """Return the largest mean difference (0 to 255) of any small block that a shift by a pixel does not explain.

    A program that makes a new PDF of an old one rounds each place and outline: that gives 6 at the most, another digit
    in the smallest print 25.
    """
    pictures = [
        _draw_page(one[0], CODE_PIXELS, SHAPES_WIDTH / one[0].get_size()[0], printed=printed, colored=True)
        for one in documents
    ]
    if pictures[0].size != pictures[1].size:
        return 255
    both = ImageChops.lighter(_beyond(*pictures), _beyond(*reversed(pictures)))
    return _highest(_blocks(both))


def _beyond(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return how far each pixel is from all nine around the same place in the other picture."""
    most, least = _spread(other, ImageChops.lighter), _spread(other, ImageChops.darker)
    return ImageChops.add(ImageChops.subtract(one, most), ImageChops.subtract(least, one))


def _spread(picture: Image.Image, pick: Callable[[Image.Image, Image.Image], Image.Image]) -> Image.Image:
    for right, down in ((1, 0), (0, 1)):
        beside = (ImageChops.offset(picture, sign * right, sign * down) for sign in (1, -1))
        picture = pick(pick(picture, next(beside)), next(beside))
    return picture


TASKS: dict[str, Callable[..., Answer]] = {
    "read_pdf": read_pdf,
    "read_picture": read_picture,
    "compare_pdf": compare_pdf,
    "compare_png": compare_png,
    "compare_svg": compare_svg,
}

if __name__ == "__main__":
    main()
