"""The three journeys by keyboard alone, and the shortcuts; the focus is visible at every step and caught nowhere."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt
from lms.db import open_engine
from lms.learning.models import Enrollment
from lms.people.models import User
from tests.browser.checks import focused, violations
from tests.make import right_answers

pytestmark = pytest.mark.parametrize("width", [1280])
MOST = 250  # tabs until something on the longest of our pages must have come


class Keys:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, person):
        self.person, self.page = person, person.page
        self.press = person.page.keyboard.press
        self.type = person.page.keyboard.type

    def tab(self, key="Tab"):
        """One step; whatever has the focus now shows it with 3 px and is on the screen."""
        self.press(key)
        here = focused(self.page)
        if here is not None:
            assert here["outline"] >= 3, (self.page.url, here)
            assert here["visible"], (self.page.url, here)
        return here

    def to(self, label="", **wanted):
        """Go on to what is called so (from its beginning) and has these values; return it."""
        for _ in range(MOST):
            here = self.tab()
            if here and here["label"].startswith(label) and all(here[name] == value for name, value in wanted.items()):
                return here
        raise AssertionError(f"{self.page.url}: no {label!r} {wanted} within {MOST} steps")

    def follow(self, label, **wanted):
        """Go to a link or button, press Enter, and look at the page that comes."""
        self.to(label, **wanted)
        with self.page.expect_navigation():
            self.press("Enter")
        self.person.see()

    def fill(self, label, text, **wanted):
        """Go to a field and type; what stands there is replaced."""
        self.to(label, **wanted)
        self.press("Control+A")
        self.type(text)

    def to_content(self):
        """Jump over the menus, the first thing on every page; an address that ends in #main is there already."""
        if self.page.url.endswith("#main"):
            return
        assert self.tab()["label"] == "Skip to the content"
        self.press("Enter")

    def go_round(self):
        """Every stop comes once, and the end is reached: nothing catches the focus, in either direction."""
        for key in ("Tab", "Shift+Tab"):
            self.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
            seen = []
            for _ in range(MOST):
                here = self.tab(key)
                if here is None or (here["key"] in seen[:1] and len(seen) > 1):
                    break
                if here["key"] in seen[-1:]:  # a date is one field of three stops
                    continue
                assert here["key"] not in seen, (self.page.url, key, here)
                seen.append(here["key"])
            else:
                raise AssertionError(f"{self.page.url}: no end after {MOST} steps")
            assert len(seen) > 3

    def sign_in(self, email, password):
        self.page.goto(self.person.live.url + "/account/login")
        self.to_content()
        self.fill("Email address", email)
        self.fill("Password", password, type="password")
        with self.page.expect_navigation():
            self.press("Enter")
        return self


@pytest.fixture
def keys(people, live):
    """Call it with the name in front of an address for that person's keyboard, signed in with it."""
    return lambda who: Keys(people()).sign_in(f"{who}@example.org", live.password)


def open_paper(live, email, slug):
    """The right answers of the paper that is open, by the names and values of the page."""
    engine = open_engine(live.settings.database_url)
    with Session(engine) as session:
        mine = select(Attempt).join(Enrollment, Enrollment.id == Attempt.enrollment_id).join(Enrollment.user)
        attempt = session.scalars(mine.where(User.email == email, Attempt.submitted_at.is_(None))).one()
        answers = {f"item-{item}": values for item, values in right_answers(attempt).items()}
    engine.dispose()
    return answers


def answer(hand, name, values):
    """Choose these values of a question, by arrows where one is right and by the space bar where several are."""
    block = hand.page.locator(f"input[name='{name}']")
    offered = block.evaluate_all("nodes => nodes.map(node => node.value)")
    first = hand.to(name=name)
    if first["type"] == "radio":
        hand.press("Space")
        for _ in range(offered.index(values[0])):
            hand.press("ArrowDown")
    else:
        for value in offered:
            if value in values:
                hand.press("Space")
            if value != offered[-1]:
                hand.tab()
    expect(block.locator("xpath=ancestor::*[@data-item]").first.locator("[data-saved]")).to_contain_text("Saved")


