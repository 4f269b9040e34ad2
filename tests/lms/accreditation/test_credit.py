"""Credit: the domain brief's own figures, and what must hold for any."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accreditation.credit import (
    METHODS,
    Scale,
    Work,
    calculate,
    hours_text,
    method_title,
    parse_method,
    pilot_gap,
    round_down,
    split_outliers,
)
from lms.errors import Invalid

QUARTER = Decimal("0.25")
NBCC = Scale(60, QUARTER, Decimal(1), "clock hour")
NASW = Scale(60, Decimal("0.5"), Decimal(1), "CE contact hour")
HALF_HOUR_UP = Scale(60, QUARTER, Decimal("0.5"))

# The table of ce-domain 1.3: words, difficulty, NBCC, NASW, Mergener's hours and minutes; ten questions each.
TABLE = {
    "M1": (7200, "3", "1.00", "0", "1.00", "60.34"),
    "M2": (10200, "3", "1.50", "1.0", "1.00", "65.99"),
    "M3": (6200, "2.5", "1.00", "0", "0.75", "51.49"),
    "M4": (6400, "2.5", "1.00", "0", "0.75", "51.86"),
    "M5": (4600, "2", "0", "0", "0.50", "41.50"),
    "M6": (6300, "3", "1.00", "0", "0.75", "58.65"),
}


def work(words=0, questions=10, difficulty="3", seconds=0, pilot=()):
    return Work(words, seconds, questions, Decimal(difficulty), tuple(pilot))


@pytest.mark.parametrize("module", TABLE)
def test_the_same_module_earns_what_each_accreditor_says(module):
    words, difficulty, nbcc, nasw, mergener, minutes = TABLE[module]
    read = work(words, difficulty=difficulty)
    assert calculate("word_rate:6000", read, NBCC).hours == Decimal(nbcc)
    assert calculate("word_rate:10000", read, NASW).hours == Decimal(nasw)
    found = calculate("mergener", read, HALF_HOUR_UP)
    assert found.hours == Decimal(mergener)
    assert f"{float(found.minutes):.2f}" == minutes


def test_mergener_reproduces_the_worked_example_of_the_aorn_sheet():
    found = calculate("mergener", work(3774, 16, "2.5"), HALF_HOUR_UP)
    assert found.minutes == Fraction("61.935894")
    assert "= 61.94 minutes" in found.explanation


def test_the_explanation_can_be_followed():
    found = calculate("word_rate:6000", work(7382), HALF_HOUR_UP)
    assert found.explanation == (
        "7,382 words at 6,000 words an hour = 73.82 minutes = 1.23 hours, rounded down in steps of 0.25: 1 hour"
    )
    assert found.inputs == {"words": 7382, "words_an_hour": 6000, "media_seconds": 0}


def test_the_explanation_never_shows_a_step_that_was_not_reached():
    assert (
        "= 0.9998 hours, rounded down in steps of 0.25: 0.75 hours"
        in calculate("word_rate:6000", work(5999), HALF_HOUR_UP).explanation
    )


def test_below_the_minimum_is_nothing_and_says_so():
    found = calculate("word_rate:6000", work(4600), NBCC)
    assert found.hours == 0
    assert found.explanation.endswith("0.77 hours, below the minimum of 1 clock hour: 0 clock hours")


def test_running_time_counts_beside_the_words():
    found = calculate("word_rate:6000", work(3000, seconds=1800), HALF_HOUR_UP)
    assert found.minutes == 60
    assert "30 minutes + 30 minutes of audio and video = 60 minutes" in found.explanation
    assert calculate("mergener", work(3774, 16, "2.5", seconds=60), NBCC).minutes == Fraction("62.935894")


def test_media_time_is_the_running_time():
    assert calculate("media_time", work(9000, seconds=1800), HALF_HOUR_UP).hours == Decimal("0.5")


def test_cme_wpm_adds_time_for_questions():
    found = calculate("cme_wpm", work(4760, 10), HALF_HOUR_UP)
    assert found.minutes == Fraction("38.5")


def test_an_hour_may_have_fifty_minutes():
    found = calculate("word_rate:6000", work(5000), Scale(50, Decimal("0.5"), Decimal("0.5"), "contact hour"))
    assert found.hours == 1
    assert "1.00 hours of 50 minutes" in found.explanation


def test_a_short_easy_text_never_owes_minutes():
    assert calculate("mergener", work(0, 0, "1"), HALF_HOUR_UP).minutes == 0


def test_a_pilot_is_the_mean_of_its_testers():
    found = calculate("pilot", work(pilot=(55, 60, 65)), HALF_HOUR_UP)
    assert found.minutes == 60
    assert found.explanation.startswith("mean of 3 testers (55, 60, 65 minutes) = 60 minutes")


def test_a_pilot_leaves_out_outliers_and_names_them():
    found = calculate("pilot", work(pilot=(55, 60, 62, 58, 190)), HALF_HOUR_UP)
    assert found.minutes == Fraction("58.75")
    assert found.inputs == {"pilot_minutes": [55, 60, 62, 58, 190], "left_out": [190]}
    assert "190 left out, more than twice or less than half the median" in found.explanation
    assert split_outliers((30, 60, 120)) == ([30, 60, 120], [])


@pytest.mark.parametrize("minutes", [(), (60, 61), (60, 61, 0), (60, 61, -5), (10, 60, 200)])
def test_a_pilot_without_three_good_testers_is_refused(minutes):
    with pytest.raises(Invalid) as refusal:
        calculate("pilot", work(pilot=minutes), HALF_HOUR_UP)
    assert "pilot_minutes" in refusal.value.problems


def test_a_pilot_far_from_the_formula_is_noticed():
    formula = calculate("word_rate:6000", work(6000), NBCC)
    near, far = (calculate("pilot", work(pilot=times), NBCC) for times in ((75, 75, 75), (76, 76, 76)))
    assert pilot_gap(near, formula) is None
    assert pilot_gap(far, formula) == Fraction(16, 60)
    assert pilot_gap(far, calculate("media_time", work(), NBCC)) is None


@pytest.mark.parametrize("method", ["word_rate", "word_rate:", "word_rate:0", "word_rate:x", "mergener:5", "guess", ""])
def test_unknown_methods_are_refused(method):
    with pytest.raises(KeyError):
        parse_method(method)


def test_methods_have_words_to_choose_by():
    assert method_title("word_rate:6000") == "Word count at 6,000 words an hour"
    assert all(method_title(f"{name}:9" if name == "word_rate" else name) for name in METHODS)


def test_hours_read_as_a_person_writes_them():
    assert hours_text(Decimal("1.50"), "clock hour") == "1.5 clock hours"
    assert hours_text(Decimal("1.00"), "clock hour") == "1 clock hour"
    assert hours_text(Decimal("10.00"), "hour") == "10 hours"


steps = st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal(1), Decimal("0.1")])
minimums = st.integers(1, 8)
hours = st.fractions(min_value=-5, max_value=200)


@given(hours, steps, minimums)
def test_rounding_never_gives_more_and_only_whole_steps(raw, step, times):
    credit = round_down(raw, step, step * times)
    assert credit >= 0
    assert credit == 0 or credit <= raw
    assert credit % step == 0
    assert credit == 0 or credit >= step * times
    assert credit == 0 or raw - Fraction(credit) < Fraction(step)
    assert credit > 0 or raw < Fraction(step * times)


@given(
    st.integers(0, 60000),
    st.integers(0, 5000),
    st.integers(0, 60),
    st.integers(2, 10),
    st.sampled_from(["word_rate:6000", "word_rate:10000", "mergener", "cme_wpm", "media_time"]),
    steps,
)
def test_more_words_never_earn_less_and_nothing_is_rounded_up(words, more, questions, halves, method, step):
    scale = Scale(60, step, step)
    difficulty = Decimal(halves) / 2
    less = calculate(method, Work(words, 600, questions, difficulty), scale)
    longer = calculate(method, Work(words + more, 600, questions, difficulty), scale)
    assert 0 <= less.minutes <= longer.minutes
    assert 0 <= less.hours <= longer.hours
    assert less.hours <= less.raw_hours == less.minutes / 60
    assert less.hours % step == 0
