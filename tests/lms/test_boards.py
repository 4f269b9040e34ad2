"""Boards and their seats."""

import pytest

from lms.boards.commands import add_seat, begin_board, remove_seat
from lms.boards.queries import get_board, list_boards, list_boards_of, list_seats
from lms.errors import Invalid, NotFound

GOOD = {"name": "Board of Examples", "jurisdiction": "US-CA", "professions": ["mft", "psychologist"]}


def test_a_board_begins(session, make):
    board = begin_board(session, " Examples ", **GOOD, by=make.operator().id)
    assert (board.slug, board.professions) == ("examples", ["psychologist", "mft"])
    assert get_board(session, "examples") is board
    with pytest.raises(NotFound):
        get_board(session, "nowhere")


@pytest.mark.parametrize(
    ("slug", "changes", "field"),
    [
        ("a/b", {}, "slug"),
        ("taken", {}, "slug"),
        ("fresh", {"name": " "}, "name"),
        ("fresh", {"jurisdiction": "FR"}, "jurisdiction"),
        ("fresh", {"professions": []}, "professions"),
        ("fresh", {"professions": ["dentist"]}, "professions"),
    ],
)
def test_what_is_wrong_is_named_by_field(session, make, slug, changes, field):
    make.board(slug="taken")
    with pytest.raises(Invalid) as refused:
        begin_board(session, slug, **(GOOD | changes), by=make.operator().id)
    assert set(refused.value.problems) == {field}


def test_a_seat_is_given_by_address_and_taken_back(session, make, now):
    board, other = make.board(name="B"), make.board(name="A")
    user = make.user(name="Ada", email="ada@example.org")
    seat = add_seat(session, board, "Ada@example.org", by=1, now=now)
    assert add_seat(session, board, user.email, by=1, now=now) is seat
    assert [sitting.name for sitting in list_seats(session, board.id)] == ["Ada"]
    assert list_boards_of(session, user.id) == [board]
    assert list_boards(session) == [other, board]
    make.user(email="begun@example.org", confirmed_at=None)
    for nobody in ("none@example.org", "begun@example.org"):
        with pytest.raises(Invalid):
            add_seat(session, board, nobody, by=1, now=now)
    remove_seat(session, board, user.id, by=1)
    with pytest.raises(NotFound):
        remove_seat(session, board, user.id, by=1)
    assert list_seats(session, board.id) == []
