"""How a provider's certificates look: their design, the logo and the signature, and the files these are kept in."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageChops
from sqlalchemy.orm import Session

from lms.awards import document
from lms.errors import Invalid
from lms.files import Shelf
from lms.modules.uploads import check
from lms.providers.models import Provider

PICTURES = {"logo": (1200, 600), "signature": (1000, 400)}
"""What a provider may upload, with the most pixels across and down that are kept of it."""
MOST_BYTES = 5_000_000
HEAVY = 300_000
"""Bytes above which a picture is kept in 256 colors: it goes into every certificate."""
STRETCH = 12
"""How many times wider than high, or higher than wide, a picture may be."""


def choose_design(session: Session, provider: Provider, design: str, *, by: int, now: datetime) -> None:
    """Choose how certificates look from now on, or raise `Invalid`; issued ones keep the design of their day."""
    del by, now
    if design not in document.list_designs():
        raise Invalid(design="Choose one of the designs.")
    provider.design = design
    session.flush()


def put_picture(
    session: Session, files: Shelf, provider: Provider, kind: str, content: bytes, *, by: int, now: datetime
) -> None:
    """Keep a logo or a signature for the certificates to come, drawn anew; issued ones keep the picture of their day.

    `kind` is one of `PICTURES`. Raises `Invalid` for what is no PNG, JPEG, WebP or harmless SVG.
    """
    del by, now
    if kind not in PICTURES:
        raise Invalid(file="There is no such picture.")
    if not content:
        raise Invalid(file="Choose a file first.")
    if len(content) > MOST_BYTES:
        raise Invalid(file="This file is too large. Keep it under 5 MB.")
    checked = check(content)
    if checked.kind != "image":
        raise Invalid(file="Upload a picture: PNG, JPEG, WebP or SVG.")
    drawn = checked.content
    if checked.content_type == "image/svg+xml":
        _check_svg(drawn, checked.width, checked.height)
    else:
        drawn = _to_png(drawn, PICTURES[kind])
    setattr(provider, kind, files.put(drawn))
    session.flush()


def remove_picture(session: Session, provider: Provider, kind: str, *, by: int, now: datetime) -> None:
    """Leave a picture off the certificates to come; the file stays, since those issued before need it."""
    del by, now
    if kind not in PICTURES:
        raise Invalid(file="There is no such picture.")
    setattr(provider, kind, None)
    session.flush()


def load_pictures(certificate: document.Certificate, files: Shelf) -> Mapping[str, bytes]:
    """Return the pictures that the certificate names, by their SHA-256; drawing refuses what is missing or altered."""
    found = {}
    for name in filter(None, {certificate.logo, certificate.signature}):
        try:
            with files.open(name) as file:
                found[name] = file.read()
        except FileNotFoundError:
            continue
    return found


def _check_svg(content: bytes, width: int, height: int) -> None:
    if b"<text" in content:  # its letters would be set in whatever font the printer of the certificate has
        raise Invalid(file="This drawing contains letters. Turn them into outlines, or upload a PNG.")
    _check_shape(width, height)
    if not document.can_draw(content):
        raise Invalid(file="This drawing cannot be printed. Upload a PNG instead.")


def _to_png(content: bytes, most: tuple[int, int]) -> bytes:
    """Return the picture as a PNG without its empty margins, transparency kept, no larger than it is ever printed."""
    with Image.open(BytesIO(content)) as opened:
        picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    seen = Image.alpha_composite(paper, picture).convert("RGB")
    # a photographed sheet is never quite white
    ink = ImageChops.difference(seen, Image.new("RGB", seen.size, "white")).convert("L").point(lambda value: value > 24)
    box = ink.getbbox()
    if box is None:
        raise Invalid(file="There is nothing to see in this picture on white paper.")
    picture = picture.crop(box)
    _check_shape(*picture.size)
    picture.thumbnail(most, Image.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    if file.tell() > HEAVY:
        file = BytesIO()
        picture.quantize(256, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _check_shape(width: int, height: int) -> None:
    if max(width, height) > STRETCH * min(width, height):
        raise Invalid(file=f"This picture is too long and thin: more than {STRETCH} to 1.")
