"""Nothing is lost at 200 % text and on a screen of 320 px: no sideways scrolling, no text cut off."""

import pytest

from tests.browser.checks import cut_text, too_wide
from tests.browser.pages import addresses
from tests.browser.test_pages import ONCE, PEOPLE, arrive

# Reflow (WCAG 1.4.10) asks for 320 px, resized text (1.4.4) for twice the size; both on a window of half the width.
VIEWS = ((320, 100), (1280, 200), (640, 200))


@ONCE
@PEOPLE
def test_small_screens_and_large_text_lose_nothing(people, names, who):
    person = arrive(people, who)
    page, wrong = person.page, []
    for address in addresses(names, who):
        page.goto(person.live.url + address.path)
        for width, text in VIEWS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("size => { document.documentElement.style.fontSize = `${size}%`; }", text)
            wrong += [(address.path, width, text, "scrolls sideways")] * too_wide(page)
            wrong += [(address.path, width, text, fault) for fault in cut_text(page)]
    assert not wrong


@ONCE
def test_the_check_sees_what_is_cut(people):
    """A check that never fails would be no check."""
    page = people().open("/verify")
    assert cut_text(page) == []
    page.evaluate("document.querySelector('.lead').style.cssText = 'height: 1rem; overflow: hidden'")
    assert [fault.split(":")[0] for fault in cut_text(page)] == ["cut below"]
    page.evaluate("document.querySelector('.lead').style.cssText = 'position: absolute; left: 90vw; width: 40rem'")
    assert any(fault.startswith("off the page") for fault in cut_text(page))


@pytest.mark.parametrize("width", [320])
def test_the_menu_opens_on_the_smallest_screen(people, width):
    page = people().open("/")
    page.get_by_text("Menu", exact=True).click()
    assert page.get_by_role("navigation", name="Main").get_by_role("link", name="Help").is_visible()
    assert not too_wide(page)
