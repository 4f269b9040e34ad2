"""What a visitor's words say besides words: "1 hour", "free" and "LMFT" are wishes about the module, not its text."""

import re
from dataclasses import dataclass

from lms.terms import PROFESSIONS

# The names a profession goes by, most of them the letters of its licenses.
_NAMES = {
    "addiction_counselor": r"addiction counsell?ors?|substance use counsell?ors?|ladc|lcadc|cadc",
    "educational_psychologist": r"educational psychologists?|school psychologists?|lep",
    "mft": r"(?:marriage and )?family therapists?|marriage (?:and family )?counsell?ors?|[al]?mfts?",
    "social_worker": r"social workers?|lcsw|licsw|lmsw|lsw|msw|asw",
    "counselor": r"(?:professional |mental health )?counsell?ors?|lpc|lpcc|lmhc|lcmhc|lcpc|apcc",
    "psychologist": r"psychologists?|psyd",
}
_PROFESSION = re.compile(
    r"\b(?:for )?(?:" + "|".join(f"(?P<{code}>{names})" for code, names in _NAMES.items()) + r")\b", re.IGNORECASE
)
_DURATION = re.compile(
    r"(?<![\w.,])(?:(?P<number>\d{1,3}(?:[.,]\d{1,2})?)(?P<half>\s?½)?|(?P<only>½|half an|one|an))[\s-]*(?:ce[\s-]*)?"
    r"(?:(?P<hours>h|hrs?|hours?|ceus?|credits?)|(?P<minutes>min|mins|minutes?))\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"(?<![\w-])(?:for free|free of charge|free|no cost)(?![\w-])", re.IGNORECASE)
_ONLY = {"½": 0.5, "half an": 0.5, "one": 1.0, "an": 1.0}
LONGEST = 24 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """Words to look for in texts, and what the rest was read as; nothing is `""`, `0` or false."""

    words: str
    minutes: int = 0
    profession: str = ""
    free: bool = False

    @property
    def wishes(self) -> dict[str, str]:
        """What was read besides words: the name of each wish and how to say it."""
        shown = {}
        if self.minutes:
            shown["minutes"] = f"about {_say(self.minutes)}"
        if self.profession:
            shown["profession"] = f"for {PROFESSIONS[self.profession].lower()}"
        if self.free:
            shown["free"] = "free of charge"
        return shown


def read_words(typed: str) -> Asked:
    """Return what the words ask for; of several durations or professions the first counts, the others stay words."""
    minutes, profession, free = 0, "", False
    duration = _DURATION.search(typed)
    if duration:
        minutes = _minutes(duration)
        typed = _without(typed, duration) if minutes else typed
    named = _PROFESSION.search(typed)
    if named:
        profession = named.lastgroup or ""
        typed = _without(typed, named)
    gratis = _FREE.search(typed)
    if gratis:
        free = True
        typed = _without(typed, gratis)
    return Asked(" ".join(typed.split()), minutes, profession, free)


def _minutes(duration: re.Match[str]) -> int:
    """Return how long that is, or 0 where it is longer than any module."""
    if duration["only"]:
        number = _ONLY[duration["only"].lower()]
    else:
        number = float(duration["number"].replace(",", ".")) + (0.5 if duration["half"] else 0)
    minutes = round(number * (60 if duration["hours"] else 1))
    return minutes if minutes <= LONGEST else 0


def _without(typed: str, match: re.Match[str]) -> str:
    return f"{typed[: match.start()]} {typed[match.end() :]}"


def _say(minutes: int) -> str:
    if minutes % 15 or minutes < 60:
        return f"{minutes} minutes"
    return "1 hour" if minutes == 60 else f"{minutes / 60:g} hours"
