"""The catalogue's search: an index of our own in plain tables, so that both databases find the same in the same order.

`module_search` says how much a word's stem weighs in a module; `module_search_words` has every word that was ever
indexed, for words that are typed by half; `module_search_neighbours` has the notable ones as they look with letters
left out, for words that are misspelt. No phrases, no operators: any text is a search and none is an error.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import snowballstemmer
from sqlalchemy import BindParameter, String, bindparam, text
from sqlalchemy.orm import Session

from lms.modules.spelling import STOP, closest, neighbours, tolerance, words_of

MOST_WORDS = 12
MOST_FOUND = 500
MOST_ENDINGS = 40
LONGEST_TEXT = 400_000
LAST_SIGN = chr(0x10FFFF)

WEIGHTS = {"title": 40, "topics": 25, "names": 25, "summary": 12}
MOST_IN_BODY = 6
"""A word in the body weighs one for each time it is there, up to this."""
HALF_TYPED = 0.5


def _several(name: str) -> BindParameter[str]:
    return bindparam(name, type_=String, expanding=True)


_FORGET = text("DELETE FROM module_search WHERE module_id = :module_id")
_INDEX = text("INSERT INTO module_search (term, module_id, weight) VALUES (:term, :module_id, :weight)")
_KNOWN = text("SELECT word FROM module_search_words WHERE word IN :words").bindparams(_several("words"))
_MET = text("SELECT word FROM module_search_neighbours WHERE neighbour = word AND word IN :words").bindparams(
    _several("words")
)
_LEARN = text("INSERT INTO module_search_words (word, term) VALUES (:word, :term) ON CONFLICT DO NOTHING")
_MEET = text("INSERT INTO module_search_neighbours (neighbour, word) VALUES (:neighbour, :word) ON CONFLICT DO NOTHING")
_LOOK_UP = text(
    "SELECT 'term' AS kind, term AS asked, term AS found FROM module_search WHERE term IN :terms GROUP BY term "
    "UNION ALL SELECT 'word', word, term FROM module_search_words WHERE word IN :parts "
    "UNION ALL SELECT 'ending', word, term FROM (SELECT word, term FROM module_search_words "
    "WHERE word > :start AND word < :end ORDER BY length(word), word LIMIT :most) AS endings "
    "UNION ALL SELECT 'near', neighbour, word FROM module_search_neighbours WHERE neighbour IN :near"
).bindparams(*(_several(name) for name in ("terms", "parts", "near")))
_WEIGH = text("SELECT term, module_id, weight FROM module_search WHERE term IN :terms").bindparams(_several("terms"))


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search found: module ids, the best first.

    `corrected` is what was searched for instead, empty unless a word was misspelt; `shorter` are searches with a word
    less that do find something, where nothing was found; `asked` is false where there was no word to look for.
    """

    ids: tuple[int, ...] = ()
    corrected: str = ""
    shorter: tuple[str, ...] = ()
    asked: bool = True


@dataclass(slots=True)
class _Wish:
    """A word that is wanted, and how well each term would do for it."""

    word: str
    terms: dict[str, float] = field(default_factory=dict)
    guesses: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """What it may have been, if nobody knows the word: how far off, and the words."""


def index_module(session: Session, module_id: int, **texts: str) -> None:
    """Make the module found by these texts (`title`, `topics`, `names`, `summary`, `body`) and no longer by earlier."""
    stem = _stemmer()
    terms: Counter[str] = Counter()
    in_body = Counter(word for word in words_of(texts.pop("body", "")[:LONGEST_TEXT]) if word not in STOP)
    notable = {word for word, count in in_body.items() if count > 1}
    counted: Counter[str] = Counter()
    for word, count in in_body.items():
        counted[stem(word)] += count
    for term, count in counted.items():
        terms[term] = min(count, MOST_IN_BODY)
    every = set(in_body)
    for name, words in texts.items():
        wanted = {word for word in words_of(words[:LONGEST_TEXT]) if word not in STOP}
        notable |= wanted
        every |= wanted
        for term in {stem(word) for word in wanted}:
            terms[term] += WEIGHTS[name]
    session.execute(_FORGET, {"module_id": module_id})
    if terms:
        rows = [{"term": term, "module_id": module_id, "weight": weight} for term, weight in sorted(terms.items())]
        session.execute(_INDEX, rows)
        _learn(session, every, notable, stem)


def search_modules(session: Session, words: str) -> Matches:
    """Return the modules that have all the words, at most 500, in two statements.

    The last word may be a beginning. A word that no module has is taken for the nearest that some module has.
    """
    asked = words_of(words[:1000])[:MOST_WORDS]
    wishes = [_Wish(word) for word in asked if word not in STOP]
    if not wishes:
        return Matches(asked=False)
    _interpret(session, wishes, asked)
    terms = {term for wish in wishes for term in wish.terms}
    stem = _stemmer()
    terms |= {stem(word) for wish in wishes for _, guess in wish.guesses for word in guess}
    weights: dict[str, dict[int, int]] = defaultdict(dict)
    if terms:
        for term, module_id, weight in session.execute(_WEIGH, {"terms": sorted(terms)}):
            weights[term][module_id] = weight
    corrected = _correct(wishes, weights, stem)
    scores = [_scores(wish, weights) for wish in corrected or wishes]
    ids = _best(scores)
    if not ids:
        return Matches(shorter=_shorter([wish.word for wish in corrected or wishes], scores))
    return Matches(ids, " ".join(wish.word for wish in corrected))


