"""The PDF: every fact on one page, in every script, the same bytes each time, and the QR says the verify URL."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pymupdf
import pypdf
import pytest
import zxingcpp
from PIL import Image

import certificates
from certificates import design
from certificates.certificate import License, TopicHours, to_json
from certificates.design import list_designs
from certificates.fonts import FontShelf, find_cjk_folders
from certificates.pdf import draw_pdf


def plain(text):
    """The text without its line breaks, which differ with the layout."""
    return " ".join(text.split())


def read(pdf):
    with pymupdf.open(stream=pdf) as document:
        assert len(document) == 1
        return plain(document[0].get_text())


def missing_glyphs(pdf):
    with pymupdf.open(stream=pdf) as document:
        return [chr(c[0]) for span in document[0].get_texttrace() for c in span["chars"] if c[1] == 0]


def raster(pdf, dpi):
    with pymupdf.open(stream=pdf) as document:
        pixmap = document[0].get_pixmap(dpi=dpi)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


@pytest.fixture(params=list_designs())
def name(request):
    return request.param


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_same_certificate_gives_the_same_bytes(certificate, shelf, name, paper):
    assert draw_pdf(certificate, shelf, name, paper) == draw_pdf(certificate, shelf, name, paper)


def test_another_process_gives_the_same_bytes(certificate, shelf, name):
    program = (
        "import sys, json, hashlib; from pathlib import Path\n"
        "from certificates.certificate import from_json; from certificates.fonts import FontShelf\n"
        "from certificates.pdf import draw_pdf\n"
        "facts, cache, name = json.load(sys.stdin)\n"
        "print(hashlib.sha256(draw_pdf(from_json(facts), FontShelf.build(Path(cache)), name)).hexdigest())"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([to_json(certificate), str(shelf.folders[0].parent), name]),
        env={
            "PYTHONPATH": str(Path(certificates.__file__).parents[1]),
            "TZ": "Asia/Tokyo",
            "SOURCE_DATE_EPOCH": "1",
            "PATH": os.environ["PATH"],
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert said == hashlib.sha256(draw_pdf(certificate, shelf, name)).hexdigest()


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_every_fact_is_on_the_page(certificate, shelf, name, paper):
    facts = replace(certificate, replaces=True, notice="Demonstration content: not approved for credit")
    text = read(draw_pdf(facts, shelf, name, paper))
    for fact in (
        "Certificate of completion",
        "Maria Lopez",
        "California LMFT 104233",
        "Nevada MFT 0987",
        "Ethics and telehealth: consent and crossing state lines",
        "ETH-101, edition 3",
        "1.5 demo hours",
        "Demonstration Accreditor (DEMO)",
        "Ethics 1",
        "Telehealth 0.5",
        "Law and regulations",
        "DEMO-0001",
        "1 January 2026 to 31 December 2027",
        certificate.credits[0].statement,
        "21 November 2026 (America/Los_Angeles)",
        "self-paced, asynchronous, non-interactive (home study)",
        "Online",
        "Dana Whitfield, PhD, LMFT",
        "Sam Roe, LCSW",
        "Harbor Learning Collective",
        "12 Quay Street, Suite 4, Portland, ME 04101, USA",
        "+1 207 555 0142",
        "ce@harbor.example",
        "harbor.example",
        "Ruth Adeyemi-Clarke",
        "Director of Continuing Education",
        "3K7Q F2M9 PABC DEFG HJKM NPQR ST",
        "https://credence.example/c/3K7QF2M9PABCDEFGHJKMNPQRST",
        "Issued 22 November 2026, 01:04:05 UTC",
        "Replaces an earlier certificate",
        "Demonstration content: not approved for credit",
    ):
        assert plain(fact) in text, fact


def test_what_is_not_so_is_not_said(certificate, shelf, name):
    text = read(draw_pdf(certificate, shelf, name))
    assert "Replaces" not in text
    assert "Demonstration content" not in text


@pytest.mark.parametrize(
    "holder",
    [
        "ليلى عبد الرحمن",
        "דנה לוי",
        "प्रिया शर्मा",
        "Ελένη Παπαδοπούλου",
        "Ольга Ковальчук",
        "Nguyễn Thị Ánh Nguyệt",
        "Zoe\u0308 Re\u0301mi o\u0302\u0301",
        "ʿAlī ibn Ṣāliḥ",
        "مریم\u200cخانم",
    ],
)
def test_names_of_many_scripts_are_drawn_without_a_gap(certificate, shelf, name, holder):
    pdf = draw_pdf(replace(certificate, holder_name=holder), shelf, name)
    assert missing_glyphs(pdf) == []
    assert len(read(pdf)) > 500


def test_a_greek_name_is_read_back_letter_by_letter(certificate, shelf, name):
    assert "Ελένη Παπαδοπούλου" in read(draw_pdf(replace(certificate, holder_name="Ελένη Παπαδοπούλου"), shelf, name))


@pytest.mark.skipif(not find_cjk_folders(), reason="no Noto CJK on this machine")
def test_the_machines_own_cjk_fonts_draw_a_name(certificate, shelf, name):
    richer = FontShelf.build(shelf.folders[0].parent, find_cjk_folders())
    pdf = draw_pdf(replace(certificate, holder_name="王小明 김민준 さくら"), richer, name)
    assert missing_glyphs(pdf) == []


@pytest.mark.parametrize("holder", ["ليلى عبد الرحمن", "דנה לוי"])
def test_right_to_left_names_begin_on_the_right(certificate, shelf, name, holder):
    with pymupdf.open(stream=draw_pdf(replace(certificate, holder_name=holder, authors=()), shelf, name)) as document:
        traced = [c for span in document[0].get_texttrace() if span["size"] > 20 for c in span["chars"]]
    x_of = {chr(code): origin[0] for code, _, origin, _ in traced}
    assert x_of[holder[0]] > x_of[holder[-1]]


@pytest.mark.parametrize(
    ("holder", "direction"), [("Anna", "ltr"), ("ليلى", "rtl"), ("(דנה)", "rtl"), ("4 Anna דנה", "ltr"), ("", "ltr")]
)
def test_a_line_runs_as_its_first_strong_letter(certificate, holder, direction):
    assert design.print_facts(replace(certificate, holder_name=holder))["holder_direction"] == direction


def test_a_name_no_font_has_is_refused_and_named(certificate, shelf, name):
    with pytest.raises(ValueError, match=r"no font has '王' \(U\+738B\)"):
        draw_pdf(replace(certificate, holder_name="王小明"), shelf, name)


def test_a_name_an_extra_folder_covers_is_drawn(certificate, shelf, name, cjk_folder):
    richer = FontShelf.build(shelf.folders[0].parent, [cjk_folder])
    pdf = draw_pdf(replace(certificate, holder_name="王小明 \u1100\u1173\u11b7"), richer, name)
    assert "王小明 금" in read(pdf)
    assert missing_glyphs(pdf) == []


def test_nothing_in_a_fact_is_run_as_code(certificate, shelf, name):
    trap = '#read("/etc/passwd") $x$ *b* _i_ @ref <label> \\ `c` // #panic()'
    text = read(
        draw_pdf(replace(certificate, holder_name=trap, title=trap, licenses=(License(trap, "", ""),)), shelf, name)
    )
    assert text.count(trap) >= 3
    assert "root:" not in text


def test_the_file_says_what_it_is(certificate, shelf, name):
    pdf = draw_pdf(certificate, shelf, name)
    with pymupdf.open(stream=pdf) as document:
        xmp = document.get_xml_metadata()
        assert document.metadata["title"] == f"Certificate of completion: {certificate.title}, Maria Lopez"
        assert document.metadata["author"] == "Harbor Learning Collective"
        assert document.metadata["creationDate"].startswith("D:20261122010405")
        linked = [(link["uri"], document[0].get_textbox(link["from"])) for link in document[0].get_links()]
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert any(uri == certificate.verify_url == plain(text) for uri, text in linked)
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"] == "en-US"
    assert root["/MarkInfo"]["/Marked"]


def test_the_qr_code_is_described_in_words(certificate, shelf, name, alternatives):
    said = alternatives(draw_pdf(certificate, shelf, name))
    assert any("QR code" in text and certificate.verify_url in text for text in said)


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("case", ["certificate", "worst"])
def test_the_qr_code_on_the_page_says_the_verify_url(request, shelf, name, paper, case):
    certificate = request.getfixturevalue(case)
    (found,) = zxingcpp.read_barcodes(raster(draw_pdf(certificate, shelf, name, paper), 150))
    assert found.text == certificate.verify_url
    assert found.ec_level == "Q"


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_worst_case_is_one_readable_page(worst, shelf, name, paper):
    pdf = draw_pdf(worst, shelf, name, paper)
    text = read(pdf)
    for fact in [worst.holder_name, worst.title, *(credit.statement for credit in worst.credits)]:
        assert plain(fact) in text
    with pymupdf.open(stream=pdf) as document:
        page = document[0]
        assert page.rect.width > page.rect.height
        words = page.get_text("words")
        smallest = min(span["size"] for span in page.get_texttrace() if span["opacity"])
        inner = pymupdf.Rect(40, 40, page.rect.width - 40, page.rect.height - 40)
    assert all(pymupdf.Rect(word[:4]) in inner for word in words)
    assert smallest > 3.5


def test_more_than_any_step_holds_is_still_one_page(worst, shelf, name):
    several = tuple(replace(credit, statement=credit.statement * 6) for credit in worst.credits * 2)
    text = read(draw_pdf(replace(worst, credits=several), shelf, name))
    assert text.count("Statement 5.") == 12


@pytest.mark.parametrize("count", range(6))
def test_any_number_of_accreditors_is_set(certificate, credit, shelf, name, count):
    several = tuple(replace(credit, accreditor=f"DEMO{n}", hours=Decimal(n + 1)) for n in range(count))
    text = read(draw_pdf(replace(certificate, credits=several), shelf, name))
    for one in several:
        assert f"({one.accreditor})" in text


def test_words_too_long_for_a_line_stay_on_the_page(certificate, shelf, name):
    pdf = draw_pdf(replace(certificate, holder_name="W" * 180, title="x" * 300, location="y" * 80), shelf, name)
    with pymupdf.open(stream=pdf) as document:
        page = document[0]
        assert all(pymupdf.Rect(word[:4]) in page.rect for word in page.get_text("words"))


def test_a_bare_certificate_is_drawn(certificate, credit, shelf, name):
    provider = replace(certificate.provider, address="", telephone="", email="", website="", signatory_title="")
    bare_credit = replace(credit, topics=(), also_qualifies=(), statement="")
    bare = replace(certificate, licenses=(), authors=(), provider=provider, credits=(bare_credit,))
    assert "1.5 demo hours" in read(draw_pdf(bare, shelf, name))


def test_lines_of_an_address_are_set_on_one(certificate, shelf, name):
    provider = replace(certificate.provider, address="12 Quay Street\nPortland")
    assert "12 Quay Street Portland" in read(draw_pdf(replace(certificate, provider=provider), shelf, name))


def test_eight_threads_draw_what_one_draws(certificate, shelf, name):
    asked = [replace(certificate, holder_name=f"Person {number % 10}") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda one: draw_pdf(one, shelf, name), asked))
    assert drawn == [draw_pdf(one, shelf, name) for one in asked[:10]] * 4
    assert len(set(drawn)) == 10


@pytest.mark.parametrize("name", ["", "nothing", "../plain", "_document", "plain.typ"])
def test_a_design_that_is_not_there_is_refused(certificate, shelf, name):
    with pytest.raises(ValueError, match="there is no design"):
        draw_pdf(certificate, shelf, name)


def test_a_paper_that_is_not_there_is_refused(certificate, shelf):
    with pytest.raises(ValueError, match="there is no paper 'a5'"):
        draw_pdf(certificate, shelf, "plain", "a5")


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "credence.example/c/1"])
def test_a_verify_url_that_is_not_on_the_web_is_refused(certificate, shelf, url):
    with pytest.raises(ValueError, match="verify URL"):
        draw_pdf(replace(certificate, verify_url=url), shelf)


def test_a_new_file_is_a_new_design(certificate, shelf, tmp_path, monkeypatch):
    for path in design.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "bare.typ").write_text("#json(bytes(sys.inputs.facts)).holder_name")
    monkeypatch.setattr(design, "FOLDER", tmp_path)
    monkeypatch.setattr(design, "DOCUMENT", tmp_path / "_document.typ")
    assert set(list_designs()) >= {"bare", "plain"}
    assert "_document" not in list_designs()
    assert read(draw_pdf(certificate, shelf, "bare")) == "Maria Lopez"


def test_a_design_cannot_read_outside_its_folder(certificate, shelf, tmp_path, monkeypatch):
    folder = tmp_path / "designs"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "_document.typ").write_bytes(design.DOCUMENT.read_bytes())
    (folder / "sly.typ").write_text('#read("../secret.txt")')
    monkeypatch.setattr(design, "FOLDER", folder)
    monkeypatch.setattr(design, "DOCUMENT", folder / "_document.typ")
    with pytest.raises(RuntimeError):
        draw_pdf(certificate, shelf, "sly")


def test_hours_of_a_topic_are_printed_plainly(certificate, credit, shelf, name):
    topics = (TopicHours("a", "Ethics", Decimal("1.500000")), TopicHours("b", "Supervision", Decimal("2E+1")))
    text = read(draw_pdf(replace(certificate, credits=(replace(credit, topics=topics),)), shelf, name))
    assert "Ethics 1.5" in text
    assert "Supervision 20" in text
    assert not re.search(r"1\.50|E\+", text)
