"""A file is identical only if nothing of it was changed; every real edit is found, with and without the records."""

import array
import copy
import io
import json
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymupdf
import pypdf
import pytest
from PIL import Image, ImageDraw

from certificates import design
from certificates import verify as subject
from certificates.__main__ import exit_code, main
from certificates.carriers import PNG, _chunk, bake_png, bake_svg
from certificates.credential import Issuer, compose, facts_of
from certificates.image import draw_png, draw_svg
from certificates.keys import did_document, did_web, key_id, new_key
from certificates.log import (
    Checkpoint,
    Entry,
    Frontier,
    LogProof,
    Vkey,
    append,
    hash_leaf,
    inclusion_proof,
    proof_to_json,
    sign_checkpoint,
    write_entry,
    write_vkey,
)
from certificates.pdf import draw_pdf
from certificates.proof import jcs_sha256, serialise, sign
from certificates.qr import qr_png
from certificates.sandbox import Unreadable, ask
from certificates.stamp import put_stamp
from certificates.status import StatusEntry, StatusList, sign_status_list
from certificates.verify import (
    Bundle,
    Issued,
    Report,
    Result,
    Trust,
    bundle_of,
    check_file,
    check_offline,
    draw_again,
    read_bundle,
    report_to_json,
)

NOW = datetime(2026, 11, 22, 1, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
DID = did_web("credence.example", "p", "harbor")
KEY, STRANGER, LOG_KEY = new_key(), new_key(), new_key()
LIST = "https://credence.example/credentials/status/1"
INDEX = 4711
VKEY = Vkey("credence.example/log", LOG_KEY.public_key().public_bytes_raw())


def issue(certificate, number=1, key=KEY):
    """A signed credential, as stored."""
    document = compose(
        certificate,
        credential_id=f"urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc{number:02}",
        subject_id=f"urn:uuid:b5b5d1a0-4b5a-4a3e-9d61-51e6a5c3d0{number:02}",
        issuer=Issuer(DID, "https://credence.example/p/harbor"),
        status=StatusEntry(LIST, INDEX + number),
        achievement_id="https://credence.example/achievements/eth-101/3",
        valid_from=NOW,
        awarded=NOW,
    )
    return sign(document, key, key_id(DID, key.public_key()), NOW)


@pytest.fixture
def document(certificate):
    return issue(certificate)


@pytest.fixture
def credential(document):
    return serialise(document)


class Records:
    """What the platform would know."""

    def __init__(self, shelf, *documents, design="plain", draws=True, **more):
        self.shelf, self.design, self.draws = shelf, design, draws
        self.all = {facts_of(one).code: Issued(serialise(one), jcs_sha256(one), **more) for one in documents}

    def issued(self, code):
        return self.all.get(code)

    def redraw(self, issued, kind, size):
        facts = facts_of(json.loads(issued.credential))
        return draw_again(facts, issued.credential, kind, size, self.shelf, design=self.design) if self.draws else ()


@pytest.fixture
def known(shelf, document):
    return Records(shelf, document)


@pytest.fixture
def pdf(certificate, shelf, credential):
    return draw_pdf(certificate, shelf, credential=credential)


@pytest.fixture
def png(certificate, shelf, credential):
    return draw_png(certificate, shelf, credential=credential)


@pytest.fixture
def svg(certificate, shelf, credential):
    return draw_svg(certificate, shelf, credential=credential)


def facts_in(report):
    return [one.fact for one in report.differences]


# ---- what is as it was ----


@pytest.mark.parametrize("kind", ["pdf", "png", "svg", "credential"])
def test_what_was_handed_out_is_identical(request, known, certificate, kind):
    report = check_file(request.getfixturevalue(kind), known)
    assert report.result is Result.IDENTICAL, report
    assert (report.code, report.standing, report.certificate) == (certificate.code, "valid", certificate)
    assert report.differences == ()


def test_the_other_paper_and_another_width_are_too(known, certificate, shelf, credential):
    assert check_file(draw_pdf(certificate, shelf, "plain", "a4", credential), known).result is Result.IDENTICAL
    assert check_file(draw_png(certificate, shelf, "plain", 900, credential), known).result is Result.IDENTICAL


def test_a_file_that_was_only_saved_again_is_identical(known, pdf, png, document):
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf)))
    by_pypdf = io.BytesIO()
    writer.write(by_pypdf)
    with pymupdf.open(stream=pdf) as opened:
        by_mupdf = opened.tobytes(garbage=4, deflate=True, clean=True)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    again = io.BytesIO()
    image.save(again, "PNG")
    for content in (by_pypdf.getvalue(), by_mupdf, bake_png(again.getvalue(), serialise(document))):
        report = check_file(content, known)
        assert report.result is Result.IDENTICAL, report
    assert check_file(json.dumps(document, indent=2).encode(), known).result is Result.IDENTICAL


def test_the_standing_is_told_beside(shelf, document, credential):
    report = check_file(credential, Records(shelf, document, standing="revoked"))
    assert (report.result, report.standing, exit_code(report)) == (Result.IDENTICAL, "revoked", 1)


# ---- a real edit of the PDF ----


def edited(pdf, change):
    with pymupdf.open(stream=pdf) as opened:
        change(opened, opened[0], opened[0].search_for("Maria Lopez")[0])
        return opened.tobytes(garbage=3)


def replace_name(_, page, place):
    page.add_redact_annot(place, "Mario Lopez", fontsize=24)
    page.apply_redactions()


def paste_box(_, page, place):
    page.draw_rect(place, color=(1, 1, 1), fill=(1, 1, 1))
    page.insert_text(place.bl, "Mario Lopez", fontsize=24)


def picture_of(words, place):
    image = Image.new("L", (int(place.width) * 4, int(place.height) * 4), 255)
    ImageDraw.Draw(image).text((10, 10), words, font_size=90)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def paste_picture(_, page, place):
    page.insert_image(place, stream=picture_of("Mario Lopez", place))


def hide_text_under_picture(_, page, place):
    page.add_redact_annot(place)
    page.apply_redactions()
    page.insert_text(place.bl, "Maria Lopez", fontsize=24, render_mode=3)
    page.insert_image(place, stream=picture_of("Mario Lopez", place))


def lay_text_over(_, page, place):
    page.add_freetext_annot(place, "Mario Lopez", fontsize=24, fill_color=(1, 1, 1))


