"""The evaluation as a person meets it."""

import pytest

from lms.assessments.evaluating import FIXED, find_evaluation
from lms.learning.models import LessonProgress


@pytest.fixture
def enrollment(make, browser):
    made = make.passed().enrollment
    browser.sign_in(made.user)
    return made


@pytest.fixture
def url(enrollment):
    return f"/learn/{enrollment.id}/evaluation"


def given(**changes):
    ratings = dict.fromkeys(["objective_o1", "objective_o2", *FIXED], "4")
    return {**ratings, "minutes": "75", "accommodation": "not_needed", "comment": "Ask for the location.", **changes}


def test_it_asks_about_each_objective_the_minutes_and_the_rest(browser, url):
    page = browser.get(url).text
    assert "Describe the thing number 1" in page
    assert page.count('type="radio"') == 11 * 5 + 3
    assert 'name="minutes"' in page
    assert "Demonstration content" in page


def test_it_tells_what_was_seen_of_the_reading(browser, make, session, url):
    session.query(LessonProgress).update({"seconds": 1200})
    assert "We saw you reading for about 40 minutes" in browser.get(url).text


def test_sending_it_leads_to_the_finish_and_once_is_enough(browser, session, enrollment, url):
    assert browser.post(url, given()).location == f"/learn/{enrollment.id}/finish"
    kept = find_evaluation(session, enrollment.id)
    assert (kept.minutes, kept.ratings["useful"], kept.comment) == (75, 4, "Ask for the location.")
    assert browser.post(url, given(minutes="1")).location == f"/learn/{enrollment.id}/finish"
    assert browser.get(url).location == f"/learn/{enrollment.id}/finish"
    assert find_evaluation(session, enrollment.id).minutes == 75


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objective_o2": ""}, "Choose a number from 1 to 5."),
        ({"overall": "6"}, "Not a valid choice."),
        ({"minutes": ""}, "Give the minutes it took you"),
        ({"minutes": "0"}, "from 1 to 6000"),
        ({"minutes": "soon"}, "Not a valid integer value"),
        ({"accommodation": ""}, "Choose one of the answers."),
        ({"comment": "x" * 5001}, "Field cannot be longer than 5000"),
    ],
)
def test_a_gap_is_named_and_what_was_typed_is_kept(browser, session, enrollment, url, changes, words):
    answer = browser.post(url, given(**changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count(" checked") >= 10
    if "comment" not in changes:
        assert "Ask for the location." in answer.text
    assert find_evaluation(session, enrollment.id) is None


def test_what_is_missing_often_is_said_once_above_the_links(browser, url):
    page = browser.post(url, given(objective_o2="", useful="", minutes="", accommodation="")).text
    summary = page.partition('class="error-summary"')[2].partition("</div>")[0]
    assert summary.count("Choose a number from 1 to 5.") == 1
    for link in (
        '#objective_o2-0">Describe the thing number 2</a>',
        '#useful-0">I can use this in my practice</a>',
        '#minutes">How many minutes did the whole module take you? Give the minutes it took you.</a>',
        '#accommodation-0">Were your needs for accommodation met? Choose one of the answers.</a>',
    ):
        assert summary.count(link) == 1, link
    assert summary.count("<li>") == 4
    only = browser.post(url, given(minutes="")).text
    assert "Choose a number" not in only.partition('class="error-summary"')[2].partition("</div>")[0]


def test_before_passing_it_leads_to_the_test(browser, make):
    enrollment = make.read()
    url = f"/learn/{enrollment.id}/evaluation"
    browser.sign_in(enrollment.user)
    assert browser.get(url).location == f"/learn/{enrollment.id}/test"
    assert browser.post(url, given()).location == f"/learn/{enrollment.id}/test"


def test_anothers_evaluation_is_not_found(browser, make, url):
    browser.sign_in(make.user())
    assert browser.get(url).status_code == 404
    assert browser.post(url, given()).status_code == 404


def test_the_statements_do_not_grow(browser, make, session, statements):
    counts = []
    for size in (1, 7):
        enrollment = make.passed(edition=make.edition(objectives=size)).enrollment
        url = f"/learn/{enrollment.id}/evaluation"
        browser.sign_in(enrollment.user)
        session.expire_all()
        statements.clear()
        assert browser.get(url).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
