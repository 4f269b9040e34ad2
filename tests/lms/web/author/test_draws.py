"""A test that asks nothing is no test."""

import pytest

from lms.assessments.commands import set_quiz
from lms.errors import Invalid
from lms.modules.queries import list_objectives


def test_a_test_that_draws_no_question_is_refused(session, make, now):
    draft = make.draft()
    draws = {row.id: 0 for row in list_objectives(session, draft.id)}
    settings = {"pass_mark": 80, "attempts": 3, "cooldown_minutes": 0, "shuffle": True}
    with pytest.raises(Invalid, match="A test needs questions"):
        set_quiz(session, draft, **settings, draws=draws, by=make.user().id, now=now)


def test_drawing_more_than_there_are_is_saved_with_a_warning(browser, make, session):
    draft = make.draft(objectives=1, items=1)
    row = list_objectives(session, draft.id)[0]
    browser.sign_in(make.member(draft.module.provider, "author"))
    url = f"/workshop/modules/{draft.module.slug}/quiz"
    sent = {"pass_mark": "80", "attempts": "3", "cooldown_minutes": "0", f"draw_{row.id}": "5"}
    assert browser.post(url, sent).status_code == 303
    page = browser.get(url).text
    assert "The settings of the post-test are saved." in page
    assert "This cannot be published yet." in page
    assert "draws 5 and has 1" in page
    assert "write 4 more, or draw fewer" in browser.get(url).text


def test_a_new_draft_has_met_nothing_that_is_not_there(browser, make, session, now):
    provider = make.provider()
    author = make.member(provider, "author")
    browser.sign_in(author)
    place = browser.post("/workshop", {"title": "A fresh module"}).location.rsplit("/", 1)[0]
    page = browser.get(f"{place}/gate").text
    assert "Every objective is measurable" not in page
    assert "Every question has its right answer" not in page


@pytest.mark.parametrize("page", ["items", "quiz"])
def test_the_number_of_questions_is_told_before_credit_is_calculated(ready_today, make, browser, page):
    draft = ready_today.draft()
    author = browser.sign_in(make.member(draft.module.provider, "author"))
    place = f"/workshop/modules/{draft.module.slug}"
    rule = "asks for: 10 for each credit. For 1 demo hour, a test draws at least 10, out of at least 15 in the bank."
    assert rule in author.get(f"{place}/{page}").text
    author.post(f"{place}/credit/DEMO/drop")
    assert rule in author.get(f"{place}/{page}").text
    more = {"method": "pilot", "pilot_minutes": "120, 120, 120", "topics-0-topic": "", "topics-0-hours": ""}
    assert author.post(f"{place}/credit/DEMO", more).status_code == 303
    assert "For 2 demo hours, a test draws at least 20, out of at least 30" in author.get(f"{place}/{page}").text
    author.post(f"{place}/credit/waive")
    assert "asks for:" not in author.get(f"{place}/{page}").text
