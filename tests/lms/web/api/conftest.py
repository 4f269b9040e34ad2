"""A board with a token, and a certificate that names one of its licensees."""

import pytest

from lms.boards.tokens import make_token


class Program:
    """Asks the API as a board's program does: a token in the header, and no cookie."""

    def __init__(self, browser, token):
        self.client = browser.app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, url, **kwargs):
        return self.client.get(url, headers=self.headers, **kwargs)

    def post(self, url, body, **kwargs):
        return self.client.post(url, json=body, headers=self.headers, **kwargs)


@pytest.fixture
def board(make):
    return make.board()


@pytest.fixture
def licensee(make):
    user = make.user(name="Zoë O’Brien-Łukasiewicz")
    make.license(user, number="LMFT471100")
    return user


@pytest.fixture
def award(make, licensee):
    return make.award(licensee)


@pytest.fixture
def program(browser, board, make, session, now):
    """A program of a board; `program(scopes=["verify"])`, `program(board=other)`, `program(token="")`."""
    member = make.board_member(board)

    def begin(scopes=("verify", "list"), board=board, token=None):
        text = make_token(session, board, "Renewals", scopes, by=member.id, now=now)[1] if token is None else token
        return Program(browser, text)

    return begin
