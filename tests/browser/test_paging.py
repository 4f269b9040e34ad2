"""The test on a phone: one question a screen of one form, so nothing depends on the width or the script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.checks import focused

pytestmark = pytest.mark.parametrize("width", [360])


def test_one_question_a_screen(people, names):
    who = people().sign_in("anneliese@example.org")
    page = who.go("/learn/{sitting}/test".format(**names))
    blocks = page.locator("[data-item]")
    shown = page.locator("[data-item]:visible")
    button = {name: page.get_by_role("button", name=name, exact=True) for name in ("Back", "Next", "Save my answers")}
    review = page.get_by_role("button", name="Look it over and hand in")
    summary = page.locator("#overview summary")
    total = blocks.count()
    before = int(re.search(r"(\d+) of", summary.inner_text()).group(1))
    empty = next(at for at in range(total) if not blocks.nth(at).locator("input:checked").count())
    assert before < total

    expect(shown).to_have_count(1)
    expect(shown.locator(".eyebrow")).to_have_text(f"Question 1 of {total}")
    assert [key for key, part in button.items() if part.is_visible()] == ["Next"]
    assert not review.is_visible()
    who.see()

    # By the button: the question is heard, and the next Tab is in it.
    button["Next"].click()
    expect(shown.locator(".eyebrow")).to_have_text(f"Question 2 of {total}")
    assert page.evaluate("document.activeElement.matches('#question-2 fieldset')")
    page.keyboard.press("Tab")
    assert focused(page)["type"] in ("radio", "checkbox")
    button["Back"].click()
    expect(shown.locator(".eyebrow")).to_have_text(f"Question 1 of {total}")

    # By the overview, which says what is answered.
    summary.click()
    who.see()
    expect(page.locator("#overview li").nth(empty)).to_contain_text("No answer yet")
    page.locator("#overview a").nth(empty).click()
    expect(shown.locator(".eyebrow")).to_have_text(f"Question {empty + 1} of {total}")
    shown.locator("label").first.click()
    expect(shown.locator("[data-saved]")).to_contain_text("Saved")
    expect(summary).to_contain_text(f"{before + 1} of {total} answered")
    summary.click()
    expect(page.locator("#overview li").nth(empty)).to_contain_text("Answered")

    # Wider and narrow again: every question with its answer, then the one that was there.
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(shown).to_have_count(total)
    assert blocks.nth(empty).locator("input").nth(1).is_checked()
    assert button["Save my answers"].is_visible()
    assert not summary.is_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    expect(shown).to_have_count(1)
    expect(shown.locator(".eyebrow")).to_have_text(f"Question {empty + 1} of {total}")

    # A reload keeps the place, the keys turn as well, and the end leads on.
    page.reload()
    expect(shown.locator(".eyebrow")).to_have_text(f"Question {empty + 1} of {total}")
    page.locator("#overview summary").click()
    page.locator("#overview a").last.click()
    assert review.is_visible()
    assert not button["Next"].is_visible()
    who.see()
    page.keyboard.press("k")
    expect(shown.locator(".eyebrow")).to_have_text(f"Question {total - 1} of {total}")
    page.keyboard.press("j")
    with page.expect_navigation():
        review.click()
    assert page.url.endswith("/review")
    page.get_by_role("link", name=re.compile(r"^\d+$")).first.click()
    page.wait_for_url("**/test#question-*")
    expect(shown).to_have_count(1)
    assert f"#{shown.get_attribute('id')}" == page.url.partition("/test")[2]


def test_an_answer_that_is_not_saved_is_said_on_the_next_screen_too(people, names):
    page = people().sign_in("anneliese@example.org").go("/learn/{sitting}/test".format(**names))
    page.route("**/answers/*", lambda route: route.abort())
    page.locator("[data-item]:visible label").last.click()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#overview summary")).to_contain_text("Question 1 is not saved")
    page.unroute("**/answers/*")
    expect(page.locator("#overview summary")).to_contain_text("answered", timeout=15_000)


def test_without_a_script_a_phone_gets_the_whole_test(people, names):
    page = (
        people(java_script_enabled=False).sign_in("anneliese@example.org").go("/learn/{sitting}/test".format(**names))
    )
    assert page.locator("[data-item]:visible").count() == page.locator("[data-item]").count() > 1
    for name in ("Look it over and hand in", "Save my answers"):
        assert page.get_by_role("button", name=name).is_visible()
    for part in ("#overview", "[data-turn=next]", "#shortcuts-open"):
        assert not page.locator(part).is_visible()
