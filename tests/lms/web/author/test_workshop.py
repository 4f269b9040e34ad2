"""The workshop's list: what waits, what is next, how a module begins."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.assessments.queries import find_quiz
from lms.modules.queries import find_draft, list_standings


def test_an_empty_workshop_offers_the_first_step(make, browser, text_of):
    browser.sign_in(make.member(make.provider(name="Harbor"), "author"))
    page = text_of(browser.get("/workshop"))
    assert "No module yet" in page
    assert "Begin the module" in page


def test_a_module_begins_with_its_title(author, draft, read):
    answer = author.post("/workshop", {"title": "Sleep and mood"})
    assert answer.status_code == 303
    assert answer.location == "/workshop/modules/sleep-and-mood/details"
    titles = {row.title for row in read(list_standings, [draft.module.provider_id])}
    assert titles == {draft.title, "Sleep and mood"}


@pytest.mark.parametrize("title", ["", "x" * 201, "   "])
def test_a_module_without_a_fitting_title_is_refused_at_the_field(author, title):
    answer = author.post("/workshop", {"title": title})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{title}"' in answer.text


def test_who_works_for_two_providers_chooses_and_sees_them_apart(make, browser, session, text_of):
    first, second = make.provider(name="Alder"), make.provider(name="Birch")
    user = make.member(first, "author")
    make.member(second, "manager", user)
    browser.sign_in(user)
    make.draft(second, title="Ours")
    page = browser.get("/workshop").text
    assert page.index("Alder</h2>") < page.index("Birch</h2>") < page.index(">Ours</a>")
    assert browser.post("/workshop", {"title": "New"}).status_code == 422
    assert browser.post("/workshop", {"title": "New", "provider": "999999"}).status_code == 422
    assert browser.post("/workshop", {"title": "New", "provider": second.id}).status_code == 303
    assert "New" in {row.title for row in list_standings(session, [second.id])}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Set the post-test"),
        ({"description": ""}, "Write the details"),
        ({"objectives": 0}, "Write the objectives"),
        ({"lessons": 0}, "Write the first lesson"),
        ({"items": 0}, "Write the questions"),
    ],
)
def test_the_list_says_what_is_next(make, browser, session, values, words):
    draft = make.draft(**values)
    browser.sign_in(make.member(draft.module.provider, "author"))
    quiz = None if values else find_quiz(session, draft.id)
    if quiz:
        session.delete(quiz)
        session.flush()
    assert f">{words}</a>" in browser.get("/workshop").text


def test_a_whole_draft_is_checked_next(author, place):
    assert f'href="{place}/gate">Check and hand in</a>' in author.get("/workshop").text


def test_states_are_said_in_words(make, browser, now, session, text_of):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    make.draft(provider)
    make.draft(provider, submitted_at=now)
    edition = make.edition(provider)
    newer = make.edition(provider)
    make.draft(provider, module_id=newer.module_id, number=2)
    withdrawn = make.edition(provider)
    withdrawn.module.withdrawn_at = now
    session.flush()
    page = text_of(browser.get("/workshop"))
    for words in ("Draft <", "In review", "Published, edition 1", "Draft: edition 2", "Withdrawn from the catalogue"):
        assert words.removesuffix(" <") in page
    assert edition.title in page


def test_a_content_review_that_is_due_is_announced_60_days_before(make, browser, text_of):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    today = datetime.now(UTC).date()
    for days in (-1, 0, 60, 61):
        make.edition(provider, expires_on=today + timedelta(days=days))
    page = text_of(browser.get("/workshop"))
    assert page.count("Expired on") == 1
    assert page.count("Due for review: expires on") == 2


def test_reviewers_see_first_what_waits_for_them(make, browser, now):
    provider = make.provider()
    reviewer = make.member(provider, "reviewer")
    waiting = make.draft(provider, title="Waiting", submitted_at=now)
    make.draft(provider, title="Mine", submitted_at=now, editors=[reviewer.id])
    make.draft(provider, title="Later", changed_at=now + timedelta(days=1))
    page = browser.sign_in(reviewer).get("/workshop").text
    assert page.index("Waiting for your review") < page.index(">Waiting</a>") < page.index(">Later</a>")
    assert page.index(">Later</a>") < page.index(">Mine</a>")
    assert f'/workshop/modules/{waiting.module.slug}/preview">Review</a>' in page
    assert "New module" not in page


def test_reviewers_begin_nothing(make, browser):
    browser.sign_in(make.member(make.provider(), "reviewer"))
    assert browser.post("/workshop", {"title": "New"}).status_code == 403


def test_managers_reach_the_pages_of_their_provider(make, browser):
    provider = make.provider()
    make.member(provider, "author")
    page = browser.sign_in(make.member(provider, "manager")).get("/workshop").text
    assert f"/workshop/providers/{provider.slug}/roster" in page


def test_a_long_list_costs_no_more_than_a_short_one(make, browser, statements):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    make.draft(provider)
    statements.clear()
    browser.get("/workshop")
    few = len(statements)
    for _ in range(6):
        make.draft(provider)
        make.edition(provider)
    statements.clear()
    browser.get("/workshop")
    assert len(statements) == few <= 8


PAGES = [
    "details", "objectives", "lessons", "contributors", "references", "media", "items", "quiz",
    "preview", "preview/lessons/lesson-1", "preview/test", "preview/references",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_large_module_costs_no_more_than_one_of_a_small(make, browser, statements, page):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    counts = []
    for size in (1, 5):
        draft = make.draft(provider, lessons=size, objectives=size, items=size)
        for _ in range(size):
            make.media(draft)
        address = f"/workshop/modules/{draft.module.slug}/{page}"
        statements.clear()
        assert browser.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8, "\n".join(statements)


def test_who_writes_begins_with_the_details_and_who_reads_with_the_preview(make, browser, draft, place):
    for role, page in (("author", "details"), ("manager", "details"), ("reviewer", "preview")):
        browser.sign_in(make.member(draft.module.provider, role))
        assert browser.get(place).location == f"{place}/{page}"


def test_a_part_leads_to_the_next(author, place):
    page = author.get(f"{place}/details").text
    assert f'Next part: <a href="{place}/objectives">Objectives</a>' in page
    assert "Next part" not in author.get(f"{place}/preview").text


@pytest.mark.parametrize("page", PAGES)
def test_the_module_of_another_provider_is_not_found(make, browser, place, page):
    browser.sign_in(make.member(make.provider(), "manager"))
    assert browser.get(f"{place}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_reviewers_read_and_have_no_form(make, browser, draft, place, page):
    answer = browser.sign_in(make.member(draft.module.provider, "reviewer")).get(f"{place}/{page}")
    assert answer.status_code == 200
    assert "You can read everything here" in answer.text
    assert 'method="post"' not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_published_edition_is_read_and_offers_the_next(make, browser, page):
    edition = make.edition()
    browser.sign_in(make.member(edition.module.provider, "author"))
    answer = browser.get(f"/workshop/modules/{edition.module.slug}/{page}")
    assert answer.status_code == 200
    assert "Begin the next edition" in answer.text
    assert answer.text.count('method="post"') == 1


def test_the_next_edition_begins_as_a_draft(make, browser, session, text_of):
    edition = make.edition()
    browser.sign_in(make.member(edition.module.provider, "author"))
    place = f"/workshop/modules/{edition.module.slug}"
    assert browser.post(f"{place}/next").location == f"{place}/details"
    assert find_draft(session, edition.module_id).number == 2
    assert "Edition 2 begins" in text_of(browser.get(f"{place}/details"))


def test_only_writers_begin_the_next_edition(make, browser, session):
    edition = make.edition()
    browser.sign_in(make.member(edition.module.provider, "reviewer"))
    assert browser.post(f"/workshop/modules/{edition.module.slug}/next").status_code == 403
    assert find_draft(session, edition.module_id) is None


def test_a_module_opens_at_its_details(author, place):
    assert author.get(place).location == f"{place}/details"


def test_a_change_warns_while_the_draft_is_in_review(make, browser, now):
    draft = make.draft(submitted_at=now)
    browser.sign_in(make.member(draft.module.provider, "author"))
    assert (
        "Saving anything takes it back from review."
        in browser.get(f"/workshop/modules/{draft.module.slug}/details").text
    )
