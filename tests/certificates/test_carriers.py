"""Every kind of file gives back the credential it was given, and a hostile one ends in a sentence, soon."""

import io
import json
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pymupdf
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

from certificates import sandbox
from certificates.carriers import (
    KEYWORD,
    MOST_BYTES,
    Unreadable,
    bake_png,
    bake_svg,
    codes_in,
    kind_of,
    read_file,
    read_json,
)
from certificates.image import draw_png, draw_svg
from certificates.pdf import draw_pdf
from certificates.printed import compare_text

CREDENTIAL = json.dumps({"name": "Zoë O’Brien, ليلى", "odd": "]]> <&> \\ \n"}, ensure_ascii=False).encode()
SLOWEST = 25  # seconds, on a busy machine; what is bounded ends in 15


@pytest.fixture
def drawn(certificate, shelf):
    return {
        "pdf": draw_pdf(certificate, shelf, credential=CREDENTIAL),
        "png": draw_png(certificate, shelf, credential=CREDENTIAL),
        "svg": draw_svg(certificate, shelf, credential=CREDENTIAL),
        "json": CREDENTIAL,
    }


def tiny_png(**kwargs):
    file = io.BytesIO()
    Image.new("L", (8, 8), 255).save(file, "PNG", **kwargs)
    return file.getvalue()


def saved(image, form="JPEG", **kwargs):
    file = io.BytesIO()
    image.save(file, form, **kwargs)
    return file.getvalue()


def raster(pdf, dpi=150):
    with pymupdf.open(stream=pdf) as document:
        pixmap = document[0].get_pixmap(dpi=dpi)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


# ---- carrying ----


@pytest.mark.parametrize("kind", ["pdf", "png", "svg", "json"])
def test_what_went_in_comes_out_byte_for_byte(drawn, kind):
    found = read_file(drawn[kind])
    assert (found.kind, found.credentials) == (kind, (CREDENTIAL,))


def test_the_same_credential_gives_the_same_files(certificate, shelf, drawn):
    assert draw_pdf(certificate, shelf, credential=CREDENTIAL) == drawn["pdf"]
    assert draw_png(certificate, shelf, credential=CREDENTIAL) == drawn["png"]
    assert draw_svg(certificate, shelf, credential=CREDENTIAL) == drawn["svg"]


def test_the_pdf_names_it_as_its_source_as_pdf_a_3_wants(drawn):
    root = pypdf.PdfReader(io.BytesIO(drawn["pdf"])).trailer["/Root"]
    (file,) = root["/AF"]
    file = file.get_object()
    assert (file["/UF"], file["/AFRelationship"]) == ("credential.json", "/Source")
    stream = file["/EF"]["/F"].get_object()
    assert stream["/Subtype"] == "/application/vc+ld+json"
    assert stream.get_data() == CREDENTIAL


def test_the_page_looks_and_reads_the_same_with_and_without(certificate, shelf, drawn):
    bare = draw_pdf(certificate, shelf)
    assert raster(bare).tobytes() == raster(drawn["pdf"]).tobytes()
    assert read_file(bare).text == read_file(drawn["pdf"]).text


def test_the_png_is_baked_as_the_standard_says(drawn):
    png = drawn["png"]
    assert png.count(KEYWORD) == 1
    at = png.index(KEYWORD)
    assert png[at - 4 : at] == b"iTXt"
    assert png[at + len(KEYWORD) :].startswith(b"\0\0\0\0\0" + CREDENTIAL)  # flag 0: not compressed
    assert at < png.index(b"IDAT")
    assert Image.open(io.BytesIO(png)).text["openbadgecredential"] == CREDENTIAL.decode()
    assert bake_png(bake_png(tiny_png(), b"{}"), CREDENTIAL) == bake_png(tiny_png(), CREDENTIAL)


def test_a_png_that_was_saved_again_still_gives_it(drawn):
    image = Image.open(io.BytesIO(drawn["png"]))
    text = image.text["openbadgecredential"]
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("openbadgecredential", text, zip=True)
    assert read_file(saved(image, "PNG", pnginfo=info)).credentials == (CREDENTIAL,)


