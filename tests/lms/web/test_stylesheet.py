"""Nothing in the stylesheet that no page draws: every class of it is written somewhere, or made from a part that is."""

import re
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
WRITERS = [
    *sorted((HOUSE / "templates").rglob("*.html")),
    *sorted((HOUSE / "lms" / "static").glob("*.js")),
    *sorted((HOUSE / "lms" / "web").rglob("*.py")),
    HOUSE / "lms" / "modules" / "text.py",
]


def classes():
    """The classes that rules of the stylesheet name."""
    text = re.sub(r"/\*.*?\*/", "", (HOUSE / "lms/static/site.css").read_text(), flags=re.DOTALL)
    selectors = re.findall(r"(?:^|[{};])\s*([^{};@]+)\{", text)
    return sorted({name for selector in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector)})


@cache
def written():
    """All text that pages are drawn by."""
    return "\n".join(path.read_text() for path in WRITERS)


def is_drawn(name):
    """Whether the class is written out, or its beginning stands before a placeholder and its end is a word of ours."""
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", written()):
        return True
    start, _, end = name.rpartition("-")
    if not re.search(rf"(?<![\w-]){re.escape(start)}-(?:\{{\{{|\{{|\"|')", written()):
        return False
    number = end.isdigit() and re.search(rf"numeric=[\[(][\d, ]*\b{end}\b", written())
    return bool(number or re.search(rf"[\"']{end}[\"']", written()))


@pytest.mark.parametrize("name", classes())
def test_every_class_is_drawn_by_something(name):
    assert is_drawn(name)


def test_what_nobody_draws_is_noticed():
    assert len(classes()) > 100
    assert not is_drawn("hero-banner")
    assert not is_drawn("button-rainbow")
    assert not is_drawn("num-9")
