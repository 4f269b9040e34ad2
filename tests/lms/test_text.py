"""Markdown of lessons: what it becomes, what it never becomes, how it is counted."""

import re
import time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.modules.text import LONGEST, count_words, list_problems, media_ids, render, split_title


def row(number, kind="image", **values):
    defaults = {"alt": "A chart.", "filename": "file", "width": 20, "height": 10, "seconds": 5, "captions_id": None}
    return SimpleNamespace(id=number, kind=kind, **{**defaults, **values})


MEDIA = {
    1: row(1),
    2: row(2, "video", captions_id=3),
    3: row(3, "captions"),
    4: row(4, alt=""),
    5: row(5, "video"),
}


def test_a_callout_has_its_kind_and_title():
    html = render("::: practice Try it\nAsk **first**.\n:::", {})
    assert '<aside class="callout callout-practice">' in html
    assert '<p class="callout-title">Try it</p>' in html
    assert "<strong>first</strong>" in html


def test_a_callout_without_a_title_says_its_kind():
    assert '<p class="callout-title">Caution</p>' in render("::: caution\nText\n:::", {})


def test_an_unknown_callout_stays_text():
    assert "<aside" not in render("::: danger Run\nText\n:::", {})


def test_a_table_scrolls_and_its_head_has_a_scope():
    html = render("| A | B |\n|---|--:|\n| 1 | 2 |", {})
    assert '<div class="table-scroll" role="group" tabindex="0" aria-label="Table 1">' in html
    assert '<th scope="col">A</th>' in html
    assert '<td class="numeric">2</td>' in html
    assert "style" not in html


def test_an_empty_head_of_a_column_is_no_head():
    html = render("| | B |\n|---|---|\n| 1 | 2 |", {})
    assert html.count("<th ") == 1
    assert html.count("<td>") == 3


def test_headings_begin_at_two_and_skip_none():
    html = render("# One\n\n### Three\n\n# Again\n\n###### Six", {})
    assert re.findall(r"<h(\d)>", html) == ["2", "3", "2", "3"]


def test_links_are_safe():
    html = render("[a](https://example.org) [b](javascript:alert(1)) [c](data:image/png;base64,AAAA)", {})
    assert '<a href="https://example.org" rel="noopener noreferrer">a</a>' in html
    assert html.count("href") == 1


def test_html_is_shown_and_not_obeyed():
    html = render('<script>alert(1)</script>\n\n<img src=x onerror="alert(1)">', {})
    assert "<script" not in html
    assert "<img" not in html


def test_a_picture_is_a_figure_with_its_text_alternative_and_caption():
    html = render("![Burnout over *time*](media:1)", MEDIA)
    assert html.strip().startswith("<figure>")
    assert re.search(r'<img (?=.*alt="A chart\.")(?=.*src="/media/1")', html)
    assert "<figcaption>Burnout over time</figcaption>" in html


def test_two_pictures_in_one_paragraph_are_two_figures():
    assert render("![](media:1)\n![b](media:1)", MEDIA).count("<figure>") == 2


def test_a_picture_within_a_sentence_stays_in_it():
    html = render("See ![it](media:1) here.", MEDIA)
    assert "<figure" not in html
    assert html.startswith("<p>See <img")


def test_a_film_brings_its_captions():
    html = render("![A talk](media:2)", MEDIA)
    assert re.search(r'<video (?=.*src="/media/2")(?=.*controls)(?=.*aria-label="A talk")', html)
    assert re.search(r'<track (?=.*kind="captions")(?=.*src="/media/3")', html)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("![x](media:9)", "no picture or film number 9"),
        ("![x](media:3)", "no picture or film number 3"),
        ("![x](https://example.org/a.png)", "Only pictures and films of this module"),
        ("![x](media:4)", "needs a text alternative"),
        ("![x](media:5)", "needs captions"),
    ],
)
def test_what_cannot_be_shown_is_a_warning_and_a_refusal(body, words):
    assert words in render(body, MEDIA)
    assert "<img" not in render(body, MEDIA)
    assert words in list_problems(body, MEDIA)[0]


