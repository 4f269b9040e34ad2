"""A walk over every kind of page that people of the demonstration can reach by links."""

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import APIResponse, Browser, BrowserContext

from tests.browser.served import Served

PEOPLE = ("", "maya", "author", "reviewer", "manager", "board", "operator")
"""Who walks: a visitor, and the local parts of addresses of the demonstration."""
OF_ONE_KIND = ((r"\d+", "N"), (r"(?<=/)(modules|providers|lessons|c|help|pictures|certificates)/[^/]+", r"\1/*"))
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
MOST = 400


def sign_in(browser: Browser, served: Served, who: str) -> BrowserContext:
    """Return a browser of this person's, empty but for the session."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    if who:
        page = context.new_page()
        page.goto(f"{served.url}/account/login")
        page.locator("[name=email]").fill(f"{who}@example.org")
        page.locator("[name=password]").fill(served.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/account/login" not in url)
        page.close()
    return context


def kind_of(url: str) -> str:
    """Return what pages of the same kind have in common."""
    path = urlsplit(url).path
    for pattern, instead in OF_ONE_KIND:
        path = re.sub(pattern, instead, path)
    return path


def walk(context: BrowserContext, served: Served) -> dict[str, str]:
    """Return one address for every kind of page within reach."""
    found: dict[str, str] = {}
    waiting = [f"{served.url}/", f"{served.url}/nowhere", f"{served.url}/catalogue?q=suicde"]
    while waiting and len(found) < MOST:
        url = waiting.pop(0)
        if kind_of(url) in found:
            continue
        answer = context.request.get(url)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            found[kind_of(url)] = ""
            continue
        found[kind_of(url)] = answer.url
        waiting += _links(answer, served)
    return {kind: url for kind, url in found.items() if url}


def _links(answer: APIResponse, served: Served) -> list[str]:
    places = [urldefrag(urljoin(answer.url, href.replace("&amp;", "&"))).url for href in LINK.findall(answer.text())]
    return [place for place in places if place.startswith(served.url + "/")]
