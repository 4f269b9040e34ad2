"""The PNG: the same page, exactly as wide as asked, small and the same bytes each time."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image

from certificates import design
from certificates.design import list_designs
from certificates.image import draw_png


@pytest.fixture(params=list_designs())
def name(request):
    return request.param


@pytest.mark.parametrize("width", [1600, 1201, 2000])
def test_it_is_as_wide_as_asked_and_its_qr_code_decodes(certificate, shelf, name, width):
    image = Image.open(io.BytesIO(draw_png(certificate, shelf, name, width)))
    assert (image.format, image.width) == ("PNG", width)
    assert abs(image.height - width * 8.5 / 11) <= 1
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    assert found.text == certificate.verify_url


@pytest.mark.parametrize("width", [200, 333, 640])
def test_a_small_one_is_as_wide_as_asked_too(certificate, shelf, name, width):
    assert Image.open(io.BytesIO(draw_png(certificate, shelf, name, width))).width == width


def test_a_design_with_its_own_page_is_fitted_to_the_width(certificate, shelf, tmp_path, monkeypatch):
    (tmp_path / "_document.typ").write_bytes(design.DOCUMENT.read_bytes())
    (tmp_path / "tall.typ").write_text("#set page(flipped: false)\nhello")
    monkeypatch.setattr(design, "FOLDER", tmp_path)
    monkeypatch.setattr(design, "DOCUMENT", tmp_path / "_document.typ")
    image = Image.open(io.BytesIO(draw_png(certificate, shelf, "tall", 800)))
    assert image.width == 800
    assert 1034 <= image.height <= 1036


def test_the_same_certificate_gives_the_same_bytes(certificate, shelf, name):
    first = draw_png(certificate, shelf, name)
    assert draw_png(certificate, shelf, name) == first
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: draw_png(certificate, shelf, name), range(4))) == {first}


def test_it_carries_its_title_and_where_to_check_it(certificate, shelf, name):
    image = Image.open(io.BytesIO(draw_png(replace(certificate, holder_name="Ελένη"), shelf, name)))
    assert image.text == {"Title": f"{certificate.title}: Ελένη", "Source": certificate.verify_url}


def test_it_is_small_and_in_few_colours(certificate, shelf, name):
    png = draw_png(certificate, shelf, name)
    assert len(png) < 250_000
    assert Image.open(io.BytesIO(png)).mode == "P"


@pytest.mark.parametrize("width", [0, -5, 199, 8001])
def test_a_width_out_of_reason_is_refused(certificate, shelf, width):
    with pytest.raises(ValueError, match="is not from 200 to 8000"):
        draw_png(certificate, shelf, "plain", width)


def test_what_cannot_be_drawn_is_refused(certificate, shelf):
    with pytest.raises(ValueError, match="there is no design"):
        draw_png(certificate, shelf, "nothing")
    with pytest.raises(ValueError, match="no font has"):
        draw_png(replace(certificate, holder_name="王"), shelf)
