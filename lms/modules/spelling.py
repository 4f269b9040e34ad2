"""How words are taken apart, brought to their stems, and recognized when they are misspelt; knows no database."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations

LONGEST = 60
BEGINNING = 8
"""Only so many letters of a word are varied: enough to meet, and few enough to store."""

_WORD = re.compile(rf"[^\W_]{{1,{LONGEST}}}")
_STOP_WORDS = """
    a about above after again against all am an and any are as at be because been before being below between both but
    by can did do does doing don down during each few for from further had has have having he her here hers herself him
    himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or
    other our ours ourselves out over own s same she should so some such t than that the their theirs them themselves
    then there these they this those through to too under until up very was we were what when where which while who
    whom why will with you your yours yourself yourselves
"""
STOP = frozenset(_STOP_WORDS.split())


def words_of(text: str) -> list[str]:
    """Return the words, small and without accents; other signs part words and mean nothing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def tolerance(word: str) -> int:
    """Return how many letters of the word may be wrong; short words and numbers have to be right."""
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 8 else 2


def neighbours(word: str) -> set[str]:
    """Return the word's beginning with up to `tolerance` letters left out; two words alike have one in common.

    Garbe's symmetric deletion: nothing has to be compared with the whole vocabulary.
    """
    start = word[:BEGINNING]
    return {
        "".join(sign for place, sign in enumerate(start) if place not in left_out)
        for count in range(tolerance(word) + 1)
        for left_out in combinations(range(len(start)), count)
    }


def distance(one: str, other: str) -> int:
    """Return how many letters were changed, added, left out or swapped with the next (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (sign != against))
            if row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def closest(word: str, among: Iterable[str], most: int = 8) -> list[tuple[int, str]]:
    """Return the words that may have been meant with how far off they are, the likeliest first."""
    far = ((distance(word, other), other) for other in among)
    near = [(steps, other) for steps, other in far if steps <= tolerance(word)]
    # People get the first letter right.
    return sorted(near, key=lambda found: (found[0], found[1][0] != word[0], found[1]))[:most]
