"""A learner's home."""

from lms.assessments.sitting import open_attempt
from lms.learning.commands import finish_lesson
from lms.learning.models import Enrollment
from lms.modules.queries import list_lessons
from tests.make import right_answers


def test_whoever_takes_nothing_is_led_to_the_catalogue(browser, make):
    page = browser.sign_in(make.user()).get("/learn").text
    assert "You are not enrolled in anything yet" in page
    assert 'href="/catalogue">Browse' in page


def test_at_most_three_actions_and_the_nearest_to_a_certificate_first(browser, make):
    user = make.user()
    make.enrollment(user)
    make.enrollment(user)
    ready = make.ready(user)
    passed = make.passed(user)
    make.sitting(user)
    page = browser.sign_in(user).get("/learn").text
    actions = page.split('id="underway"')[0]
    assert actions.count("<h3>") == 3
    assert actions.index(f"/learn/{ready.id}/finish") < actions.index(f"/learn/{passed.enrollment_id}/evaluation")
    assert "Continue the test" in actions
    assert "Begin" not in actions
    assert page.count('class="steps"') == 5


def test_reading_and_the_test_are_actions_too(browser, make, session, now):
    user = make.user()
    fresh, begun, done = make.enrollment(user), make.enrollment(user), make.read(user)
    finish_lesson(session, begun, list_lessons(session, begun.edition_id)[0], now=now)
    page = browser.sign_in(user).get("/learn").text
    assert "2 lessons left, about 1 hour. Next: Lesson 1, 30 minutes" in page
    assert "1 lesson left. Next: Lesson 2, 30 minutes" in page
    assert f'href="/learn/{fresh.id}">Begin' in page
    assert f'href="/learn/{begun.id}">Continue' in page
    assert f'href="/learn/{done.id}/test">Go to the test' in page


def test_finished_modules_lead_to_their_certificate(browser, make):
    user = make.user()
    award = make.award(user)
    page = browser.sign_in(user).get("/learn").text
    assert f"/record/certificates/{award.code}" in page
    assert 'id="next"' not in page


def test_nobody_sees_anothers(browser, make):
    make.enrollment(edition=make.edition(title="Private matter"))
    assert "Private matter" not in browser.sign_in(make.user()).get("/learn").text


def test_the_statements_do_not_grow(browser, make, session, statements):
    user = make.user()
    browser.sign_in(user)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            make.sitting(user)
        session.expire_all()
        statements.clear()
        assert browser.get("/learn").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


def test_the_whole_way_without_a_script(browser, make, session, now):
    """Enroll, read, pass, evaluate: with nothing but forms and links."""
    edition, user = make.edition(), make.user()
    browser.sign_in(user)
    enrolled = browser.post(f"/modules/{edition.module.slug}/enroll").location
    lesson = browser.get(enrolled).location
    assert lesson == f"{enrolled}/lessons/lesson-1"
    lesson = browser.post(lesson).location
    assert lesson == f"{enrolled}/lessons/lesson-2"
    test = browser.post(lesson).location
    assert test == f"{enrolled}/test"
    assert browser.post(test).location == test
    attempt = open_attempt(session, enrollment_at(session, enrolled), now=now)
    answers = {f"item-{item}": value for item, value in right_answers(attempt).items()}
    shown = {f"shown-{item}": "1" for item in right_answers(attempt)}
    review = browser.post(f"{test}/1/answers", {**answers, **shown, "review": "1"}).location
    assert "Every question has an answer" in browser.get(review).text
    result = browser.post(f"{test}/1/submit").location
    assert "You passed" in browser.get(result).text
    page = browser.get(f"{enrolled}/evaluation").text
    assert "Describe the thing number 1" in page
    ratings = dict.fromkeys(("objective_o1", "objective_o2", "current", "as_described", "level", "author"), "4")
    ratings |= dict.fromkeys(("materials", "diversity", "unbiased", "useful", "overall"), "5")
    sent = browser.post(f"{enrolled}/evaluation", {**ratings, "minutes": "60", "accommodation": "met"})
    assert sent.location == f"{enrolled}/finish"


def enrollment_at(session, url):

    return session.get(Enrollment, int(url.rsplit("/", 1)[1]))