def test_the_svg_is_baked_as_the_standard_says(drawn):
    svg = drawn["svg"]
    assert b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"' in svg
    assert b"<openbadges:credential><![CDATA[" in svg
    for bad in (b"<html/>", svg):
        with pytest.raises(ValueError, match="not an SVG"):
            bake_svg(bad, CREDENTIAL)
    for bad in (b"{\r\n}", b'{"a":"\x01"}', b"\xff"):
        with pytest.raises(ValueError, match="credential|decode"):  # noqa: RUF043
            bake_svg(b"<svg></svg>", bad)


def test_two_are_given_as_two(drawn):
    twice = drawn["svg"].replace(b"</svg>", b"<openbadges:credential>{}</openbadges:credential></svg>")
    assert len(read_file(twice).credentials) == 2


def test_codes_are_found_wherever_they_stand(certificate):
    code = certificate.code
    assert codes_in({"a": [{"b": f"https://x.example/c/{code}?k=1"}], code: 1}) == (code,)
    assert codes_in({"a": f"x{code}", "b": "no code"}) == ()


# ---- photos and pages ----


def test_a_pdf_tells_its_words_pages_and_code(certificate, drawn):
    found = read_file(drawn["pdf"])
    assert (found.pages, found.overlays, found.qr) == (1, (), (certificate.verify_url,))
    assert found.size == (792, 612)
    assert compare_text(found.text, certificate) == ()


@pytest.mark.parametrize(
    "form", [("JPEG", {"quality": 60}), ("WEBP", {"quality": 60}), ("PNG", {}), ("GIF", {}), ("TIFF", {})]
)
def test_a_photo_tells_its_code(certificate, drawn, form):
    photo = raster(drawn["pdf"], 130).rotate(4, expand=True, fillcolor="gray").filter(ImageFilter.GaussianBlur(0.8))
    assert read_file(saved(photo, form[0], **form[1])).qr == (certificate.verify_url,)


def test_a_large_photo_on_a_dark_desk_tells_its_code(certificate, drawn):
    page = raster(drawn["pdf"], 200)
    desk = Image.effect_noise((6000, 4500), 12).convert("RGB")
    desk.paste(page.rotate(3, expand=True, fillcolor="gray"), (1500, 1200))
    assert read_file(saved(desk, quality=60)).qr == (certificate.verify_url,)


def test_a_photo_without_a_code_has_none():
    assert read_file(saved(Image.effect_noise((800, 600), 60))).qr == ()


# ---- printed words ----


def spoil(text, words, new):
    assert words in text
    return text.replace(words, new)


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("Maria Lopez", "M a r i a  L o p e z"),
        ("telehealth: consent", "tele-\r\nhealth: consent"),
        ("Adeyemi-Clarke", "Adeyemi-\r\nClarke"),
        ("self-paced", "self\u2010paced"),
        ("Online", "On\u00adline"),
        ("certificate", "certi\ufb01cate"),
        ("Demonstration Accreditor", "Demonstration\r\n  Accreditor"),
        ("Maria Lopez", "\u202aMaria\u200b Lopez\u202c"),
    ],
)
def test_how_lines_were_broken_makes_no_difference(certificate, drawn, words, new):
    text = read_file(drawn["pdf"]).text
    assert compare_text(spoil(text, words, new), certificate) == ()
    assert compare_text(spoil(text, words, new), certificate, text) == ()


@pytest.mark.parametrize(
    ("words", "new", "fact"),
    [
        ("Maria Lopez", "Mario Lopez", "name"),
        ("Maria Lopez", "Maria López", "name"),
        ("Ethics and telehealth", "Ethics und telehealth", "title"),
        ("104233", "104238", "license 1"),
        ("0987", "0981", "license 2"),
        ("1.5 demo hours", "15 demo hours", "credit hours"),
        ("1.5 demo hours", "11.5 demo hours", "credit hours"),
        ("Ethics\u00a01", "Ethics\u00a01.5", "credit topic 1"),
        ("Telehealth", "Supervision", "credit topic 2"),
        ("21 November", "22 November", "completion date"),
        ("22 November 2026, 01:04", "23 November 2026, 01:04", "issued"),
        ("DEMO-0001 ·", "DEMO-0002 ·", "credit provider number"),
        ("31 December 2027", "31 December 2028", "credit approved"),
        ("edition 3", "edition 4", "edition"),
        ("ETH-101", "ETH-110", "module code"),
        ("3K7Q F2M9", "3K7Q F2M8", "code"),
        ("Dana Whitfield, PhD", "Dana Whitfield, MD", "author 1"),
        ("Director", "Rector", "provider signatory title"),
        ("is responsible", "is not responsible", "credit statement"),
        ("Law and regulations", "Law", "credit also qualifies as"),
    ],
)
def test_a_changed_fact_is_named(certificate, drawn, words, new, fact):
    text = read_file(drawn["pdf"]).text
    changed = spoil(text, words, new)
    assert fact in [one.fact for one in compare_text(changed, certificate)]
    assert fact in [one.fact for one in compare_text(changed, certificate, text)]


