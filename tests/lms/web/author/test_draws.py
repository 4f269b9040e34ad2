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


def test_a_new_draft_has_met_nothing_that_is_not_there(browser, make, session, now):
    provider = make.provider()
    author = make.member(provider, "author")
    browser.sign_in(author)
    place = browser.post("/workshop", {"title": "A fresh module"}).location.rsplit("/", 1)[0]
    page = browser.get(f"{place}/gate").text
    assert "Every objective is measurable" not in page
    assert "Every question has its key" not in page