def hide_note(_, page, place):
    annotation = page.add_freetext_annot(place, "Mario Lopez", fontsize=24, fill_color=(1, 1, 1))
    annotation.set_flags(pymupdf.PDF_ANNOT_IS_HIDDEN)
    annotation.update()


def add_page(opened, page, _):
    opened.new_page().insert_text((50, 50), "40 demo hours")


def change_code(_, page, place):
    page.insert_image(
        pymupdf.Rect(620, 440, 720, 540), stream=qr_png("https://evil.example/c/3K7QF2M9PABCDEFGHJKMNPQRST")
    )


def one_digit(_, page, place):
    spot = page.search_for("104233")[0]
    page.add_redact_annot(spot, "104238", fontsize=9)
    page.apply_redactions()


def bend_link(opened, page, _):
    link = page.get_links()[0]
    page.update_link({**link, "uri": "https://evil.example/c/1"})


def add_script(opened, page, _):
    script = opened.get_new_xref()
    opened.update_object(script, "<</S/JavaScript/JS(app.alert\\(1\\))>>")
    opened.xref_set_key(opened.pdf_catalog(), "Names/JavaScript", f"<</Names[(a) {script} 0 R]>>")


def print_other_words(opened, page, place):
    layer = opened.add_ocg("for paper", on=False, usage="Artwork")
    opened.xref_set_key(layer, "Usage", "<</Print<</PrintState/ON>>/View<</ViewState/OFF>>>>")
    usage = f"[<</Event/Print/OCGs[{layer} 0 R]/Category[/Print]>> <</Event/View/OCGs[{layer} 0 R]/Category[/View]>>]"
    opened.xref_set_key(opened.pdf_catalog(), "OCProperties/D/AS", usage)
    page.insert_image(place, stream=picture_of("Mario Lopez", place), oc=layer)


def open_as_portfolio(opened, page, _):
    opened.embfile_add("forged.pdf", b"%PDF-1.7 forged")
    opened.xref_set_key(opened.pdf_catalog(), "Collection", "<</Type/Collection/D(forged.pdf)/View/H>>")


def run_on_opening(opened, page, _):
    opened.xref_set_key(opened.pdf_catalog(), "OpenAction", "<</S/JavaScript/JS(this.addAnnot\\(\\))>>")


def add_hidden_layer(opened, page, place):
    layer = opened.add_ocg("hidden", on=False)
    page.insert_image(place, stream=picture_of("Mario Lopez", place), oc=layer)


def name_the_page_twice(opened, page, _):
    wide = opened.get_new_xref()
    opened.update_object(wide, f"<</Type/Page/Contents {page.get_contents()[0]} 0 R>>")
    opened.xref_set_key(page.xref, "Thumb", f"{wide} 0 R")


def draw_with_borders_of_links(opened, page, place):
    """Some readers paint the thick border of a link; the one that compares here paints none."""
    link = page.get_links()[0]
    for shift in ((0, 0, 0, 0), (1, 0, 1, 0)):
        page.insert_link({"kind": pymupdf.LINK_URI, "uri": link["uri"], "from": place + shift})
        opened.xref_set_key(page.annot_xrefs()[-1][0], "BS", "<</W 12/S/S>>")


def bring_an_ink_that_is_none(opened, page, place):
    """An ink named None is painted by some readers and left out by others: that it is there is enough."""
    ink = opened.get_new_xref()
    opened.update_object(ink, "[/Separation/None/DeviceRGB<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[1 0 0]/N 1>>]")
    opened.xref_set_key(page.xref, "Inks", f"<</Ink {ink} 0 R>>")


EDITS = [
    (draw_with_borders_of_links, "hidden in the file"),
    (bring_an_ink_that_is_none, "hidden in the file"),
    (open_as_portfolio, "hidden in the file"),
    (run_on_opening, "hidden in the file"),
    (add_hidden_layer, "hidden in the file"),
    (name_the_page_twice, "hidden in the file"),
    (replace_name, "name"),
    (paste_box, "words that were added"),
    (paste_picture, "picture"),
    (hide_text_under_picture, "picture"),
    (lay_text_over, "laid over the page"),
    (hide_note, "laid over the page"),
    (add_page, "pages"),
    (change_code, "picture"),
    (one_digit, "license 1"),
    (bend_link, "link"),
    (add_script, "laid over the page"),
    (print_other_words, "picture"),
]


@pytest.mark.parametrize(("change", "fact"), EDITS, ids=[change.__name__ for change, _ in EDITS])
def test_an_edited_pdf_is_altered_though_its_credential_is_genuine(known, pdf, change, fact):
    report = check_file(edited(pdf, change), known)
    assert report.result is Result.ALTERED, report
    assert fact in facts_in(report)
    assert exit_code(report) == 1


