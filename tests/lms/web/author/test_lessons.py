"""Lessons: written, previewed, saved, and never lost when two people write."""

import re
from html import unescape

from lms.modules.commands import edit_lesson
from lms.modules.outline import reading_minutes
from lms.modules.queries import find_draft, fingerprint, list_lessons


def loaded(page):
    return re.search(r'name="loaded"[^>]* value="(\w+)"', page.text)[1]


def test_a_lesson_begins_with_its_title(author, place, draft, read):
    answer = author.post(f"{place}/lessons", {"title": "Sleep"})
    added = read(list_lessons, draft.id)[-1]
    assert (added.title, added.body) == ("Sleep", "")
    assert answer.location == f"{place}/lessons/{added.id}"
    for title in ("", "x" * 201, " "):
        assert author.post(f"{place}/lessons", {"title": title}).status_code == 422


def test_a_lesson_is_saved_and_counted(author, place, draft, session, read):
    lesson = list_lessons(session, draft.id)[0]
    address = f"{place}/lessons/{lesson.id}"
    text = {
        "title": "New",
        "body": "One **two** three.\r\n\r\nFour.",
        "loaded": loaded(author.get(address)),
        "save": "1",
    }
    assert author.post(address, text).status_code == 303
    saved = read(list_lessons, draft.id)[0]
    assert (saved.title, saved.body, saved.words) == ("New", "One **two** three.\n\nFour.", 4)
    assert read(find_draft, draft.module_id).words == 4 + list_lessons(session, draft.id)[1].words


def test_a_preview_saves_nothing_and_keeps_everything(author, place, draft, session, read):
    lesson = list_lessons(session, draft.id)[0]
    address = f"{place}/lessons/{lesson.id}"
    answer = author.post(address, {"title": "New", "body": "# One\n\n**two**", "loaded": "x", "preview": "1"})
    assert answer.status_code == 200
    assert "<h2>One</h2>" in answer.text
    assert "<strong>two</strong>" in answer.text
    assert "**two**</textarea>" in answer.text
    assert 'value="New"' in answer.text
    assert read(list_lessons, draft.id)[0].title == lesson.title != "New"


def test_the_script_asks_for_the_preview_alone(author, place, text_of):
    answer = author.post(
        f"{place}/lessons/preview", {"body": "One *two* ![x](https://example.org/x.png) <script>alert(1)</script>"}
    )
    assert "<em>two</em>" in answer.text
    assert "<html" not in answer.text
    assert "<script" not in answer.text
    assert "Only pictures and films of this module" in text_of(answer)
    assert author.post(f"{place}/lessons/preview").status_code == 200


def test_a_text_that_cannot_be_saved_is_refused_at_the_field(author, place, draft, session, make):
    lesson = list_lessons(session, draft.id)[0]
    elsewhere = make.media(make.draft())
    answer = author.post(f"{place}/lessons/{lesson.id}", {"title": "T", "body": f"Mine ![x](media:{elsewhere.id})"})
    assert answer.status_code == 422
    assert 'id="body-errors"' in answer.text
    assert "Mine ![x]" in answer.text


def test_two_people_writing_lose_nothing(make, author, place, draft, session, read, now):
    lesson = list_lessons(session, draft.id)[0]
    address = f"{place}/lessons/{lesson.id}"
    seen = loaded(author.get(address))
    edit_lesson(session, lesson, title="Theirs", body="Their text.", by=make.user().id, now=now)
    answer = author.post(address, {"title": "Mine", "body": "My text.", "loaded": seen, "save": "1"})
    assert answer.status_code == 409
    assert "Somebody else saved this lesson" in answer.text
    assert "My text.</textarea>" in answer.text
    assert "Their text." in unescape(answer.text)
    assert read(list_lessons, draft.id)[0].body == "Their text."
    again = {"title": "Mine", "body": "Both texts.", "loaded": loaded(answer), "save": "1"}
    assert author.post(address, again).status_code == 303
    assert read(list_lessons, draft.id)[0].body == "Both texts."


def test_lessons_move_and_go(author, place, draft, read, session):
    first, second = list_lessons(session, draft.id)
    author.post(f"{place}/lessons/{second.id}/move", {"step": "-1"})
    assert [row.id for row in read(list_lessons, draft.id)] == [second.id, first.id]
    author.post(f"{place}/lessons/{second.id}/move", {"step": "1"})
    author.post(f"{place}/lessons/{first.id}/remove")
    assert [row.id for row in read(list_lessons, draft.id)] == [second.id]


def test_a_lesson_of_another_module_is_not_found(make, author, place, session):
    lesson = list_lessons(session, make.draft().id)[0]
    assert author.get(f"{place}/lessons/{lesson.id}").status_code == 404
    for action in ("", "/move", "/remove"):
        assert author.post(f"{place}/lessons/{lesson.id}{action}", {"title": "x", "body": "y"}).status_code == 404


def test_a_title_is_needed(author, place, draft, session):
    lesson = list_lessons(session, draft.id)[0]
    answer = author.post(f"{place}/lessons/{lesson.id}", {"title": "", "body": "Kept."})
    assert answer.status_code == 422
    assert "Kept.</textarea>" in answer.text


def test_reviewers_read_a_lesson_without_a_form(make, browser, place, draft, session):
    lesson = list_lessons(session, draft.id)[0]
    page = browser.sign_in(make.member(draft.module.provider, "reviewer")).get(f"{place}/lessons/{lesson.id}").text
    assert "<em>text</em>" in page
    assert "<textarea" not in page


def test_authors_read_the_time_that_learners_are_told(author, browser, place, draft, session, text_of):
    body = "word " * 1_000
    lesson = list_lessons(session, draft.id)[0]
    author.post(f"{place}/lessons/{lesson.id}", {"title": lesson.title, "body": body, "loaded": fingerprint(lesson)})
    assert "1,000 words; learners are told 10 minutes" in text_of(author.get(f"{place}/lessons/{lesson.id}"))
    assert "learners are told" not in text_of(author.post(f"{place}/lessons/preview", {"body": ""}))
    session.refresh(draft)
    told = reading_minutes(draft.words, draft.media_seconds)
    said = f"Learners are told about {told} minutes, at a study pace of 100 words a minute"
    assert said in text_of(author.get(f"{place}/lessons"))
