"""What machines that read the web are told."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest


def test_robots_are_kept_out_of_what_is_personal(browser):
    answer = browser.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /account/\n" in answer.text
    assert "Disallow: /c/" not in answer.text
    assert "Sitemap: http://localhost:8099/sitemap.xml\n" in answer.text


def test_the_sitemap_has_what_is_in_the_catalogue(browser, make, now):
    here = make.edition()
    make.draft()
    gone = make.edition()
    gone.module.withdrawn_at = now
    make.session.flush()
    answer = browser.get("/sitemap.xml")
    places = [place.text for place in ET.fromstring(answer.text).iter() if place.tag.endswith("}loc")]
    assert f"http://localhost:8099/modules/{here.module.slug}" in places
    assert f"http://localhost:8099/providers/{here.module.provider.slug}" in places
    assert "http://localhost:8099/" in places
    assert not [place for place in places if gone.module.slug in place]
    assert here.published_at.date().isoformat() in answer.text


def test_the_sitemap_does_not_grow_in_statements(browser, make, statements):
    counts = []
    for _ in range(2):
        make.edition()
        statements.clear()
        browser.get("/sitemap.xml")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("settings", [{"security_contact": "mailto:safe@example.org"}], indirect=True)
def test_whoever_finds_a_weakness_knows_whom_to_tell(browser):
    lines = dict(line.split(": ", 1) for line in browser.get("/.well-known/security.txt").text.splitlines())
    assert lines["Contact"] == "mailto:safe@example.org"
    left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_a_public_page_names_its_one_address(browser, make):
    slug = make.edition().module.slug
    assert '<link rel="canonical" href="http://localhost:8099/catalogue">' in browser.get("/catalogue?q=x&page=2").text
    assert f'href="http://localhost:8099/modules/{slug}">' in browser.get(f"/modules/{slug}").text
    assert "canonical" not in browser.get("/account/login").text
    assert "canonical" not in browser.get("/nowhere").text
