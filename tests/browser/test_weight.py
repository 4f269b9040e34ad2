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


def weigh(context: BrowserContext, url: str) -> int:
    """Open the page and return what came over the wire: heads and bodies of everything."""
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    total, kept = 0, set()

    def count(event: Any) -> None:
        nonlocal total
        total += 0 if event["requestId"] in kept else event["encodedDataLength"]

    cdp.on("Network.requestServedFromCache", lambda event: kept.add(event["requestId"]))
    cdp.on("Network.loadingFinished", count)
    cdp.send("Network.enable")
    page.goto(url, wait_until="load")
    page.wait_for_timeout(100)
    page.close()
    return total


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_light(chromium: Browser, served: Served, measured: set[str], who: str) -> None:
    known = sign_in(chromium, served, who)
    rows = []
    found = walk(known, served)
    assert len(found) > 5
    for kind, url in found.items():
        if kind in measured:
            continue
        fresh = chromium.new_context(storage_state=known.storage_state())
        first, later = weigh(fresh, url), weigh(fresh, url)
        fresh.close()
        rows.append((kind, first, later))
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
    assert weigh(fresh, code) < VERIFY
    fresh.close()


def _report(who: str, rows: list[tuple[str, int, int]]) -> None:
    """Write what was measured where the pictures are, for whoever wants to read it."""
    SHOTS.mkdir(exist_ok=True)
    lines = [f"{'page':44}{'first visit':>14}{'later':>10}", *(f"{k:44}{f:>12} B{n:>8} B" for k, f, n in rows)]
    (SHOTS / f"weight-{who}.txt").write_text("\n".join(lines) + "\n")