def test_what_stands_there_instead_is_told(certificate, drawn):
    text = read_file(drawn["pdf"]).text.replace("Maria Lopez", "Mario Lopez")
    (one,) = compare_text(text, certificate)
    assert (one.fact, one.issued) == ("name", "Maria Lopez")
    assert "Mario Lopez" in one.found


def test_words_that_were_added_are_told(certificate, drawn):
    text = read_file(drawn["pdf"]).text
    (one,) = compare_text(text + "\r\nSumma cum laude", certificate, text)
    assert (one.fact, one.found) == ("words that were added", "Summa cum laude")


def garbled(text):
    """Name ligatures as Ghostscript 10.0 does."""
    return text.replace("fi", "\u6600\u6900").replace("ff\u6900", "\u6600\ucf00")


@pytest.mark.parametrize("wrong", [garbled, lambda text: text.replace("fi", "\ufb01").replace("ff", "\ufb00")])
def test_ligatures_are_their_letters(certificate, shelf, wrong):
    named = replace(certificate, holder_name="Alfie Griffin", title="Offers, fjords, and affluence at the office")
    text = read_file(draw_pdf(named, shelf)).text
    changed = wrong(text)
    assert changed != text
    assert compare_text(changed, named, text) == compare_text(changed, named) == ()
    assert "name" in [one.fact for one in compare_text(wrong(text.replace("Alfie", "Alfe")), named, text)]
    assert "name" in [one.fact for one in compare_text(changed, replace(named, holder_name="Alffe Griffin"))]


def test_hours_are_missed_though_a_changed_statement_still_says_them(certificate, credit, shelf):
    said = replace(credit, statement="This module carries 1.5 demo hours, as we confirmed.")
    named = replace(certificate, credits=(said,))
    text = read_file(draw_pdf(named, shelf)).text
    assert text.count("1.5 demo hours") == 2
    changed = text.replace("1.5 demo hours", "7.5 demo hours", 1).replace("confirmed", "promised")
    differences = compare_text(changed, named, text)
    assert differences[0].fact == "credit hours"
    assert (differences[0].issued, differences[0].found) == ("1.5 demo hours", "7.5 demo hours")
    assert [one.fact for one in differences[1:]] == ["credit statement"]


def test_a_number_drawn_apart_is_told_at_its_fact(certificate, drawn):
    """An editor empties the place and draws the new number last."""
    text = read_file(drawn["pdf"]).text
    changed = text.replace("1.5 demo hours", "demo hours", 1) + "\r\n7.5"
    (one,) = compare_text(changed, certificate, text)
    assert (one.fact, one.found) == ("credit hours", "7.5 demo hours")


def test_a_heading_before_a_fact_is_not_quoted(certificate, drawn):
    text = read_file(drawn["pdf"]).text
    topic = next(line for line in text.splitlines() if "Ethics\u00a01" in line)
    assert not topic.startswith("Ethics")
    one, *_ = compare_text(text.replace("Ethics\u00a01", "Ethics\u00a03"), certificate, text)
    assert one.found.startswith("Ethics 3")


@pytest.mark.parametrize("holder", ["ليلى عبد الرحمن", "דנה לוי", "مریم\u200cخانم", "ليلى (Leila) 2 عبد", "प्रिया शर्मा"])
def test_names_of_other_scripts_are_read_back(certificate, shelf, holder):
    named = replace(certificate, holder_name=holder)
    text = read_file(draw_pdf(named, shelf)).text
    assert compare_text(text, named) == ()
    other = holder.replace(holder.split()[0][-1], "س" if "\u0600" < holder[0] < "\u0700" else "ש")
    assert "name" in [one.fact for one in compare_text(text, replace(named, holder_name=other))]


