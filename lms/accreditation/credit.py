"""Credit from minutes, and minutes by each method an accreditor accepts; pure and exact, always rounded down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from lms.errors import Invalid

FEWEST_TESTERS = 3
PILOT_GAP = Fraction(1, 4)
"""A pilot that differs from the formula by more than this share needs a reviewer's eye."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner goes through: countable words, running time at 1x, questions drawn, and testers' minutes."""

    words: int
    media_seconds: int
    questions: int
    difficulty: Decimal
    """Mergener's scale from 1, very easy, to 5, very difficult."""
    pilot_minutes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """How an accreditor turns minutes into credit: minutes in an hour, the step, the least that counts."""

    hour_minutes: int
    increment: Decimal
    minimum: Decimal
    unit: str = "hour"


@dataclass(frozen=True, slots=True)
class Calculation:
    """Hours as one accreditor counts them, with all that went in and the way there in words."""

    method: str
    inputs: dict[str, Any]
    minutes: Fraction
    raw_hours: Fraction
    hours: Decimal
    explanation: str


class Timed(NamedTuple):
    """What a method makes of the work: exact minutes, what it looked at, and the sum in words."""

    minutes: Fraction
    inputs: dict[str, Any]
    words: str


def round_down(hours: Fraction, increment: Decimal, minimum: Decimal) -> Decimal:
    """Return the greatest multiple of the increment that is not above the hours, and 0 below the minimum."""
    steps = hours // Fraction(increment)
    credit = steps * increment
    return credit if steps > 0 and credit >= minimum else Decimal(0)


def calculate(method: str, work: Work, scale: Scale) -> Calculation:
    """Return the credit by a method as rules spell it, such as `word_rate:6000`; negative never.

    Raises `Invalid` for a pilot with too few testers and `KeyError` for a method that nobody knows.
    """
    name, parameter = parse_method(method)
    minutes, inputs, words = METHODS[name](work, parameter)
    minutes = max(minutes, Fraction(0))
    raw = minutes / scale.hour_minutes
    hours = round_down(raw, scale.increment, scale.minimum)
    explanation = f"{words} = {_number(minutes)} minutes = {_in_words(raw, hours, scale)}"
    return Calculation(method, inputs, minutes, raw, hours, explanation)


def parse_method(method: str) -> tuple[str, int]:
    """Return name and parameter of a method (`word_rate` has words an hour); raises `KeyError` for an unknown one."""
    name, _, parameter = method.partition(":")
    if name not in METHODS or (name == "word_rate") != parameter.isdecimal() or (parameter and int(parameter) == 0):
        raise KeyError(method)
    return name, int(parameter or 0)


def method_title(method: str) -> str:
    """Return the method in words a person chooses by."""
    name, parameter = parse_method(method)
    return TITLES[name].format(f"{parameter:,}")


def pilot_gap(pilot: Calculation, formula: Calculation) -> Fraction | None:
    """Return by what share a pilot differs from the formula, or None while it is within a quarter.

    A formula that gives no minutes cannot be compared with.
    """
    if not formula.minutes:
        return None
    gap = (pilot.minutes - formula.minutes) / formula.minutes
    return gap if abs(gap) > PILOT_GAP else None