def draw_anew(pdf, more=b""):
    """Move each outline by a fifth of a point at the most, as programs do that make a new PDF of an old one."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf)))
    stream = writer.pages[0].get_contents()
    stream.set_data(b"q 1 0 0 1 .13 .09 cm\n" + stream.get_data() + b"\nQ\n" + more)
    writer.pages[0].replace_contents(stream)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_file_that_a_program_made_anew_is_neither_altered_nor_identical(known, pdf):
    report = check_file(draw_anew(pdf), known)
    assert (report.result, report.differences) == (Result.CANNOT_CHECK, ()), report
    assert "reads as it was signed" in report.checks[0].words
    assert "as it was downloaded" in report.sentence
    assert check_file(put_part(pdf, b"7 0 obj<</Kids[]/Limits[]>>endobj"), known).result is Result.CANNOT_CHECK


def test_what_was_altered_before_or_after_that_is_altered(known, pdf):
    for content in (
        draw_anew(edited(pdf, replace_name)),
        edited(draw_anew(pdf), replace_name),
        edited(draw_anew(pdf), hide_text_under_picture),
        draw_anew(pdf, b"1 g 250 380 2 2 re f 0 g 300 300 1 1 re f"),
        draw_anew(pdf, b"0 g 300 300 1.2 1.2 re f"),  # a decimal point
    ):
        assert check_file(content, known).result is Result.ALTERED
    named = check_file(draw_anew(edited(pdf, replace_name)), known)
    assert facts_in(named)[0] == "name"


def test_the_facts_are_named_first(known, pdf):
    def in_many_ways(opened, page, place):
        lay_text_over(opened, page, page.search_for("104233")[0])
        bend_link(opened, page, place)
        replace_name(opened, page, place)

    facts = facts_in(check_file(edited(pdf, in_many_ways), known))
    assert facts[0] == "name"
    assert {"link", "laid over the page", "picture"} <= set(facts[1:])


def test_a_name_may_end_in_a_zero_byte(known, pdf):
    """To a PDF that is a space; so a hidden layer must not pass for something with another name."""
    plain = edited(pdf, run_on_opening)
    assert plain.count(b"/OpenAction<<") == 1
    at = plain.index(b"/OpenAction<<")
    begin, end = plain.rindex(b"obj", 0, at), plain.index(b"endobj", at)
    body = plain[begin:end]
    loose = body.replace(b"/OpenAction<<", b"/OpenAction\0<<")
    report = check_file(plain[:begin] + loose + plain[end:], known)
    assert report.result is Result.ALTERED, report
    assert "script" in {one.fact: one.found for one in report.differences}["hidden in the file"]


def test_what_no_program_adds_that_only_saves_is_not_called_identical(known, pdf):
    def add_strange_part(opened, page, _):
        opened.xref_set_key(page.xref, "Strange", "<</Kind/Unheard>>")

    report = check_file(edited(pdf, add_strange_part), known)
    assert report.result is Result.CANNOT_CHECK, report
    assert "Unheard" in " ".join(check.words for check in report.checks)


def test_the_page_of_one_with_the_credential_of_another_is_altered(certificate, shelf, document):
    other = replace(
        certificate,
        holder_name="Ann Other",
        code="4" + certificate.code[1:],
        verify_url=certificate.verify_url.replace("3K7Q", "4K7Q"),
    )
    theirs = issue(other, 2)
    mixed = draw_pdf(certificate, shelf, credential=serialise(theirs))
    report = check_file(mixed, Records(shelf, document, theirs))
    assert report.result is Result.ALTERED
    assert {"name", "code", "QR code", "picture"} <= set(facts_in(report))


def test_a_pdf_that_carries_two_credentials_is_altered(known, pdf, document):
    with pymupdf.open(stream=pdf) as opened:
        opened.embfile_add("other.json", json.dumps({**document, "name": "x"}).encode())
        two = opened.tobytes()
    assert facts_in(check_file(two, known)) == ["credential"]


def strip(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    writer = pypdf.PdfWriter(clone_from=reader)
    for name in ("/AF", "/Names"):
        writer.root_object.pop(name, None)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_stripped_pdf_cannot_be_checked_but_its_words_are_compared(known, pdf):
    report = check_file(strip(pdf), known)
    assert report.result is Result.CANNOT_CHECK
    assert "lacks the signed credential" in report.sentence
    assert report.certificate is not None
    spoiled = check_file(strip(edited(pdf, replace_name)), known)
    assert spoiled.result is Result.ALTERED
    assert "name" in facts_in(spoiled)


def as_picture(pdf, dpi=150):
    with pymupdf.open(stream=pdf) as opened:
        return opened[0].get_pixmap(dpi=dpi).tobytes("png")


def test_a_scan_a_screenshot_and_a_photo_lead_to_the_certificate_and_no_further(known, pdf, certificate):
    with pymupdf.open() as scan:
        scan.new_page(width=792, height=612).insert_image(pymupdf.Rect(0, 0, 792, 612), stream=as_picture(pdf))
        scanned = scan.tobytes()
    for content in (as_picture(pdf), scanned):
        report = check_file(content, known)
        assert (report.result, report.certificate) == (Result.CANNOT_CHECK, certificate)
        assert exit_code(report) == 2


def blank(form):
    file = io.BytesIO()
    Image.new("L", (900, 700), 200).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "PDF"])
def test_a_picture_without_a_readable_code_is_not_called_a_strangers(known, form):
    report = check_file(blank(form), known)
    assert (report.result, report.code) == (Result.CANNOT_CHECK, "")
    assert "closer and straight on" in report.sentence


def test_a_picture_with_the_code_of_something_else_is_not_ours(known):
    for words in ("https://elsewhere.example/menu", "https://credence.example/c/7ZZZZZZZZZZZZZZZZZZZZZZZZZ"):
        assert check_file(qr_png(words), known).result is Result.NOT_OURS


def test_a_picture_with_a_code_of_another_address_is_altered(known, certificate):
    report = check_file(qr_png(certificate.verify_url.replace("credence", "evil")), known)
    assert (report.result, facts_in(report)) == (Result.ALTERED, ["QR code"])


SCRIPT = b"7 0 <</S/JavaScript/JS(x)>>"


@pytest.mark.parametrize(
    ("part", "result"),
    [
        (b"7 0 obj<</S/Java#53cript>>endobj", Result.ALTERED),
        (b"7 0 obj<</Type/ObjStm>>stream\n" + zlib.compress(SCRIPT) + b"endstream", Result.ALTERED),
        (b"7 0 obj<</Type/ObjStm>>stream\r" + zlib.compress(zlib.compress(SCRIPT)) + b"endstream", Result.ALTERED),
        (b"7 0 obj<</DecodeParms 8 0 R>>stream\n" + zlib.compress(b"1") + b"endstream", Result.ALTERED),
        (b"7 0 obj<<>>stream\n" + zlib.compress(SCRIPT)[:-2] + b"..endstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 9>>stream\n" + zlib.compress(b"1") + b"endstream", Result.IDENTICAL),
        (b"7 0 obj<</Length 9>>stream\r\n" + zlib.compress(b"1") + b"\r\nendstream", Result.IDENTICAL),
        (b"7 0 obj<</Length 8 0 R>>stream\nendstream\n8 0 obj 0 endobj", Result.IDENTICAL),
        (b"7 0 obj<</Length 8 0 R>>stream\nendstream\n8 0 obj 1 endobj", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 8 0 R>>stream\nendstream\n8 0 obj 0 endobj 8 0 obj 1 endobj", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 8 0 R>>stream\nendstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 2>>stream\n1 0 0 rg 9 9 re f endstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 20>>stream\n1 g\nendstream 7 7 re f\nendstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 21>>stream\n1 g\nendstream 7 7 re f\nendstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 9999999>>stream\n1 g\nendstream", Result.CANNOT_CHECK),
        (b"7 0 obj<</Length 3/Len#67th 4>>stream\n1 g\nendstream", Result.CANNOT_CHECK),
        (b"7 0 obj<<>>stream\n1 g\nendstream", Result.CANNOT_CHECK),
    ],
)
def test_what_other_readers_would_show_is_found_however_it_is_packed(known, pdf, part, result):
    assert check_file(put_part(pdf, part), known).result is result


def put_part(pdf, part):
    at = pdf.rindex(b"startxref")
    return pdf[:at] + part + b"\n" + pdf[at:]


def test_strange_names_are_found_in_what_is_packed_twice(known, pdf):
    packed = zlib.compress(zlib.compress(b"<</Unheard 1>>"))
    part = b"7 0 obj<</Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    report = check_file(put_part(pdf, part), known)
    assert report.result is Result.CANNOT_CHECK
    assert "Unheard" in report.checks[0].words


# ---- edits of PNG and SVG ----


def deep_gray(image):
    """White and black as 16 bits with something painted in what is white only where the lower half is read."""
    deep = array.array("H", [65535 if value == 255 else value for value in image.convert("L").tobytes()])
    for at, value in enumerate(deep[: image.width * 40]):
        deep[at] = min(value, 255)
    deep.byteswap()
    rows = deep.tobytes()
    wide = image.width * 2
    lines = b"".join(b"\0" + rows[at : at + wide] for at in range(0, len(rows), wide))
    head = struct.pack(">IIBBBBB", *image.size, 16, 0, 0, 0, 0)
    return PNG + b"".join(_chunk(*one) for one in ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")))


def bent_colors(image):
    """Something painted in almost white, and viewers told to make black of it."""
    image = image.convert("RGB")
    image.paste((252, 252, 252), (0, 0, image.width, 5))
    file = io.BytesIO()
    image.save(file, "PNG")
    plain = file.getvalue()
    return plain[:33] + _chunk(b"gAMA", struct.pack(">I", 50)) + plain[33:]


def see_through(image):
    image = image.convert("RGBA")
    image.paste((255, 255, 255, 0), (0, 0, image.width, 5))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def same_brightness(image):
    image = image.convert("RGB")
    image.paste((255, 255, 235), (0, 0, image.width, 40))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("forge", [deep_gray, bent_colors, see_through, same_brightness])
def test_a_png_that_viewers_show_otherwise_is_not_called_identical(known, png, credential, forge):
    forged = bake_png(forge(Image.open(io.BytesIO(png))), credential)
    assert check_file(forged, known).result in (Result.CANNOT_CHECK, Result.ALTERED)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda png: png + png,
        lambda png: png[:8] + png[8:33] + png[8:],
        lambda png: png[:-12] + _chunk(b"tEXt", b"a\0b") + _chunk(b"IDAT", b"") + png[-12:],
    ],
)
def test_a_png_that_readers_take_in_two_ways_is_not_called_identical(known, png, spoil):
    assert check_file(spoil(png), known).result is Result.CANNOT_CHECK


def test_a_painted_png_is_altered_though_its_credential_is_genuine(known, png, credential):
    image = Image.open(io.BytesIO(png)).convert("RGB")
    ImageDraw.Draw(image).rectangle((700, 300, 760, 340), fill="white")
    ImageDraw.Draw(image).text((700, 300), "X", fill="black", font_size=36)
    file = io.BytesIO()
    image.save(file, "PNG")
    report = check_file(bake_png(file.getvalue(), credential), known)
    assert (report.result, facts_in(report)) == (Result.ALTERED, ["picture"])


@pytest.mark.parametrize("at", [(1000, 60), (1001, 61), (1002, 63)])
def test_a_point_between_two_digits_is_not_too_small_to_see(png, at):
    image = Image.open(io.BytesIO(png)).convert("RGB")
    x, y = (round(part * image.width / 1600) for part in at)
    image.paste((40, 40, 40), (x, y, x + 3, y + 3))
    file = io.BytesIO()
    image.save(file, "PNG")
    assert ask("compare_png", file.getvalue(), png)["distance"] > 2 * subject.SAME_PICTURE


def test_an_svg_with_something_over_it_is_altered(known, svg):
    over = b'<rect x="200" y="150" width="200" height="60" fill="#fff"/></svg>'
    report = check_file(svg.replace(b"</svg>", over), known)
    assert (report.result, facts_in(report)) == (Result.ALTERED, ["picture"])


def test_an_svg_that_only_looks_alike_here_is_not_called_identical(known, svg):
    words = b'<text x="20" y="20" font-family="Comic Sans MS">with distinction</text></svg>'
    for changed in (svg.replace(b"</svg>", words), svg.replace(b"</svg>", b"<script>1</script></svg>")):
        assert check_file(changed, known).result in (Result.CANNOT_CHECK, Result.ALTERED)


def test_an_animated_png_is_altered(known, png, certificate, shelf, credential):
    frames = [Image.open(io.BytesIO(draw_png(one, shelf))) for one in (certificate, replace(certificate, edition=8))]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    report = check_file(bake_png(file.getvalue(), credential), known)
    assert (report.result, facts_in(report)[0]) == (Result.ALTERED, "laid over the page")


def test_another_svg_with_the_same_credential_is_altered(known, certificate, shelf, credential):
    other = bake_svg(draw_svg(replace(certificate, edition=8), shelf), credential)
    assert check_file(other, known).result is Result.ALTERED


def test_without_a_drawing_of_ours_a_page_is_never_identical(shelf, document, pdf, png):
    blind = Records(shelf, document, draws=False)
    assert check_file(pdf, blind).result is Result.CANNOT_CHECK
    assert check_file(png, blind).result is Result.CANNOT_CHECK
    assert check_file(edited(pdf, replace_name), blind).result is Result.ALTERED


# ---- edits of the JSON ----


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*path, name))
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from places(value[number], (*path, number))
    else:
        yield path


def spoiled(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value[:-1] + ("A" if value[-1:] != "A" else "B")
    return value + 1


def test_every_single_changed_value_of_the_json_is_altered(known, document):
    for path in places(document):
        changed = copy.deepcopy(document)
        inner: Any = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = spoiled(inner[path[-1]])
        report = check_file(json.dumps(changed).encode(), known)
        assert report.result is Result.ALTERED, path
        assert report.differences, path
        del inner[path[-1]]
        assert check_file(json.dumps(changed).encode(), known).result is Result.ALTERED, path


def test_what_a_signature_does_not_notice_is_altered_too(known, document):
    turned = copy.deepcopy(document)
    turned["credentialSubject"]["identifier"].reverse()
    moved = copy.deepcopy(document)
    moved["evidence"][0]["name"], moved["evidence"][0]["genre"] = (
        moved["evidence"][0]["genre"],
        moved["evidence"][0]["name"],
    )
    single = {**document, "proof": document["proof"][0]}
    numbers = copy.deepcopy(document)
    numbers["credentialSubject"]["creditsEarned"] = str(numbers["credentialSubject"]["creditsEarned"])
    added = {**document, "note": "x"}
    for changed in (turned, moved, single, numbers, added):
        report = check_file(json.dumps(changed).encode(), known)
        assert report.result is Result.ALTERED
        assert report.differences


def test_a_changed_name_is_shown_side_by_side(known, document):
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["identifier"][0]["identityHash"] = "Mario Lopez"
    (one,) = check_file(json.dumps(changed).encode(), known).differences
    assert (one.fact, one.issued, one.found) == ("name", "Maria Lopez", "Mario Lopez")


def test_a_credential_signed_by_someone_else_for_our_code_is_altered(known, certificate):
    forged = issue(replace(certificate, holder_name="Mario Lopez"), 1, STRANGER)
    report = check_file(json.dumps(forged).encode(), known)
    assert (report.result, facts_in(report)) == (Result.ALTERED, ["name"])


@pytest.mark.parametrize("content", [b"{}", b'{"code": "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}', b'{"@context": [], "id": "x"}'])
def test_what_we_never_issued_is_not_ours(known, content):
    report = check_file(content, known)
    assert (report.result, exit_code(report)) == (Result.NOT_OURS, 3)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-", b'{"a":1,"a":2}', b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_read_is_said_to_be_so(known, content):
    report = check_file(content, known)
    assert (report.result, exit_code(report)) == (Result.UNREADABLE, 3)
    assert report.sentence.endswith(".")


@pytest.mark.parametrize("change", [{"credential": b"{}"}, {"credential": b"["}, {"sha256": "0" * 64}])
def test_a_record_that_disagrees_with_the_log_is_never_green(known, certificate, credential, change):
    known.all[certificate.code] = replace(known.all[certificate.code], **change)
    report = check_file(credential, known)
    assert (report.result, exit_code(report)) == (Result.CANNOT_CHECK, 2)
    assert "our fault" in report.sentence


def test_foreign_json_never_reaches_the_canonicaliser(known, document, monkeypatch):
    def fail(*_):
        raise AssertionError("canonicalised")

    monkeypatch.setattr("certificates.proof._canonical", fail)
    check_file(json.dumps({**document, "name": "x"}).encode(), known)


# ---- offline ----


def log_proof(document, at=NOW, kind="issue", others=20, key=LOG_KEY, vkey=VKEY, reason="issued-in-error"):
    leaves = [write_entry(Entry("issue", f"{n:064x}", NOW)) for n in range(others)]
    detail = {"issue": "", "reissue": "0" * 64, "revoke": reason}[kind]
    leaves.insert(7, write_entry(Entry(kind, jcs_sha256(document), at, detail)))
    nodes, frontier = {}, Frontier()
    for leaf in leaves:
        frontier, new = append(frontier, hash_leaf(leaf))
        nodes |= {(node.level, node.index): node.hash for node in new}
    size = len(leaves)
    path = inclusion_proof(7, size, lambda level, index: nodes[level, index])
    return LogProof(leaves[7], 7, path, sign_checkpoint(Checkpoint(vkey.name, size, frontier.root()), vkey, key.sign))


def status_list(*revoked, key=KEY, at=NOW):
    bits = StatusList()
    for index in revoked:
        bits = bits.revoke(index)
    return sign_status_list(bits, LIST, key, key_id(DID, key.public_key()), at)


@pytest.fixture
def bundle(document):
    return Bundle(document, did_document(DID, [KEY.public_key()]), status_list(), log_proof(document))


@pytest.fixture
def trust():
    return Trust(LATER, vkey=VKEY)


@pytest.fixture
def redraw(shelf):
    return lambda facts, credential, kind, size, pictures: draw_again(
        facts, credential, kind, size, shelf, pictures=pictures, design="plain"
    )


@pytest.mark.parametrize("kind", ["pdf", "png", "svg", "credential"])
def test_a_genuine_file_is_valid_offline(request, bundle, trust, redraw, kind):
    report = check_offline(request.getfixturevalue(kind), bundle, trust, redraw)
    assert (report.result, report.standing, exit_code(report)) == (Result.IDENTICAL, "valid", 0), report
    assert all(check.passed for check in report.checks)
    assert {check.name for check in report.checks} >= {"log", "signature", "standing"}


def test_a_bundle_is_a_file_too(bundle, trust):
    parts = {
        "credential": bundle.credential,
        "did": bundle.did,
        "status_list": bundle.status_list,
        "log": proof_to_json(bundle.log),
    }
    content = json.dumps(parts).encode()
    assert read_bundle(content) == bundle == bundle_of(parts)
    assert exit_code(check_offline(content, Bundle(), trust)) == 0


def test_the_issuers_own_keys_are_enough_in_place_of_the_log(bundle, credential):
    trust = Trust(LATER, keys={key_id(DID, KEY.public_key()): KEY.public_key()})
    assert exit_code(check_offline(credential, replace(bundle, log=None, did=None), trust)) == 0


@pytest.mark.parametrize(
    ("lacking", "code"),
    [({"log": None}, 2), ({"did": None}, 2), ({"status_list": None}, 2), ({"credential": None}, 0)],
)
def test_what_a_bundle_lacks_is_never_taken_for_good(bundle, trust, credential, lacking, code):
    report = check_offline(credential, replace(bundle, **lacking), trust)
    assert exit_code(report) == code, report


def test_a_bundle_vouches_for_nobody(bundle, credential):
    report = check_offline(credential, bundle, Trust(LATER))
    assert (report.result, exit_code(report)) == (Result.CANNOT_CHECK, 2)
    assert "anyone can make such a pair" in report.sentence


def test_a_revoked_certificate_is_revoked_offline(bundle, trust, credential):
    report = check_offline(credential, replace(bundle, status_list=status_list(INDEX + 1)), trust)
    assert (report.result, report.standing, exit_code(report)) == (Result.IDENTICAL, "revoked", 1)
    assert report.sentence.startswith("REVOKED")
    other = check_offline(credential, replace(bundle, status_list=status_list(INDEX + 2)), trust)
    assert exit_code(other) == 0


def test_it_is_said_as_of_when_it_was_not_revoked(bundle, trust, credential):
    report = check_offline(credential, bundle, trust)
    assert "not revoked as of 2026-11-22 01:04 UTC" in report.sentence


@pytest.mark.parametrize(("reason", "word"), [("replaced", "replaced"), ("issued-in-error", "revoked")])
def test_the_log_tells_what_a_list_cannot(bundle, trust, document, credential, reason, word):
    ended = log_proof(document, LATER, "revoke", reason=reason)
    for bits in (status_list(INDEX + 1), status_list()):  # the list may be older than the entry
        report = check_offline(credential, replace(bundle, revocation=ended, status_list=bits), trust)
        assert (report.result, report.standing, exit_code(report)) == (Result.IDENTICAL, word, 1)
        assert "on 2026-11-25" in report.sentence
        assert ("a corrected certificate" in report.sentence) == (word == "replaced")
    parts = {"did": bundle.did, "revocation": proof_to_json(ended)}
    assert bundle_of(parts).revocation == ended
    other = log_proof(issue(facts_of(document), 2), LATER, "revoke", reason=reason)
    assert exit_code(check_offline(credential, replace(bundle, revocation=other), trust)) == 0
    theirs = Vkey(VKEY.name, STRANGER.public_key().public_bytes_raw())
    strange = log_proof(document, LATER, "revoke", reason=reason, key=STRANGER, vkey=theirs)
    assert exit_code(check_offline(credential, replace(bundle, revocation=strange), trust)) == 0


def test_a_list_that_has_run_out_tells_nothing(bundle, credential):
    for at in (NOW + timedelta(days=15), NOW - timedelta(days=1)):
        report = check_offline(credential, bundle, Trust(at, vkey=VKEY))
        assert (report.standing, exit_code(report)) == ("unknown", 2)


def test_a_holder_cannot_bring_a_list_of_their_own(bundle, trust, credential):
    """The bundle's DID document lists the issuer's key and the holder's; the holder signed the list."""
    mixed = did_document(DID, [KEY.public_key(), STRANGER.public_key()])
    report = check_offline(credential, replace(bundle, did=mixed, status_list=status_list(key=STRANGER)), trust)
    assert (report.standing, exit_code(report)) == ("unknown", 2)


