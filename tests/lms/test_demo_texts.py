"""The demonstration's modules as their editor reads them: lengths, sources, items, spelling; without a database."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from lms.modules.text import count_words

DEMO = Path(__file__).parents[2] / "lms/demo/modules"
WORDS = {
    "ethics-and-telehealth": 7200, "suicide-risk": 10200, "cultural-humility": 6200,
    "trauma-informed-care": 6400, "burnout-and-self-care": 4600, "interdisciplinary-collaboration": 6300,
}  # fmt: skip
BRITISH = r"\b(behaviou|colour|favour|organis|recognis|licence|judgement|whilst|fortnight|towards|cut-off|him or her)"


@pytest.fixture(params=WORDS, scope="module")
def folder(request):
    return DEMO / request.param


@pytest.fixture(scope="module")
def bodies(folder):
    texts = [path.read_text().partition("\n")[2] for path in sorted((folder / "lessons").glob("*.md"))]
    return [re.sub(r"\(media:[a-z-]+\)", "(media:1)", text) for text in texts]


def read(folder, name):
    return yaml.safe_load((folder / name).read_text())


def test_a_module_is_as_long_as_its_outline_and_no_longer_than_three_percent(folder, bodies):
    asked = WORDS[folder.name]
    assert asked <= sum(map(count_words, bodies)) <= asked * 1.03


def test_every_reference_is_cited_and_half_of_them_are_recent(folder, bodies):
    references = read(folder, "module.yaml")["references"]
    lessons = "".join(bodies)
    for row in references:
        assert re.split(r"[,.:]", row["citation"])[0] in lessons, row["citation"]
        assert str(row["year"]) in row["citation"]
        assert row["seminal"] == (row["year"] < 2016)
    assert sum(row["year"] >= 2016 for row in references) * 2 >= len(references)


def test_no_dialogue_is_lost_in_a_paragraph_and_the_spelling_is_american(folder, bodies):
    for text in [*bodies, (folder / "items.yaml").read_text()]:
        assert not re.findall(r"[^\n>] > \*\*", text)
        assert not re.findall(BRITISH, text, re.IGNORECASE)


def test_items_are_whole_enough_for_a_second_attempt_and_their_key_is_spread(folder):
    items, draw = read(folder, "items.yaml"), read(folder, "module.yaml")["test"]["draw"]
    places = Counter()
    for item in items:
        options = item["options"]
        right = [at for at, option in enumerate(options) if option.get("right")]
        assert all(option["rationale"] for option in options)
        assert not any(re.search(r"(all|none) of the above", option["text"], re.IGNORECASE) for option in options)
        if item["kind"] == "single_best":
            assert (len(options), len(right)) == (4, 1), item["stem"]
            places.update(right)
    assert max(places.values()) <= places.total() * 0.4
    bank = Counter(item["objective"] for item in items)
    assert set(bank) == set(draw)
    assert all(bank[key] >= count * 1.5 for key, count in draw.items())


def test_every_drawing_of_a_module_is_used_and_described(folder, bodies):
    used = "".join(path.read_text() for path in (folder / "lessons").glob("*.md"))
    listed = read(folder, "media.yaml") if (folder / "media.yaml").exists() else []
    assert {row["name"] for row in listed} == set(re.findall(r"\(media:([a-z-]+)\)", used))
    assert all(len(row["alt"].split()) >= 15 for row in listed)
