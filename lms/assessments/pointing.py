"""Which lessons speak of an objective: a pointer for whoever has to look again; pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

MOST = 2
SHORTEST_WORD = 4
STEM = 6
SATURATION = 1.5
ALMOST_AS_GOOD = 0.85

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A lesson to be searched; `key` is what the caller knows it by."""

    key: str
    words: Counter[str]


def read(key: str, text: str) -> Text:
    """Return the lesson as what pointing looks at."""
    return Text(key, Counter(_words(text)))


def lessons_on(texts: Sequence[Text], question: str) -> list[str]:
    """Return the keys of the one or two lessons that share most of the question's rarer words, in lesson order.

    A usual BM25 without its length term's fine tuning; nothing in common gives nothing.
    """
    if not texts:
        return []
    mean = sum(text.words.total() for text in texts) / len(texts) or 1
    wanted = set(_words(question))
    weights = {word: log(1 + len(texts) / (1 + sum(word in text.words for text in texts))) for word in wanted}
    scores = {}
    for text in texts:
        length = SATURATION * (0.5 + 0.5 * text.words.total() / mean)
        scores[text.key] = sum(
            weight * text.words[word] / (text.words[word] + length) for word, weight in weights.items()
        )
    best = max(scores.values())
    if best <= 0:
        return []
    kept = sorted(scores, key=lambda key: -scores[key])[:MOST]
    return [text.key for text in texts if text.key in kept and scores[text.key] >= ALMOST_AS_GOOD * best]


def question_about(paper: Sequence[Mapping[str, Any]], objective: str) -> str:
    """Return what a paper asks about an objective: its words and the stems, never the options."""
    return " ".join([objective, *(entry["stem"] for entry in paper if entry["objective"] == objective)])


def _words(text: str) -> list[str]:
    return [word[:STEM] for word in _WORD.findall(text.casefold()) if len(word) >= SHORTEST_WORD]
