"""Every page for everybody who may open it: axe at two widths, in both themes, and with forced colors."""

import pytest

from tests.browser.checks import COLORS, too_wide, violations
from tests.browser.conftest import WIDTHS, shoot
from tests.browser.pages import PAGES, addresses

PEOPLE = pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
ONCE = pytest.mark.parametrize("width", [1280])
"""One browser for all widths: the window changes its size, the page is not loaded again."""


def arrive(people, who):
    person = people()
    return person.sign_in(f"{who}@example.org") if who else person


def name_of(who, address):
    return f"{who or 'visitor'}-{address.path.strip('/').replace('/', '_').replace('?', '_')[:80] or 'home'}"


@ONCE
@PEOPLE
def test_axe_finds_nothing_at_any_width_in_any_theme(people, names, who):
    person = arrive(people, who)
    page, wrong = person.page, []
    for address in addresses(names, who):
        page.goto(person.live.url + address.path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"{name_of(who, address)}-{width}-{scheme}")
                # what is not a color is the same in both themes
                found = violations(page, only=COLORS if scheme == "dark" else None)
                wrong += [(address.path, width, scheme, fault) for fault in found]
            wrong += [(address.path, width, "scrolls sideways")] * too_wide(page)
        page.emulate_media(color_scheme="light")
    wrong += [fault for fault in person.faults if "the server responded with a status of 40" not in fault]
    assert not wrong


@ONCE
@pytest.mark.parametrize("who", ["", "maya", "anneliese", "author", "operator"], ids=lambda who: who or "visitor")
def test_forced_colors_and_reduced_motion_change_nothing_but_the_look(people, names, who):
    person = arrive(people, who)
    page, wrong = person.page, []
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for address in addresses(names, who)[:12]:
        page.goto(person.live.url + address.path)
        # a browser that forces its colors answers for their contrast
        wrong += [(address.path, fault) for fault in violations(page) if fault[0] != "color-contrast"]
        moving = page.evaluate("document.getAnimations().length + [...document.querySelectorAll('*')].filter(node => "
                               "parseFloat(getComputedStyle(node).transitionDuration) > 0).length")  # fmt: skip
        wrong += [(address.path, "moves")] * bool(moving)
    assert not wrong