def test_a_forger_with_a_whole_bundle_of_their_own_gets_nowhere(certificate, trust):
    forged = issue(certificate, 1, STRANGER)
    forger_log = new_key()
    theirs = Vkey(VKEY.name, forger_log.public_key().public_bytes_raw())
    own = Bundle(
        forged,
        did_document(DID, [STRANGER.public_key()]),
        status_list(key=STRANGER),
        log_proof(forged, key=forger_log, vkey=theirs),
    )
    content = serialise(forged)
    assert exit_code(check_offline(content, own, trust)) == 2
    issuer = Trust(LATER, keys={key_id(DID, KEY.public_key()): KEY.public_key()}, vkey=VKEY)
    assert check_offline(content, own, issuer).result in (Result.NOT_OURS, Result.ALTERED)
    assert check_offline(content, own, Trust(LATER)).result is Result.CANNOT_CHECK


def test_every_single_changed_value_fails_offline(bundle, trust, document):
    for path in list(places(document))[::7]:
        changed = copy.deepcopy(document)
        inner: Any = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = spoiled(inner[path[-1]])
        report = check_offline(json.dumps(changed).encode(), bundle, trust)
        assert exit_code(report) == 1, path
        assert report.result is Result.ALTERED, path
        # the forger changes the bundle along
        assert exit_code(check_offline(json.dumps(changed).encode(), replace(bundle, credential=changed), trust)) != 0