def split_outliers(minutes: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Return the times that count and those left out: more than twice, or less than half, the median."""
    middle = Fraction(median(map(Fraction, minutes)))
    kept = [time for time in minutes if middle / 2 <= time <= middle * 2]
    return kept, [time for time in minutes if not middle / 2 <= time <= middle * 2]


def hours_text(hours: Decimal | Fraction, unit: str) -> str:
    """Return "1.5 clock hours" or "1 clock hour"."""
    exact = Decimal(hours.numerator) / hours.denominator if isinstance(hours, Fraction) else hours
    return f"{exact.normalize():f} {unit}{'' if exact == 1 else 's'}"


def _word_rate(work: Work, words_an_hour: int) -> Timed:
    media, tail = _media(work)
    minutes = Fraction(work.words * 60, words_an_hour)
    said = f"{work.words:,} words at {words_an_hour:,} words an hour"
    if tail:
        said = f"{said} = {_number(minutes)} minutes{tail}"
    inputs = {"words": work.words, "words_an_hour": words_an_hour, "media_seconds": work.media_seconds}
    return Timed(minutes + media, inputs, said)


def _mergener(work: Work, _: int) -> Timed:
    """Mergener's formula as AORN's worksheet applies it.

    The sheet prints +22.3, but its own worked example (3774 words, 16 questions, difficulty 2.5: 61.9 minutes)
    only comes out with the minus sign, which is also what the published regression has.
    """
    media, tail = _media(work)
    minutes = Fraction(9, 10) * (
        Fraction("-22.3")
        + Fraction("0.00209") * work.words
        + Fraction("2.78") * work.questions
        + Fraction("15.5") * Fraction(work.difficulty)
    )
    said = (
        f"0.9 × (-22.3 + 0.00209 × {work.words:,} words + 2.78 × {work.questions} questions "
        f"+ 15.5 × difficulty {work.difficulty.normalize():f})"
    )
    inputs = {
        "words": work.words,
        "questions": work.questions,
        "difficulty": str(work.difficulty.normalize()),
        "media_seconds": work.media_seconds,
    }
    return Timed(minutes + media, inputs, said + tail)


def _pilot(work: Work, _: int) -> Timed:
    if any(minutes <= 0 for minutes in work.pilot_minutes):
        raise Invalid(pilot_minutes="A tester's time is a whole number of minutes above 0.")
    if len(work.pilot_minutes) < FEWEST_TESTERS:
        raise Invalid(pilot_minutes=f"A pilot needs the minutes of at least {FEWEST_TESTERS} testers; 5 are better.")
    kept, left_out = split_outliers(work.pilot_minutes)
    if len(kept) < FEWEST_TESTERS:
        raise Invalid(
            pilot_minutes=f"Without the outliers ({_list(left_out)}: more than twice or less than half the median) "
            f"fewer than {FEWEST_TESTERS} testers remain. Ask more testers."
        )
    said = f"mean of {len(kept)} testers ({_list(kept)} minutes"
    if left_out:
        said += f"; {_list(left_out)} left out, more than twice or less than half the median"
    inputs = {"pilot_minutes": list(work.pilot_minutes), "left_out": left_out}
    return Timed(Fraction(sum(kept), len(kept)), inputs, f"{said})")


def _media_time(work: Work, _: int) -> Timed:
    media, _tail = _media(work)
    return Timed(media, {"media_seconds": work.media_seconds}, "running time of audio and video")


def _cme_wpm(work: Work, _: int) -> Timed:
    media, tail = _media(work)
    minutes = Fraction(work.words, 238) + Fraction("1.85") * work.questions
    said = f"{work.words:,} words at 238 words a minute + 1.85 × {work.questions} questions{tail}"
    inputs = {"words": work.words, "questions": work.questions, "media_seconds": work.media_seconds}
    return Timed(minutes + media, inputs, said)


METHODS: Mapping[str, Callable[[Work, int], Timed]] = {
    "word_rate": _word_rate,
    "mergener": _mergener,
    "pilot": _pilot,
    "media_time": _media_time,
    "cme_wpm": _cme_wpm,
}

TITLES = {
    "word_rate": "Word count at {} words an hour",
    "mergener": "Mergener formula",
    "pilot": "Pilot test",
    "media_time": "Running time of audio and video",
    "cme_wpm": "Word count at 238 words a minute, plus time for questions",
}


def _media(work: Work) -> tuple[Fraction, str]:
    minutes = Fraction(work.media_seconds, 60)
    return minutes, f" + {_number(minutes)} minutes of audio and video" if minutes else ""


def _in_words(raw: Fraction, hours: Decimal, scale: Scale) -> str:
    of = "" if scale.hour_minutes == 60 else f" of {scale.hour_minutes} minutes"
    shown = f"{_hours(raw, scale)} hours{of}"
    if not hours:
        return f"{shown}, below the minimum of {hours_text(scale.minimum, scale.unit)}: 0 {scale.unit}s"
    return f"{shown}, rounded down in steps of {scale.increment.normalize():f}: {hours_text(hours, scale.unit)}"


def _hours(raw: Fraction, scale: Scale) -> str:
    """Return the hours with two places, or as many as it takes not to show a step that was not reached."""
    step = Fraction(scale.increment)
    places = 2
    while (shown := _rounded(raw, places)) // scale.increment > raw // step:
        places += 1
    return f"{shown:f}"


def _rounded(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _number(value: Fraction) -> str:
    shown = _rounded(value, 2)
    return f"{shown:,.0f}" if shown == shown.to_integral_value() else f"{shown:,.2f}"


def _list(minutes: list[int]) -> str:
    return ", ".join(map(str, minutes))
