"""The pages that are measured, and how each is asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask_login.utils import _create_identifier

from lms import create_app
from lms.config import Settings
from tests.bench.world import World

AGENT = "bench"
"""Whoever is signed in stays so on the same device, which is told by this and the address."""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its addresses are asked in turn; `sends` are bodies of a form; `aim` is the least ratio we want."""

    name: str
    title: str
    paths: tuple[str, ...]
    aim: float = 0.5
    signed_in: bool = False
    sends: tuple[str, ...] = ()
    compared: bool = True
    """Whether a bare route is a fair measure: a PDF is drawn by typst, not by Flask."""


def list_pages(world: World, token: Callable[[str], str]) -> list[Page]:
    """Return the pages; `token(path)` asks for a page as the learner and returns the forgery token in it."""
    learning = f"/learn/{world.enrollment}"
    certificates = [f"/record/certificates/{code}.pdf" for code in world.codes]
    sent = token(f"{learning}/test")
    answers = tuple(f"csrf_token={sent}&item-{world.item}={choice}" for choice in world.choices)
    saving = f"{learning}/test/{world.attempt}/answers/{world.item}"
    return [
        Page("verify", "Verify a certificate", tuple(f"/c/{code}" for code in world.codes), aim=0.7),
        Page("home", "Home", ("/",)),
        Page("catalogue", "Catalogue", ("/catalogue",)),
        Page("module", "Module", (f"/modules/{world.module}",)),
        Page("lesson", "Lesson", (f"{learning}/lessons/lesson-2",), signed_in=True),
        Page("save", "Save an answer", (saving,), signed_in=True, sends=answers),
        Page("quiz", "Test", (f"{learning}/test",), signed_in=True),
        Page("pdf", "Certificate PDF, first time", tuple(certificates[1:]), signed_in=True, compared=False),
        Page("pdf_again", "Certificate PDF, again", tuple(certificates[:1]), signed_in=True),
    ]


def cookie_of(settings: Settings, world: World) -> str:
    """Return the cookie of the signed-in learner, as the sign-in page would have set it."""
    app = create_app(settings)
    client = app.test_client()
    with app.test_request_context(headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        device = _create_identifier()
    with client.session_transaction() as kept:
        kept.update({
            "_user_id": world.learner, "_fresh": True, "_id": device, "fs_cc": "set",
            "csrf_token": "0" * 40,  # what the tokens of forms are signed over
        })  # fmt: skip
    found = client.get_cookie("session", domain=settings.public_host)
    assert found is not None
    return f"session={found.value}"


def token_in(page: str) -> str:
    """Return the forgery token of a page."""
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("the page of the test has no forgery token: is the learner signed in?")
    return found[1]