def test_arrays_turned_round_pass_the_signature_and_not_the_log(bundle, trust, document):
    turned = copy.deepcopy(document)
    turned["issuer"]["otherIdentifier"].reverse()
    report = check_offline(json.dumps(turned).encode(), bundle, trust)
    assert report.result is Result.ALTERED


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (lambda document: log_proof(document, NOW + timedelta(days=40)), 1),
        (lambda document: log_proof(document, NOW + timedelta(days=40), "reissue"), 0),
        (lambda document: log_proof(document, kind="revoke"), 2),
        (lambda document: replace(log_proof(document), index=8), 2),
        (lambda document: log_proof({**document, "name": "other"}), 2),
    ],
)
def test_the_log_tells_of_dates_and_of_other_documents(bundle, trust, document, credential, log, expected):
    report = check_offline(credential, replace(bundle, log=log(document)), trust)
    assert exit_code(report) == expected, report
    if expected == 1:
        assert report.sentence.startswith("BACK-DATED")


@pytest.mark.parametrize(("change", "fact"), EDITS[:3], ids=[change.__name__ for change, _ in EDITS[:3]])
def test_an_edited_pdf_is_altered_offline(bundle, trust, redraw, pdf, change, fact):
    report = check_offline(edited(pdf, change), bundle, trust, redraw)
    assert report.result is Result.ALTERED
    assert fact in facts_in(report)


