"""Does a page say what was signed? Compares printed words with the facts, however the lines were broken.

What a reader of PDFs makes of a page differs in spaces, line ends, hyphens at line ends, ligatures, direction
marks and the order of right-to-left lines; all of that is overlooked here, and nothing else.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certificates.certificate import Certificate, JsonValue, to_json
from certificates.design import print_facts

LONGEST = 300  # characters of a quotation
MOST = 50  # differences told; more say nothing more
MOST_LINES = 400
MOST_NUMBERS = 3
ADDED, MISSING = "words that were added", "words that are missing"
SHORTEST_COUNTED = 6  # letters of a fact whose places on a page are counted: "1" stands in many for other reasons
LINE_HYPHENS = dict.fromkeys("\x02\ufffe\u2010\u2011", "-")  # the first two are pdfium's for a hyphen at a line end
# how Ghostscript 10.0 names ligatures: the first letter in the wrong half of its two bytes, the sum of the others too
LIGATURES = ("ff", "fi", "fl", "ffi", "ffl", "fj", "ffj", "ft", "fft", "st")
GARBLED = {chr(ord(one[0]) << 8) + chr(sum(map(ord, one[1:])) << 8): one for one in LIGATURES}
GARBLES = re.compile("|".join(GARBLED))
NAMES = {
    "also_qualifies": "also qualifies as",
    "completed_on": "completion date",
    "delivery_format": "format",
    "edition": "edition",
    "holder_name": "name",
    "issued_at": "issued",
    "module_code": "module code",
    "verify_url": "verify address",
}
# what a design may leave out, or print only as a part of something else
UNPRINTED = {"holder_direction", "title_direction", "website_url", "replaces"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact as it was issued and as the file has it; an empty text means that it is not there."""

    fact: str
    issued: str
    found: str


def compare_facts(issued: Certificate, found: Certificate) -> tuple[Difference, ...]:
    """Return the facts in which two certificates differ, in the order of a certificate; 50 at the most."""
    return compare_json(to_json(issued), to_json(found))


