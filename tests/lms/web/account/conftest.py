"""What the account pages' tests share: a person with a real password, the mails that were promised."""

import re

import pytest
from flask_security import hash_password
from sqlalchemy import select

from lms.outbox import Promise

PASSWORD = "correct horse battery"


def plain(page):
    """The page without what differs for everybody: the forgery token and the address that was typed."""
    page = re.sub(r'(name="csrf_token"[^>]* value=)"[^"]+"', r"\1", page)
    return re.sub(r"[\w.]+@example\.org", "x@example.org", page)


@pytest.fixture
def person(app, make):
    """A person who can sign in through the form with PASSWORD."""
    with app.app_context():
        return make.user(name="Ada Example", email="ada@example.org", password=hash_password(PASSWORD))


class Mails:
    """The mails promised so far."""

    def __init__(self, session):
        self.session = session

    def all(self):
        return [row.payload for row in self.session.scalars(select(Promise).order_by(Promise.id))]

    def last(self):
        return self.all()[-1]

    def link(self):
        """The first link of the last mail, without its host."""
        return re.search(r"https?://[^/\s]+(/account/\S+)", self.last()["text"])[1]


@pytest.fixture
def mails(session):
    return Mails(session)


@pytest.fixture
def sign_in(browser, person):
    """Sign in through the real form."""

    def go(password=PASSWORD, client=browser, email=person.email, **more):
        return client.post("/account/login", {"email": email, "password": password, **more})

    return go
