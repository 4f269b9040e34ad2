"""Lines that people type."""

import pytest

from lms.lines import is_plain, list_hidden, name_all, why_not_a_line


@pytest.mark.parametrize("text", ["Köchel", "می\u200cخواهم", "क्\u200dष", "李明", "O’Brien & Co. №", "🙂"])
def test_what_people_can_see_is_a_line(text):
    assert not why_not_a_line(text)


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\u202e", "\u00ad", "\ufeff", "\u2066", "\ud800", "\ue000", "\uffff", "\u2028"]
)
def test_what_nobody_can_see_is_named(hidden):
    assert list_hidden(f"a{hidden}b{hidden}") == [hidden]
    assert f"U+{ord(hidden):04X}" in why_not_a_line(f"a{hidden}b")


@pytest.mark.parametrize("text", ["\u200dAda", "Ada\u200d", "Ada \u200dB", "1\u200d2"])
def test_a_joiner_outside_of_a_word_is_hidden(text):
    assert list_hidden(text) == ["\u200d"]


def test_many_characters_are_cut_short():
    assert name_all(map(chr, range(1, 21))).endswith("U+000A and 10 more")
    assert name_all("\u202e") == "U+202E (right-to-left override)"


def test_a_typewriter_writes_plain_text():
    assert is_plain("LMFT 12-3/a")
    assert not is_plain("LMFТ")
    assert not is_plain("1\t2")
