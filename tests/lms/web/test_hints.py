"""First-run hints: there for who is new, gone for good once read, never for visitors."""

import pytest

from lms.people.commands import dismiss_hint
from lms.web.hints import HINTS
from lms.web.public.guides import FOLDER

PLACES = {"learning": "/learn", "workshop": "/workshop", "board": "/board", "operation": "/operator"}


def somebody_at(place, make):
    match place:
        case "workshop":
            return make.member(make.provider(), "author")
        case "board":
            return make.board_member(make.board())
        case "operation":
            return make.operator()
    return make.user()


@pytest.mark.parametrize("place", PLACES)
def test_a_hint_is_shown_until_it_is_read(make, browser, place):
    user = somebody_at(place, make)
    browser.sign_in(user)
    page = browser.get(PLACES[place]).text
    assert HINTS[place].title in page
    assert f"/account/hints/{place}/dismiss" in page
    answer = browser.post(f"/account/hints/{place}/dismiss")
    assert (answer.status_code, answer.location) == (303, PLACES[place])
    assert HINTS[place].title not in browser.get(PLACES[place]).text


def test_there_is_a_hint_for_each_place_and_its_guide_exists():
    assert HINTS.keys() == PLACES.keys()
    assert all((FOLDER / f"{hint.guide}.md").exists() for hint in HINTS.values())


def test_putting_one_away_leaves_the_others_and_other_people_alone(session, make):
    one, other = make.user(), make.user()
    for place in ("learning", "board", "learning"):
        dismiss_hint(session, one.id, place)
    assert (one.dismissed_hints, other.dismissed_hints) == (["learning", "board"], [])


def test_whoever_finished_a_module_needs_no_hint_on_learning(make, browser):
    learner = make.user()
    make.award(learner, make.edition())
    assert HINTS["learning"].title not in browser.sign_in(learner).get("/learn").text


def test_an_unknown_place_is_not_found(make, browser):
    assert browser.sign_in(make.user()).post("/account/hints/nowhere/dismiss").status_code == 404


def test_visitors_see_no_hint_and_put_none_away(browser):
    for path in ("/", "/catalogue", "/verify", "/help"):
        assert "first-hint" not in browser.get(path).text
    assert browser.post("/account/hints/learning/dismiss").status_code == 403


@pytest.mark.parametrize("place", PLACES)
def test_a_hint_costs_no_statement(make, browser, session, statements, place):
    browser.sign_in(somebody_at(place, make))

    def cost():
        session.expire_all()
        statements.clear()
        browser.get(PLACES[place])
        return len(statements)

    cost()
    shown = cost()
    browser.post(f"/account/hints/{place}/dismiss")
    assert cost() == shown


def test_the_first_step_is_a_link_that_leads_back(make, browser):
    page = browser.sign_in(make.user()).get("/learn").text
    assert 'href="/account/licenses/new?next=/learn">Add your license</a>' in page


def test_the_first_step_is_not_asked_of_whoever_took_it(make, browser):
    user = make.user()
    make.license(user)
    page = browser.sign_in(user).get("/learn").text
    assert (HINTS["learning"].title in page, "Add your license" in page) == (True, False)
