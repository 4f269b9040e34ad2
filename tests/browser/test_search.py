"""The catalogue answers while somebody types, and without a script when the button is pressed."""

import re

import pytest
from playwright.sync_api import expect


def test_results_follow_the_typing(people):
    page = people().open("/catalogue")
    everything = page.locator(".card").count()
    assert everything > 3
    page.get_by_role("searchbox").press_sequentially("suicde")
    expect(page.locator("#results")).to_contain_text("Did you mean suicide?")
    expect(page.locator(".card").first).to_contain_text("Suicide Risk")
    expect(page.get_by_role("status").last).to_have_text(re.compile(r"^\d modules found$"))
    expect(page).to_have_url(re.compile(r"/catalogue\?q=suicde$"))
    assert page.evaluate("document.activeElement.name") == "q"


def test_filters_combine_with_words_in_place(people, width):
    person = people()
    page = person.open("/catalogue?q=ethics")
    if width < 700:
        page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Topic", exact=True).select_option("ethics")
    expect(page).to_have_url(re.compile(r"q=ethics&topic=ethics"))
    expect(page.locator(".card").first).to_contain_text("Ethics and Telehealth")
    person.see()
    page.reload()
    expect(page.locator(".card").first).to_contain_text("Ethics and Telehealth")
    assert page.get_by_label("Topic", exact=True).input_value() == "ethics"


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_an_order_is_chosen_and_kept(people, script):
    person = people(java_script_enabled=script)
    page = person.page
    page.goto(person.live.url + "/catalogue")
    page.get_by_role("navigation", name="Order").get_by_text("Shortest").click()
    expect(page).to_have_url(re.compile(r"/catalogue\?sort=shortest$"))
    expect(page.locator(".card").first).to_contain_text("About 47 minutes")
    page.get_by_role("searchbox").fill("ethics")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"sort=shortest&q=ethics"))
    order = page.get_by_role("navigation", name="Order")
    expect(order.locator("[aria-current]")).to_have_text("Shortest")
    order.get_by_text("Best match").click()
    expect(page).to_have_url(re.compile(r"/catalogue\?q=ethics$"))
    expect(page.locator(".card").first).to_contain_text("Ethics and Telehealth")


def test_the_button_does_it_without_a_script(people):
    person = people(java_script_enabled=False)
    person.page.goto(person.live.url + "/catalogue")
    person.page.get_by_role("searchbox").fill("telehealth ethics 1 hour")
    person.page.get_by_role("button", name="Search").click()
    expect(person.page.locator(".card")).to_have_count(1)
    expect(person.page.locator("#results")).to_contain_text("Read as: about 1 hour.")
