"""The page of a board's tokens."""

import re

import pytest
from sqlalchemy import select

from lms.boards.models import Token


@pytest.fixture
def board(make):
    return make.board()


@pytest.fixture
def member(browser, make, board):
    return browser.sign_in(make.board_member(board))


def url(board):
    return f"/board/{board.slug}/tokens"


def test_a_token_is_shown_once_and_works(member, board):
    answer = member.post(url(board), {"name": "Renewals", "scopes": ["verify"]})
    assert answer.headers["Cache-Control"] == "no-store"
    text = re.search(r"ce_[\w-]{40,}", answer.text).group()
    program = member.app.test_client(use_cookies=False)
    asked = program.post("/api/v1/verify", json={"codes": ["x"]}, headers={"Authorization": f"Bearer {text}"})
    assert asked.status_code == 200
    page = member.get(url(board)).text
    assert "Renewals" in page
    assert text not in page


def test_a_refusal_keeps_what_was_typed(member, board):
    answer = member.post(url(board), {"name": "Renewals"})
    assert answer.status_code == 422
    assert 'value="Renewals"' in answer.text
    assert "Choose what it may do." in answer.text


def test_a_token_is_withdrawn(member, board, session):
    member.post(url(board), {"name": "Renewals", "scopes": ["list"]})
    token = session.scalars(select(Token)).one()
    assert member.post(f"{url(board)}/{token.id}/withdraw").status_code == 303
    assert "Withdrawn" in member.get(url(board)).text


def test_another_boards_tokens_are_not_there(member, make):
    assert member.get(url(make.board())).status_code == 404
    assert member.post(f"{url(make.board())}/1/withdraw").status_code == 404


def test_many_tokens_cost_no_more(member, board, statements):
    member.get(url(board))
    statements.clear()
    member.get(url(board))
    few = len(statements)
    for _ in range(5):
        member.post(url(board), {"name": "Renewals", "scopes": ["list"]})
    statements.clear()
    member.get(url(board))
    assert len(statements) == few <= 8
