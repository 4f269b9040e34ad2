"""Enrolling, reading, and honest minutes."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.errors import NotAllowed, NotFound
from lms.learning.commands import beat, enroll, finish_lesson, open_lesson
from lms.learning.models import Enrollment, LessonProgress
from lms.learning.queries import (
    engaged_seconds,
    find_enrollment,
    get_enrollment_of,
    list_readings,
    list_unfinished,
)
from lms.modules.queries import list_lessons


@pytest.fixture
def enrollment(make):
    return make.enrollment()


@pytest.fixture
def lessons(session, enrollment):
    return list_lessons(session, enrollment.edition_id)


def test_enrolling_twice_is_once(session, make, now):
    user, edition = make.user(), make.edition()
    first = enroll(session, user.id, edition, now=now)
    assert enroll(session, user.id, edition, now=now + timedelta(days=1)) is first
    assert session.scalar(select(func.count()).select_from(Enrollment)) == 1
    assert first.enrolled_at == now
    assert find_enrollment(session, user.id, edition.id) is first


def test_a_draft_takes_nobody(session, make, now):
    with pytest.raises(NotAllowed):
        enroll(session, make.user().id, make.draft(), now=now)


def test_a_withdrawn_module_takes_nobody_new(session, make, now):
    edition, user = make.edition(), make.user()
    mine = make.enrollment(user, edition)
    edition.module.withdrawn_at = now
    assert enroll(session, user.id, edition, now=now) is mine
    with pytest.raises(NotAllowed):
        enroll(session, make.user().id, edition, now=now)


def test_an_edition_expires_at_the_end_of_its_last_day_where_the_learner_is(session, make, now):
    # 15:30 UTC on the 14th: still the 14th in New York, already the 15th on Kiritimati.
    edition = make.edition(expires_on=date(2026, 9, 14))
    assert enroll(session, make.user().id, edition, now=now)
    with pytest.raises(NotAllowed, match="expired"):
        enroll(session, make.user(time_zone="Pacific/Kiritimati").id, edition, now=now)


def test_an_enrollment_is_its_owners(session, make, enrollment):
    assert get_enrollment_of(session, enrollment.user_id, enrollment.id) is enrollment
    with pytest.raises(NotFound):
        get_enrollment_of(session, make.user().id, enrollment.id)


def test_opening_again_changes_nothing(session, enrollment, lessons, now):
    first = open_lesson(session, enrollment, lessons[0], now=now)
    assert open_lesson(session, enrollment, lessons[0], now=now + timedelta(hours=1)) is first
    assert first.opened_at == now


def test_a_lesson_of_another_edition_is_not_found(session, make, enrollment, now):
    other = list_lessons(session, make.edition().id)[0]
    for command in (open_lesson, beat, finish_lesson):
        with pytest.raises(NotFound):
            command(session, enrollment, other, now=now)


def test_finishing_without_a_script_opens_and_finishes(session, enrollment, lessons, now):
    progress = finish_lesson(session, enrollment, lessons[0], now=now)
    assert progress.opened_at == progress.finished_at == now
    finish_lesson(session, enrollment, lessons[0], now=now + timedelta(hours=1))
    assert progress.finished_at == now


def test_what_is_left_to_read(session, enrollment, lessons, now):
    assert list_unfinished(session, enrollment) == lessons
    open_lesson(session, enrollment, lessons[0], now=now)
    assert list_unfinished(session, enrollment) == lessons
    finish_lesson(session, enrollment, lessons[0], now=now)
    assert list_unfinished(session, enrollment) == lessons[1:]
    assert [reading.state for reading in list_readings(session, enrollment)] == ["finished", "unopened"]


def test_regular_beats_count_the_time_that_passes(session, enrollment, lessons, now):
    beat(session, enrollment, lessons[0], begins=True, now=now)
    for n in range(1, 31):
        beat(session, enrollment, lessons[0], now=now + n * timedelta(seconds=20, milliseconds=400))
    assert engaged_seconds(session, enrollment.id) == 612


def test_a_pause_counts_thirty_seconds_at_most(session, enrollment, lessons, now):
    beat(session, enrollment, lessons[0], begins=True, now=now)
    beat(session, enrollment, lessons[0], now=now + timedelta(hours=3))
    assert engaged_seconds(session, enrollment.id) == 30


def test_coming_back_counts_nothing(session, enrollment, lessons, now):
    beat(session, enrollment, lessons[0], begins=True, now=now)
    beat(session, enrollment, lessons[0], begins=True, now=now + timedelta(seconds=25))
    assert engaged_seconds(session, enrollment.id) == 0


def test_the_first_beat_of_all_counts_nothing(session, enrollment, lessons, now):
    beat(session, enrollment, lessons[0], now=now)
    assert engaged_seconds(session, enrollment.id) == 0


def test_two_modules_in_two_windows_share_the_clock(session, make, now):
    user = make.user()
    one, two = make.enrollment(user), make.enrollment(user)
    pages = [(each, list_lessons(session, each.edition_id)[0]) for each in (one, two)]
    for second in range(0, 201, 10):
        beat(session, *pages[second // 10 % 2], now=now + timedelta(seconds=second))
    assert engaged_seconds(session, one.id) + engaged_seconds(session, two.id) == 200


def test_a_beat_from_an_earlier_moment_takes_nothing_back(session, enrollment, lessons, now):
    beat(session, enrollment, lessons[0], now=now)
    beat(session, enrollment, lessons[0], now=now - timedelta(seconds=20))
    beat(session, enrollment, lessons[0], now=now + timedelta(seconds=20))
    assert engaged_seconds(session, enrollment.id) == 20


def test_no_flood_of_beats_earns_more_than_wall_time(session, make, now):
    enrollment = make.enrollment()
    pages = list_lessons(session, enrollment.edition_id)

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 90_000), st.integers(0, 1), st.booleans()),
            min_size=1,
            max_size=25,
        )
    )
    def flood(beats):
        session.query(LessonProgress).delete()
        session.expire_all()
        passed = 0
        for milliseconds, page, begins in beats:
            passed += milliseconds
            beat(session, enrollment, pages[page], begins=begins, now=now + timedelta(milliseconds=passed))
        assert engaged_seconds(session, enrollment.id) * 1000 <= passed

    flood()
