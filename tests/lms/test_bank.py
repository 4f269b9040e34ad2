"""An edition's item bank and the settings of its post-test."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from lms.assessments.commands import add_item, duplicate_item, edit_item, move_item, remove_item, set_quiz
from lms.assessments.models import Item
from lms.assessments.queries import BankRow, draws_of, find_quiz, get_item, list_bank, list_items, parts_of
from lms.assessments.question import QUESTIONS
from lms.errors import Conflict, Invalid, NotFound
from lms.modules.queries import list_objectives

SOUND, _ = QUESTIONS["single_best"].example()


@pytest.fixture
def by(make, now):
    return {"by": make.user().id, "now": now}


@pytest.fixture
def draft(make):
    return make.draft(objectives=2, items=0)


@pytest.fixture
def objectives(session, draft):
    return list_objectives(session, draft.id)


@pytest.fixture
def add(session, draft, objectives, by):
    def made(stem="Which?", objective=None, **values):
        values = {"kind": "single_best", "definition": SOUND, **values}
        return add_item(session, draft, objective=objective or objectives[0], stem=stem, **values, **by)

    return made


def stems(session, draft):
    return [item.stem for item in list_items(session, draft.id)]


def test_items_are_listed_by_objective(session, draft, objectives, add):
    add("b1", objectives[1])
    add("a1")
    add("a2")
    assert stems(session, draft) == ["a1", "a2", "b1"]


def test_an_item_is_stored_in_its_plain_form(draft, add, by):
    item = add(" Which?\r\n", definition={"options": [*SOUND["options"], {"text": "", "rationale": ""}]})
    assert (item.stem, item.definition) == ("Which?", SOUND)
    assert by["by"] in draft.editors


def test_everything_wrong_with_an_item_is_said_at_once(session, draft, add):
    with pytest.raises(Invalid) as refusal:
        add(" ", definition={"options": SOUND["options"][:2]})
    assert set(refusal.value.problems) == {"stem", "options"}
    with pytest.raises(Invalid):
        add("x" * 2001)
    with pytest.raises(Invalid, match="no such kind"):
        add(kind="essay")
    assert stems(session, draft) == []


def test_an_objective_of_another_edition_is_not_found(session, make, add, objectives, by):
    foreign = list_objectives(session, make.draft().id)[0]
    with pytest.raises(NotFound):
        add(objective=foreign)
    item = add()
    with pytest.raises(NotFound):
        edit_item(session, item, objective=foreign, stem="x", definition=SOUND, **by)


def test_an_item_of_another_edition_is_not_found(session, make, draft, add):
    item = add()
    assert get_item(session, draft.id, item.id) is item
    with pytest.raises(NotFound):
        get_item(session, make.draft().id, item.id)


def test_an_item_changes_and_may_change_its_objective(session, add, objectives, by):
    item = add()
    turned = {"options": SOUND["options"][::-1]}
    edit_item(session, item, objective=objectives[1], stem="Now?", definition=turned, **by)
    assert (item.stem, item.definition, item.objective_id) == ("Now?", turned, objectives[1].id)
    with pytest.raises(Invalid):
        edit_item(session, item, objective=objectives[1], stem="", definition=turned, **by)


def test_items_move_inside_their_objective(session, draft, objectives, add, by):
    first, second, other = add("a1"), add("a2"), add("b1", objectives[1])
    move_item(session, second, -1, **by)
    assert stems(session, draft) == ["a2", "a1", "b1"]
    move_item(session, first, 1, **by)
    move_item(session, second, -1, **by)
    move_item(session, other, -1, **by)
    assert stems(session, draft) == ["a2", "a1", "b1"]


def test_a_copy_stands_after_its_original(session, draft, add, by):
    first, _ = add("one"), add("two")
    copy = duplicate_item(session, first, **by)
    copy.definition["options"][0]["text"] = "Changed"
    assert stems(session, draft) == ["one", "one", "two"]
    assert list_items(session, draft.id)[1] is copy
    session.refresh(first)
    assert first.definition == SOUND


def test_a_removed_item_is_gone(session, draft, add, by):
    remove_item(session, add(), **by)
    assert stems(session, draft) == []


def test_the_bank_of_a_published_edition_stays(session, make, by):
    edition = make.edition()
    item = list_items(session, edition.id)[0]
    for change in (remove_item, duplicate_item, lambda *args, **kwargs: move_item(*args, 1, **kwargs)):
        with pytest.raises(Conflict):
            change(session, item, **by)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Item).where(Item.id == item.id).values(stem="x"))


@pytest.mark.parametrize(
    ("items", "drawn", "enough"),
    [(0, 0, False), (1, 0, True), (3, 2, True), (2, 2, False), (4, 3, False), (5, 3, True)],
)
def test_a_bank_holds_half_as_many_again_as_are_drawn(make, items, drawn, enough):
    assert BankRow(None, tuple(range(items)), drawn).enough is enough


def test_the_bank_says_what_is_drawn_in_three_statements(session, draft, objectives, add, by, statements):
    add()
    add("b", objectives[1])
    add("c", objectives[1])
    quiz(session, draft, by, draws={objectives[1].id: 2})
    statements.clear()
    assert [(row.count, row.drawn, row.wanted) for row in list_bank(session, draft.id)] == [(1, 0, 0), (2, 2, 3)]
    assert len(statements) == 3


def quiz(session, draft, by, **values):
    settings = {"pass_mark": 80, "attempts": 3, "cooldown_minutes": 0, "shuffle": True, "draws": {}}
    return set_quiz(session, draft, **{**settings, **values}, **by)


def test_the_post_test_is_set_and_set_again(session, draft, objectives, by):
    session.delete(find_quiz(session, draft.id))
    first, second = (row.id for row in objectives)
    quiz(session, draft, by, draws={first: 3, second: 0})
    quiz(session, draft, by, attempts=None, pass_mark=75, cooldown_minutes=60, shuffle=False, draws={second: 2})
    found = find_quiz(session, draft.id)
    assert (found.pass_mark, found.attempts, found.cooldown_minutes, found.shuffle) == (75, None, 60, False)
    assert draws_of(session, draft.id) == {second: 2}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pass_mark", 0),
        ("pass_mark", 101),
        ("attempts", 0),
        ("attempts", 101),
        ("cooldown_minutes", -1),
        ("draws", {1: -1}),
    ],
)
def test_settings_that_make_no_sense_are_refused(session, draft, by, field, value):
    with pytest.raises(Invalid) as refusal:
        quiz(session, draft, by, **{field: value})
    assert set(refusal.value.problems) == {field}


def test_nothing_is_drawn_for_a_foreign_objective(session, make, draft, by):
    foreign = list_objectives(session, make.draft().id)[0]
    with pytest.raises(NotFound):
        quiz(session, draft, by, draws={foreign.id: 1})


def test_the_parts_of_many_drafts_are_known_in_one_statement(session, make, by, statements):
    full, empty = make.draft(), make.draft(lessons=0, objectives=0, items=0)
    statements.clear()
    found = parts_of(session, [full.id, empty.id])
    assert len(statements) == 1
    assert found[full.id] >= {"objectives", "lessons", "items", "contributors"}
    assert not {"objectives", "lessons", "items"} & found[empty.id]
    assert parts_of(session, []) == {}