def _stemmer() -> Callable[[str], str]:
    """Return a function from words to stems; not to be shared between threads."""
    return snowballstemmer.stemmer("english").stemWord  # type: ignore[no-any-return]


def _learn(session: Session, every: Collection[str], notable: Collection[str], stem: Callable[[str], str]) -> None:
    """Add words to the vocabulary; it forgets none, for a word that no module has any more finds nothing."""
    for some in _portions(every):
        known = set(session.scalars(_KNOWN, {"words": some}))
        new = [{"word": word, "term": stem(word)} for word in some if word not in known]
        if new:
            session.execute(_LEARN, new)
    for some in _portions([word for word in notable if tolerance(word)]):
        known = set(session.scalars(_MET, {"words": some}))
        rows = [
            {"neighbour": neighbour, "word": word}
            for word in some
            if word not in known
            for neighbour in sorted(neighbours(word) | {word})
        ]
        if rows:
            session.execute(_MEET, rows)


def _portions(words: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(words)
    for start in range(0, len(ordered), 5000):
        yield ordered[start : start + 5000]


def _interpret(session: Session, wishes: Sequence[_Wish], asked: Sequence[str]) -> None:
    """Find out what each of the words may stand for, in one statement."""
    stem = _stemmer()
    stems = {wish.word: stem(wish.word) for wish in wishes}
    # "burn out" is "burnout" too, and "selfcare" may be "self care".
    joined = {one + two: (one, two) for one, two in pairwise(asked)}
    half_typed = asked[-1] if wishes[-1].word == asked[-1] else ""
    splits = {wish.word: [(wish.word[:at], wish.word[at:]) for at in range(2, len(wish.word) - 1)] for wish in wishes}
    near = {wish.word: neighbours(wish.word) if tolerance(wish.word) else set() for wish in wishes}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    asking = {
        "terms": sorted({*stems.values(), *(stem(word) for word in joined)}),
        "parts": sorted({part for pairs in splits.values() for pair in pairs for part in pair}),
        "start": half_typed,
        "end": half_typed + LAST_SIGN if half_typed else "",
        "most": MOST_ENDINGS,
        "near": sorted({variant for variants in near.values() for variant in variants}),
    }
    for kind, typed, result in session.execute(_LOOK_UP, asking):
        found[kind].append((typed, result))
    live = {term for term, _ in found["term"]}
    parts = {word for word, _ in found["word"]}
    for wish in wishes:
        if stems[wish.word] in live:
            wish.terms[stems[wish.word]] = 1.0
        for word, pair in joined.items():
            if wish.word in pair and stem(word) in live:
                wish.terms[stem(word)] = 1.0
    if half_typed:
        for _, term in found["ending"]:
            wishes[-1].terms.setdefault(term, HALF_TYPED)
    for wish in wishes:
        if not wish.terms:
            alike = {word for neighbour, word in found["near"] if neighbour in near[wish.word]}
            wish.guesses = [(steps, (word,)) for steps, word in closest(wish.word, alike)]
            wish.guesses += [
                (1, pair) for pair in splits[wish.word] if parts.issuperset(pair) and STOP.isdisjoint(pair)
            ]


def _correct(
    wishes: Sequence[_Wish], weights: Mapping[str, Mapping[int, int]], stem: Callable[[str], str]
) -> list[_Wish]:
    """Return the wishes with the best guess in place of each word that nobody knows; nothing if all are known."""
    corrected = []
    for wish in wishes:
        live = [(steps, guess) for steps, guess in wish.guesses if all(stem(word) in weights for word in guess)]
        if not live:
            corrected.append(wish)
            continue
        # Of words equally near, the one with the same first letter, then the one that more modules have.
        _, best = min(
            live,
            key=lambda row: (row[0], row[1][0][0] != wish.word[0], -min(len(weights[stem(w)]) for w in row[1]), row[1]),
        )
        corrected += [_Wish(word, {stem(word): 1.0}) for word in best]
    return corrected if any(wish.guesses for wish in wishes) else []


def _scores(wish: _Wish, weights: Mapping[str, Mapping[int, int]]) -> dict[int, float]:
    """Return how well each module that has the word does for it: rare words and heavy places count more."""
    scores: dict[int, float] = {}
    for term, factor in sorted(wish.terms.items()):
        modules = weights.get(term, {})
        for module_id, weight in modules.items():
            score = factor * weight / (1 + math.log(len(modules)))
            scores[module_id] = max(score, scores.get(module_id, 0.0))
    return scores


def _best(scores: Sequence[Mapping[int, float]]) -> tuple[int, ...]:
    having_all = set(scores[0]).intersection(*scores[1:])
    total = {module_id: sum(score[module_id] for score in scores) for module_id in having_all}
    return tuple(sorted(total, key=lambda module_id: (-round(total[module_id], 6), module_id))[:MOST_FOUND])


def _shorter(words: Sequence[str], scores: Sequence[Mapping[int, float]]) -> tuple[str, ...]:
    """Return the searches with one word less that find something, or the single words that do."""
    if len(words) < 2:
        return ()
    left = [[*range(place), *range(place + 1, len(words))] for place in range(len(words))]
    found = [places for places in left if _best([scores[place] for place in places])]
    singles = [[place] for place in range(len(words)) if scores[place]]
    return tuple(dict.fromkeys(" ".join(words[place] for place in places) for places in found or singles))[:3]