def test_a_learner_earns_a_certificate(keys, live):
    hand = keys("wendell")
    page = hand.page
    page.goto(live.url + "/modules/trauma-informed-care")
    hand.go_round()
    page.reload()
    hand.to_content()
    hand.follow("Enroll")
    hand.go_round()
    for _ in range(20):
        if page.url.endswith("/test"):
            break
        page.reload()
        hand.to_content()
        lesson = hand.to("", tag="button", type="submit")
        assert lesson["label"].startswith(("Next", "Finish the last"))
        with page.expect_navigation():
            hand.press("Enter")
    hand.to_content()
    hand.follow("Start the test")
    hand.go_round()
    page.reload()
    hand.to_content()
    for name, values in order_of(page, open_paper(live, "wendell@example.org", "trauma-informed-care")):
        answer(hand, name, values)
    hand.follow("Look it over")
    hand.to_content()
    hand.follow("Hand in")
    assert page.locator("h1").inner_text() == "You passed"
    hand.to_content()
    hand.follow("Go on to the evaluation")
    hand.go_round()
    page.reload()
    hand.to_content()
    groups = page.locator("main input[type=radio]").evaluate_all("nodes => [...new Set(nodes.map(node => node.name))]")
    for name in groups:
        if name != "accommodation":
            hand.to(name=name)
            hand.press("Space")
    hand.fill("", "20", name="minutes")
    hand.to(name="accommodation")
    hand.press("Space")
    hand.follow("Send the evaluation")
    hand.to_content()
    hand.to(name="attested")
    hand.press("Space")
    hand.follow("Attest and finish")
    assert page.locator("h1").inner_text() == "Your certificate is issued"
    hand.go_round()


def order_of(page, answers):
    """The questions as they stand on the page."""
    names = page.locator("#quiz input[name^='item-']").evaluate_all(
        "nodes => [...new Set(nodes.map(node => node.name))]"
    )
    assert set(names) == set(answers)
    return [(name, answers[name]) for name in names]


def test_an_author_begins_a_module(keys, live):
    hand = keys("author")
    page = hand.page
    hand.follow("Workshop")
    hand.go_round()
    page.reload()
    hand.to_content()
    hand.fill("Title", "Silence in session")
    with page.expect_navigation():
        hand.press("Enter")
    hand.go_round()
    page.reload()
    hand.to_content()
    hand.fill("Summary", "When to say nothing, and how.")
    hand.fill("Description", "You will be able to use silence on purpose.")
    hand.to(name="level")
    hand.press("ArrowDown")
    hand.to(name="audience", value="mft")
    hand.press("Space")
    hand.follow("Save the details")
    assert page.locator("[name=level]").input_value() == "beginning"
    assert page.locator("[name=audience][value=mft]").is_checked()
    hand.to_content()
    hand.follow("Objectives")
    hand.to_content()
    hand.fill("", "Identify two uses of silence in a session.", name="text")
    hand.follow("Add the objective")
    hand.go_round()
    hand.page.reload()
    hand.to_content()
    hand.follow("Questions")
    hand.to_content()
    hand.follow("Single best answer")
    hand.go_round()
    page.reload()
    hand.to_content()
    hand.fill("", "A client falls silent after naming a loss. What do you do first?", name="stem")
    for number, text in enumerate(("Wait", "Ask what the silence is for", "Change the subject", "End the session")):
        hand.fill("", text, name=f"options-{number}-text")
        hand.fill("", "Because the lesson says so.", name=f"options-{number}-rationale")
        if number == 0:
            hand.to(name="right")
            hand.press("Space")
    hand.follow("Save")
    assert "A client falls silent" in page.locator("main").inner_text()


def test_a_board_verifies_a_code(keys, names):
    hand = keys("board")
    hand.follow("Board desk")
    hand.go_round()
    hand.page.reload()
    hand.to_content()
    hand.fill("Certificate code", names["valid"].lower())
    with hand.page.expect_navigation():
        hand.press("Enter")
    assert hand.page.locator("h1").inner_text() == "Valid"
    hand.person.see()
    hand.go_round()


def test_the_menu_of_a_phone_opens_by_keyboard(people, width):
    hand = Keys(people())
    hand.page.set_viewport_size({"width": 360, "height": 800})
    hand.page.goto(hand.person.live.url)
    hand.to("Menu")
    hand.press("Enter")
    hand.follow("Verify")
    assert hand.page.url.endswith("/verify")


