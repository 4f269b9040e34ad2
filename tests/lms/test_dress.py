"""The look of certificates: pictures drawn anew and kept, frozen with the certificate they were issued on."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from lms.awards import document
from lms.awards.commands import reissue_award
from lms.awards.document import Holder
from lms.awards.dress import HEAVY, PICTURES, choose_design, load_pictures, put_picture, remove_picture
from lms.errors import Invalid
from lms.files import Shelf
from lms.terms import DESIGNS
from tests.lms.test_awards import SEAL, finish

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0h40v20h-40z"/>%s</svg>'


def picture(form="PNG", size=(300, 100), color=(20, 60, 120), **values):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, form, **values)
    return file.getvalue()


@pytest.fixture
def files(tmp_path):
    return Shelf(str(tmp_path / "media"))


@pytest.fixture
def provider(make):
    return make.provider()


@pytest.fixture
def put(session, make, files, provider, now):
    def put(kind, content):
        put_picture(session, files, provider, kind, content, by=1, now=now)
        with files.open(getattr(provider, kind)) as file:
            return file.read()

    return put


def test_every_design_has_a_title():
    assert set(DESIGNS) == set(document.list_designs())


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_drawn_anew_as_png(put, kind, form):
    kept = put(kind, picture(form, (2400, 900)) + b"<script>")
    image = Image.open(io.BytesIO(kept))
    assert (image.format, image.mode) == ("PNG", "RGBA")
    assert image.width == PICTURES[kind][0]
    assert b"script" not in kept


def test_transparency_stays_and_empty_margins_go(put):
    sheet = Image.new("RGBA", (400, 300), (255, 255, 255, 0))
    sheet.paste((0, 0, 0, 255), (100, 100, 300, 150))
    sheet.putpixel((150, 120), (0, 0, 0, 0))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    kept = Image.open(io.BytesIO(put("signature", file.getvalue())))
    assert kept.size == (200, 50)
    assert kept.getpixel((50, 20))[3] == 0


def test_a_heavy_picture_is_kept_in_few_colors(put):
    kept = put("logo", picture_of_noise())
    assert len(kept) < 2 * HEAVY
    assert Image.open(io.BytesIO(kept)).mode == "P"


def picture_of_noise():
    file = io.BytesIO()
    Image.effect_noise((900, 500), 120).convert("RGB").save(file, "PNG")
    return file.getvalue()


def test_a_drawing_is_kept_as_a_drawing_without_what_is_not_known(put):
    kept = put("logo", SVG % b"<script>alert(1)</script>")
    assert kept.startswith(b"<svg")
    assert b"script" not in kept


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file"),
        (b"x" * 5_000_001, "too large"),
        (b"GIF89a", "not a picture"),
        (SVG % b"<text>Logo</text>", "outlines"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cannot be read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 20"/>', "long and thin"),
        (picture(size=(1300, 100)), "long and thin"),
        (picture(color=(255, 255, 255)), "nothing to see"),
    ],
)
def test_what_cannot_stand_on_a_certificate_is_refused(put, provider, content, said):
    with pytest.raises(Invalid) as refused:
        put("logo", content)
    assert said in refused.value.problems["file"]
    assert provider.logo is None


def test_there_are_two_pictures_and_three_designs(session, provider, files, now):
    with pytest.raises(Invalid):
        put_picture(session, files, provider, "name", picture(), by=1, now=now)
    with pytest.raises(Invalid):
        remove_picture(session, provider, "name", by=1, now=now)
    with pytest.raises(Invalid):
        choose_design(session, provider, "gaudy", by=1, now=now)


def test_an_issued_certificate_keeps_the_look_of_its_day(session, make, provider, put, files, now):
    choose_design(session, provider, "modern", by=1, now=now)
    logo = put("logo", picture())
    award = finish(session, make.ready(make.user(), make.edition(provider)), now).award
    choose_design(session, provider, "plain", by=1, now=now)
    put("logo", picture(color=(200, 0, 0)))
    remove_picture(session, provider, "signature", by=1, now=now)
    certificate = document.thaw(award.facts)
    assert award.design == "modern"
    assert load_pictures(certificate, files) == {certificate.logo: logo}
    corrected = reissue_award(session, award, Holder("Ada", []), note="Name.", by=make.user().id, seal=SEAL, now=now)
    assert corrected.design == "modern"
    assert document.thaw(corrected.facts).logo == certificate.logo


def test_a_picture_that_is_gone_is_left_out_and_drawing_says_so(make, provider, files, settings, now):
    certificate = replace(document.show_specimen(provider, "https://a.example", now=now), logo="0" * 64)
    assert load_pictures(certificate, files) == {}
    fonts = document.open_shelf(settings.data_dir, ())
    with pytest.raises(ValueError, match="logo is missing"):
        document.draw_specimen(certificate, fonts, "plain")


def test_a_specimen_leads_to_no_certificate(provider, now):
    specimen = document.show_specimen(provider, "https://a.example", now=now)
    with pytest.raises(ValueError, match="code"):
        document.read_code(specimen.code)
    assert specimen.verify_url == "https://a.example/verify"
    assert "Specimen" in specimen.notice
