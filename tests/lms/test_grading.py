"""Marking is exact, fair to the order of options, and deaf to nonsense."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessments.grading import marks_by_objective, passes, score_of
from lms.assessments.models import Attempt
from lms.assessments.question import QUESTIONS
from lms.assessments.sitting import served

KINDS = sorted(QUESTIONS)


@st.composite
def papers(draw):
    """A paper of examples of every kind, with its key."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    paper, key = [], {}
    for item, kind in enumerate(kinds, 1):
        definition, answer = QUESTIONS[kind].example()
        order = list(range(QUESTIONS[kind].option_count(definition)))
        draw(st.randoms(use_true_random=False)).shuffle(order)
        objective = f"objective {item % 3}"
        paper.append({
            "item": item, "kind": kind, "objective": objective, "stem": "?", "definition": definition, "order": order,
        })  # fmt: skip
        key[item] = list(answer)
    return paper, key


@given(papers())
def test_the_right_paper_earns_everything(paper_and_key):
    paper, key = paper_and_key
    assert score_of(paper, key) == 1
    assert all(mark.full for mark in marks_by_objective(paper, key))


@given(papers(), st.randoms(use_true_random=False))
def test_the_order_of_options_and_of_ticks_changes_nothing(paper_and_key, chance):
    paper, key = paper_and_key
    answers = {item: chance.sample(value, len(value)) for item, value in key.items() if chance.random() < 0.7}
    shuffled = [{**entry, "order": chance.sample(entry["order"], len(entry["order"]))} for entry in paper]
    assert score_of(shuffled, answers) == score_of(paper, answers)


@given(papers(), st.lists(st.text(max_size=5), max_size=5))
def test_nonsense_earns_nothing_and_never_raises(paper_and_key, nonsense):
    paper, _ = paper_and_key
    answers = {entry["item"]: [f"x{word}" for word in nonsense] for entry in paper}
    assert score_of(paper, answers) == 0


@given(papers())
def test_ticking_everything_earns_nothing(paper_and_key):
    paper, _ = paper_and_key
    answers = {entry["item"]: [str(i) for i in range(len(entry["definition"]["options"]))] for entry in paper}
    assert score_of(paper, answers) == 0


@given(papers(), st.dictionaries(st.integers(-3, 12), st.lists(st.text(alphabet="0123456x", max_size=2), max_size=6)))
def test_a_score_is_a_share(paper_and_key, answers):
    paper, _ = paper_and_key
    assert 0 <= score_of(paper, answers) <= 1
    marks = marks_by_objective(paper, answers)
    assert sum(mark.points for mark in marks) == score_of(paper, answers) * len(paper)
    assert sum(mark.questions for mark in marks) == len(paper)


@given(papers(), st.dictionaries(st.integers(1, 8), st.lists(st.sampled_from("0123"), max_size=3)))
def test_what_is_served_does_not_depend_on_the_key(paper_and_key, answers):
    paper, _ = paper_and_key

    def bare(entry):
        options = [{"text": option["text"]} for option in entry["definition"]["options"]]
        return {**entry, "definition": {"options": options}}

    stripped = [bare(entry) for entry in paper]
    assert served(Attempt(paper=paper), answers) == served(Attempt(paper=stripped), answers)


def test_an_empty_paper_earns_nothing():
    assert score_of([], {}) == 0


@pytest.mark.parametrize(
    ("score", "pass_mark", "passed"),
    [
        (Fraction(8, 10), 80, True),
        (Fraction(79999, 100000), 80, False),
        (Fraction(2, 3), 67, False),
        (Fraction(2, 3), 66, True),
        (Fraction(1), 100, True),
        (Fraction(99, 100), 100, False),
    ],
)
def test_a_pass_is_never_rounded_up(score, pass_mark, passed):
    assert passes(score, pass_mark) is passed
