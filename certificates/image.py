"""A certificate as a picture, PNG, SVG or WebP: the page of the PDF for screens, the same bytes every time."""

import io
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from certificates.carriers import bake_png, bake_svg
from certificates.certificate import Certificate
from certificates.design import NO_PICTURES, compile_png, compile_svg
from certificates.fonts import FontShelf

PAGE_INCHES = 11  # the width of US Letter, landscape
WIDTHS = range(200, 8001)
COLORS = 128
SCREEN_COLORS = 48


def draw_png(
    certificate: Certificate,
    shelf: FontShelf,
    design: str = "plain",
    width: int = 1600,
    credential: bytes | None = None,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """Return the Letter page as a PNG exactly `width` pixels wide, with title and verify URL as text inside.

    `pictures` holds what the facts name by its SHA-256, as for `draw_pdf`. With a credential it is a baked Open
    Badge. Equal arguments give equal bytes; may be called from any number of threads. Raise `ValueError` for a width
    out of 200 to 8000 pixels and for what `draw_pdf` refuses.
    """
    text = PngInfo()
    text.add_itxt("Title", f"{certificate.title}: {certificate.holder_name}")
    text.add_itxt("Source", certificate.verify_url)
    page = compile_png(certificate, shelf, design, _resolution(width), pictures)
    file = _reduce(page, width, text)
    return file if credential is None else bake_png(file, credential)


def draw_for_screen(
    certificate: Certificate,
    shelf: FontShelf,
    design: str,
    width: int,
    pictures: Mapping[str, bytes] = NO_PICTURES,
    watermark: str = "",
) -> bytes:
    """Return the Letter page as a WebP without losses, to be looked at in a page: half a PNG's weight, no text inside.

    A `watermark` is set across the page. Raise `ValueError` for what `draw_png` refuses.
    """
    page = compile_png(certificate, shelf, design, _resolution(width), pictures, watermark)
    image = _in_colors(page, width, SCREEN_COLORS).convert("RGB")
    file = io.BytesIO()
    image.save(file, "WEBP", lossless=True, quality=30, method=3)  # more effort takes twice the time to save 3 %
    return file.getvalue()


def draw_specimen(
    certificate: Certificate,
    shelf: FontShelf,
    design: str,
    width: int = 1600,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """Return a picture as `draw_for_screen` does, with SPECIMEN across the page."""
    return draw_for_screen(certificate, shelf, design, width, pictures, watermark="SPECIMEN")


def _resolution(width: int) -> float:
    if width not in WIDTHS:
        raise ValueError(f"a width of {width} pixels is not from {WIDTHS[0]} to {WIDTHS[-1]}")
    return width / PAGE_INCHES


def _reduce(page: bytes, width: int, text: PngInfo) -> bytes:
    """Return the page in few colors, as wide as asked."""
    file = io.BytesIO()
    _in_colors(page, width, COLORS).save(file, "PNG", pnginfo=text)  # optimize=True takes 120 ms to save 2 %
    return file.getvalue()


def _in_colors(page: bytes, width: int, colors: int) -> Image.Image:
    with Image.open(io.BytesIO(page)) as drawn:
        image = drawn.convert("RGB")
    if image.width != width:  # a design may set another page than Letter
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    return image.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def draw_svg(
    certificate: Certificate,
    shelf: FontShelf,
    design: str = "plain",
    credential: bytes | None = None,
    pictures: Mapping[str, bytes] = NO_PICTURES,
) -> bytes:
    """Return the Letter page as an SVG whose letters are outlines; with a credential it is a baked Open Badge.

    Equal arguments give equal bytes. Raise `ValueError` for what `draw_pdf` refuses.
    """
    page = compile_svg(certificate, shelf, design, pictures)
    return page if credential is None else bake_svg(page, credential)
