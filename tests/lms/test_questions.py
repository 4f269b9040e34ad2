"""The contract of every kind of question, asked of every file in the folder."""

from fractions import Fraction

import pytest

from lms.assessments.question import QUESTIONS, question_of
from lms.errors import Invalid


@pytest.fixture(params=sorted(QUESTIONS))
def question(request):
    return QUESTIONS[request.param]


def option(text="Text", right=False, rationale="Because."):
    return {"text": text, "right": right, "rationale": rationale}


def options(right, wrong):
    return {
        "options": [option(f"Right {i}", True) for i in range(right)] + [option(f"Wrong {i}") for i in range(wrong)]
    }


def test_it_says_what_it_is(question):
    assert question_of(question.name) is question
    assert question.title
    assert question.rule.endswith(".")


def test_its_example_is_sound_and_earns_everything(question):
    definition, answer = question.example()
    question.check(definition)
    assert question.mark(definition, answer) == 1


def test_its_example_is_stored_as_it_is(question):
    definition, _ = question.example()
    assert question.clean(definition) == definition


def test_a_blank_one_is_not_ready_and_can_be_drawn(question):
    blank = question.blank()
    assert len(blank["options"]) >= 2
    with pytest.raises(Invalid) as refusal:
        question.check(question.clean(blank))
    assert {name.partition("-")[0] for name in refusal.value.problems} == {"options"}


def test_stray_spaces_and_empty_rows_are_left_out(question):
    definition, _ = question.example()
    spaced = [{**row, "text": f"  {row['text']}\n"} for row in definition["options"]]
    empty = [{"text": " ", "right": False, "rationale": None}, {}]
    assert question.clean({"options": [*spaced, *empty], "more": 1}) == definition
    assert question.clean({}) == {"options": []}


@pytest.mark.parametrize("answer", [(), ("",), ("nonsense",), ("0", "1", "2", "3"), ("-1",), ("99",)])
def test_nonsense_earns_nothing_and_never_raises(question, answer):
    definition, _ = question.example()
    assert question.mark(definition, answer) == Fraction(0)


def test_the_page_does_not_give_the_answer_away(question):
    definition, _ = question.example()
    public = [{key: value for key, value in row.items() if key not in question.secret} for row in definition["options"]]
    assert question.inputs({"options": public}, ()) == question.inputs(definition, ())
    assert any(set(question.secret) & set(row) for row in definition["options"])


def test_a_shuffled_paper_changes_the_order_and_no_value(question):
    definition, _ = question.example()
    order = list(range(len(definition["options"])))[::-1]
    straight, turned = question.inputs(definition, ()), question.inputs(definition, order)
    assert turned.choices == straight.choices[::-1]
    assert question.option_count(definition) in (0, len(order))


def test_every_option_is_explained(question):
    definition, answer = question.example()
    explained = question.explain(definition, (), answer)
    assert [row.right for row in explained] == [row.chosen for row in explained]
    assert all(row.rationale for row in explained)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"options": []},
        {"options": [option("", True), option("B"), option("C"), option("D")]},
        {"options": [option("A", True), option("a "), option("C", True), option("D")]},
        {"options": [option("A", True, ""), option("B"), option("C", True), option("D")]},
        options(0, 4),
        options(5, 4),
    ],
)
def test_a_broken_definition_is_refused(question, broken):
    with pytest.raises(Invalid) as refusal:
        question.check(broken)
    assert {name.partition("-")[0] for name in refusal.value.problems} == {"options"}


@pytest.mark.parametrize(("right", "wrong"), [(1, 1), (2, 2), (1, 6)])
def test_a_single_best_answer_has_one_key_among_three_to_six(right, wrong):
    QUESTIONS["single_best"].check(options(1, 3))
    with pytest.raises(Invalid):
        QUESTIONS["single_best"].check(options(right, wrong))


@pytest.mark.parametrize(("right", "wrong"), [(1, 3), (4, 0), (2, 1), (5, 4)])
def test_a_multiple_response_has_two_keys_and_a_wrong_one_among_four_to_eight(right, wrong):
    QUESTIONS["multiple_response"].check(options(2, 2))
    with pytest.raises(Invalid):
        QUESTIONS["multiple_response"].check(options(right, wrong))


def test_part_of_a_multiple_response_earns_nothing():
    assert QUESTIONS["multiple_response"].mark(options(2, 2), ["0"]) == 0
    assert QUESTIONS["multiple_response"].mark(options(2, 2), ["1", "0"]) == 1


def test_true_and_false_stay_in_their_order():
    assert QUESTIONS["true_false"].option_count(options(1, 1)) == 0
    assert [row["text"] for row in QUESTIONS["true_false"].blank()["options"]] == ["True", "False"]
