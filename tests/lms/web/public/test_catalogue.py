"""The catalogue page."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from lms.modules.search import index_module

TODAY = datetime.now(UTC).date()


def test_the_empty_catalogue_says_what_will_be_here(browser):
    page = browser.get("/catalogue").text
    assert "No modules yet" in page


def test_a_card_says_minutes_and_credit(browser, make):
    make.edition(title="Consent", hours="0.75", words=4500)
    page = browser.get("/catalogue").text
    assert "1 module" in page
    assert "About 45 minutes" in page
    assert "0.75 demo hours" in page


def test_no_credit_is_said(browser, make):
    make.edition(hours="0.00")
    assert "No CE credit" in browser.get("/catalogue?credits=none").text


def test_expired_modules_say_so_and_come_last(browser, make):
    make.edition(title="Current")
    make.edition(title="Bygone", expires_on=TODAY - timedelta(days=2))
    page = browser.get("/catalogue").text
    assert page.index("Current") < page.index("Bygone") < page.index("No longer available for credit")


def test_search_and_filters_stand_in_the_address_and_combine(browser, make):
    for title, level in (("Grief in clinics", "beginning"), ("Grief at home", "advanced"), ("Sleep", "advanced")):
        edition = make.edition(title=title, level=level)
        index_module(make.session, edition.module_id, title=title, summary="", body="")
    page = browser.get("/catalogue?q=grief&level=advanced").text
    assert "Grief at home" in page
    assert "Grief in clinics" not in page
    assert "1 module found" in page
    assert 'value="grief"' in page
    assert '<option selected value="advanced">' in page


def test_a_misspelt_word_is_said_and_its_results_shown(browser, make):
    edition = make.edition(title="Suicide risk")
    index_module(make.session, edition.module_id, title="Suicide risk")
    page = browser.get("/catalogue?q=suicde").text
    assert "Did you mean <strong>suicide</strong>?" in page
    assert "Suicide risk</a>" in page


def test_what_was_read_and_what_was_left_out_is_said(browser, make):
    make.edition(cost="$20")
    page = browser.get("/catalogue?q=free+lmft").text
    assert "Read as: for marriage and family therapists." in page
    assert "No module is free of charge, so that was left out." in page


def test_searches_with_less_are_offered(browser, make):
    edition = make.edition(title="Grief")
    index_module(make.session, edition.module_id, title="Grief")
    assert 'href="/catalogue?q=grief"' in browser.get("/catalogue?q=grief+zebra").text
    page = browser.get("/catalogue?q=grief&level=advanced").text
    assert "The same words without filters" in page
    assert 'href="/catalogue?q=grief"' in page


def orders(page):
    """Each order that is offered, with its address; the one that is in force is marked."""
    found = re.search(r'aria-label="Order">(.*?)</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)<', found[1] if found else "")
    return {label + "*" * bool(current): html.unescape(url) for url, current, label in links}


def test_the_order_stands_in_the_address_and_combines(browser, make):
    for title, words, level in (("Long", 9000, "advanced"), ("Short", 600, "advanced"), ("Shorter", 60, "beginning")):
        edition = make.edition(title=f"Grief: {title}", words=words, level=level)
        index_module(make.session, edition.module_id, title=edition.title, summary="", body="")
    assert orders(browser.get("/catalogue").text) == {
        "Newest*": "/catalogue",
        "Shortest": "/catalogue?sort=shortest",
    }
    asked = "/catalogue?q=grief&level=advanced"
    page = browser.get(f"{asked}&sort=shortest").text
    assert page.index("Grief: Short<") < page.index("Grief: Long<")
    assert orders(page) == {
        "Best match": asked,
        "Newest": f"{asked}&sort=newest",
        "Shortest*": f"{asked}&sort=shortest",
    }
    assert '<input type="hidden" name="sort" value="shortest">' in page
    assert orders(browser.get(f"{asked}&sort=newest").text)["Newest*"]
    assert orders(browser.get(f"{asked}&sort=%27").text)["Best match*"]
    assert "found" not in browser.get("/catalogue?sort=shortest").text.split('id="found"')[1].split("</h2>")[0]
    assert not orders(browser.get(f"{asked}&minutes=30").text)  # one has no order


def test_the_order_is_kept_on_other_pages_and_in_other_searches(browser, make):
    provider = make.provider()
    for _ in range(21):
        make.edition(provider)
    assert "sort=shortest&amp;page=2" in browser.get("/catalogue?sort=shortest").text
    edition = make.edition(title="Grief")
    index_module(make.session, edition.module_id, title="Grief")
    page = browser.get("/catalogue?q=grief+zebra&sort=shortest").text
    assert 'href="/catalogue?q=grief&amp;sort=shortest"' in page
    assert (
        'href="/catalogue?q=grief&amp;sort=shortest"'
        in browser.get("/catalogue?q=grief&level=advanced&sort=shortest").text
    )


def test_the_script_gets_the_part_that_changes(browser, make):
    make.edition(title="Grief")
    whole, part = browser.get("/catalogue"), browser.get("/catalogue", headers={"X-Part": "results"})
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert part.text.strip() in whole.text
    assert "X-Part" in whole.headers["Vary"]
    assert part.headers["Cache-Control"] == "no-store"


def test_nothing_found_offers_a_way_back(browser, make):
    make.edition()
    page = browser.get("/catalogue?q=zebra&level=advanced").text
    assert "No modules" in page
    assert "Show all modules" in page


@pytest.mark.parametrize(
    "query",
    ["topic=x%27y", "provider=none", "page=-3", "page=x", "q=%22*", "minutes=9e9", "credits=%F0%9F", "sort=x%27y"],
)
def test_odd_addresses_are_no_errors(browser, make, query):
    make.edition(title="Still here")
    assert browser.get(f"/catalogue?{query}").status_code == 200


def test_pages_of_twenty_keep_the_filters(browser, make):
    provider = make.provider()
    for _ in range(21):
        make.edition(provider)
    first = browser.get("/catalogue?level=beginning").text
    assert "1 to 20 of 21" in first
    assert "level=beginning&amp;page=2" in first
    assert "21 to 21 of 21" in browser.get("/catalogue?level=beginning&page=2").text
    beyond = browser.get("/catalogue?level=beginning&page=9").text
    assert "There is no such page" in beyond
    assert 'href="/catalogue?level=beginning">Back to the first page' in beyond


def test_the_statements_do_not_grow(browser, make, statements, session):
    browser.sign_in(make.user())
    counts = []
    for more in (1, 6):
        for _ in range(more):
            edition = make.edition()
            index_module(session, edition.module_id, title="Sleep", summary="", body="")
        for order in ("", "newest", "shortest"):
            session.expire_all()
            statements.clear()
            page = browser.get(f"/catalogue?q=sleeep+1+hour+free+LMFT&credits=any&topic=ethics&sort={order}").text
            assert page.count('class="card"') == (1 if more == 1 else 7)
            counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 8
