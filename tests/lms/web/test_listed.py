"""Every page for people is in the list that the browser tests walk: a new one cannot be forgotten."""

import re

from werkzeug.exceptions import NotFound

from tests.browser.pages import PAGES

FILES = {
    "static", "public.cover.show", "public.crawlers.robots", "public.crawlers.sitemap", "public.crawlers.security",
    "public.home.healthz", "public.media.show", "public.sharing.credential", "public.sharing.bundle",
    "public.sharing.proof", "public.verify.show_json", "learner.audits.download", "learner.certificates.picture",
    "learner.certificates.download", "learner.packets.progress", "learner.packets.fetch", "author.awards.export",
    "author.look.specimen", "board.batches.progress", "board.batches.as_csv", "board.batches.as_xlsx",
    "board.files.download",
}  # fmt: skip
"""What is fetched and no page."""
ELSEWHERE = {
    "author.modules.show": "sends on to the part one begins with",
    "board.files.show": "walked with the answer it belongs to, in test_answers.py",
}
MACHINES = ("api.", "public.proofs.")
MIDST = "security."
"""Flask-Security's pages that are reached only in the midst of signing in, or by a link from an email."""


def walked(app):
    """The endpoints of the list's addresses, whatever fills their braces."""
    adapter = app.url_map.bind("localhost")
    for path in {path for paths in PAGES.values() for path in paths}:
        try:
            yield adapter.match(re.sub(r"\{\w+\}", "1", path).partition("?")[0])[0]
        except NotFound:
            assert path == "/nowhere"


def test_every_page_is_walked(app):
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    known = {*walked(app), *FILES, *ELSEWHERE}
    left = {page for page in pages - known if not page.startswith((*MACHINES, MIDST))}
    assert left == set()
    assert FILES | ELSEWHERE.keys() <= pages
    assert "api.guide.show" in known
