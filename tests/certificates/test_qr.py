"""The QR code: says the URL and nothing else, the same bytes every time."""

import io

import pymupdf
import pytest
import zxingcpp
from PIL import Image

from certificates.qr import qr_png, qr_svg

URL = "https://credence.example/c/3K7QF2M9PABCDEFGHJKMNPQRST"


def test_the_png_decodes_to_the_url_at_error_correction_q():
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_png(URL))))
    assert found.text == URL
    assert found.ec_level == "Q"


def test_the_quiet_zone_is_four_modules():
    image = Image.open(io.BytesIO(qr_png(URL, 1))).convert("L")
    dark = [(x, y) for y in range(image.height) for x in range(image.width) if image.getpixel((x, y)) == 0]
    assert min(x for x, _ in dark) == min(y for _, y in dark) == 4
    assert image.width - max(x for x, _ in dark) == image.height - max(y for _, y in dark) == 5


def test_the_svg_has_the_same_modules_as_the_png():
    side = Image.open(io.BytesIO(qr_png(URL, 1))).width
    page = pymupdf.open(stream=qr_svg(URL), filetype="svg")[0]
    scale = side * 8 / page.rect.width
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale))
    (found,) = zxingcpp.read_barcodes(Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples))
    assert found.text == URL
    assert f'viewBox="0 0 {side} {side}"'.encode() in qr_svg(URL)


def test_the_same_url_gives_the_same_bytes():
    assert qr_svg(URL) == qr_svg(URL)
    assert qr_png(URL) == qr_png(URL)
    assert qr_svg(URL) != qr_svg(URL + "X")


def test_a_module_needs_a_pixel():
    with pytest.raises(ValueError, match="at least one pixel"):
        qr_png(URL, 0)
