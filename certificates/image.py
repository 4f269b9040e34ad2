"""A certificate as a PNG: the page of the PDF for screens, small, the same bytes every time."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from certificates.certificate import Certificate
from certificates.design import compile_png
from certificates.fonts import FontShelf

PAGE_INCHES = 11  # the width of US Letter, landscape
WIDTHS = range(200, 8001)
COLORS = 128


def draw_png(certificate: Certificate, shelf: FontShelf, design: str = "plain", width: int = 1600) -> bytes:
    """Return the Letter page as a PNG exactly `width` pixels wide, with title and verify URL as text inside.

    Equal certificates give equal bytes; may be called from any number of threads. Raise `ValueError` for a
    width out of 200 to 8000 pixels and for what `draw_pdf` refuses.
    """
    if width not in WIDTHS:
        raise ValueError(f"a width of {width} pixels is not from {WIDTHS[0]} to {WIDTHS[-1]}")
    page = compile_png(certificate, shelf, design, "letter", width / PAGE_INCHES)
    with Image.open(io.BytesIO(page)) as drawn:
        image = drawn.convert("RGB")
    if image.width != width:  # a design may set another page than Letter
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image = image.quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    text = PngInfo()
    text.add_itxt("Title", f"{certificate.title}: {certificate.holder_name}")
    text.add_itxt("Source", certificate.verify_url)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=text)  # optimize=True takes 120 ms to save 2 %
    return file.getvalue()