def test_errors_take_the_focus_of_somebody_who_skipped_the_menus(keys, live):
    """The address ends in #main then, and would take the focus back there."""
    hand = keys("maya")
    hand.page.goto(live.url + "/account/licenses/new?next=/record/packets")
    hand.to_content()
    hand.to("Save license")
    with hand.page.expect_navigation():
        hand.press("Enter")
    assert hand.page.evaluate("document.activeElement.matches('.error-summary')")
    assert hand.page.url.endswith("/account/licenses/new?next=/record/packets")


# ---- Shortcuts ----


def open_lesson(people, names):
    return people().sign_in("takoda@example.org").go("/learn/{warned}/lessons/{warned_lesson}".format(**names))


def test_shortcuts_in_a_lesson(people, live, names):
    page = open_lesson(people, names)
    press, first = page.keyboard.press, page.url
    press("t")
    assert focused(page)["tag"] == "a"
    assert page.evaluate("document.activeElement.matches('.toc [aria-current]')")
    for key, back in (("n", "p"), ("ArrowRight", "ArrowLeft")):
        with page.expect_navigation():
            press(key)
        assert page.url != first
        with page.expect_navigation():
            press(back)
        assert page.url == first
    for key in ("Control+n", "Alt+p", "Shift+N", "q"):
        press(key)
    assert page.url == first


def test_the_window_of_shortcuts_opens_closes_and_gives_the_focus_back(people, names):
    page = open_lesson(people, names)
    press, dialog = page.keyboard.press, page.locator("#shortcuts")
    page.get_by_role("button", name="Keyboard shortcuts").focus()
    press("Enter")
    assert dialog.is_visible()
    assert page.evaluate("document.getElementById('shortcuts').contains(document.activeElement)")
    assert violations(page) == []
    press("Escape")
    assert not dialog.is_visible()
    assert focused(page)["label"] == "Keyboard shortcuts"
    press("?")
    assert dialog.is_visible()
    press("n")  # behind an open window nothing happens
    page.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()


def test_a_touch_screen_is_not_offered_shortcuts_and_a_keyboard_at_it_still_has_them(people, names):
    page = people(has_touch=True, is_mobile=True).sign_in("takoda@example.org")
    page = page.go("/learn/{warned}/lessons/{warned_lesson}".format(**names))
    assert page.evaluate("matchMedia('(hover: none)').matches")
    opener = page.locator("#shortcuts-open")
    assert opener.get_attribute("hidden") is None
    assert not opener.is_visible()
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()


def test_shortcuts_are_switched_off_for_good(people, names):
    page = open_lesson(people, names)
    page.keyboard.press("?")
    page.get_by_label("Use these shortcuts in this browser").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    url = page.url
    for key in ("?", "n", "t", "ArrowRight"):
        page.keyboard.press(key)
    assert (page.url, focused(page), page.locator("#shortcuts").is_visible()) == (url, None, False)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these shortcuts in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()


def test_shortcuts_in_a_test(people, names):
    page = people().sign_in("anneliese@example.org").go("/learn/{sitting}/test".format(**names))
    press = page.keyboard.press

    def place():
        return page.evaluate("document.activeElement.closest('[data-item]')?.id")

    press("j")
    assert place() == "question-1"
    press("j")
    assert place() == "question-2"
    press("b")
    second = page.locator("#question-2 input:not([type=hidden])").nth(1)
    assert second.is_checked()
    expect(page.locator("#question-2 [data-saved]")).to_contain_text("Saved")
    press("k")
    press("3")
    assert page.locator("#question-1 input:not([type=hidden])").nth(2).is_checked()
    expect(page.locator("#question-1 [data-saved]")).to_contain_text("Saved")
    press("9")  # there is no ninth option
    press("Control+2")
    assert page.locator("#question-1 input:not([type=hidden])").nth(2).is_checked()
    with page.expect_navigation():
        press("r")
    assert re.search(r"/test/1/review$", page.url)


def test_typing_is_never_taken_for_a_shortcut(people, names):
    """A field in a lesson's page, as a browser's extension or a later page may bring one."""
    page = open_lesson(people, names)
    url = page.url
    page.evaluate("document.querySelector('main').prepend(document.createElement('textarea'))")
    page.locator("main textarea").focus()
    page.keyboard.type("npt?")
    page.keyboard.press("ArrowLeft")
    assert (page.locator("main textarea").input_value(), page.url) == ("npt?", url)
    assert not page.locator("#shortcuts").is_visible()