def test_without_a_drawing_a_pdf_is_not_valid_offline(bundle, trust, pdf):
    assert exit_code(check_offline(pdf, bundle, trust)) == 2


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"other": 1},
        {"did": 1},
        {"credential": []},
        {"log": {}},
        {"log": None},
        {"did": {}, "pictures": {"a": 1}},
        {"did": {}, "pictures": {"a": "?"}},
    ],
)
def test_what_is_no_bundle_is_refused(parts):
    with pytest.raises(Unreadable, match="bundle"):
        bundle_of(parts)


# ---- the command ----


@pytest.fixture
def folder(tmp_path, bundle, pdf, credential, certificate):
    (tmp_path / "certificate.pdf").write_bytes(pdf)
    (tmp_path / "certificate.json").write_bytes(credential)
    (tmp_path / "edited.pdf").write_bytes(edited(pdf, replace_name))
    (tmp_path / "did.json").write_text(json.dumps(bundle.did))
    (tmp_path / "status_list.json").write_text(json.dumps(bundle.status_list))
    (tmp_path / "log.json").write_text(json.dumps(proof_to_json(bundle.log)))
    (tmp_path / "vkey").write_text(write_vkey(VKEY) + "\n")
    (tmp_path / "keys").write_text(key_id(DID, KEY.public_key()) + "\n")
    whole = {
        "credential": bundle.credential,
        "did": bundle.did,
        "status_list": bundle.status_list,
        "log": proof_to_json(bundle.log),
    }
    (tmp_path / "bundle.json").write_text(json.dumps(whole))
    other = issue(replace(certificate, code="4" + certificate.code[1:], holder_name="Ann Other"), 2)
    (tmp_path / "other.json").write_text(
        json.dumps(whole | {"credential": other, "log": proof_to_json(log_proof(other))})
    )
    (tmp_path / "forged.json").write_bytes(credential.replace(certificate.code.encode(), b"4" * 26))
    return tmp_path


