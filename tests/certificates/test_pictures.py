"""The provider's pictures on a certificate, specimens, and the ornaments drawn beforehand."""

import hashlib
import io
from dataclasses import replace

import pymupdf
import pytest
import zxingcpp
from PIL import Image

from certificates import design
from certificates.design import can_draw, list_designs
from certificates.image import draw_png, draw_specimen, draw_svg
from certificates.ornaments import FILES, draw_ornament
from certificates.pdf import draw_pdf

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#a0b0c0" d="M0 0h40v20h-40z"/></svg>'
)


@pytest.fixture(params=list_designs())
def name(request):
    return request.param


def png(size, color):
    file = io.BytesIO()
    Image.new("RGBA", size, color).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def dressed(certificate):
    """A certificate with both pictures, and the pictures by their SHA-256."""
    pictures = {hashlib.sha256(one).hexdigest(): one for one in (DRAWING, png((300, 60), (10, 20, 200, 128)))}
    logo, signature = pictures
    return replace(certificate, logo=logo, signature=signature), pictures


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_both_pictures_are_on_the_page_and_described(dressed, shelf, name, paper, alternatives):
    certificate, pictures = dressed
    pdf = draw_pdf(certificate, shelf, name, paper, pictures=pictures)
    assert draw_pdf(certificate, shelf, name, paper, pictures=pictures) == pdf
    said = alternatives(pdf)
    assert "Logo of Harbor Learning Collective" in said
    assert "Signature of Ruth Adeyemi-Clarke" in said
    with pymupdf.open(stream=pdf) as document:
        assert len(document) == 1
        pixels = set(document[0].get_pixmap(dpi=60).color_count(colors=True))
    assert bytes.fromhex("a0b0c0") in pixels


def test_without_pictures_there_is_no_word_of_them(certificate, shelf, name, alternatives):
    assert not [text for text in alternatives(draw_pdf(certificate, shelf, name)) if "QR" not in text]


@pytest.mark.parametrize("draw", [draw_pdf, draw_png, draw_svg])
def test_a_picture_that_is_missing_or_altered_is_refused(dressed, shelf, draw):
    certificate, pictures = dressed
    with pytest.raises(ValueError, match="picture of the logo is missing"):
        draw(certificate, shelf)
    with pytest.raises(ValueError, match="picture of the signature is not the one of the day of issue"):
        draw(certificate, shelf, pictures={**pictures, certificate.signature: DRAWING})


def test_a_drawing_needs_a_view_box(certificate, shelf):
    bare = b"<svg/>"
    name = hashlib.sha256(bare).hexdigest()
    with pytest.raises(ValueError, match="viewBox"):
        draw_pdf(replace(certificate, logo=name), shelf, pictures={name: bare})


@pytest.mark.parametrize(
    ("drawing", "can"),
    [(DRAWING, True), (b"<svg", False), (b"\xff", False), (DRAWING.replace(b"viewBox", b"v"), False)],
)
def test_a_drawing_is_tried_before_it_is_kept(drawing, can):
    assert can_draw(drawing) is can


def test_the_worst_case_with_pictures_is_one_page(worst, dressed, shelf, name):
    certificate, pictures = dressed
    full = replace(worst, logo=certificate.logo, signature=certificate.signature)
    with pymupdf.open(stream=draw_pdf(full, shelf, name, pictures=pictures)) as document:
        assert len(document) == 1


def count_red(image):
    colors = image.convert("RGB").getcolors(maxcolors=image.width * image.height)
    return sum(count for count, (red, green, blue) in colors if red > green + 12 and abs(green - blue) < 12)


def test_a_specimen_says_so_across_the_page_and_carries_nothing_else(certificate, shelf, name):
    drawn = Image.open(io.BytesIO(draw_specimen(certificate, shelf, name, 800)))
    real = Image.open(io.BytesIO(draw_png(certificate, shelf, name, 800)))
    reds = [count_red(image) for image in (drawn, real)]
    assert not {"exif", "xmp", "icc_profile"} & drawn.info.keys()
    assert reds[0] > reds[1] + 5000
    assert zxingcpp.read_barcodes(drawn.convert("L").resize((1600, 1236)))


def test_a_code_of_any_length_is_set(certificate, shelf, name):
    with pymupdf.open(stream=draw_pdf(replace(certificate, code="SPECIMEN"), shelf, name)) as document:
        assert "SPEC IMEN" in document[0].get_text()


@pytest.mark.parametrize("file", FILES)
def test_the_ornaments_are_what_their_source_draws(shelf, file):
    assert (design.FOLDER / file).read_bytes() == draw_ornament(file, shelf)
