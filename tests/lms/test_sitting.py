"""Papers that are frozen, answers that are kept, and results that come once; then the evaluation."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from lms.assessments.evaluating import FIXED, find_evaluation, list_statements, submit_evaluation
from lms.assessments.models import Answer, Attempt, Evaluation, Item
from lms.assessments.pointing import lessons_on, question_about, read
from lms.assessments.sitting import (
    access_to,
    answers_of,
    count_questions,
    find_open_attempt,
    find_passed_attempt,
    get_attempt_of,
    get_quiz,
    list_attempts,
    open_attempt,
    save_answer,
    save_answers,
    served,
    submit_attempt,
)
from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning.commands import finish_lesson
from lms.modules.queries import list_lessons
from tests.make import right_answers, wrong_answers


def items_of(attempt):
    return [entry["item"] for entry in attempt.paper]


def test_the_test_opens_when_every_lesson_is_finished_and_says_which_are_missing(session, make, now):
    enrollment = make.enrollment()
    first, second = list_lessons(session, enrollment.edition_id)
    finish_lesson(session, enrollment, first, now=now)
    with pytest.raises(NotAllowed, match="Still to read: Lesson 2"):
        open_attempt(session, enrollment, now=now)
    finish_lesson(session, enrollment, second, now=now)
    assert open_attempt(session, enrollment, now=now).number == 1


def test_opening_twice_returns_the_open_one(session, make, now):
    attempt = make.sitting()
    assert open_attempt(session, attempt.enrollment, now=now) is attempt
    assert find_open_attempt(session, attempt.enrollment_id) is attempt
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_paper_draws_what_each_objective_asks(session, make):
    attempt = make.sitting(edition=make.edition(objectives=3))
    drawn = [entry["objective"] for entry in attempt.paper]
    assert sorted(drawn) == sorted(2 * [f"Describe the thing number {n}." for n in (1, 2, 3)])
    assert len(set(items_of(attempt))) == 6 == count_questions(session, attempt.enrollment.edition_id)


def test_the_next_paper_takes_what_was_not_asked_yet_as_far_as_the_bank_goes(session, make, now):
    first = make.sitting(edition=make.edition(objectives=4, items=4))
    submit_attempt(session, first, wrong_answers(first), now=now)
    second = open_attempt(session, first.enrollment, now=now)
    assert not set(items_of(second)) & set(items_of(first))
    submit_attempt(session, second, wrong_answers(second), now=now)
    assert len(items_of(open_attempt(session, first.enrollment, now=now))) == 8


def test_an_unshuffled_paper_keeps_the_authors_order(make):
    attempt = make.sitting(edition=make.edition(quiz={"shuffle": False}, items=2))
    assert items_of(attempt) == sorted(items_of(attempt))
    assert all(entry["order"] == [0, 1, 2] for entry in attempt.paper)


def test_chance_orders_questions_and_options(session, make):
    edition = make.edition(objectives=4, items=2)
    papers = [make.sitting(edition=edition).paper for _ in range(6)]
    assert len({tuple(entry["item"] for entry in paper) for paper in papers}) > 1
    assert len({tuple(entry["order"]) for paper in papers for entry in paper}) > 1


def test_the_paper_is_frozen_with_its_key(session, make, now):
    attempt = make.sitting()
    right = right_answers(attempt)
    for entry in attempt.paper:
        item = session.get(Item, entry["item"])
        assert (entry["stem"], entry["definition"]) == (item.stem, item.definition)
    session.expire(attempt)
    assert submit_attempt(session, attempt, right, now=now).passed


def test_the_page_gets_neither_key_nor_rationale(make):
    attempt = make.sitting()
    shown = repr(served(attempt, {}))
    for entry in attempt.paper:
        for option in entry["definition"]["options"]:
            assert option["text"] in shown
            assert option["rationale"] not in shown
    assert "right" not in shown


def test_answers_are_kept_as_given(session, make, now):
    attempt = make.sitting()
    first, second, *_ = items_of(attempt)
    save_answer(session, attempt, first, ["1"], now=now)
    save_answer(session, attempt, first, ["2"], now=now + timedelta(minutes=1))
    save_answer(session, attempt, second, ["0"], now=now)
    save_answer(session, attempt, second, [], now=now)
    assert answers_of(session, attempt.id) == {first: ["2"]}
    kept = session.get(Answer, (attempt.id, first))
    assert kept.saved_at == now + timedelta(minutes=1)
    save_answer(session, attempt, first, ["2"], now=now + timedelta(hours=1))
    assert kept.saved_at == now + timedelta(minutes=1)


@pytest.mark.parametrize("value", [["7"], ["x"], [""], ["0", "1"], ["-1"]])
def test_an_answer_that_was_not_offered_is_refused(session, make, now, value):
    attempt = make.sitting()
    with pytest.raises(Invalid):
        save_answer(session, attempt, items_of(attempt)[0], value, now=now)


def test_a_question_of_another_paper_is_refused(session, make, now):
    attempt, other = make.sitting(), make.sitting()
    with pytest.raises(Invalid):
        save_answer(session, attempt, items_of(other)[0], ["0"], now=now)


def test_handing_in_marks_once(session, make, now):
    attempt = make.sitting()
    save_answers(session, attempt, right_answers(attempt), now=now)
    submit_attempt(session, attempt, now=now)
    assert (attempt.score, attempt.passed, attempt.submitted_at) == (Fraction(1), True, now)
    again = submit_attempt(session, attempt, wrong_answers(attempt), now=now + timedelta(minutes=1))
    assert again is attempt
    assert (attempt.score, attempt.submitted_at) == (Fraction(1), now)
    assert find_passed_attempt(session, attempt.enrollment_id) is attempt


def test_the_last_answers_come_with_the_paper(session, make, now):
    attempt = make.sitting()
    save_answers(session, attempt, wrong_answers(attempt), now=now)
    assert submit_attempt(session, attempt, right_answers(attempt), now=now).passed


def test_after_handing_in_no_answer_is_taken(session, make, now):
    attempt = make.passed()
    with pytest.raises(Conflict):
        save_answer(session, attempt, items_of(attempt)[0], ["1"], now=now)


def test_half_of_it_is_not_enough(session, make, now):
    attempt = make.sitting()
    right = right_answers(attempt)
    half = {item: right[item] for item in list(right)[:2]}
    submit_attempt(session, attempt, half, now=now)
    assert (attempt.score, attempt.passed) == (Fraction(1, 2), False)
    assert find_passed_attempt(session, attempt.enrollment_id) is None


def test_after_passing_there_is_no_other_attempt(session, make, now):
    attempt = make.passed()
    with pytest.raises(NotAllowed, match="passed"):
        open_attempt(session, attempt.enrollment, now=now)


@pytest.mark.parametrize(("limit", "words"), [(1, "the one attempt"), (2, "all 2 attempts")])
def test_attempts_are_counted_by_the_server(session, make, now, limit, words):
    enrollment = make.read(edition=make.edition(quiz={"attempts": limit}))
    for number in range(1, limit + 1):
        attempt = open_attempt(session, enrollment, now=now)
        assert attempt.number == number
        submit_attempt(session, attempt, wrong_answers(attempt), now=now)
    with pytest.raises(NotAllowed, match=words):
        open_attempt(session, enrollment, now=now)


def test_without_a_limit_there_is_always_another(session, make, now):
    enrollment = make.read(edition=make.edition(quiz={"attempts": None}))
    for _ in range(5):
        attempt = submit_attempt(session, open_attempt(session, enrollment, now=now), now=now)
    assert attempt.number == 5
    assert (
        access_to(get_quiz(session, enrollment.edition_id), list_attempts(session, enrollment.id), now=now).left is None
    )


@pytest.mark.parametrize(
    ("cooldown", "waited", "words"),
    [
        (1445, timedelta(), "in 24 hours 5 minutes"),
        (60, timedelta(seconds=1), "in 1 hour"),
        (60, timedelta(minutes=58, seconds=30), "in 2 minutes"),
        (60, timedelta(minutes=59, seconds=30), "in 1 minute"),
    ],
)
def test_the_cool_down_says_when(session, make, now, cooldown, waited, words):
    attempt = make.sitting(edition=make.edition(quiz={"cooldown_minutes": cooldown}))
    submit_attempt(session, attempt, now=now)
    with pytest.raises(NotAllowed, match=f"You can try again {words}\\."):
        open_attempt(session, attempt.enrollment, now=now + waited)
    assert open_attempt(session, attempt.enrollment, now=now + timedelta(minutes=cooldown)).number == 2


def test_an_attempt_is_its_owners(session, make):
    attempt = make.sitting()
    assert get_attempt_of(session, attempt.enrollment, 1) is attempt
    with pytest.raises(NotFound):
        get_attempt_of(session, make.enrollment(), 1)


def test_a_module_without_a_test_has_none(session, make, now):
    with pytest.raises(NotFound):
        get_quiz(session, make.edition().id + 1000)
    with pytest.raises(NotFound):
        open_attempt(session, make.read(edition=make.edition(objectives=0)), now=now)


def test_an_objective_points_to_the_lesson_that_speaks_of_it():
    texts = [
        read("consent", "Informed consent names the risks of video sessions."),
        read("privacy", "Privacy of the platform, encryption, business associate agreements."),
        read("place", "Ask where the client is: the location decides which license you need."),
    ]
    paper = [{"objective": "Check the location.", "stem": "A client is in another state. License?", "definition": {}}]
    assert lessons_on(texts, question_about(paper, "Check the location.")) == ["place"]
    assert lessons_on(texts, "Quantum chromodynamics") == []
    assert lessons_on([], "Location") == []


# ---- The evaluation ----


def ratings_of(session, enrollment):
    return {row.key: 4 for row in list_statements(session, enrollment.edition_id)}


def evaluate(session, enrollment, now, **changes):
    given = {"minutes": 65, "accommodation": "met", "comment": " Good. ", **changes}
    ratings = {**ratings_of(session, enrollment), **given.pop("ratings", {})}
    return submit_evaluation(session, enrollment, ratings, **given, now=now)


def test_the_evaluation_asks_about_each_objective_and_then_what_it_always_asks(session, make):
    statements = list_statements(session, make.edition(objectives=3).id)
    assert [row.key for row in statements] == ["objective_o1", "objective_o2", "objective_o3", *FIXED]
    assert [row.objective for row in statements].count(True) == 3


def test_an_evaluation_is_kept_once(session, make, now):
    enrollment = make.passed().enrollment
    first = evaluate(session, enrollment, now)
    assert (first.ratings["objective_o1"], first.ratings["accommodation"]) == (4, "met")
    assert (first.minutes, first.comment) == (65, "Good.")
    assert evaluate(session, enrollment, now + timedelta(days=1), minutes=1) is first
    assert find_evaluation(session, enrollment.id) is first
    assert session.scalar(select(func.count()).select_from(Evaluation)) == 1
    assert first.minutes == 65


def test_the_evaluation_waits_for_the_test(session, make, now):
    with pytest.raises(NotAllowed):
        evaluate(session, make.sitting().enrollment, now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ratings": {"objective_o1": 0}}, "objective_o1"),
        ({"ratings": {"current": 6}}, "current"),
        ({"ratings": {"overall": None}}, "overall"),
        ({"ratings": {"something": 5}}, "form"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 6001}, "minutes"),
        ({"accommodation": "maybe"}, "accommodation"),
        ({"comment": "x" * 5001}, "comment"),
    ],
)
def test_an_evaluation_is_refused_where_it_is_wrong(session, make, now, changes, field):
    enrollment = make.passed().enrollment
    with pytest.raises(Invalid) as refused:
        evaluate(session, enrollment, now, **changes)
    assert list(refused.value.problems) == [field]