AT = ["--at", "2026-11-25T00:00:00Z"]


def run(folder, file, *more):
    return main(["verify", str(folder / file), *AT, *(word.replace("@", f"{folder}/") for word in more)])


def test_the_command_says_valid_in_words(folder, capsys):
    assert run(folder, "certificate.pdf", "--bundle", "@", "--vkey", "@vkey") == 0
    said = capsys.readouterr().out
    assert said.startswith("VALID: this is what was issued")
    for words in ("Maria Lopez", "1.5 demo hours", "3K7Q F2M9", "entry 7 of 21", "passed"):
        assert words in said


@pytest.mark.parametrize(
    ("file", "more", "code"),
    [
        ("certificate.json", ["--bundle", "@bundle.json", "--vkey", write_vkey(VKEY)], 0),
        ("bundle.json", ["--vkey", "@vkey"], 0),
        ("certificate.json", ["--bundle", "@", "--keys", "@did.json"], 0),
        ("certificate.json", ["--bundle", "@", "--keys", "@keys"], 0),
        ("edited.pdf", ["--bundle", "@", "--vkey", "@vkey"], 1),
        ("certificate.json", ["--keys", "@keys"], 2),
        ("certificate.json", ["--bundle", "@"], 2),
        ("certificate.json", [], 2),
        ("vkey", [], 3),
        ("did.json", ["--vkey", "@vkey"], 3),
        ("certificate.json", ["--bundle", "@other.json", "--vkey", "@vkey"], 2),
        ("forged.json", ["--bundle", "@", "--vkey", "@vkey"], 1),
    ],
)
def test_the_exit_code_is_for_scripts(folder, capsys, file, more, code):
    assert run(folder, file, *more) == code, capsys.readouterr().out


def test_the_bundle_of_another_certificate_is_said_to_be_so(folder, capsys):
    assert run(folder, "certificate.pdf", "--bundle", "@other.json", "--vkey", "@vkey") == 2
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("This bundle belongs to another certificate: its code is 4K7Q F2M9")
    assert "that of the file is 3K7Q F2M9" in said
    assert "What differs" not in said


@pytest.mark.parametrize(
    ("file", "more", "words"),
    [
        ("missing", [], "missing cannot be opened: no such file"),
        ("", [], "cannot be opened: is a directory"),
        ("certificate.json", ["--bundle", "@missing"], "missing cannot be opened"),
        ("certificate.json", ["--bundle", "@did.json"], "This is no bundle"),
        ("certificate.json", ["--keys", "@vkey"], "key"),
        ("certificate.json", ["--at", "yesterday"], "no moment with its time zone"),
        ("certificate.json", ["--at", "2026-11-25"], "no moment with its time zone"),
        ("certificate.json", ["--vkey", "no key"], "vkey"),
        ("certificate.json", ["--nonsense"], "--nonsense"),
    ],
)
def test_a_mistake_in_the_command_is_no_verdict(folder, capsys, file, more, words):
    with pytest.raises(SystemExit) as left:
        run(folder, file, *more)
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (4, "")
    assert words in said.err


def test_the_help_tells_what_each_code_means(capsys):
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    codes = capsys.readouterr().out.partition("exit codes:")[2]
    assert [line[:3].strip() for line in codes.splitlines()[1:6]] == list("01234")


def test_a_folder_takes_from_its_bundle_what_has_no_file_of_its_own(folder, capsys):
    for name in ("did", "status_list", "log", "credential"):
        (folder / f"{name}.json").unlink(missing_ok=True)
    assert run(folder, "certificate.pdf", "--bundle", "@", "--vkey", "@vkey") == 0
    whole = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps(whole | {"earlier": "no list"}))
    with pytest.raises(SystemExit) as left:
        run(folder, "certificate.pdf", "--bundle", "@", "--vkey", "@vkey")
    assert left.value.code == 4
    assert "earlier proofs" in capsys.readouterr().err


def test_keys_of_another_issuer_tell_nothing_about_this_one(folder, capsys):
    other = did_document("did:web:elsewhere.example", [new_key().public_key()])
    (folder / "other.json").write_text(json.dumps(other))
    assert run(folder, "certificate.json", "--keys", "@other.json") == 2
    said = " ".join(capsys.readouterr().out.split())
    assert "The keys are those of did:web:elsewhere.example, and the issuer it names is did:web:" in said


def test_the_command_speaks_json(folder, capsys):
    assert run(folder, "certificate.json", "--bundle", "@", "--vkey", "@vkey", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["schema"], said["result"], said["standing"]) == ("ce-file-check/1", "identical", "valid")
    assert said["certificate"]["holder_name"] == "Maria Lopez"


def test_a_file_cannot_speak_to_the_terminal(folder, capsys, document):
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["identifier"][0]["identityHash"] = "\x1b[2J\r\nVALID: this is genuine"
    (folder / "sly.json").write_text(json.dumps(changed))
    assert run(folder, "sly.json", "--bundle", "@bundle.json", "--vkey", "@vkey") == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\nVALID" not in said


def test_it_runs_as_a_program_and_needs_no_network(folder):
    root = Path(subject.__file__).parents[1]
    command = [sys.executable, "-m", "certificates", "verify", str(folder / "certificate.json"), *AT]
    done = subprocess.run(
        [*command, "--bundle", str(folder), "--vkey", str(folder / "vkey")], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"VALID")


