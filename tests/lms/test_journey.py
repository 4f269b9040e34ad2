"""The way to the certificate, step by step."""

from datetime import timedelta

import pytest

from lms.assessments.evaluating import list_statements, submit_evaluation
from lms.assessments.sitting import open_attempt, submit_attempt
from lms.awards.commands import complete
from lms.awards.journey import find_journey, journey_of, journeys_of
from lms.learning.commands import beat, finish_lesson, open_lesson
from lms.modules.queries import list_lessons
from tests.make import SEAL, right_answers, wrong_answers


def test_the_whole_way(session, make, now):
    enrollment = make.enrollment()
    steps = []

    def note():
        journey = journey_of(session, enrollment)
        steps.append(journey.next)
        return journey

    assert note().finished == 0
    for lesson in list_lessons(session, enrollment.edition_id):
        finish_lesson(session, enrollment, lesson, now=now)
    assert note().resume is None
    attempt = open_attempt(session, enrollment, now=now)
    assert note().open_attempt == 1
    submit_attempt(session, attempt, wrong_answers(attempt), now=now)
    assert note().passed_attempt is None
    attempt = open_attempt(session, enrollment, now=now)
    submit_attempt(session, attempt, right_answers(attempt), now=now)
    journey = note()
    assert (journey.passed_attempt, journey.open_attempt, journey.attempts) == (2, None, 2)
    ratings = {row.key: 5 for row in list_statements(session, enrollment.edition_id)}
    submit_evaluation(session, enrollment, ratings, minutes=60, accommodation="met", now=now)
    assert note().evaluated
    finished = complete(session, enrollment, [], seal=SEAL, now=now)
    journey = note()
    assert (journey.code, journey.completed_on) == (finished.award.code, finished.completion.completed_on)
    assert steps == ["lesson", "test", "test", "test", "evaluation", "finish", "done"]


def test_reading_goes_on_where_it_stopped(session, make, now):
    enrollment = make.enrollment(edition=make.edition(lessons=4))
    one, two, three, _ = list_lessons(session, enrollment.edition_id)
    assert journey_of(session, enrollment).resume == one.slug
    open_lesson(session, enrollment, two, now=now)
    assert journey_of(session, enrollment).resume == two.slug
    beat(session, enrollment, three, now=now + timedelta(minutes=1))
    assert journey_of(session, enrollment).resume == three.slug
    finish_lesson(session, enrollment, three, now=now)
    assert journey_of(session, enrollment).resume == two.slug
    finish_lesson(session, enrollment, two, now=now)
    assert journey_of(session, enrollment).resume_title == one.title


def test_journeys_are_ones_own_and_come_in_one_statement(session, make, statements):
    user = make.user()
    for _ in range(3):
        make.sitting(user)
        make.sitting()
    statements.clear()
    found = journeys_of(session, user.id)
    assert len(statements) == 1
    assert [journey.lessons for journey in found] == [2, 2, 2]
    assert {journey.finished for journey in found} == {2}


@pytest.mark.parametrize("hours", ["1.00", "0.00"])
def test_a_claim_with_an_invented_accreditor_is_a_demonstration(session, make, hours):
    assert journey_of(session, make.enrollment(edition=make.edition(hours=hours))).demonstration


def test_the_latest_journey_through_a_module(session, make):
    user, edition = make.user(), make.edition()
    assert find_journey(session, user.id, edition.module_id) is None
    enrollment = make.enrollment(user, edition)
    assert find_journey(session, user.id, edition.module_id).enrollment_id == enrollment.id
