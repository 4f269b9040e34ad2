"""What each page costs on the wire, measured by the browser against the server people use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import SHOTS
from tests.browser.served import Served, serve
from tests.browser.tour import PEOPLE, kind_of, sign_in, walk

KB = 1000
FIRST = 150 * KB
LATER = 30 * KB
VERIFY = 30 * KB


@pytest.fixture(scope="module")
def measured() -> set[str]:
    """The kinds of pages that somebody before weighed already."""
    return set()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("weight")) as running:
        yield running


# Pictures further down come when somebody scrolls there; they count as well.
PICTURES = """Promise.all([...document.images].map(image => {
  image.loading = 'eager';
  return image.decode().catch(() => null);
}))"""


class Scale:
    """One tab that counts what comes over the wire: heads and bodies of everything."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.cdp = context.new_cdp_session(self.page)
        self.total, self.kept = 0, set[str]()
        self.cdp.on("Network.requestServedFromCache", lambda event: self.kept.add(event["requestId"]))
        self.cdp.on("Network.loadingFinished", self._count)
        self.cdp.send("Network.enable")

    def _count(self, event: Any) -> None:
        self.total += 0 if event["requestId"] in self.kept else event["encodedDataLength"]

    def weigh(self, url: str) -> tuple[int, int]:
        """Open the page with nothing kept, and again; return what came each time."""
        self.cdp.send("Network.clearBrowserCache")
        return self._open(url), self._open(url)

    def _open(self, url: str) -> int:
        self.total = 0
        self.page.goto(url, wait_until="load")
        if self.page.locator("[data-proof]").count():  # what the page fetches to check itself counts too
            self.page.locator("[data-done]").wait_for()
        self.page.evaluate(PICTURES)
        self.page.wait_for_timeout(50)
        return self.total


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_light(chromium: Browser, served: Served, measured: set[str], who: str) -> None:
    known = sign_in(chromium, served, who)
    found = walk(known, served)
    assert len(found) > 5
    scale = Scale(known)
    rows = [(kind, *scale.weigh(url)) for kind, url in found.items() if kind not in measured]
    known.close()
    _report(who or "visitor", rows)
    measured |= found.keys()
    heavy = [row for row in rows if row[1] > FIRST or row[2] > LATER]
    assert not heavy
    assert all(first < VERIFY for kind, first, _ in rows if kind in ("/c/*", "/verify"))


def test_the_verify_page_of_a_certificate_is_among_them(chromium: Browser, served: Served) -> None:
    log = (Path(served.folder) / "serve.log").read_text()
    code = next(word for word in log.split() if "/c/" in word)
    fresh = chromium.new_context()
    assert kind_of(code) == "/c/*"
    assert max(Scale(fresh).weigh(code)) < VERIFY
    fresh.close()


def _report(who: str, rows: list[tuple[str, int, int]]) -> None:
    """Write what was measured where the pictures are, for whoever wants to read it."""
    SHOTS.mkdir(exist_ok=True)
    lines = [f"{'page':44}{'first visit':>14}{'later':>10}", *(f"{k:44}{f:>12} B{n:>8} B" for k, f, n in rows)]
    (SHOTS / f"weight-{who}.txt").write_text("\n".join(lines) + "\n")