def compare_json(issued: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return the places in which two JSON documents differ, named in words; 50 at the most."""
    ours, theirs = dict(_leaves(issued, "")), dict(_leaves(found, ""))
    names = [*ours, *(name for name in theirs if name not in ours)]
    different = (
        Difference(name, _quote(ours.get(name, "")), _quote(theirs.get(name, "")))
        for name in names
        if ours.get(name) != theirs.get(name)
    )
    return tuple(one for one, _ in zip(different, range(MOST), strict=False))


def compare_text(text: str, certificate: Certificate, ours: str | None = None) -> tuple[Difference, ...]:
    """Return the facts that the page's text does not say, or says otherwise, as often as the certificate does.

    `ours` is the text of our own drawing of the certificate, read by the same reader: with it, words that are
    on the page and not on ours are told too, and without it they cannot be.
    """
    if ours is not None and _closed(text) == _closed(ours):
        return ()
    lacking = _lacking(text, certificate, ours)
    known = set(_lines(ours)) if ours is not None else set()
    spare = [line for line in _lines(text) if line not in known]
    added = Counter[str]()
    if ours is not None and _letters(text) != _letters(ours):
        added = Counter(_plain(text).split()) - Counter(_plain(ours).split())
    different = [Difference(fact, _quote(words), _quote(_instead(words, spare, added))) for fact, words in lacking]
    unsaid = added - Counter(word for one in different for word in one.found.split())
    if unsaid:
        different.append(Difference(ADDED, "", _quote(" ".join(unsaid.elements()))))
    elif ours is not None and not different and _letters(text) != _letters(ours):
        different.append(Difference(MISSING, _quote(" ".join(_missing(text, ours))), ""))
    return tuple(different[:MOST])


def _lacking(text: str, certificate: Certificate, ours: str | None) -> list[tuple[str, str]]:
    """Return the facts that are not on the page, each place on it standing for one fact, the longest first.

    With our own drawing, those too that stand there less often: the hours may be left in an accreditor's statement.
    """
    page = whole = _plain(text)
    drawn = None if ours is None else _plain(ours)
    expected = list(_expected(certificate))
    lacking: list[tuple[str, str]] = []
    for fact, words in sorted(expected, key=lambda one: len(_closed(one[1])), reverse=True):
        plain = _plain(words)
        page, found = _strike(plain, page)
        if not found:
            found = _reads_backwards(words, page)
        elif drawn is not None and len(_closed(words)) >= SHORTEST_COUNTED:
            found = _count(plain, whole) >= _count(plain, drawn)
        if not found:
            lacking.append((fact, words))
    return [one for one in expected if one in lacking]


def _missing(text: str, ours: str) -> Iterator[str]:
    yield from (Counter(_plain(ours).split()) - Counter(_plain(text).split())).elements()


def _expected(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Yield each printed fact with its name; what a credit says of itself comes once for each credit."""
    facts = print_facts(certificate)
    yield from _printed(facts, "")
    if certificate.replaces:
        yield "replaces an earlier certificate", "Replaces an earlier certificate"


def _printed(value: JsonValue, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value.strip():
            yield name, value
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _printed(item, f"{_singular(name)} {number}" if len(value) > 1 else _singular(name))
    elif isinstance(value, dict) and value.keys() == {"label", "hours"}:
        yield name, f"{value['label']} {value['hours']}"
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in UNPRINTED:
                yield from _printed(item, _name(name, key))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, _name(name, str(key)))
    elif isinstance(value, list | tuple) and value:
        for number, item in enumerate(value, start=1):
            yield from _leaves(item, f"{_singular(name)} {number}")
    elif value is not None and value not in ({}, [], ()):
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _name(above: str, key: str) -> str:
    return f"{above} {NAMES.get(key, key.replace('_', ' '))}".strip()


def _singular(name: str) -> str:
    return name.removesuffix("s") if name.endswith(("licenses", "credits", "authors", "topics")) else name


def _plain(text: str) -> str:
    """Return the text in NFKC, without marks of direction and joining, each gap a single space or line feed.

    Ligatures are their letters, also where a program named them wrongly.

    A line feed is kept only after a hyphen, where it may stand for nothing.
    """
    text = GARBLES.sub(lambda found: GARBLED[found[0]], text)
    text = "".join(LINE_HYPHENS.get(character, character) for character in unicodedata.normalize("NFKC", text))
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    text = "".join(LINE_HYPHENS.get(character, character) for character in text)  # NFKC makes U+2010 of U+2011
    return re.sub(r"-\s*\n\s*", "-\n", text).replace("-\n", "-\0").translate({10: 32, 13: 32}).replace("\0", "\n")


def _closed(text: str) -> str:
    return "".join(_plain(text).split())


def _letters(text: str) -> Counter[str]:
    return Counter(_closed(text).replace("-", ""))


def _lines(text: str) -> list[str]:
    return [" ".join(_plain(line).split()) for line in text.splitlines()[:MOST_LINES] if line.strip()]


def _strike(words: str, page: str) -> tuple[str, bool]:
    """Take the words off the page, if they are there letter by letter and not as a part of longer ones."""
    struck, count = re.subn(_pattern(words), "\0", page, count=1)
    return struck, bool(count)


def _count(words: str, page: str) -> int:
    return len(re.findall(_pattern(words), page))


def _pattern(words: str) -> str:
    letters = [re.escape(letter) for letter in "".join(words.split())]
    # a hyphen at a line end may be the word's own or the line's; a comma or point with a digit goes on a number
    return r"(?<![\w])(?<!\d[.,])" + r"(?:-\n|\s)*?".join(letters) + r"(?!\w|[.,]\d)"


def _reads_backwards(words: str, page: str) -> bool:
    """Say whether a right-to-left fact is on the page with its letters in another order, as readers give it.

    Then only the letters of one place are compared, and their order is left to the picture.
    """
    if not any(unicodedata.bidirectional(character) in ("R", "AL") for character in words):
        return False
    wanted, said = (re.sub(r"[\W_]", "", _plain(text)) for text in (words, page))
    letters = sorted(wanted)
    return any(sorted(said[at : at + len(wanted)]) == letters for at in range(len(said) - len(wanted) + 1))


def _instead(words: str, lines: list[str], added: Counter[str]) -> str:
    """Return what stands where the words should, without the heading before it; a number may have been added apart."""
    near = _nearest(words, lines)
    numbers = [word for word in added.elements() if any(map(str.isdigit, word))]
    if numbers and re.search(r"\d", words) and not re.search(r"\d", near):
        return " ".join((*numbers[:MOST_NUMBERS], near)).strip()  # drawn over a place that was emptied, it is read last
    wanted, said = _plain(words).split(), near.split()
    begin = next((max(0, at - wanted.index(word)) for at, word in enumerate(said) if word in wanted), 0)
    return " ".join(said[begin:])


def _nearest(words: str, lines: list[str]) -> str:
    """Return what stands where the words should: the likest line, or the one that has the most of them."""
    wanted = " ".join(_plain(words).split())[:LONGEST]
    lines = [line[:LONGEST] for line in lines]
    near = difflib.get_close_matches(wanted, lines, 1, 0.5)
    if near:
        return near[0]
    runs = [
        (difflib.SequenceMatcher(None, line, wanted, autojunk=False).find_longest_match().size, line) for line in lines
    ]
    most, line = max(runs, default=(0, ""), key=lambda run: run[0])
    return line if most > 2 and most * 2 > len(wanted) else ""


def _quote(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