# ---- hostile files ----


@cache
def bomb(size):
    return zlib.compress(bytes(size), 9)


def pdf_with(build):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 300)
    build(writer, page)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def content_bomb(writer, page):
    stream = DecodedStreamObject()
    stream._data = bomb(1 << 30)[: MOST_BYTES // 2]
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)


def nested_bomb(writer, page):
    stream = DecodedStreamObject()
    stream._data = zlib.compress(bomb(1 << 30), 9)
    stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject("/FlateDecode")])
    page[NameObject("/Contents")] = writer._add_object(stream)


def many_drawings(writer, page):
    stream = DecodedStreamObject()
    line = b"0 0 m 300 300 l 300 0 l 0 300 l b\n"
    stream._data = zlib.compress(line * 20_000_000, 9)[: 6 << 20]
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)


def huge_page(writer, page):
    page.mediabox.upper_right = (10_000_000, 10_000_000)


def many_pages(writer, page):
    for _ in range(30):
        writer.add_blank_page(10, 10)


def own_form(writer, page):
    """A form that draws itself."""
    stream = DecodedStreamObject()
    stream._data = b"/X Do /X Do"
    stream[NameObject("/Type")], stream[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form = writer._add_object(stream)
    resources = pypdf.generic.DictionaryObject(
        {NameObject("/XObject"): pypdf.generic.DictionaryObject({NameObject("/X"): form})}
    )
    stream[NameObject("/Resources")] = resources
    page[NameObject("/Resources")], page[NameObject("/Contents")] = resources, form


def locked():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def png_of(width, height):
    chunk = lambda kind, body: len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")  # noqa: E731
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bomb(40_000_000)) + chunk(b"IEND", b"")


def png_text_bomb():
    png = tiny_png()
    body = KEYWORD + b"\0\1\0\0\0" + bomb(1 << 30)
    chunk = len(body).to_bytes(4, "big") + b"iTXt" + body + zlib.crc32(b"iTXt" + body).to_bytes(4, "big")
    return png[:33] + chunk + png[33:]


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
) + ']><svg xmlns="http://www.w3.org/2000/svg">&m;</svg>'  # fmt: skip
OPEN = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">'

