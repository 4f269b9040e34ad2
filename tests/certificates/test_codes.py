"""Codes: 128 random bits, readable off paper in whatever way they are typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import codes
from certificates.codes import ALPHABET, group_code, new_code, read_code

CODE = "3K7QF2M9PABCDEFGHJKMNPQ01T"
valid_codes = st.builds(
    lambda first, rest: first + rest, st.sampled_from("01234567"), st.text(ALPHABET, min_size=25, max_size=25)
)
DASHES = ["-", " - ", "_", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\u00ad"]
GAPS = ["", "", " ", "\n", "\t", "\u00a0", "\u200b", *DASHES]
SPELLINGS = {"0": "0Oo", "1": "1IiLl"}


def test_a_code_is_26_characters_of_the_alphabet():
    for code in (new_code() for _ in range(200)):
        assert re.fullmatch(f"[0-7][{ALPHABET}]{{25}}", code)


def test_a_code_holds_exactly_the_128_bits_that_were_drawn(monkeypatch):
    drawn = []

    def bits(count):
        drawn.append(count)
        return 2**128 - 1

    monkeypatch.setattr(codes.secrets, "randbits", bits)
    assert new_code() == "7" + "Z" * 25
    assert drawn == [128]
    monkeypatch.setattr(codes.secrets, "randbits", lambda count: 32)
    assert new_code() == "0" * 24 + "10"


@given(valid_codes, st.data())
def test_a_mangled_code_reads_back(code, data):
    typed = "".join(
        data.draw(st.sampled_from(GAPS))
        + data.draw(st.sampled_from(SPELLINGS.get(character, character + character.lower())))
        for character in code
    )
    assert read_code(typed + data.draw(st.sampled_from(GAPS))) == code


@pytest.mark.parametrize(
    "typed",
    [
        f"https://credence.example/c/{CODE}",
        f"  HTTPS://CREDENCE.EXAMPLE/C/{CODE.lower()}/ ",
        f"credence.example/c/{CODE}?from=qr#top",
        f"https://credence.example/c/{CODE}.json",
        f"https://credence.example/c/{group_code(CODE).replace(' ', '%20')}",
    ],
)
def test_a_whole_verify_url_is_read_too(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "this one has 0"),
        (CODE[:-1], "26 letters and digits in all; this one has 25"),
        (CODE + "A", "this one has 27"),
        (CODE[:-1] + "U", "“U” is never part of a code. It may be a V"),
        (CODE[:-1] + "*", "“\\*” is never part of a code"),
        (CODE[:-1] + "é", "“é” is never part of a code"),
        (CODE[:-1] + "\u0007", "U\\+0007 is never part of a code"),
        ("8" + CODE[1:], "begins with a digit from 0 to 7; this one begins with “8”"),
        ("https://credence.example/c/", "this one has 1"),
        ("https://credence.example/verify", "this one has 6"),
    ],
)
def test_what_cannot_be_a_code_is_refused_with_a_sentence(typed, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_code(typed)


@given(st.text())
def test_any_text_is_either_read_or_refused(typed):
    try:
        code = read_code(typed)
    except ValueError:
        return
    assert read_code(group_code(code)) == code


def test_a_code_is_printed_in_groups_of_four():
    assert group_code(CODE) == "3K7Q F2M9 PABC DEFG HJKM NPQ0 1T"
