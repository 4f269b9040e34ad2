"""The post-test as a person meets it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lms.assessments.models import Attempt
from lms.assessments.sitting import answers_of, list_attempts, open_attempt, submit_attempt
from lms.learning.commands import finish_lesson
from lms.modules.queries import list_lessons
from tests.make import right_answers, wrong_answers


@pytest.fixture
def attempt(make, browser):
    made = make.sitting()
    browser.sign_in(made.enrollment.user)
    return made


@pytest.fixture
def url(attempt):
    return f"/learn/{attempt.enrollment_id}/test"


def form(answers):
    """What the page sends for these answers."""
    shown = {f"shown-{item}": "1" for item in answers}
    return shown | {f"item-{item}": value for item, value in answers.items()}


def test_before_all_is_read_the_page_says_what_is_missing(browser, make, session, now):
    enrollment = make.enrollment()
    finish_lesson(session, enrollment, list_lessons(session, enrollment.edition_id)[0], now=now)
    url = f"/learn/{enrollment.id}/test"
    page = browser.sign_in(enrollment.user).get(url).text
    assert f"/learn/{enrollment.id}/lessons/lesson-2" in page
    assert f'/learn/{enrollment.id}/lessons/lesson-1"' not in page.split("Still to read")[1]
    assert "Start the test" not in page
    assert browser.post(url).location == url
    assert "Still to read: Lesson 2." in browser.get(url).text
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_starting_twice_opens_one(browser, make, session):
    enrollment = make.read()
    url = f"/learn/{enrollment.id}/test"
    page = browser.sign_in(enrollment.user).get(url).text
    assert "75% of the questions right" in page
    assert "3 of 3 left" in page
    browser.post(url)
    browser.post(url)
    assert [attempt.number for attempt in list_attempts(session, enrollment.id)] == [1]


def test_the_paper_gives_nothing_away(browser, attempt, url):
    page = browser.get(url).text
    assert page.count("<fieldset") == 4
    for entry in attempt.paper:
        assert entry["stem"] in page
        for option in entry["definition"]["options"]:
            assert option["rationale"] not in page
    assert "75% to pass" in page
    assert "quiz.js" in page


def test_one_answer_is_saved_and_the_time_told(browser, session, attempt, url):
    item = attempt.paper[0]["item"]
    answer = browser.post(f"{url}/1/answers/{item}", {f"item-{item}": "2"})
    assert answer.status_code == 200
    assert len(answer.json["saved"]) == 5
    assert answers_of(session, attempt.id) == {item: ["2"]}
    assert "checked" in browser.get(url).text


@pytest.mark.parametrize(("value", "status"), [("9", 422), ("x", 422)])
def test_an_answer_that_was_not_offered_is_refused_in_words(browser, attempt, url, value, status):
    item = attempt.paper[0]["item"]
    answer = browser.post(f"{url}/1/answers/{item}", {f"item-{item}": value})
    assert (answer.status_code, answer.json["error"]) == (status, "This answer is not one of those offered.")


def test_without_a_script_a_button_saves_everything(browser, session, attempt, url):
    right = right_answers(attempt)
    answer = browser.post(f"{url}/1/answers", form(right))
    assert answer.location == url
    assert answers_of(session, attempt.id) == right
    page = browser.get(url).text
    assert "Your answers are saved" in page
    assert page.count(" checked>") == 5  # four answers and the switch for shortcuts


def test_unticking_takes_an_answer_back(browser, session, attempt, url):
    right = right_answers(attempt)
    browser.post(f"{url}/1/answers", form(right))
    first, *rest = right
    browser.post(f"{url}/1/answers", {f"shown-{first}": "1"})
    assert answers_of(session, attempt.id) == {item: right[item] for item in rest}


def test_the_review_names_what_has_no_answer(browser, attempt, url):
    right = right_answers(attempt)
    items = [entry["item"] for entry in attempt.paper]
    answer = browser.post(f"{url}/1/answers", {**form({item: right[item] for item in items[:2]}), "review": "1"})
    assert answer.location == f"{url}/1/review"
    page = browser.get(answer.location).text
    assert "2 questions have no answer" in page
    assert "Questions <a" in page
    assert "#question-3" in page
    browser.post(f"{url}/1/answers", form({items[2]: ["0"]}))
    assert "1 question has no answer" in browser.get(f"{url}/1/review").text


def test_passing_shows_every_rationale(browser, attempt, url):
    answer = browser.post(f"{url}/1/submit", form(right_answers(attempt)))
    assert answer.location == f"{url}/1"
    page = browser.get(answer.location).text
    assert "You passed" in page
    assert "4 of 4 questions right: 100%." in page
    for entry in attempt.paper:
        for option in entry["definition"]["options"]:
            assert option["rationale"] in page
    assert f"/learn/{attempt.enrollment_id}/evaluation" in page


def test_after_the_evaluation_a_result_leads_to_the_certificate(browser, make):
    enrollment = make.ready()
    browser.sign_in(enrollment.user)
    page = browser.get(f"/learn/{enrollment.id}/test/1").text
    assert "Go on to the certificate" in page
    assert f"/learn/{enrollment.id}/finish" in page


def test_failing_points_and_never_shows_the_key(browser, session, make, attempt, url):
    right = right_answers(attempt)
    wrong = wrong_answers(attempt)
    first, *others = [entry["item"] for entry in attempt.paper]
    browser.post(f"{url}/1/submit", form({first: right[first]} | {item: wrong[item] for item in others}))
    page = browser.get(f"{url}/1").text
    assert "Not passed yet" in page
    assert "1 of 4 questions right: 25%." in page
    assert "1 of 2 right" in page
    assert "0 of 2 right" in page
    assert "You have 2 attempts left" in page
    assert "Try again" in page
    for entry in attempt.paper:
        assert entry["stem"] not in page
        for option in entry["definition"]["options"]:
            assert option["rationale"] not in page
            assert option["text"] not in page


def test_a_pointer_names_the_lesson(browser, make, session):
    attempt = make.sitting(edition=make.edition(lessons=1, body="How to describe the thing number 1."))
    browser.sign_in(attempt.enrollment.user).post(f"/learn/{attempt.enrollment_id}/test/1/submit")
    page = browser.get(f"/learn/{attempt.enrollment_id}/test/1").text
    assert f'Most likely in: <a href="/learn/{attempt.enrollment_id}/lessons/lesson-1">' in page


def test_handing_in_again_leads_to_the_one_result(browser, session, attempt, url):
    browser.post(f"{url}/1/submit", form(wrong_answers(attempt)))
    again = browser.post(f"{url}/1/submit", form(right_answers(attempt)))
    assert again.location == f"{url}/1"
    assert "Not passed yet" in browser.get(again.location).text
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_after_handing_in_nothing_can_be_changed(browser, attempt, url):
    browser.post(f"{url}/1/submit", form(wrong_answers(attempt)))
    item = attempt.paper[0]["item"]
    saved = browser.post(f"{url}/1/answers/{item}", {f"item-{item}": "0"})
    assert (saved.status_code, "handed in" in saved.json["error"]) == (409, True)
    assert browser.post(f"{url}/1/answers", form(right_answers(attempt))).status_code == 409
    assert browser.get(f"{url}/1/review").location == f"{url}/1"


def test_an_open_paper_has_no_result_yet(browser, url):
    assert browser.get(f"{url}/1").location == url
    assert browser.get(f"{url}/2").status_code == 404
    assert browser.get(f"{url}/2/review").status_code == 404


def test_the_cool_down_is_told_with_the_hour(browser, make, session):
    attempt = make.sitting(edition=make.edition(quiz={"cooldown_minutes": 600}))
    url = f"/learn/{attempt.enrollment_id}/test"
    submit_attempt(session, attempt, now=datetime.now(UTC) - timedelta(hours=1))
    browser.sign_in(attempt.enrollment.user)
    for page in (browser.get(url).text, browser.get(f"{url}/1").text):
        assert "You can try again in 9 hours" in page
        assert "The next attempt opens on" in page
        assert "Start the test" not in page
        assert "Try again<" not in page
    browser.post(url)
    assert len(list_attempts(session, attempt.enrollment_id)) == 1


def test_when_the_attempts_are_used_up_somebody_can_be_asked(browser, make, session, now):
    attempt = make.sitting(edition=make.edition(quiz={"attempts": 1}))
    submit_attempt(session, attempt, now=now)
    url = f"/learn/{attempt.enrollment_id}/test"
    browser.sign_in(attempt.enrollment.user)
    for page in (browser.get(url).text, browser.get(f"{url}/1").text):
        assert "You have used the one attempt" in page
        assert "mailto:office@example.org" in page


def test_without_a_limit_one_may_try_on(browser, make, session, now):
    attempt = make.sitting(edition=make.edition(quiz={"attempts": None}))
    submit_attempt(session, attempt, now=now)
    url = f"/learn/{attempt.enrollment_id}/test"
    browser.sign_in(attempt.enrollment.user)
    assert "as often as you need" in browser.get(f"{url}/1").text
    assert "As many as you need" in browser.get(url).text


def test_old_results_stay_readable(browser, session, attempt, url, now):
    submit_attempt(session, attempt, wrong_answers(attempt), now=now)
    second = open_attempt(session, attempt.enrollment, now=now)
    assert "Another attempt is open" in browser.get(f"{url}/1").text
    submit_attempt(session, second, right_answers(second), now=now)
    first = browser.get(f"{url}/1").text
    assert "<h1>Not passed</h1>" in first
    assert "You have passed since" in first
    page = browser.get(url).text
    assert "You have passed" in page
    assert f"{url}/1" in page
    assert f"{url}/2" in page


def test_anothers_test_is_not_found(browser, make, attempt, url):
    browser.sign_in(make.user())
    for path in ("", "/1", "/1/review"):
        assert browser.get(url + path).status_code == 404
    for path in ("", "/1/answers", "/1/answers/1", "/1/submit"):
        assert browser.post(url + path).status_code == 404


def test_the_statements_do_not_grow(browser, make, session, statements, now):
    counts = {}
    for size in (1, 6):
        attempt = make.sitting(edition=make.edition(lessons=size, objectives=size))
        url = f"/learn/{attempt.enrollment_id}/test"
        browser.sign_in(attempt.enrollment.user)

        def count(name, path, url=url):
            session.expire_all()
            statements.clear()
            assert browser.get(url + path).status_code == 200
            counts.setdefault(name, []).append(len(statements))

        count("paper", "")
        count("review", "/1/review")
        submit_attempt(session, attempt, wrong_answers(attempt), now=now)
        count("failed", "/1")
        count("intro", "")
        second = open_attempt(session, attempt.enrollment, now=now)
        submit_attempt(session, second, right_answers(second), now=now)
        count("passed", "/2")
    for name, (small, large) in counts.items():
        assert small == large <= 8, name