def test_a_report_is_json_whatever_it_found():
    assert json.dumps(report_to_json(Report(Result.NOT_OURS, "No."))).startswith('{"schema"')


# ---- files of years ago ----


@pytest.fixture
def redesigned(monkeypatch, tmp_path):
    """Change the plain design, as a later release may."""

    def change():
        folder = tmp_path / "designs"
        shutil.copytree(design.FOLDER, folder)
        plain = folder / "plain.typ"
        plain.write_text(plain.read_text().replace("width: 100%", "width: 92%").replace("16pt", "19pt"))
        monkeypatch.setattr(design, "FOLDER", folder)
        monkeypatch.setattr(design, "DOCUMENT", folder / "_document.typ")
        design.drawing_edition.cache_clear()

    yield change
    monkeypatch.undo()
    design.drawing_edition.cache_clear()


@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
def test_a_file_of_an_older_design_is_never_called_altered(request, redesigned, shelf, document, bundle, trust, kind):
    old = request.getfixturevalue(kind)
    stamped = put_stamp(old, KEY)
    redesigned()
    known = Records(shelf, document, keys=(KEY.public_key(),))
    new = known.redraw(known.issued(facts_of(document).code), kind, (1600, 1236))
    assert old not in new  # or the test would show nothing
    assert check_file(stamped, known).result is Result.IDENTICAL
    assert exit_code(check_offline(stamped, bundle, trust)) == 0
    for stripped in (old, put_stamp(old, STRANGER)):
        report = check_file(stripped, known)
        assert report.result is Result.CANNOT_CHECK, report
        assert not report.differences
        assert "drawn in another way" in report.checks[0].words


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (replace_name, "name"),
        (lambda document, page, _: document.insert_page(-1, text="And 20 hours"), "pages"),
        (lambda _, page, place: page.add_freetext_annot(place, "Mario Lopez"), "laid over the page"),
    ],
)
def test_an_edited_file_of_an_older_design_is_still_altered(redesigned, shelf, document, pdf, change, fact):
    altered = edited(put_stamp(pdf, KEY), change)
    redesigned()
    report = check_file(altered, Records(shelf, document, keys=(KEY.public_key(),)))
    assert report.result is Result.ALTERED
    assert fact in facts_in(report)


# ---- signed anew after a key was struck ----


@pytest.fixture
def anew(document):
    """The document with a new signature, and the bundle that proves both; the first key is listed no more."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    newer = sign({**unsigned, "validFrom": "2026-11-23T00:00:00Z"}, STRANGER, key_id(DID, STRANGER.public_key()), LATER)
    first = write_entry(Entry("issue", jcs_sha256(document), NOW))
    second = write_entry(Entry("reissue", jcs_sha256(newer), LATER, jcs_sha256(document)))
    listed = did_document(DID, [STRANGER.public_key()])
    proofs = chain(first, second)
    return newer, Bundle(newer, listed, status_list(key=STRANGER), proofs[1], proofs[:1])


def chain(*leaves):
    """The proofs of these leaves in one log."""
    frontier, nodes = Frontier(), {}
    for leaf in leaves:
        frontier, grown = append(frontier, hash_leaf(leaf))
        nodes |= {(node.level, node.index): node.hash for node in grown}
    note = sign_checkpoint(Checkpoint(VKEY.name, frontier.size, frontier.root()), VKEY, LOG_KEY.sign)
    return tuple(
        LogProof(leaf, at, inclusion_proof(at, frontier.size, lambda level, index: nodes[level, index]), note)
        for at, leaf in enumerate(leaves)
    )


def test_a_file_from_before_the_new_signature_is_still_what_was_issued(anew, document, credential, trust, shelf):
    newer, bundle = anew
    for content in (credential, serialise(newer)):
        report = check_offline(content, bundle, trust)
        assert (report.result, exit_code(report)) == (Result.IDENTICAL, 0), report
    assert "signed anew" in check_offline(credential, bundle, trust).sentence
    assert "signed anew" not in check_offline(serialise(newer), bundle, trust).sentence
    revoked = replace(bundle, status_list=status_list(INDEX + 1, key=STRANGER))
    assert check_offline(credential, revoked, trust).standing == "revoked"
    parts = {"credential": newer, "did": bundle.did, "status_list": bundle.status_list}
    proofs = {"log": proof_to_json(bundle.log), "earlier": [proof_to_json(one) for one in bundle.earlier]}
    assert bundle_of({**parts, **proofs}) == bundle
    known = Records(shelf, newer)
    known.all = {
        code: replace(one, earlier=(Issued(credential, jcs_sha256(document)),)) for code, one in known.all.items()
    }
    report = check_file(credential, known)
    assert report.result is Result.IDENTICAL
    assert "signed anew since" in report.sentence


def test_the_struck_key_alone_vouches_for_nothing(anew, document, credential, certificate, trust):
    """Whoever has the stolen key signs another certificate, or dates one back, and brings what proofs there are."""
    _, bundle = anew
    forged = serialise(issue(replace(certificate, holder_name="Mario Lopez")))
    for lacking in (bundle, replace(bundle, earlier=()), replace(bundle, log=bundle.earlier[0], earlier=())):
        assert exit_code(check_offline(forged, lacking, trust)) != 0
    assert exit_code(check_offline(credential, replace(bundle, earlier=()), trust)) != 0
    listed = Trust(LATER, keys={key_id(DID, STRANGER.public_key()): STRANGER.public_key()})
    report = check_offline(credential, bundle, listed)
    assert report.result is Result.NOT_OURS
    assert "lists today" in report.sentence
    other = issue(replace(certificate, code="3K7QF2M9PABCDEFGHJKMNPQRS0"), 1, STRANGER)
    strangers = chain(
        write_entry(Entry("issue", jcs_sha256(document), NOW)), write_entry(Entry("issue", jcs_sha256(other), NOW))
    )
    joined = replace(bundle, credential=other, log=strangers[1], earlier=strangers[:1])
    assert exit_code(check_offline(credential, joined, trust)) != 0
    turned = replace(bundle, log=bundle.earlier[0], earlier=(bundle.log,))
    assert exit_code(check_offline(credential, turned, trust)) != 0
    for parts in ("x", [1], [{}] * 21):
        with pytest.raises(Unreadable):
            bundle_of({"did": {}, "earlier": parts})
