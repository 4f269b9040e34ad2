"""Tokens of a board: told once, kept as a hash, withdrawn for good."""

from datetime import timedelta

import pytest

from lms.boards.tokens import MOST, find_token, hash_of, list_tokens, make_token, use_token, withdraw_token
from lms.errors import Invalid, NotFound


@pytest.fixture
def board(make):
    return make.board()


@pytest.fixture
def begin(session, board, make, now):
    def go(name="Renewals", scopes=("verify",)):
        return make_token(session, board, name, scopes, by=make.user().id, now=now)

    return go


def test_a_token_is_told_once_and_found_by_its_text(session, begin, board):
    token, text = begin("  Renewals   of 2027 ", ["list", "verify"])
    assert (token.name, token.scopes) == ("Renewals of 2027", ["verify", "list"])
    assert token.token_sha256 == hash_of(text) != text
    assert find_token(session, text).board is board
    assert find_token(session, text[:-1]) is None
    assert len(text) > 40


@pytest.mark.parametrize(
    ("name", "scopes", "field"),
    [(" ", ["verify"], "name"), ("x" * 101, ["verify"], "name"), ("x", [], "scopes"), ("x", ["everything"], "scopes")],
)
def test_what_cannot_be_is_refused_beside_its_field(begin, name, scopes, field):
    with pytest.raises(Invalid) as refused:
        begin(name, scopes)
    assert set(refused.value.problems) == {field}


def test_there_is_an_end_to_tokens(session, begin, board, now):
    for _ in range(MOST):
        token, _ = begin()
    with pytest.raises(Invalid):
        begin()
    withdraw_token(session, board, token.id, by=1, now=now)
    begin()


def test_a_withdrawn_one_is_not_found_and_stays_in_the_list(session, begin, board, now):
    token, text = begin()
    withdraw_token(session, board, token.id, by=1, now=now)
    withdraw_token(session, board, token.id, by=1, now=now + timedelta(days=1))
    assert find_token(session, text) is None
    assert [row.withdrawn_at for row in list_tokens(session, board.id)] == [now]


def test_another_boards_token_is_not_there(session, begin, make, now):
    token, _ = begin()
    with pytest.raises(NotFound):
        withdraw_token(session, make.board(), token.id, by=1, now=now)


def test_the_day_of_use_is_written_once_a_day(session, begin, now, statements):
    token, _ = begin()
    use_token(session, token, now=now)
    assert token.last_used_on == now.date()
    statements.clear()
    use_token(session, token, now=now + timedelta(hours=1))
    assert statements == []
