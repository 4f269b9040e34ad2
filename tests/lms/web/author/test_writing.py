"""The pages on which a draft is written: details, objectives, contributors, references, post-test."""

from datetime import UTC, date, datetime, timedelta

import pytest
from werkzeug.datastructures import MultiDict

from lms.assessments.queries import draws_of, find_quiz, list_items
from lms.modules.commands import edit_details
from lms.modules.queries import find_draft, list_contributors, list_objectives, list_references

# Details

DETAILS = {
    "title": "A new title", "summary": "One line.", "description": "Two\n\nparagraphs.", "level": "advanced",
    "difficulty": "2.5", "content_warning": "", "crisis_box": "y", "commercial_support": "None.", "originality": "Own.",
    "content_license": "CC BY 4.0", "cost": "Free",
    "released_on": "2026-10-01", "reviewed_on": "", "expires_on": "2029-09-30",
    "topics-0-topic": "ethics", "topics-0-hours": "0.25", "topics-1-topic": "general", "topics-1-hours": "0.5",
    "topics-2-topic": "", "topics-2-hours": "",
}  # fmt: skip


def test_details_are_saved_and_shown_again(author, place, draft, read):
    many = MultiDict(
        [*DETAILS.items(), ("audience", "mft"), ("audience", "counselor"), ("also_qualifies", "telehealth")]
    )
    assert author.post(f"{place}/details", many).status_code == 303
    saved = read(find_draft, draft.module_id)
    assert (saved.title, saved.level, saved.crisis_box) == ("A new title", "advanced", True)
    assert saved.topics == {"ethics": "0.25", "general": "0.50"}
    assert (saved.audience, saved.also_qualifies) == (["counselor", "mft"], ["telehealth"])
    assert (saved.released_on, saved.reviewed_on) == (date(2026, 10, 1), None)
    page = author.get(f"{place}/details").text
    assert 'value="0.25"' in page
    assert '<option selected value="general">' in page
    assert 'id="topics-3-topic"' in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "A module needs a title."),
        ({"summary": "x" * 201}, "Field cannot be longer than 200"),
        ({"level": "expert"}, "Not a valid choice"),
        ({"expires_on": "soon"}, "Not a valid date"),
        ({"expires_on": "2026-01-01"}, "A module expires after it was released"),
        ({"topics-0-hours": "an hour"}, "Give hours in quarters"),
        ({"topics-0-hours": ""}, "Give hours in quarters"),
        ({"topics-0-hours": "0.3"}, 'id="topics-0-hours-errors"'),
        ({"topics-0-hours": "0.3", "topics-2-hours": "1"}, "Choose the topic that 1 belongs to"),
        ({"topics-0-hours": "0.3", "topics-2-hours": "1"}, 'href="#topics-0-hours"'),
        ({"reviewed_on": "2026-09-01"}, "A review lasts 36 months: give 1 September 2029 or an earlier day."),
        ({"released_on": "2020-01-01", "expires_on": "2021-01-01"}, "This day is over."),
        ({"topics-1-topic": "ethics"}, "Ethics is there twice"),
        ({"topics-0-topic": ""}, "Choose the topic that 0.25 belongs to"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(author, place, draft, read, text_of, change, words):
    answer = author.post(f"{place}/details", {**DETAILS, **change})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Please look at this again" in answer.text
    assert "CC BY 4.0" in answer.text
    assert read(find_draft, draft.module_id).title == draft.title != "A new title"


def test_dates_that_may_be_right_later_are_saved_with_a_warning(author, place, text_of):
    today = datetime.now(UTC).date()
    dates = {"released_on": str(today), "reviewed_on": str(today + timedelta(days=9)),
             "expires_on": str(today + timedelta(days=400))}  # fmt: skip
    assert author.post(f"{place}/details", {**DETAILS, **dates}).status_code == 303
    page = text_of(author.get(f"{place}/details"))
    assert "The details are saved." in page
    assert "This cannot be published yet. The content review lies in the future" in page


def test_a_day_of_expiry_that_has_passed_since_stops_nothing_else(session, make, now):
    draft = make.draft(released_on=None, reviewed_on=None, expires_on=date(2021, 1, 1))
    edit_details(session, draft, summary="Better.", expires_on=date(2021, 1, 1), by=make.user().id, now=now)
    assert draft.summary == "Better."


# Objectives


def test_an_objective_is_added_reworded_moved_and_removed(author, place, draft, read):
    author.post(f"{place}/objectives", {"text": "Compare three things."})
    added = read(list_objectives, draft.id)[-1]
    author.post(f"{place}/objectives/{added.id}", {"text": "Compare four things."})
    author.post(f"{place}/objectives/{added.id}/move", {"step": "-1"})
    rows = read(list_objectives, draft.id)
    assert [row.text for row in rows][1] == "Compare four things."
    assert author.post(f"{place}/objectives/{added.id}/remove").status_code == 303
    assert len(read(list_objectives, draft.id)) == 2


def test_a_verb_nobody_can_test_gets_advice(author, place, draft, read):
    assert "Begin with a verb that can be observed" not in author.get(f"{place}/objectives").text
    author.post(f"{place}/objectives", {"text": "Understand sleep."})
    assert "Begin with a verb that can be observed" in author.get(f"{place}/objectives").text
    added = read(list_objectives, draft.id)[-1]
    assert "This cannot be measured yet" in author.get(f"{place}/objectives/{added.id}").text


@pytest.mark.parametrize("text", ["", "x" * 301, "  "])
def test_an_objective_without_a_fitting_text_is_refused(author, place, draft, session, text):
    number = list_objectives(session, draft.id)[0].id
    for address in (f"{place}/objectives", f"{place}/objectives/{number}"):
        answer = author.post(address, {"text": text})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text


def test_an_objective_in_use_stays_and_says_why(author, place, draft, session, text_of, read):
    number = list_objectives(session, draft.id)[0].id
    page = author.get(f"{place}/objectives").text
    for item in list_items(session, draft.id):
        assert f'href="{place}/items/{item.id}"' in page
    assert "first give these questions another objective or remove them" in page
    assert "/remove" not in page
    author.post(f"{place}/objectives/{number}/remove")
    assert "2 questions of the bank use this objective. First give them" in text_of(author.get(f"{place}/objectives"))
    assert len(read(list_objectives, draft.id)) == 2


def test_parts_of_another_edition_are_not_found(make, author, place, session):
    other = make.draft()
    objective, contributor = list_objectives(session, other.id)[0], list_contributors(session, other.id)[0]
    reference = list_references(session, other.id)[0]
    for part, row in (("objectives", objective), ("contributors", contributor), ("references", reference)):
        assert author.get(f"{place}/{part}/{row.id}").status_code == 404
        for action in ("", "/move", "/remove"):
            assert author.post(f"{place}/{part}/{row.id}{action}", {"text": "x"}).status_code == 404


# Contributors

PERSON = {"role": "planner", "name": "Ada Lopez", "credentials": "PhD", "bio": "Teaches.", "disclosure": "Owns shares."}


def test_a_contributor_is_added_changed_moved_and_removed(author, place, draft, read, text_of):
    author.post(f"{place}/contributors", PERSON)
    added = read(list_contributors, draft.id)[-1]
    assert (added.name, added.role) == ("Ada Lopez", "planner")
    assert "Owns shares." in text_of(author.get(f"{place}/contributors"))
    for missing in ("bio", "disclosure"):
        assert author.post(f"{place}/contributors", {**PERSON, missing: ""}).status_code == 422
    author.post(f"{place}/contributors/{added.id}", {**PERSON, "disclosure": "None."})
    author.post(f"{place}/contributors/{added.id}/move", {"step": "-1"})
    assert [row.name for row in read(list_contributors, draft.id)][1] == "Ada Lopez"
    author.post(f"{place}/contributors/{added.id}/remove")
    assert len(read(list_contributors, draft.id)) == 2


def test_a_contributor_without_a_name_is_refused_and_kept_as_typed(author, place, draft, session):
    number = list_contributors(session, draft.id)[0].id
    for address in (f"{place}/contributors", f"{place}/contributors/{number}"):
        for change in ({"name": ""}, {"name": " "}, {"role": "boss"}):
            answer = author.post(address, {**PERSON, **change})
            assert answer.status_code == 422
            assert "Teaches." in answer.text


# References

SOURCE = {"citation": "Doe, J. (2001). Title.", "year": "2001", "url": "https://doi.org/10.1/x"}


def test_a_reference_is_added_changed_moved_and_removed(author, place, draft, session, read, text_of):
    count = len(list_references(session, draft.id))
    author.post(f"{place}/references", SOURCE)
    added = read(list_references, draft.id)[-1]
    page = text_of(author.get(f"{place}/references"))
    assert "Older than 10 years and not marked as seminal" in page
    author.post(f"{place}/references/{added.id}", {**SOURCE, "seminal": "y"})
    author.post(f"{place}/references/{added.id}/move", {"step": "-1"})
    rows = read(list_references, draft.id)
    assert (rows[-2].id, rows[-2].seminal) == (added.id, True)
    assert author.get(f"{place}/references").text.count("Older than") == page.count("Older than") - 1
    author.post(f"{place}/references/{added.id}/remove")
    assert len(read(list_references, draft.id)) == count


@pytest.mark.parametrize("change", [{"year": "last"}, {"year": "12"}, {"citation": ""}, {"url": "javascript:alert(1)"}])
def test_a_reference_that_cannot_be_right_is_refused_at_its_field(author, place, draft, session, change):
    number = list_references(session, draft.id)[0].id
    for address in (f"{place}/references", f"{place}/references/{number}"):
        answer = author.post(address, {**SOURCE, **change})
        assert answer.status_code == 422
        assert f'id="{next(iter(change))}-errors"' in answer.text


# Post-test


def test_the_post_test_is_set(author, place, draft, session, read):
    first, second = (row.id for row in list_objectives(session, draft.id))
    settings = {"pass_mark": "75", "attempts": "", "cooldown_minutes": "30", f"draw_{first}": "2", f"draw_{second}": ""}
    assert author.post(f"{place}/quiz", settings).status_code == 303
    saved = read(find_quiz, draft.id)
    assert (saved.pass_mark, saved.attempts, saved.cooldown_minutes, saved.shuffle) == (75, None, 30, False)
    assert read(draws_of, draft.id) == {first: 2}
    assert f'id="draw_{first}"' in author.get(f"{place}/quiz").text


def test_a_post_test_not_set_yet_begins_with_the_usual(author, place, draft, session, text_of):
    session.delete(find_quiz(session, draft.id))
    session.flush()
    page = author.get(f"{place}/quiz")
    assert "Not set yet" in text_of(page)
    assert 'value="80"' in page.text


@pytest.mark.parametrize(
    "change",
    [
        {"pass_mark": "0"},
        {"pass_mark": "most"},
        {"attempts": "0"},
        {"cooldown_minutes": "-1"},
        {"draw": "x"},
        {"draw": "-1"},
    ],
)
def test_settings_that_make_no_sense_are_refused_at_their_field(author, place, draft, session, change):
    draw = f"draw_{list_objectives(session, draft.id)[0].id}"
    change = {draw if name == "draw" else name: value for name, value in change.items()}
    answer = author.post(f"{place}/quiz", {"pass_mark": "80", "attempts": "3", "cooldown_minutes": "5", **change})
    assert answer.status_code == 422
    assert f'id="{next(iter(change))}-errors"' in answer.text
    assert 'value="5"' in answer.text or "cooldown_minutes" in change


# What became of it in the meantime


@pytest.mark.parametrize(
    ("page", "data"),
    [("details", {"title": "x"}), ("objectives", {"text": "Name it."}), ("references", SOURCE),
     ("contributors", PERSON), ("quiz", {"pass_mark": "80", "cooldown_minutes": "0"})],
)  # fmt: skip
def test_a_published_edition_takes_no_change(make, browser, page, data):
    edition = make.edition()
    browser.sign_in(make.member(edition.module.provider, "author"))
    answer = browser.post(f"/workshop/modules/{edition.module.slug}/{page}", data)
    assert answer.status_code == 409
    assert "Begin the next edition" in answer.text
