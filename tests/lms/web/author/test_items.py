"""The item bank's pages: forms without a script, kinds that describe themselves, nothing lost on the way."""

import re
from html import unescape

import pytest

from lms.assessments.queries import list_items
from lms.assessments.question import QUESTIONS
from lms.modules.queries import list_objectives

MARKED = re.compile(r'<input checked [^>]*name="right"[^>]*type="(radio|checkbox)"[^>]*value="(\d+)"')


def sent(kind, objective, changes=()):
    """What the form of a sound question sends."""
    definition, _ = QUESTIONS[kind].example()
    data = {"objective": str(objective.id), "stem": "Which?", "save": "1"}
    for number, option in enumerate(definition["options"]):
        data |= {f"options-{number}-text": option["text"], f"options-{number}-rationale": option["rationale"]}
    data["right"] = [str(number) for number, option in enumerate(definition["options"]) if option["right"]]
    return data | dict(changes)


def marked(page):
    """The options that are marked as right on a page."""
    return [found[1] for found in MARKED.findall(page)]


@pytest.fixture
def objective(session, draft):
    return list_objectives(session, draft.id)[0]


@pytest.mark.parametrize("kind", sorted(QUESTIONS))
def test_every_kind_is_added_through_its_form(author, place, draft, objective, read, kind):
    page = author.get(f"{place}/items/new/{kind}?objective={objective.id}").text
    blank = QUESTIONS[kind].blank()["options"]
    assert f'id="options-{len(blank) - 1}-text"' in page
    assert f'id="options-{len(blank)}-text"' not in page
    assert f'<option selected value="{objective.id}">' in page
    answer = author.post(f"{place}/items/new/{kind}", sent(kind, objective))
    assert answer.status_code == 303
    added = next(item for item in read(list_items, draft.id) if item.kind == kind and item.stem == "Which?")
    assert added.definition == QUESTIONS[kind].example()[0]


@pytest.mark.parametrize("kind", ["single_best", "multiple_response"])
def test_one_more_option_keeps_everything_and_saves_nothing(author, place, draft, objective, read, kind):
    data = sent(kind, objective, {"stem": "", "more": "1"})
    del data["save"]
    before = len(read(list_items, draft.id))
    answer = author.post(f"{place}/items/new/{kind}", data)
    assert answer.status_code == 200
    count = len(QUESTIONS[kind].example()[0]["options"])
    assert f'id="options-{count}-text"' in answer.text
    assert data["options-0-rationale"] in answer.text
    assert "Please look at this again" not in answer.text
    assert len(read(list_items, draft.id)) == before


@pytest.mark.parametrize(("kind", "control"), [
    ("single_best", "radio"), ("true_false", "radio"), ("multiple_response", "checkbox"),
])  # fmt: skip
def test_one_right_option_is_one_of_a_group_and_several_are_ticked(author, place, objective, kind, control):
    page = author.get(f"{place}/items/new/{kind}?objective={objective.id}").text
    count = len(QUESTIONS[kind].blank()["options"])
    assert page.count(f'name="right" type="{control}"') == count
    assert not marked(page)


@pytest.mark.parametrize("kind", sorted(QUESTIONS))
def test_what_was_marked_is_kept_on_a_refusal(author, place, objective, kind):
    data = sent(kind, objective, {"stem": ""})
    answer = author.post(f"{place}/items/new/{kind}", data)
    assert answer.status_code == 422
    assert marked(answer.text) == data["right"]


def test_true_or_false_has_two_options_and_no_way_to_change_that(author, place, objective):
    page = author.get(f"{place}/items/new/true_false?objective={objective.id}").text
    assert "Add an option" not in page
    assert "Leave this option out" not in page
    answer = author.post(f"{place}/items/new/true_false", sent("true_false", objective, {"stem": "", "more": "1"}))
    assert (answer.status_code, 'id="options-2-text"' in answer.text) == (422, False)


def test_everything_wrong_is_said_at_once_at_its_field(author, place, objective):
    changes = {
        "stem": "", "right": [], "options-0-text": "", "options-1-leave_out": "y", "options-2-rationale": "",
        "options-3-text": "Start the RECORDING", "options-3-rationale": "Kept.",
    }  # fmt: skip
    answer = author.post(f"{place}/items/new/single_best", sent("single_best", objective, changes))
    assert answer.status_code == 422
    page = unescape(answer.text)
    for field in ("stem", "options-0-text", "options-2-rationale", "options-3-text"):
        assert f'id="{field}-errors"' in page, field
        assert f'href="#{field}"' in page, field
    for field in ("options-1-text", "options-1-rationale", "options-2-text", "options-3-rationale"):
        assert f'id="{field}-errors"' not in page, field
    assert "Option 4, What it says: An earlier option says the same." in page
    assert "Mark exactly one option as right." in page
    assert "Kept." in page


