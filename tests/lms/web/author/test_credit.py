"""The credit of a draft: what is shown, chosen, refused, dropped."""

import pytest
from sqlalchemy import select

from lms.accreditation.models import CreditCalculation
from lms.modules.models import Lesson


@pytest.fixture
def draft(ready_today):
    return ready_today.draft()


@pytest.fixture
def author(draft, make, browser):
    browser.sign_in(make.member(draft.module.provider, "author"))
    return browser


@pytest.fixture
def url(draft):
    return f"/workshop/modules/{draft.module.slug}/credit"


def calculation(session):
    return session.scalars(select(CreditCalculation).execution_options(populate_existing=True)).one_or_none()


def test_the_page_says_the_sum_in_words(author, url):
    page = author.get(url).text
    assert (
        "6,000 words at 6,000 words an hour = 60 minutes = 1.00 hours, rounded down in steps of 0.25: 1 demo hour"
        in page
    )
    assert "10 needed, 10 drawn" in page
    assert "Ethics: 1 demo hour" in page
    assert "Active" in page


def test_the_form_shows_what_each_formula_gives(author, url):
    page = author.get(f"{url}/DEMO").text
    assert "Mergener formula" in page
    assert "0.9 × (-22.3" in page
    assert 'value="word_rate:6000"' in page


def test_calculating_by_another_method(author, url, session):
    answer = author.post(f"{url}/DEMO", {"method": "mergener", "topics-0-topic": "", "topics-0-hours": ""})
    assert (answer.status_code, answer.location) == (303, url)
    assert calculation(session).method == "mergener"


def test_a_pilot_with_its_split(author, url, session):
    sent = {"method": "pilot", "pilot_minutes": "76, 80,84", "topics-0-topic": "ethics", "topics-0-hours": "0.75",
            "topics-1-topic": "general", "topics-1-hours": "0.5"}  # fmt: skip
    assert author.post(f"{url}/DEMO", sent).status_code == 303
    found = calculation(session)
    assert (found.pilot_minutes, found.topics) == ([76, 80, 84], {"ethics": "0.75", "general": "0.50"})
    assert "The testers took 33 percent more time than the formula gives" in author.get(url).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "guess"}, "Not a valid choice"),
        ({"method": ""}, "Choose a method"),
        ({"method": "pilot", "pilot_minutes": "60, x"}, "Give whole minutes"),
        ({"method": "pilot", "pilot_minutes": "60, 61"}, "at least 3 testers"),
        ({"topics-0-hours": "0.5"}, "have to add up to 1"),
        ({"topics-0-hours": "lots"}, "Give hours in quarters"),
        ({"topics-0-hours": ""}, "Give hours in quarters"),
        ({"topics-0-hours": "0.3"}, 'id="topics-0-hours-errors"'),
        ({"topics-0-topic": ""}, "Choose the topic that 1 belongs to"),
        ({"topics-1-topic": "ethics", "topics-1-hours": "1"}, "Ethics is there twice"),
    ],
)
def test_nonsense_is_refused_and_kept(author, url, session, changes, said):
    good = {"method": "word_rate:6000", "topics-0-topic": "ethics", "topics-0-hours": "1"}
    answer = author.post(f"{url}/DEMO", {**good, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    for value in changes.values():
        assert value == "guess" or f'value="{value}"' in answer.text or value == ""
    assert calculation(session).method == "word_rate:6000"


def test_dropping_and_waiving(author, url, session):
    assert author.post(f"{url}/DEMO/drop").status_code == 303
    assert calculation(session) is None
    assert "No credit is calculated yet" in author.get(url).text
    assert author.post(f"{url}/waive").status_code == 303
    assert "published without CE credit and never issues" in author.get(url).text


def test_too_short_a_text_says_why(author, url, draft, session):
    draft.words = 1000
    session.flush()
    assert "below the minimum of 0.25 demo hours" in author.get(url).text


def test_without_approval_there_is_nothing_to_choose(ready_today, make, browser):
    draft = ready_today.draft(approved=False)
    browser.sign_in(make.member(draft.module.provider, "author"))
    url = f"/workshop/modules/{draft.module.slug}/credit"
    assert "has no approval of an accreditor" in browser.get(url).text
    assert browser.get(f"{url}/DEMO").status_code == 404


def test_an_accreditor_without_pilot_does_not_ask_for_testers(ready_today, author, draft, url):
    ready_today.approval(draft.module.provider, accreditor="NASW", number="N")
    page = author.get(f"{url}/NASW").text
    assert "Word count at 10,000 words an hour" in page
    assert "Minutes of each tester" not in page
    assert "This accreditor approves each course" in author.get(url).text


def test_an_approval_of_nobody_we_know_is_not_found(author, url):
    assert author.get(f"{url}/NOBODY").status_code == 404


def test_reviewers_read_and_strangers_find_nothing(draft, make, browser, url):
    browser.sign_in(make.member(draft.module.provider, "reviewer"))
    assert "Publish without CE credit" not in browser.get(url).text
    assert browser.get(f"{url}/DEMO").status_code == 303
    assert browser.post(f"{url}/DEMO", {"method": "mergener"}).status_code == 403
    assert browser.post(f"{url}/DEMO/drop").status_code == 403
    browser.sign_in(make.member(make.provider(), "author"))
    assert browser.get(url).status_code == 404
    assert browser.post(f"{url}/DEMO/drop").status_code == 404


def test_a_published_edition_is_shown_as_it_is(make, browser):
    edition = make.edition()
    browser.sign_in(make.member(edition.module.provider, "author"))
    url = f"/workshop/modules/{edition.module.slug}/credit"
    assert "1 demo hour" in browser.get(url).text
    assert browser.post(f"{url}/DEMO/drop").status_code == 409


def test_few_statements_however_long_the_module(author, draft, url, session, statements, ready_today):
    statements.clear()
    author.get(url)
    few = len(statements)
    for number in range(15):
        session.add(Lesson(edition_id=draft.id, position=9, slug=f"more-{number}", title="More", body="x", words=1))
    for code in ("NBCC", "NASW", "APA"):
        ready_today.approval(draft.module.provider, accreditor=code, number=code)
    statements.clear()
    author.get(url)
    assert len(statements) == few <= 8


@pytest.mark.parametrize(("changes", "said"), [
    ({"topics-0-hours": "1e30"}, "Give hours in quarters, such as 0.25, 0.5 or 1, up to 999"),
    ({"topics-0-hours": "NaN"}, "Give hours in quarters, such as 0.25, 0.5 or 1, up to 999"),
    ({"topics-0-hours": "sNaN"}, "Give hours in quarters, such as 0.25, 0.5 or 1, up to 999"),
    ({"topics-0-hours": "1e-99999"}, "Give hours in quarters, such as 0.25, 0.5 or 1, up to 999"),
    ({"topics-0-hours": "-1"}, "Give hours in quarters, such as 0.25, 0.5 or 1, up to 999"),
    ({"method": "pilot", "pilot_minutes": "50, 50, 6001"}, "minutes from 1 to 6,000"),
    ({"method": "pilot", "pilot_minutes": "0, 50, 50"}, "minutes from 1 to 6,000"),
    ({"method": "pilot", "pilot_minutes": "9" * 400 + ",50,50"}, "minutes from 1 to 6,000"),
])  # fmt: skip
def test_numbers_beyond_reason_are_refused_at_their_field(author, url, session, changes, said):
    sent = {"method": "word_rate:6000", "topics-0-topic": "ethics", "topics-0-hours": "1", **changes}
    answer = author.post(f"{url}/DEMO", sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert calculation(session).method == "word_rate:6000"
