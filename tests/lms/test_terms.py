"""The words of the field, and the words that addresses keep for themselves."""

import pytest

from certificates.places import spell_place
from lms.boards.commands import begin_board
from lms.errors import Invalid
from lms.providers.commands import TEXTS, begin_provider
from lms.terms import JURISDICTIONS, RESERVED_SLUGS


def test_places_are_spelled_out():
    assert len(JURISDICTIONS) == 50 + 1 + 5 + 1  # the states, the District, the territories, national certification
    assert spell_place("US-CA") == "California"
    assert spell_place("CA-ON") == "CA-ON"


def test_words_that_stand_beside_slugs_in_addresses_are_reserved(app):
    beside = set()
    rules = [str(rule).split("/") for rule in app.url_map.iter_rules()]
    for parts in rules:
        if "<slug>" in parts:
            place = parts.index("<slug>")
            if parts[1] in ("operator", "board", "providers", "p") or parts[:3] == ["", "workshop", "providers"]:
                beside |= {other[place] for other in rules if other[:place] == parts[:place] and len(other) > place}
    words = {word for word in beside if "<" not in word}
    assert {"new", "looks"} <= words <= RESERVED_SLUGS


@pytest.mark.parametrize("word", ["new", "Looks"])
def test_a_reserved_word_is_no_slug(session, now, word):
    with pytest.raises(Invalid, match="part of other addresses"):
        begin_board(session, word, name="A board", jurisdiction="US-CA", professions=["mft"], by=1)
    texts = dict.fromkeys(TEXTS, "x") | {"email": "a@example.org", "website": ""}
    with pytest.raises(Invalid, match="part of other addresses"):
        begin_provider(session, word, texts, by=1, now=now)