def test_two_right_options_cannot_be_sent_to_a_question_of_one(author, place, draft, objective, read):
    author.post(f"{place}/items/new/single_best", sent("single_best", objective, {"right": ["1", "2"]}))
    added = next(item for item in read(list_items, draft.id) if item.stem == "Which?")
    assert [option["right"] for option in added.definition["options"]] == [False, True, False]


def test_an_option_is_left_out_when_ticked(author, place, draft, objective, read):
    further = {"options-3-text": "No.", "options-3-rationale": "Wrong.", "options-4-text": "Never."}
    further |= {"options-4-rationale": "Wrong.", "options-1-leave_out": "y"}
    data = sent("single_best", objective, further)
    author.post(f"{place}/items/new/single_best", data)
    added = next(item for item in read(list_items, draft.id) if item.stem == "Which?")
    assert [option["text"] for option in added.definition["options"]][2:] == ["No.", "Never."]
    assert len(added.definition["options"]) == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stem": ""}, "A question needs its text."),
        ({"options-0-rationale": ""}, "Say why this option is right or wrong"),
        ({"right": []}, "Mark exactly one option as right"),
        (
            {"right": "2", "options-2-leave_out": "y", "options-3-text": "No", "options-3-rationale": "Wrong."},
            "Mark exactly one option as right",
        ),
        ({"options-2-leave_out": "y"}, "has 3 to 6 options, not 2"),
        ({"objective": "999999"}, "Not a valid choice"),
    ],
)
def test_a_question_that_breaks_a_rule_is_refused_and_kept(author, place, draft, objective, read, change, words):
    before = len(read(list_items, draft.id))
    number = read(list_items, draft.id)[0].id
    for address in (f"{place}/items/new/single_best", f"{place}/items/{number}"):
        answer = author.post(address, sent("single_best", objective, change))
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert "Ask where the client is" in answer.text
    assert len(read(list_items, draft.id)) == before


def test_a_question_is_changed(author, place, draft, session, read):
    item = list_items(session, draft.id)[0]
    page = author.get(f"{place}/items/{item.id}").text
    assert item.stem in page
    assert marked(page) == ["0"]
    other = list_objectives(session, draft.id)[1]
    assert author.post(f"{place}/items/{item.id}", sent("single_best", other, {"stem": "Now?"})).status_code == 303
    changed = next(row for row in read(list_items, draft.id) if row.id == item.id)
    assert (changed.stem, changed.objective_id) == ("Now?", other.id)


def test_questions_move_double_and_go(author, place, draft, session, read):
    first, second, *_ = list_items(session, draft.id)
    author.post(f"{place}/items/{second.id}/move", {"step": "-1"})
    assert [row.id for row in read(list_items, draft.id)][:2] == [second.id, first.id]
    author.post(f"{place}/items/{second.id}/move", {"step": "1"})
    answer = author.post(f"{place}/items/{first.id}/duplicate")
    copy = read(list_items, draft.id)[1]
    assert answer.location == f"{place}/items/{copy.id}"
    author.post(f"{place}/items/{first.id}/remove")
    assert [row.id for row in read(list_items, draft.id)][:2] == [copy.id, second.id]


def test_the_bank_says_how_many_are_drawn(author, place, draft, text_of):
    page = text_of(author.get(f"{place}/items"))
    assert "4 questions in the bank; a test draws" in page
    assert "Single best answer" in page


def test_a_bank_without_objectives_says_where_to_begin(make, browser, text_of):
    draft = make.draft(objectives=0, items=0)
    browser.sign_in(make.member(draft.module.provider, "author"))
    assert "Write the objectives first" in text_of(browser.get(f"/workshop/modules/{draft.module.slug}/items"))


def test_a_kind_that_is_none_is_not_found(author, place):
    assert author.get(f"{place}/items/new/essay").status_code == 404


def test_a_question_of_another_module_is_not_found(make, author, place, session, objective):
    item = list_items(session, make.draft().id)[0]
    assert author.get(f"{place}/items/{item.id}").status_code == 404
    for action in ("", "/move", "/duplicate", "/remove"):
        data = sent("single_best", objective)
        assert author.post(f"{place}/items/{item.id}{action}", data).status_code == 404