HOSTILE = {
    "nothing": (lambda: b"", "empty"),
    "too large": (lambda: b"{" + b" " * MOST_BYTES, "larger than 8 MB"),
    "words": (lambda: b"hello", "not a PDF"),
    "zip": (lambda: b"PK\x03\x04" + bytes(100), "archive"),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
    "pdf in name only": (lambda: b"%PDF-1.7\n" + bytes(1000), "could not be opened"),
    "pdf with a password": (locked, "password"),
    "pdf of many pages": (lambda: pdf_with(many_pages), "has 31 pages"),
    "pdf of a huge page": (lambda: pdf_with(huge_page), "no reasonable size"),
    "pdf bomb": (lambda: pdf_with(nested_bomb), "memory or time|too long"),
    "png of 4 gigapixels": (lambda: png_of(65_000, 65_000), "too large|damaged"),
    "png with a text bomb": (png_text_bomb, "far too large"),
    "png cut off": (lambda: tiny_png()[:-8], "damaged"),
    "jpeg cut off": (lambda: saved(Image.effect_noise((400, 400), 50))[:2000], "damaged"),
    "svg of a billion laughs": (LAUGHS.encode, "document type"),
    "svg of a foreign file": (
        lambda: b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        "document type",
    ),
    "svg too deep": (lambda: OPEN + b"<g>" * 100_000, "too deep"),
    "svg cut off": (lambda: OPEN + b"<g>", "damaged"),
    "svg with a huge credential": (
        lambda: OPEN + b"<o:credential>" + b" " * 2_000_000 + b"</o:credential></svg>",
        "far too large",
    ),
    "svg in no encoding": (lambda: b'<?xml version="1.0" encoding="nope"?><svg></svg>', "damaged"),
}
HOSTILE_JSON = {
    "deep": (b'{"a":' + b"[" * 100_000, "nested|valid"),
    "deep but whole": (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "too deep"),
    "deep in objects": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested|too deep"),
    "large": (b'{"a":"' + b"a" * 300_000 + b'"}', "larger than"),
    "of many values": (b'{"a":[' + b"1," * 20_000 + b"1]}", "too large"),
    "twice": (b'{"a":1,"a":2}', "twice"),
    "not a number": (b'{"a":NaN}', "NaN"),
    "infinite": (b'{"a":1e999}', "number too large"),
    "a list": (b"[1]", "not an object"),
    "half": (b'{"a":', "not valid"),
    "half a character": (b'{"a":"\\ud800"}', "half of a character"),
    "not UTF-8": (b'{"a":"\xff"}', "not valid"),
    "endless digits": (b'{"a":' + b"9" * 100_000 + b"}", "not valid"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_soon(name):
    make, sentence = HOSTILE[name]
    content = make()
    started = time.monotonic()
    with pytest.raises(Unreadable, match=sentence) as refused:
        read_file(content)
    assert time.monotonic() - started < SLOWEST
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("build", [content_bomb, many_drawings, own_form])
def test_a_pdf_that_asks_for_much_work_is_read_or_refused_soon(build):
    content = pdf_with(build)
    started = time.monotonic()
    with suppress(Unreadable):
        read_file(content)
    assert time.monotonic() - started < SLOWEST


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_hostile_json_ends_in_a_sentence_soon(name):
    content, sentence = HOSTILE_JSON[name]
    started = time.monotonic()
    with pytest.raises(Unreadable, match=sentence):
        read_json(content)
    assert time.monotonic() - started < 2


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_any_bytes_are_json_or_refused(content):
    with suppress(Unreadable):
        json.dumps(read_json(content)).encode()


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
@settings(max_examples=30, deadline=None)
def test_any_json_is_read_as_it_is_or_refused(value):
    with suppress(Unreadable):
        assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_have_a_kind_or_none(content):
    with suppress(Unreadable):
        assert kind_of(content) in ("pdf", "png", "svg", "json", "picture")


@given(st.binary(max_size=600), st.sampled_from([OPEN, b"<svg>", b"<?xml version='1.0'?><svg>"]))
@settings(max_examples=300, deadline=None)
def test_any_svg_is_read_or_refused(content, head):
    with suppress(Unreadable):
        read_file(head + content)


@given(
    st.sampled_from(["%PDF-1.7\n", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF8", "RIFF....WEBP"]),
    st.binary(max_size=500),
)
@settings(max_examples=10, deadline=None)
def test_any_pdf_or_picture_is_read_or_refused(head, content):
    with suppress(Unreadable):
        read_file(head.encode("latin-1") + content)


@given(st.sampled_from(["pdf", "png", "svg", "json"]), st.randoms(use_true_random=False), st.integers(1, 40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoiled_file_is_read_or_refused(drawn, kind, chance, many):
    content = bytearray(drawn[kind])
    for _ in range(many):
        at = chance.randrange(len(content) + 1)
        content[at : at + chance.choice((0, 1, 1, 1, 50))] = bytes(
            chance.randrange(256) for _ in range(chance.choice((0, 1, 4)))
        )
    with suppress(Unreadable):
        read_file(bytes(content))


# ---- the child ----


def test_the_child_knows_nothing_of_our_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET", "secret")
    seen = {}

    def run(command, **kwargs):
        seen.update(kwargs)
        raise sandbox.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(sandbox.subprocess, "run", run)
    with pytest.raises(Unreadable, match="too long"):
        sandbox.ask("read_pdf", b"")
    assert set(seen["env"]) == {"PYTHONPATH", "LANG"}
    assert seen["timeout"] == sandbox.SECONDS


def test_who_finds_no_place_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0)
    for _ in range(sandbox.AT_ONCE):
        assert sandbox.PLACES.acquire(timeout=0)
    try:
        with pytest.raises(sandbox.Busy, match="try again"):
            sandbox.ask("read_pdf", b"")
    finally:
        sandbox.PLACES.release(sandbox.AT_ONCE)


@pytest.mark.parametrize("answer", [b"", b"\xff", b"[]", b"{", b'{"refused": "Because."}'])
def test_an_answer_that_is_none_is_a_refusal(answer):
    with pytest.raises(Unreadable):
        sandbox._understand(answer)


def test_many_at_once_are_all_answered(drawn):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(read_file, [drawn["pdf"]] * 8))
    assert all(one.credentials == (CREDENTIAL,) for one in found)
