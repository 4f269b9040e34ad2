"""Drawings (SVG): what stays, what goes, what is refused."""

import pytest

from lms.errors import Invalid
from lms.modules.drawings import check_drawing


def svg(inside="", box='viewBox="0 0 30 20"', namespace='xmlns="http://www.w3.org/2000/svg"'):
    return f"<svg {namespace} {box}>{inside}</svg>".encode()


def test_shapes_and_words_stay():
    inside = '<title>Two</title><g fill="red"><circle r="2"/></g><text x="1">Six <tspan>areas</tspan></text>'
    drawn, width, height = check_drawing(svg(inside))
    assert (width, height) == (30, 20)
    for kept in (
        b"<title>Two</title>",
        b'<g fill="red">',
        b'<circle r="2"',
        b"Six <tspan>areas</tspan>",
        b'width="30"',
    ):
        assert kept in drawn


def test_a_pattern_of_its_own_stays_and_one_from_elsewhere_goes():
    drawn, *_ = check_drawing(svg('<path fill="url(#a)"/><path stroke="url(https://example.org/x)"/>'))
    assert b"url(#a)" in drawn
    assert b"example.org" not in drawn


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path onload="alert(1)"/>',
        '<path style="background:url(x)"/>',
        '<path fill="URL(alert)"/>',
        '<path fill="\\75 rl(alert)"/>',
        '<a href="javascript:alert(1)"><text>alert(1)</text></a>',
        '<use xmlns:l="http://www.w3.org/1999/xlink" l:href="alert(1)"/>',
        '<image href="alert(1)"/>',
        "<foreignObject><p>alert(1)</p></foreignObject>",
        '<animate attributeName="alert(1)"/>',
    ],
)
def test_whatever_could_act_goes(inside):
    drawn, *_ = check_drawing(svg(inside))
    assert b"alert" not in drawn
    assert b"style" not in drawn


@pytest.mark.parametrize(
    "content",
    [
        b"<svg",
        svg(box=""),
        svg(box='viewBox="0 0 9"'),
        svg(box='viewBox="0 0 a b"'),
        svg(box='viewBox="0 0 inf 9"'),
        svg(box='viewBox="0 0 0 9"'),
        svg(box='viewBox="0 0 99999 9"'),
        b'<html viewBox="0 0 9 9"/>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        b'<?p <!-- ?><!DOCTYPE svg [<!ENTITY a "b">]><?p --> ?>' + svg("&a;"),
        svg("<g/>" * 5001),
        svg("<g>" * 31 + "</g>" * 31),
        svg(" " * 300_000),
    ],
)
def test_what_cannot_be_drawn_anew_is_refused(content):
    with pytest.raises(Invalid) as refusal:
        check_drawing(content)
    assert set(refusal.value.problems) == {"file"}
