"""Every step of the workshop answers with what it did; what goes for good is asked about first."""

import io
import re

import pytest

from lms.assessments.queries import list_items
from lms.modules.queries import list_contributors, list_lessons, list_objectives, list_references

PERSON = {"role": "author", "name": "Ada Lopez", "credentials": "PhD", "bio": "Teaches.", "disclosure": "None."}
SOURCE = {"citation": "Doe, J. (2026). Title.", "year": "2026"}
PARTS = {
    "objectives": ("objective", list_objectives, {"text": "Compare three things."}),
    "contributors": ("contributor", list_contributors, PERSON),
    "references": ("reference", list_references, SOURCE),
}
MOVED = {"lessons": ("lesson", list_lessons), "items": ("question", list_items)} | {
    part: (what, rows) for part, (what, rows, _) in PARTS.items()
}


@pytest.fixture
def said(author):
    """What the next page says was done, once."""

    def read():
        flashes = re.findall(r'class="flash".*?<p>(.*?)</p>\s*</div>', author.get("/workshop").text, re.DOTALL)
        assert 'class="flash"' not in author.get("/workshop").text
        return flashes

    return read


@pytest.mark.parametrize("part", PARTS)
def test_adding_changing_and_removing_are_answered(author, place, draft, read, said, part):
    what, rows, data = PARTS[part]
    author.post(f"{place}/{part}", data)
    assert said() == [f"The {what} is added."]
    before = len(read(rows, draft.id))
    added = max(row.id for row in read(rows, draft.id))
    author.post(f"{place}/{part}/{added}", data)
    assert said() == [f"The {what} is saved."]
    author.post(f"{place}/{part}/{added}/remove")
    assert said() == [f"The {what} is removed."]
    assert len(read(rows, draft.id)) == before - 1


@pytest.mark.parametrize("part", MOVED)
def test_a_move_is_answered_at_the_row_that_moved(make, author, place, draft, read, said, part):
    what, rows = MOVED[part]
    if part in PARTS:
        author.post(f"{place}/{part}", PARTS[part][2])
        said()
    first = next(row for row in read(rows, draft.id) if getattr(row, "role", "author") == "author")
    for step, words in (("1", "is moved down"), ("-1", "is moved up"), ("-1", "is the first already")):
        answer = author.post(f"{place}/{part}/{first.id}/move", {"step": step})
        assert said() == [f"The {what} {words}."]
        where, anchor = answer.location.split("#")
        assert f'id="{anchor}" tabindex="-1"' in author.get(where).text, "or the focus goes to the top"


@pytest.mark.parametrize("part", MOVED)
def test_the_ends_of_a_list_move_no_further(author, place, part):
    page = author.get(f"{place}/{part}").text
    ups, downs = (re.findall(f'title="Move {way}"( disabled)?', page) for way in ("up", "down"))
    assert ups[0] == downs[-1] == " disabled"
    if part != "contributors":  # an author and a planner: two lists of one
        assert "" in ups
        assert "" in downs


@pytest.mark.parametrize("part", MOVED)
def test_what_is_removed_is_asked_about_first(author, place, part):
    author.post(f"{place}/objectives", {"text": "Name what no question uses."})
    page = author.get(f"{place}/{part}").text
    asked = re.findall(r'<details class="confirm"><summary[^>]*>Remove</summary>.*?</details>', page, re.DOTALL)
    assert len(asked) == page.count('/remove"') > 0
    assert all("removed from this draft." in question and ">Yes, remove<" in question for question in asked)


def test_other_steps_are_answered_too(author, make, place, draft, read, said):
    author.post("/workshop", {"title": "Sleep and mood"})
    assert said() == ["The module is begun. Nobody outside of your provider sees it before it is published."]
    author.post(f"{place}/lessons", {"title": "A third"})
    assert said() == ["The lesson is added. Write its text here."]
    author.post(f"{place}/lessons/{read(list_lessons, draft.id)[-1].id}/remove")
    assert said() == ["The lesson is removed."]
    author.post(f"{place}/items/{read(list_items, draft.id)[0].id}/remove")
    assert said() == ["The question is removed."]
    film = make.media(draft, kind="video", content_type="video/mp4", filename="talk.mp4", seconds=90, alt="")
    captions = io.BytesIO(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n")
    author.post(f"{place}/media/{film.id}", {"captions": (captions, "a.vtt")})
    assert said() == ["The captions are saved."]
    author.post(f"{place}/media/{make.media(draft).id}", {"alt": "A teal field."})
    assert said() == ["The text alternative is saved."]
