"""The preview: one page after the other, light, and the whole test with its key for whoever reviews."""

from itertools import pairwise

import pytest

from lms.assessments.queries import list_items
from lms.modules.queries import list_lessons


def test_about_the_module_and_the_way_on(author, place, draft, session, text_of):
    page = author.get(f"{place}/preview").text
    lesson = list_lessons(session, draft.id)[0]
    assert f'rel="next" href="{place}/preview/lessons/{lesson.slug}"' in page
    assert 'rel="prev"' not in page
    assert 'aria-current="page"><svg' in page


def test_every_page_leads_to_the_next_and_back(author, place, draft, session):
    """Reviewers read through the whole module in order, by keyboard too."""
    lessons = [f"{place}/preview/lessons/{row.slug}" for row in list_lessons(session, draft.id)]
    pages = [f"{place}/preview", *lessons, f"{place}/preview/test", f"{place}/preview/references"]
    for before, after in pairwise(pages):
        assert f'rel="next" href="{after}"' in author.get(before).text
        assert f'rel="prev" href="{before}"' in author.get(after).text
    last = author.get(pages[-1]).text
    assert 'rel="next"' not in last
    assert 'id="shortcuts"' in last
    assert "shortcuts" in last.rpartition("</main>")[2]


def test_a_lesson_is_shown_alone(author, place, draft, session):
    first, second, *_ = list_lessons(session, draft.id)
    page = author.get(f"{place}/preview/lessons/{first.slug}").text
    assert "Some <em>text</em>." in page
    assert page.count('<div class="prose"') == 1
    assert second.title in page  # in the table of contents
    assert author.get(f"{place}/preview/lessons/nowhere").status_code == 404


def test_the_whole_bank_with_its_key(author, place, draft, session, text_of):
    page = text_of(author.get(f"{place}/preview/test"))
    items = list_items(session, draft.id)
    assert page.count("The correct answer") == len(items) == 4
    for item in items:
        assert item.stem in page
        assert all(option["rationale"] in page for option in item.definition["options"])


def test_references_are_listed(author, place, text_of):
    page = text_of(author.get(f"{place}/preview/references"))
    assert "Author (2016). Title." in page or "Title. Journal." in page


@pytest.mark.parametrize(("page", "words"), [
    ("", "No lesson yet"), ("/test", "No question yet"), ("/references", "No reference yet"),
])  # fmt: skip
def test_an_empty_module_says_what_will_be_here(make, browser, text_of, page, words):
    provider = make.provider()
    browser.sign_in(make.member(provider, "author"))
    browser.post("/workshop", {"title": "Nothing yet"})
    assert words in text_of(browser.get(f"/workshop/modules/nothing-yet/preview{page}"))
