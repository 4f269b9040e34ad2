"""A real browser against a real server with the demonstration loaded; every page it opens is checked by axe."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from lms import create_app
from lms.config import Settings, read_settings
from lms.db import begin_writing, open_engine
from lms.demo import load as demo
from lms.outbox import list_due
from lms.schema import migrate
from lms.worker import keep_promise
from tests.browser.checks import too_wide, violations
from tests.browser.pages import furnish

SHOTS = Path(__file__).parent.parent.parent / "shots"
WIDTHS = (360, 1280)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page for whoever wants to look; JPEG, which takes a third of the time of PNG."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.jpg", type="jpeg", quality=80, full_page=True)


class Silent(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_: Any) -> None:
        """Say nothing."""


@dataclass
class Live:
    """A running installation."""

    url: str
    settings: Settings
    password: str

    def deliver(self) -> list[Any]:
        """Do the worker's round and return all mails there are, oldest first."""
        engine = open_engine(self.settings.database_url)
        now = datetime.now(UTC)
        with Session(engine) as session:
            due = list_due(session, now)
        for promise_id in due:
            keep_promise(engine, self.settings, promise_id, now=now)
        engine.dispose()
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((self.settings.data_dir / "mail").glob("*.eml"))
        ]


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server on localhost with the demonstration in an embedded database."""
    folder = tmp_path_factory.mktemp("live")
    plain = read_settings({"LMS_DATA_DIR": str(folder), "PORT": "8100"})
    server = make_server("localhost", 0, lambda *_: [], threaded=True, request_handler=Silent)
    settings = replace(plain, public_url=f"http://localhost:{server.port}", rate_limits=False)
    app = create_app(settings)
    server.app = app
    engine = open_engine(settings.database_url)
    migrate(engine)
    with app.app_context(), Session(engine) as session:
        begin_writing(session)
        demo.load(session, settings, now=datetime.now(UTC))
        session.commit()
    engine.dispose()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(settings.public_url, settings, demo.demo_password(settings))
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def names(live: Live) -> dict[str, Any]:
    """What fills the braces of the shared list of pages."""
    return furnish(live.settings)


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium where there is one, else Playwright's."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium.

    It lives as long as one file of tests: Playwright keeps an event loop running in this thread, in which no
    application of the other tests could be made.
    """
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser; `see` checks each page they open for access and width."""

    def __init__(self, live: Live, context: BrowserContext, width: int) -> None:
        self.live, self.context, self.width = live, context, width
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, path: str) -> Page:
        """Open an address of ours."""
        self.page.goto(path if path.startswith("http") else self.live.url + path)
        return self.page

    def open(self, path: str) -> Page:
        """Open an address of ours and look at the page."""
        self.go(path)
        self.see()
        return self.page

    def sign_in(self, email: str, password: str | None = None) -> "Person":
        """Sign in through the form."""
        self.go("/account/login")
        self.page.locator("[name=email]").fill(email)
        self.page.locator("[name=password]").fill(password or self.live.password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_load_state()
        return self

    def see(self) -> None:
        """Fail on anything axe finds, on sideways scrolling, and on errors in the console; keep a picture."""
        path = self.page.url.removeprefix(self.live.url).split("?")[0].strip("/").replace("/", "_") or "home"
        shoot(self.page, f"{path[:80]}-{self.width}")
        found = violations(self.page)
        assert not found, (self.page.url, found)
        assert not too_wide(self.page), self.page.url
        assert not self.faults, (self.page.url, self.faults)


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    """Phone and desk."""
    return int(request.param)


@pytest.fixture
def people(live: Live, chromium: Browser, width: int) -> Iterator[Any]:
    """Call it for a new person at a browser of their own."""
    contexts = []

    def arrive(**options: Any) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        return Person(live, context, width)

    yield arrive
    for context in contexts:
        context.close()
