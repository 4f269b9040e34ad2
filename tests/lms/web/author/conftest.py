"""What tests of the workshop start from: a draft, and its author at the desk."""

from html import unescape

import pytest


@pytest.fixture
def draft(make):
    """A whole draft."""
    return make.draft(lessons=2, objectives=2, items=2)


@pytest.fixture
def place(draft):
    """The address of the draft's pages."""
    return f"/workshop/modules/{draft.module.slug}"


@pytest.fixture
def author(make, draft, browser):
    """A browser in which the author of the draft is signed in."""
    return browser.sign_in(make.member(draft.module.provider, "author"))


@pytest.fixture
def read(session):
    """Read rows anew, as the requests left them."""

    def fresh(query, *args):
        session.expire_all()
        return query(session, *args)

    return fresh


@pytest.fixture
def text_of():
    """The words of an answer, as a person reads them."""
    return lambda answer: " ".join(unescape(answer.text).split())
