"""A provider's public page."""

from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def provider(make):
    return make.provider(name="House of Learning", about="We teach.\nSince 2026.")


@pytest.fixture
def url(provider):
    return f"/providers/{provider.slug}"


def test_anyone_reads_who_they_are(browser, url):
    page = browser.get(url).text
    for words in ("House of Learning", "Since 2026.", "1 Main Street", "mailto:office@example.org", "Grievances"):
        assert words in page
    assert "No accreditor has approved this provider" in page
    assert "No modules yet" in page


def test_approvals_are_told_with_their_period_and_how_they_stand(browser, url, make, provider):
    today = datetime.now(UTC).date()
    make.approval(provider, number="OLD-1", valid_from=today - timedelta(days=9), valid_to=today - timedelta(days=1))
    make.approval(provider, number="NEW-1", valid_from=today, valid_to=today + timedelta(days=365))
    page = browser.get(url).text
    for words in ("OLD-1", "Expired on", "NEW-1", "Active", "Demonstration Accreditor"):
        assert words in page


def test_published_modules_are_listed_and_drafts_are_not(browser, url, make, provider):
    edition, draft = make.edition(provider, title="Open to all"), make.draft(provider, title="Still written")
    other = make.edition(title="Of somebody else")
    page = browser.get(url).text
    assert f"/modules/{edition.module.slug}" in page
    assert draft.title not in page
    assert other.title not in page


def test_an_unknown_provider_is_not_found(browser):
    assert browser.get("/providers/nobody").status_code == 404


def test_many_modules_take_pages_and_no_more_statements(browser, url, make, provider, statements):
    make.edition(provider)
    statements.clear()
    browser.get(url)
    few = len(statements)
    for _ in range(24):
        make.edition(provider)
    statements.clear()
    page = browser.get(url).text
    assert len(statements) == few <= 8
    assert "1 to 24 of 25" in page
    assert "25 to 25 of 25" in browser.get(f"{url}?page=2").text