def test_a_sound_text_has_no_problems():
    assert list_problems("# A\n\n![x](media:1) ![y](media:2)", MEDIA) == []


def test_a_text_too_long_is_refused():
    assert "two lessons" in list_problems("a" * (LONGEST + 1), {})[0]


def test_media_are_named_once_and_in_order():
    assert media_ids("![a](media:7)\n\n::: note\n![b](media:3) ![c](media:7)\n:::\n\n`![d](media:5)`") == (7, 3)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", 0),
        ("One **two** three.", 3),
        ("# A heading\n\n- item one\n- item two", 6),
        ("A – b & c", 3),
        ("| A | B |\n|---|---|\n| one two | three |", 5),
        ("::: note A title\nText\n:::", 3),
        ("[a link](https://example.org/with/words)", 2),
        ("un*believ*able", 1),
        ("line\nbreak", 2),
        ("![a caption](media:1)", 2),
        ("```\ncode here\n```", 2),
        ("---", 0),
    ],
)
def test_words_are_those_one_reads(body, words):
    assert count_words(body) == words


def test_a_file_begins_with_its_title():
    assert split_title("# A title\n\nText.\n") == ("A title", "Text.\n")


PIECES = st.sampled_from([
    "::: note x\n", ":::\n", "|a|b|\n|-|-|\n", "![", "](media:1)", "](javascript:x)", "](//x)", "<script>", "<b onx=1>",
    "> ", "- ", "# ", "`", "```\n", "&#x3c;", "\\", "\n\n", "<http://x onx=1>", "[a]: javascript:x 'y'\n", "    ",
    "![x](data:image/png;base64,AA)", 'style="x"', "\x00", "\ud800",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=30).map("".join))
def test_whatever_is_typed_is_harmless(body):
    html = render(body, MEDIA)
    tags = re.findall(r"<[a-z][^>]*>", html)
    assert not [
        tag for tag in tags if re.match(r"<(script|style|iframe|object|embed|form|input|svg|link|meta|base)\b", tag)
    ]
    for tag in tags:
        names = re.findall(r'\s([a-z-]+)=("[^"]*")', tag)
        assert not [name for name, _ in names if name.startswith("on") or name in ("style", "id", "srcdoc")], tag
        for name, value in names:
            if name in ("href", "src"):
                assert not re.match(r'"\s*(javascript|data|vbscript|file):', value, re.IGNORECASE), tag
            if name == "src":
                assert re.fullmatch(r'"/media/\d+"', value), tag
    assert count_words(body) >= 0
    assert list_problems(body, MEDIA) is not None


@pytest.mark.parametrize(
    "text",
    ["[" * 90_000, "![" * 45_000, "*a**" * 24_000, "_*" * 49_000, "a\n" * 49_000, "<http://a.b> " * 7_000,
     "|a" * 200 + "\n" + "|-" * 200 + "\n" + "x\n" * 40_000, "a" * (LONGEST + 1)],
)  # fmt: skip
def test_a_text_that_takes_too_long_is_not_worked_on(text):
    (problem,) = list_problems(text, MEDIA)
    assert problem in render(text, MEDIA)
    assert (count_words(text), media_ids(text)) == (0, ())
    began = time.process_time()
    render(text, MEDIA)
    assert time.process_time() - began < 0.1


def test_a_long_lesson_is_no_attack():
    lesson = "Some *words* that **people** write, with a [link](https://example.org) and a `sign`.\n\n" * 1_000
    assert len(lesson) > 80_000
    assert not list_problems(lesson, MEDIA)
    assert not list_problems("| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 400, MEDIA)


def test_two_short_tables_are_counted_apart():
    assert not list_problems(("|a" * 20 + "\n" + "|-" * 20 + "\n" + "|x\n" * 5 + "\n") * 100, MEDIA)
