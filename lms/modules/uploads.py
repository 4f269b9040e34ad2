"""What may be uploaded, judged by its content: pictures, films and captions; not where they are kept."""

import math
import struct
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

from lms.errors import Invalid
from lms.modules.drawings import check_drawing

LONGEST_SIDE = 2000
"""Pixels; no lesson shows a picture larger."""
MOST_PIXELS = 50_000_000
_ONE_AT_A_TIME = Lock()
"""A picture of so many pixels takes 400 MB while it is opened, whatever the size of its file."""
MOST_CAPTIONS = 500_000
"""Bytes; reading a megabyte takes a second, and nobody else can write meanwhile."""

_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload after the check: the content to keep, its type, its size in pixels and its running time in seconds."""

    kind: str
    content: bytes
    content_type: str
    width: int = 0
    height: int = 0
    seconds: int = 0


def check(content: bytes) -> Checked:
    """Return the picture, drawing or film, told apart by their content, or raise `Invalid`."""
    if content[4:8] == b"ftyp":
        return check_film(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:4] in (b"<svg", b"<?xm", b"<!--"):
        drawn, width, height = check_drawing(content)
        return Checked("image", drawn, "image/svg+xml", width, height)
    return check_picture(content)


def check_picture(content: bytes) -> Checked:
    """Return the picture drawn anew (PNG, JPEG or WebP), or raise `Invalid`.

    Drawing it anew leaves everything else behind: metadata, places, hidden scripts, further frames. Whoever comes
    while another picture is drawn waits.
    """
    with _ONE_AT_A_TIME:
        return _draw_anew(content)


def _draw_anew(content: bytes) -> Checked:
    try:
        with Image.open(BytesIO(content), formats=tuple(_TYPES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid(file="This picture has too many pixels to open safely. Make it smaller first.")
            kind = str(picture.format)
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if kind != "JPEG" and upright.has_transparency_data else "RGB"
            upright = upright.convert(mode)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid(file="This picture has too many pixels to open safely. Make it smaller first.") from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise Invalid(file="This is not a picture we can read. Upload a PNG, JPEG, WebP or SVG file.") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new(mode, upright.size)
    clean.paste(upright)
    drawn = BytesIO()
    clean.save(drawn, kind, quality=88, optimize=True)
    return Checked("image", drawn.getvalue(), _TYPES[kind], clean.width, clean.height)


def check_film(content: bytes) -> Checked:
    """Return the film (MP4) with its size and its running time, rounded down to seconds, or raise `Invalid`."""
    from mutagen.mp4._atom import AtomError, Atoms  # noqa: PLC0415 - with WebVTT 3 MB, for whoever uploads a film

    refused = Invalid(file="This is not a film we can read. Upload an MP4 file (H.264 with AAC plays everywhere).")
    file = BytesIO(content)
    try:
        atoms = Atoms(file)
        scale, duration = _read_header(_read(atoms[b"moov", b"mvhd"], file))
        for track in atoms[b"moov"].findall(b"trak"):
            if _read(track[b"mdia", b"hdlr"], file)[8:12] == b"vide":
                width, height = struct.unpack(">II", _read(track[(b"tkhd",)], file)[-8:])
                break
        else:
            raise refused
        seconds = math.floor(duration / scale)
    except (AtomError, KeyError, struct.error, ZeroDivisionError, RecursionError) as error:
        raise refused from error
    if seconds < 1:
        raise Invalid(file="This film does not say how long it runs, or runs for less than a second.")
    return Checked("video", content, "video/mp4", width >> 16, height >> 16, seconds)


def check_captions(content: bytes) -> Checked:
    """Return the captions (WebVTT) in one plain form, or raise `Invalid`."""
    import webvtt  # noqa: PLC0415 - as above

    if len(content) > MOST_CAPTIONS:
        raise Invalid(captions="These captions are too large. Keep them under 500 KB: that is hours of talk.")
    refused = "These captions cannot be read. Upload a WebVTT file: its first line is WEBVTT, then times and texts."
    try:
        captions = webvtt.from_string(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise Invalid(captions=refused) from error
    if not captions.captions:
        raise Invalid(captions="There is no caption in this file.")
    return Checked("captions", captions.content.encode(), "text/vtt")


def _read(atom: object, file: BytesIO) -> bytes:
    complete, data = atom.read(file)  # type: ignore[attr-defined]
    if not complete:
        raise KeyError("cut off")
    return bytes(data)


def _read_header(data: bytes) -> tuple[int, int]:
    """Return time scale and duration of the movie header, short or long (ISO/IEC 14496-12, 8.2.2)."""
    if data[:1] == b"\x01":
        scale, duration = struct.unpack(">IQ", data[20:32])
    else:
        scale, duration = struct.unpack(">II", data[12:20])
    return scale, duration
