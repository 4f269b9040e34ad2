"""What is read between a visitor's words."""

import pytest

from lms.accreditation.asking import Asked, read_words


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("telehealth ethics 1 hour", Asked("telehealth ethics", 60)),
        ("1.5 h", Asked("", 90)),
        ("1,5 hours grief", Asked("grief", 90)),
        ("1½ hours", Asked("", 90)),
        ("½ hour", Asked("", 30)),
        ("half an hour of sleep", Asked("of sleep", 30)),
        ("an hour", Asked("", 60)),
        ("30 minutes", Asked("", 30)),
        ("45min", Asked("", 45)),
        ("2-hour ethics", Asked("ethics", 120)),
        ("1 CE hour", Asked("", 60)),
        ("3 CEUs", Asked("", 180)),
        ("Free ethics", Asked("ethics", free=True)),
        ("free of charge", Asked("", free=True)),
        ("drug-free", Asked("drug-free")),
        ("freedom", Asked("freedom")),
        ("LMFT", Asked("", profession="mft")),
        ("burnout for social workers", Asked("burnout", profession="social_worker")),
        ("marriage and family therapist", Asked("", profession="mft")),
        ("addiction counselor", Asked("", profession="addiction_counselor")),
        ("school psychologist ethics", Asked("ethics", profession="educational_psychologist")),
        ("free 30 minutes lcsw SBAR", Asked("SBAR", 30, "social_worker", True)),
        ("988", Asked("988")),
        ("PHQ-9 item 9", Asked("PHQ-9 item 9")),
        ("999 hours", Asked("999 hours")),
        ("42 CFR Part 2", Asked("42 CFR Part 2")),
        ("lep lpc", Asked("lpc", profession="educational_psychologist")),
        ("", Asked("")),
    ],
)
def test_what_words_ask_for(typed, asked):
    assert read_words(typed) == asked


def test_what_was_read_is_said():
    assert list(read_words("free 1 hour lmft").wishes.values()) == [
        "about 1 hour",
        "for marriage and family therapists",
        "free of charge",
    ]
    assert [read_words(typed).wishes["minutes"] for typed in ("75 min", "30 min", "1.5 h", "70 min")] == [
        "about 1.25 hours",
        "about 30 minutes",
        "about 1.5 hours",
        "about 70 minutes",
    ]
