"""Lessons, one at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.learning.commands import beat, finish_lesson
from lms.learning.models import LessonProgress
from lms.learning.queries import engaged_seconds, list_readings
from lms.modules.models import Media
from lms.modules.queries import list_lessons


@pytest.fixture
def enrollment(make, browser):
    made = make.enrollment(edition=make.edition(lessons=3, words=900, body="Read *this* now.", title="Consent"))
    browser.sign_in(made.user)
    return made


@pytest.fixture
def url(enrollment):
    return f"/learn/{enrollment.id}"


def states(session, enrollment):
    return [reading.state for reading in list_readings(session, enrollment)]


def test_a_lesson_shows_its_text_its_place_and_the_way(browser, url):
    page = browser.get(f"{url}/lessons/lesson-2").text
    assert "Read <em>this</em> now." in page
    assert "Consent, lesson 2 of 3" in page
    assert "0 of 3 read" in page
    assert "About 3 minutes" in page
    assert 'rel="prev"' in page
    assert "Next: Lesson 3" in page
    assert page.count('class="step step-') == 4
    assert "Demonstration content" in page
    assert "heartbeat.js" in page


def test_looking_writes_nothing(browser, session, enrollment, url):
    browser.get(f"{url}/lessons/lesson-1")
    assert states(session, enrollment) == ["unopened", "unopened", "unopened"]


def test_next_finishes_this_one_and_opens_the_next(browser, session, enrollment, url):
    assert browser.post(f"{url}/lessons/lesson-1").location == f"{url}/lessons/lesson-2"
    assert states(session, enrollment) == ["finished", "unopened", "unopened"]
    assert browser.get(url).location == f"{url}/lessons/lesson-2"
    assert "1 of 3 read" in browser.get(f"{url}/lessons/lesson-2").text


def test_after_the_last_lesson_comes_what_was_skipped_and_then_the_test(browser, url):
    browser.post(f"{url}/lessons/lesson-2")
    assert browser.post(f"{url}/lessons/lesson-3").location == f"{url}/lessons/lesson-1"
    browser.post(f"{url}/lessons/lesson-1")
    assert browser.post(f"{url}/lessons/lesson-3").location == f"{url}/test"
    assert browser.get(url).location == f"{url}/lessons/lesson-1"


def test_reading_again_after_the_certificate_leads_back_to_it(browser, make):
    award = make.award()
    enrollment = award.completion.enrollment
    answer = browser.sign_in(enrollment.user).post(f"/learn/{enrollment.id}/lessons/lesson-2")
    assert answer.location == f"/learn/{enrollment.id}/done"


def test_beats_open_the_lesson_and_count_by_the_servers_clock(browser, session, enrollment, url):
    beats = f"{url}/lessons/lesson-1/beat"
    assert browser.post(beats, {"begins": "1"}).json == {"seconds": 0}
    assert states(session, enrollment)[0] == "opened"
    progress = session.scalars(select(LessonProgress)).one()
    began = datetime.now(UTC) - timedelta(seconds=20)
    progress.beat_at = began
    session.flush()
    for _ in range(10):
        browser.post(beats, {"seconds": "9999", "now": "2030-01-01"})
    passed = (datetime.now(UTC) - began).total_seconds()
    assert 20 <= engaged_seconds(session, enrollment.id) <= passed


def test_the_minutes_are_told(browser, session, enrollment, url, now):
    lesson = list_lessons(session, enrollment.edition_id)[0]
    for n in range(40):
        beat(session, enrollment, lesson, now=now + n * timedelta(seconds=20))
    assert "You have read this module for about 13 minutes" in browser.get(f"{url}/lessons/lesson-2").text


def test_the_warning_comes_once_before_the_first_lesson(browser, make, session, now):
    enrollment = make.enrollment(edition=make.edition(content_warning="Mentions overdose."))
    url = f"/learn/{enrollment.id}/lessons"
    browser.sign_in(enrollment.user)
    assert "Mentions overdose." in browser.get(f"{url}/lesson-1").text
    assert "Mentions overdose." not in browser.get(f"{url}/lesson-2").text
    finish_lesson(session, enrollment, list_lessons(session, enrollment.edition_id)[0], now=now)
    assert "Mentions overdose." not in browser.get(f"{url}/lesson-1").text


@pytest.mark.parametrize("shown", [True, False])
def test_where_to_call_in_a_crisis(browser, make, shown):
    enrollment = make.enrollment(edition=make.edition(crisis_box=shown))
    page = browser.sign_in(enrollment.user).get(f"/learn/{enrollment.id}/lessons/lesson-1").text
    assert ('href="tel:988"' in page and 'href="tel:911"' in page) is shown


def test_pictures_are_those_of_the_module(browser, make, session, now):
    module = make.edition().module
    picture = Media(
        module_id=module.id, kind="image", sha256="0" * 64, content_type="image/png", filename="a.png", size=1,
        alt="A lighthouse", uploaded_at=now, uploaded_by=make.user().id,
    )  # fmt: skip
    session.add(picture)
    session.flush()
    edition = make.edition(module.provider, module=module, body=f"![Harbor](media:{picture.id})")
    enrollment = make.enrollment(edition=edition)
    page = browser.sign_in(enrollment.user).get(f"/learn/{enrollment.id}/lessons/lesson-1").text
    assert 'alt="A lighthouse"' in page


@pytest.mark.parametrize("path", ["/lessons/nothing", "/lessons/nothing/beat"])
def test_an_unknown_lesson_is_not_found(browser, url, path):
    assert browser.post(url + path).status_code == 404


def test_anothers_lessons_are_not_found(browser, make, url):
    browser.sign_in(make.user())
    assert browser.get(url).status_code == 404
    assert browser.get(f"{url}/lessons/lesson-1").status_code == 404
    assert browser.post(f"{url}/lessons/lesson-1").status_code == 404
    assert browser.post(f"{url}/lessons/lesson-1/beat").status_code == 404


def test_a_module_without_lessons_leads_home(browser, make):
    enrollment = make.enrollment(edition=make.edition(lessons=0, words=0))
    assert browser.sign_in(enrollment.user).get(f"/learn/{enrollment.id}").location == "/learn"


def test_the_statements_do_not_grow(browser, make, session, statements):
    counts = []
    for size in (1, 12):
        enrollment = make.enrollment(edition=make.edition(lessons=size, body="![x](media:1)"))
        url = f"/learn/{enrollment.id}/lessons/lesson-1"
        browser.sign_in(enrollment.user)
        session.expire_all()
        statements.clear()
        assert browser.get(url).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
