"""How a file carries its credential: PDF, PNG, SVG and JSON; putting it in, and taking it out of any file.

A file that comes from outside is read within limits and ends in what it carries or in `Unreadable`, a sentence
for whoever sent it. What may never enter: whether that credential is genuine (`verify`).
"""

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from xml.parsers import expat

from certificates.sandbox import Unreadable, ask

Kind: TypeAlias = Literal["pdf", "png", "svg", "json", "picture"]

MOST_BYTES = 8 * 1024 * 1024
MOST_JSON = 256 * 1024  # a certificate has 5 to 50 KB, a bundle a few more
MOST_DEPTH = 32
MOST_VALUES = 10_000  # reading the facts compares credits with results, each with each

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
MOST_CHUNKS = 20_000
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
ELEMENT = f"{NAMESPACE} credential"
SVG_ROOT = re.compile(rb"<svg(?=[\s>])")
MOST_ELEMENTS = 300_000
MOST_SVG_DEPTH = 100
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"avif")
CODES = re.compile(r"(?<![0-9A-Za-z])[0-7][0-9A-HJKMNP-TV-Z]{25}(?![0-9A-Za-z])")
MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file carries and shows.

    `credentials` are the embedded documents, byte for byte; `qr` the texts of its QR codes; `text` the words
    printed on a PDF, `title` what it calls itself, `pages` its number of pages and `links` where its links lead;
    `overlays` says in words what lies over a page or can change it; `size` is the page in points or the picture in
    pixels, else (0, 0).
    """

    kind: Kind
    credentials: tuple[bytes, ...] = ()
    qr: tuple[str, ...] = ()
    text: str = ""
    title: str = ""
    pages: int = 1
    overlays: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    size: tuple[float, float] = (0, 0)


def read_file(content: bytes) -> Contents:
    """Return what a file of at most 8 MB carries, or raise `Unreadable`; it never takes long or much memory.

    PDFs and pictures are read in a child process (about 0.25 s); `size` of an SVG is left at (0, 0).
    """
    kind = kind_of(content)
    if kind == "json":
        return Contents(kind, (content,))
    if kind == "svg":
        return Contents(kind, _credentials_in_svg(content))
    if kind == "pdf":
        return _read_pdf(content)
    credentials = _credentials_in_png(content) if kind == "png" else ()
    # viewers that know APNG show other frames than those that do not
    overlays = ("animation",) if kind == "png" and any(name == b"acTL" for name, _ in _chunks(content)) else ()
    seen = ask("read_picture", content)
    size = (float(seen["size"][0]), float(seen["size"][1]))
    return Contents(kind, credentials, tuple(map(str, seen["codes"])), overlays=overlays, size=size)


def kind_of(content: bytes) -> Kind:
    """Say what a file is by its first bytes, whatever its name; raise `Unreadable` for what it cannot be."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"This file is larger than {MOST_BYTES // 1024 // 1024} MB; a certificate is far smaller.")
    head = content[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(PNG):
        return "png"
    if _is_picture(head):
        return "picture"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "json"
    if text.startswith(b"<") and SVG_ROOT.search(content[:8192]):
        return "svg"
    raise Unreadable(_what_else(content, head))


def read_json(content: bytes, most: int = MOST_JSON) -> dict[str, Any]:
    """Return a JSON object that means the same to every reader, or raise `Unreadable`.

    Refused: more than `most` bytes (256 KB), 32 levels or 10,000 values, a name that stands twice in one object,
    NaN and infinities, and halves of characters.
    """
    if len(content) > most:
        raise Unreadable(f"This JSON is larger than {most // 1024} KB; a certificate has a few kilobytes.")
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_no_name_twice, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise Unreadable("This JSON is nested far too deeply.") from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("This is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Unreadable("This JSON is not an object, so it is no certificate.")
    _refuse_absurd(value)
    return value


def codes_in(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what looks like certificate codes in a document's texts, in order, each once; five at the most."""
    found: dict[str, None] = {}
    for _, value in _values(document):
        if isinstance(value, str):
            found.update(dict.fromkeys(CODES.findall(value)))
    return tuple(found)[:MOST_CODES]


def bake_png(png: bytes, credential: bytes) -> bytes:
    """Return the PNG with the credential in it as Open Badges 3.0 wants it, in place of one it may have.

    That is one uncompressed iTXt chunk `openbadgecredential` before the first IDAT. Raise `ValueError` for what
    is no whole PNG and a credential that is not UTF-8.
    """
    credential.decode()
    baked = _chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + credential)
    parts = [PNG]
    for kind, body in _chunks(png):
        if kind == b"IDAT":
            parts.append(baked)
            baked = b""
        if not (kind == b"iTXt" and body.startswith(KEYWORD + b"\0")):
            parts.append(_chunk(kind, body))
    return b"".join(parts)


def bake_svg(svg: bytes, credential: bytes) -> bytes:
    """Return the SVG with the credential in it as Open Badges 3.0 wants it; the picture stays as it was.

    Raise `ValueError` for what has no `<svg>`, or has a credential already, and for a credential that XML would
    not give back byte for byte.
    """
    if b"\r" in credential or not credential.decode().isprintable():
        raise ValueError("a credential in an SVG has no line ends and no control characters")
    found = SVG_ROOT.search(svg)
    if found is None or NAMESPACE.encode() in svg:
        raise ValueError("this is not an SVG without a credential")
    end = svg.index(b">", found.end())
    safe = credential.replace(b"]]>", b"]]]]><![CDATA[>")
    return b"".join(
        (
            svg[: found.end()],
            f' xmlns:openbadges="{NAMESPACE}"'.encode(),
            svg[found.end() : end + 1],
            b"<openbadges:credential><![CDATA[" + safe + b"]]></openbadges:credential>",
            svg[end + 1 :],
        )
    )


# ---- taking it out ----


def _read_pdf(content: bytes) -> Contents:
    seen = ask("read_pdf", content)
    return Contents(
        "pdf",
        tuple(base64.b64decode(one) for one in seen["attachments"]),
        tuple(map(str, seen["codes"])),
        str(seen["text"]),
        str(seen["title"]),
        int(seen["pages"]),
        tuple(map(str, seen["overlays"])),
        tuple(map(str, seen["links"])),
        (float(seen["size"][0]), float(seen["size"][1])),
    )


def _credentials_in_png(content: bytes) -> tuple[bytes, ...]:
    try:
        texts = [body for kind, body in _chunks(content) if kind == b"iTXt" and body.startswith(KEYWORD + b"\0")]
    except ValueError:
        raise Unreadable("This PNG is damaged: it could not be read.") from None
    return tuple(_text_of(body.removeprefix(KEYWORD + b"\0")) for body in texts)


def _text_of(body: bytes) -> bytes:
    compressed, method, rest = body[:1], body[1:2], body[2:]
    _, _, rest = rest.partition(b"\0")  # the language
    _, _, text = rest.partition(b"\0")  # the keyword translated
    if compressed == b"\0":
        return text
    # the standard forbids compression, but programs that save pictures again bring it in
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(text, MOST_JSON + 1)
    except zlib.error:
        raise Unreadable("The credential in this PNG is damaged.") from None
    if method != b"\0" or not unpacker.eof:
        raise Unreadable("The credential in this PNG is damaged or far too large.")
    return text


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and content of each chunk; raise `ValueError` where the file is not a whole PNG."""
    if not png.startswith(PNG):
        raise ValueError("this is no PNG")
    at = len(PNG)
    for _ in range(MOST_CHUNKS):
        size = int.from_bytes(png[at : at + 4], "big")
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        if len(body) != size or png[at + 8 + size : at + 12 + size] != zlib.crc32(kind + body).to_bytes(4, "big"):
            break
        yield kind, body
        if kind == b"IEND":
            return
        at += 12 + size
    raise ValueError("this PNG is cut off or damaged")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


class _SvgReader:
    """Collects what stands in `openbadges:credential` and refuses what an SVG of ours never has."""

    def __init__(self) -> None:
        self.found: list[list[str]] = []
        self.open = False
        self.depth = self.elements = self.length = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def refuse_doctype(self, *_: object) -> None:
        # entities come only from there: no growth, no files, no network
        raise Unreadable("This SVG has a document type declaration; a certificate has none.")

    def start(self, name: str, _: object) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_SVG_DEPTH or self.elements > MOST_ELEMENTS:
            raise Unreadable("This SVG is far too large or too deep for a certificate.")
        if name == ELEMENT and not self.open:
            self.open = True
            self.found.append([])

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == ELEMENT:
            self.open = False

    def words(self, text: str) -> None:
        if self.open:
            self.length += len(text)
            if self.length > MOST_JSON:
                raise Unreadable("The credential in this SVG is far too large.")
            self.found[-1].append(text)


def _credentials_in_svg(content: bytes) -> tuple[bytes, ...]:
    reader = _SvgReader()
    try:
        reader.parser.Parse(content, True)
    except Unreadable:
        raise
    except (expat.ExpatError, LookupError, ValueError):  # the last two: an encoding nobody knows, or a strange one
        raise Unreadable("This SVG is damaged: it could not be read.") from None
    return tuple("".join(text).strip().encode("utf-8", "replace") for text in reader.found)


def _is_picture(head: bytes) -> bool:
    return head.startswith((b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    )


def _what_else(content: bytes, head: bytes) -> str:
    if not content:
        return "This file is empty."
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "This photo is in Apple's HEIC or in AVIF format. Please send it as JPEG or PNG, or take a screenshot."
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        return "This is an archive. Please unpack it and send the certificate itself."
    return "This is not a PDF, a PNG, an SVG, a JSON file or a photo."


# ---- JSON ----


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # readers disagree on which of the two counts, so a file could say one thing here and another there
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unreadable("This JSON has the same name twice in one object.")
    return members


def _refuse_constant(name: str) -> None:
    raise Unreadable(f"This JSON has {name}, which JSON does not know.")


def _refuse_absurd(value: dict[str, Any]) -> None:
    for count, (depth, inner) in enumerate(_values(value)):
        if depth > MOST_DEPTH or count > MOST_VALUES:
            raise Unreadable("This JSON is far too large or too deep for a certificate.")
        if isinstance(inner, float) and inner in (float("inf"), float("-inf")):
            raise Unreadable("This JSON has a number too large to be one.")
        if isinstance(inner, str) and any("\ud800" <= character <= "\udfff" for character in inner):
            raise Unreadable("This JSON has half of a character.")


def _values(value: Any) -> Iterator[tuple[int, Any]]:
    """Yield every name and value with its depth, in order, without recursion."""
    waiting = [iter((value,))]
    while waiting:
        try:
            inner = next(waiting[-1])
        except StopIteration:
            waiting.pop()
            continue
        yield len(waiting), inner
        if isinstance(inner, dict):
            waiting.append(part for pair in inner.items() for part in pair)
        elif isinstance(inner, list):
            waiting.append(iter(inner))
