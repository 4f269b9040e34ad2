"""Twenty tabs: one result, one evaluation, and no more minutes than have passed."""

from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session

from lms.assessments.evaluating import list_statements, submit_evaluation
from lms.assessments.models import Answer, Attempt, Evaluation
from lms.assessments.sitting import save_answers, submit_attempt
from lms.errors import Conflict
from lms.learning.commands import beat
from lms.learning.models import Enrollment, LessonProgress
from lms.learning.queries import engaged_seconds
from lms.modules.queries import list_lessons
from tests.lms.test_concurrency import CROWD, NOW, all_at_once, counts, prepare, real_engine
from tests.make import right_answers, wrong_answers

__all__ = ["real_engine"]


def test_one_result(real_engine):
    attempt = prepare(real_engine, lambda make: make.sitting())
    turns = count()

    def act(session):
        # Half of the tabs hand in the right answers and half the wrong ones: the first one counts.
        mine = session.get_one(Attempt, attempt.id)
        answers = right_answers(mine) if next(turns) % 2 else wrong_answers(mine)
        handed_in = submit_attempt(session, mine, answers, now=NOW)
        return handed_in.passed, handed_in.score

    assert len(set(all_at_once(real_engine, act))) == 1
    with Session(real_engine) as session:
        kept = {answer.item_id: answer.value for answer in session.query(Answer)}
        graded = session.get_one(Attempt, attempt.id)
        assert kept in (right_answers(graded), wrong_answers(graded))
        assert graded.passed == (kept == right_answers(graded))


def test_saving_against_handing_in_leaves_what_was_marked(real_engine):
    attempt = prepare(real_engine, lambda make: make.sitting())
    turns = count()

    def act(session):
        mine = session.get_one(Attempt, attempt.id)
        if next(turns) == CROWD // 2:
            submit_attempt(session, mine, right_answers(mine), now=NOW)
            return "handed in"
        try:
            save_answers(session, mine, wrong_answers(mine), now=NOW)
        except Conflict:
            return "refused"
        return "saved"

    all_at_once(real_engine, act)
    with Session(real_engine) as session:
        graded = session.get_one(Attempt, attempt.id)
        assert graded.passed
        assert {answer.item_id: answer.value for answer in session.query(Answer)} == right_answers(graded)


def test_one_evaluation(real_engine):
    attempt = prepare(real_engine, lambda make: make.passed())

    def act(session):
        mine = session.get_one(Enrollment, attempt.enrollment_id)
        ratings = {row.key: 5 for row in list_statements(session, mine.edition_id)}
        return submit_evaluation(session, mine, ratings, minutes=60, accommodation="met", now=NOW).id

    assert len(set(all_at_once(real_engine, act))) == 1
    assert counts(real_engine, Evaluation) == [1]


def test_a_crowd_of_beats_is_one_reader(real_engine):
    enrollment = prepare(real_engine, lambda make: make.enrollment())

    def act(session, moment):
        mine = session.get_one(Enrollment, enrollment.id)
        beat(session, mine, list_lessons(session, mine.edition_id)[0], now=moment)

    for seconds in (0, 20, 40):
        all_at_once(real_engine, lambda session, s=seconds: act(session, NOW + timedelta(seconds=s)))
    with Session(real_engine) as session:
        assert engaged_seconds(session, enrollment.id) == 40
    assert counts(real_engine, LessonProgress) == [1]
