"""Guessing codes: ten thousand tries, near misses among them, find nothing and learn nothing; misses are counted."""

import random
import re
from time import perf_counter

import pytest

from certificates.codes import ALPHABET, FIRST, read_code
from lms.awards.document import new_code
from lms.awards.log import Prover
from lms.awards.standing import standing_of, standings_of
from tests.make import SEAL

LOOKED_UP = 10_000
SEARCHED = 300
ASKED = 60


def neighbours(code, chance, count):
    """Codes like this one: a character changed, two swapped, a group moved, a digit up or down, the end counted on."""
    found = set()
    while len(found) < count:
        way, signs = chance.randrange(5), list(code)
        at = chance.randrange(1, 26)
        if way == 0:
            signs[at] = chance.choice(ALPHABET)
        elif way == 1:
            other = chance.randrange(1, 26)
            signs[at], signs[other] = signs[other], signs[at]
        elif way == 2:
            signs = signs[:2] + signs[at:] + signs[2:at]
        elif way == 3:
            signs[at] = ALPHABET[(ALPHABET.index(signs[at]) + chance.choice((-1, 1))) % 32]
        else:
            signs[0], signs[at] = chance.choice(FIRST), chance.choice(ALPHABET)
        found.add("".join(signs))
    return found - {code}


@pytest.fixture
def award(make):
    return make.award(make.user(name="Zoë Lindqvist"))


@pytest.fixture
def guesses(award):
    chance = random.Random(26)
    near = neighbours(award.code, chance, LOOKED_UP // 2)
    return [*sorted(near), *(new_code() for _ in range(LOOKED_UP - len(near)))]


def shape(text, code):
    """An answer without what was asked and when."""
    grouped = " ".join(code[at : at + 4] for at in range(0, 26, 4))
    text = text.replace(code, "CODE").replace(grouped, "CODE")
    return re.sub(r"\d{1,2} \w+ 20\d\d[^<]*|20\d\d-[\d:T-]+Z?|nonce-[^\"]+", "WHEN", text)


def test_ten_thousand_guesses_find_nothing(session, award, guesses):
    found = standings_of(session, set(guesses), SEAL, Prover(session, SEAL))
    assert (len(guesses), found) == (LOOKED_UP, {})
    assert {standing_of(session, code, SEAL).state for code in guesses[:SEARCHED]} == {"not_found"}
    assert standing_of(session, award.code, SEAL).state == "valid"


def test_whatever_is_guessed_the_answer_is_the_same(browser, award, guesses):
    tried = [*guesses[: ASKED // 2], *guesses[-ASKED // 2 :]]
    pages, answers = set(), set()
    for code in tried:
        assert read_code(code) == code
        page, answer = browser.get(f"/c/{code}"), browser.get(f"/c/{code}.json")
        assert (page.status_code, answer.status_code) == (404, 404)
        pages.add(shape(page.text, code))
        answers.add(shape(answer.text, code))
        assert "Zoë" not in page.text + answer.text
    assert (len(pages), len(answers)) == (1, 1)


def test_a_near_miss_takes_as_long_as_any_other(session, award, guesses):
    """One statement either way: nothing is compared that a stop-watch could read a code from."""
    near, far = guesses[:100], guesses[-100:]

    def median(codes):
        times = []
        for code in codes:
            begun = perf_counter()
            standing_of(session, code, SEAL)
            times.append(perf_counter() - begun)
        return sorted(times)[len(times) // 2]

    median(far)
    assert median(near) < 4 * median(far) + 0.002
    assert median(far) < 4 * median(near) + 0.002


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_misses_are_counted_by_every_way_and_hits_are_free(browser, award, guesses):
    for _ in range(40):
        assert browser.get(f"/c/{award.code}").status_code == 200
    ways = ("/c/{}", "/c/{}.json", "/api/v1/certificates/{}")
    statuses = [browser.get(ways[at % 3].format(code)).status_code for at, code in enumerate(guesses[:45])]
    assert statuses[:30] == [404] * 30
    assert set(statuses[30:]) == {429}
    assert browser.get(f"/c/{award.code}").status_code == 200, "whoever holds a true code still sees it"
