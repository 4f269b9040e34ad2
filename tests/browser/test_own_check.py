"""The page of a certificate checks itself in a real browser, and turns red when one thing was altered on the way."""

import re
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards.models import Award
from lms.awards.sharing import set_disclosure, share_award
from lms.db import begin_writing, open_engine
from tests.browser.conftest import Person


@pytest.fixture
def visitor(live, chromium):
    """A phone that never was here."""
    with closing(chromium.new_context(viewport={"width": 360, "height": 800})) as context:
        yield Person(live, context, 360)


def steps(person, path):
    """Open the page of a certificate, wait for the check's end, and return how it ended with the words of each step."""
    page = person.go(path)
    place = page.locator("[data-done]")
    place.wait_for()
    return place.get_attribute("data-done"), page.locator(".checks li").all_inner_texts()


def test_the_page_checks_itself(live, names, visitor):
    ended, told = steps(visitor, f"/c/{names['valid']}")
    assert (ended, len(told)) == ("good", 7), "\n".join(told)
    assert "looks for the first time" in told[1]
    visitor.see()
    for code in ("valid", "revoked", "replaced"):
        ended, told = steps(visitor, f"/c/{names[code]}")
        assert (ended, len(told)) == ("good", 7), "\n".join(told)
        assert "saw when it looked before" in told[1]
    assert "It is marked as revoked" in told[6]


@pytest.fixture(scope="module")
def kept_back(live):
    """A certificate whose holder turned the page down: its path, and the key of a link they shared."""
    now = datetime.now(UTC)

    def write(change):
        engine = open_engine(live.settings.database_url)
        with Session(engine) as session:
            begin_writing(session)
            award = session.scalars(select(Award).order_by(Award.id)).first()
            done = change(session, award)
            session.commit()
        engine.dispose()
        return done

    def turn_down(session, award):
        set_disclosure(session, award, whole=False, by=1, now=now)
        return f"/c/{award.code}", share_award(session, award, "A friend", 7, by=1, now=now)[1]

    yield write(turn_down)
    write(lambda session, award: set_disclosure(session, award, whole=True, by=1, now=now))


def test_what_is_kept_back_is_checked_by_a_shared_link_alone(visitor, kept_back):
    path, key = kept_back
    ended, told = steps(visitor, path)
    assert (ended, len(told)) == ("open", 5), told
    assert "our word" in told[3]
    visitor.see()
    ended, told = steps(visitor, f"{path}?k={key}")
    assert (ended, len(told)) == ("good", 7), told


def tampering(old, new):
    """Answer with what the server said, altered in one place."""

    def answer(route):
        said = route.fetch()
        body, times = re.subn(old, new, said.text(), count=1)
        assert times == 1, (old, said.text())
        route.fulfill(response=said, body=body)

    return answer


PROOF, LIST, KEYS, PAGE = "**/proof.json*", "**/credentials/status/*", "**/did.json", "**/c/*"
# What is altered, in whose answer: a pattern and what stands there instead; and what the page then says.
ALTERED = {
    "a bit of the list": (LIST, "AAAA", "AABA", "something was altered after signing"),
    "until when the list holds": (
        LIST,
        r'validUntil":"20..',
        'validUntil":"2099',
        "something was altered after signing",
    ),
    "a leaf": (PROOF, "ce-log/1 issue (.{64} )20..", r"ce-log/1 issue \g<1>2019", "lead to the log’s signed state"),
    "the path of a leaf": (PROOF, r'("inclusion": \["[^"]+", )"[^"]+", ', r"\1", "lead to the log’s signed state"),
    "the checkpoint": (PROOF, r"(/log\\n)\d+", r"\g<1>9999", "the state was altered"),
    "the log's key": (PROOF, r"\+[0-9a-f]{8}", "+00000000", "another than the one this browser knew"),
    "a fact of the credential": (PROOF, "hours", "years", "it was altered"),
    "the provider's keys": (
        KEYS,
        r'"assertionMethod":\[[^]]*\]',
        '"assertionMethod":[]',
        "not one that the provider lists",
    ),
    "a name on the page": (PAGE, 'class="holder">[^<]+', 'class="holder">Mallory', "is shown as “Mallory”"),
    "hours on the page": (PAGE, r"<strong>[\d.]+ ", "<strong>40 ", "is shown as “40 "),
    "a line more on the page": (PAGE, "</dl>", "<div><dt>Grade<dd>A</div></dl>", "shows more than was signed"),
    "the sentence at the top": (PAGE, "Issued by [A-Z]", "Issued by X", "The sentence at the top"),
}


def test_whatever_is_altered_turns_red_and_is_said(names, visitor):
    path = f"/c/{names['valid']}"
    assert steps(visitor, path)[0] == "good"
    for name, (where, old, new, words) in ALTERED.items():
        visitor.page.route(where, tampering(old, new))
        ended, told = steps(visitor, path)
        visitor.page.unroute(where)
        assert ended == "danger", (name, told)
        assert any(words in step for step in told), (name, told)
        assert visitor.page.locator(".verdict-cannot_check h1").inner_text() == "Does not agree", name
        assert "Do not rely on this page" in visitor.page.locator(".verdict").inner_text(), name
    visitor.see()


def test_a_revoked_one_that_is_shown_as_valid_turns_red(names, visitor):
    visitor.page.route("**/c/*", tampering(r'data-state="revoked"', 'data-state="valid"'))
    ended, told = steps(visitor, f"/c/{names['revoked']}")
    assert ended == "danger"
    assert "list and log say revoked" in told[-1]


def test_a_log_that_was_taken_back_is_noticed(live, names, visitor):
    path = f"/c/{names['valid']}"
    steps(visitor, path)
    for change in ("kept.root = btoa('x'.repeat(32))", "kept.size += 1000", "kept.vkeys = ['another']"):
        visitor.page.evaluate(f"""() => {{
            const kept = JSON.parse(localStorage.getItem('credence-log'));
            {change};
            localStorage.setItem('credence-log', JSON.stringify(kept));
        }}""")
        ended, told = steps(visitor, path)
        assert ended == "danger", (change, told)
        visitor.page.evaluate("localStorage.clear()")
        steps(visitor, path)


def test_a_browser_that_cannot_says_so_plainly(names, live, chromium):
    with closing(chromium.new_context(viewport={"width": 360, "height": 800})) as context:
        context.add_init_script("crypto.subtle.importKey = () => Promise.reject(new Error('NotSupportedError'))")
        person = Person(live, context, 360)
        ended, told = steps(person, f"/c/{names['valid']}")
        assert (ended, told) == ("unable", [])
        assert "cannot check Ed25519" in person.page.locator("[data-told]").inner_text()
        assert person.page.locator(".verdict-valid").count() == 1


def test_what_cannot_be_fetched_is_no_disagreement(names, visitor):
    visitor.page.route("**/credentials/status/*", lambda route: route.abort())
    ended, told = steps(visitor, f"/c/{names['valid']}")
    assert ended == "open"
    assert "Is there a connection?" in told[-1]
    assert visitor.page.locator(".verdict-valid").count() == 1
