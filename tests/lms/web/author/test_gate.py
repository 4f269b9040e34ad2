"""From draft to published: what is missing, handing in, sending back, approving."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accreditation.commands import submit_for_review
from lms.accreditation.queries import stage_of
from lms.modules.commands import edit_details
from lms.modules.models import Contributor, Lesson
from lms.outbox import Promise


@pytest.fixture
def draft(ready_today):
    return ready_today.draft(submitted=False)


@pytest.fixture
def people(draft, make):
    provider = draft.module.provider
    return {role: make.member(provider, role) for role in ("author", "reviewer", "manager")}


@pytest.fixture
def url(draft):
    return f"/workshop/modules/{draft.module.slug}/gate"


def hand_in(session, draft, now):
    draft.submitted_at = now
    session.flush()


def seen(draft):
    return {"seen": stage_of(draft)}


def mails(session):
    return [row.payload for row in session.scalars(select(Promise).order_by(Promise.id))]


def test_a_complete_draft_may_be_handed_in(browser, people, draft, url, session):
    page = browser.sign_in(people["author"]).get(url).text
    assert "Nothing is missing" in page
    assert "Hand in for review" in page
    answer = browser.post(f"{url}/submit")
    assert (answer.status_code, answer.location) == (303, url)
    assert {mail["to"] for mail in mails(session)} == {people["reviewer"].email, people["manager"].email}
    assert f"http://localhost:8099{url}" in mails(session)[0]["text"]
    assert "A reviewer decides now" in browser.get(url).text


@pytest.mark.parametrize(
    ("field", "page"),
    [("summary", "details"), ("expires_on", "details")],
)
def test_what_is_missing_links_to_where_it_is_mended(browser, people, draft, url, session, field, page):
    setattr(draft, field, "" if field == "summary" else None)
    session.flush()
    text = browser.sign_in(people["author"]).get(url).text
    assert "Still to do: 1" in text
    assert f'href="/workshop/modules/{draft.module.slug}/{page}"' in text
    assert "Hand in for review</button>" not in text


def test_every_field_has_a_page_that_is_there(browser, make, session):
    empty = make.draft(make.provider(refund_policy=""), lessons=0, objectives=0)
    empty.title = " "
    make.approval(empty.module.provider)
    session.flush()
    manager = make.member(empty.module.provider, "manager")
    text = browser.sign_in(manager).get(f"/workshop/modules/{empty.module.slug}/gate").text
    slug, provider = empty.module.slug, empty.module.provider.slug
    for page in ("details", "lessons", "objectives", "quiz", "credit"):
        address = f"/workshop/modules/{slug}/{page}"
        assert f'href="{address}"' in text
        assert browser.get(address).status_code == 200
    assert f'href="/workshop/providers/{provider}/settings"' in text


def test_only_managers_are_sent_to_the_providers_pages(browser, people, draft, url, session):
    draft.module.provider.refund_policy = ""
    session.flush()
    assert "can mend this" in browser.sign_in(people["author"]).get(url).text
    settings = f"/workshop/providers/{draft.module.provider.slug}/settings"
    assert settings in browser.sign_in(people["manager"]).get(url).text


def test_an_unfinished_draft_is_refused_in_words(browser, people, draft, url, session):
    draft.summary = ""
    session.flush()
    answer = browser.sign_in(people["author"]).post(f"{url}/submit")
    assert answer.status_code == 422
    assert "Before you hand it in: Write the summary" in answer.text


def test_a_reviewer_approves(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    browser.sign_in(people["reviewer"])
    assert "Approve and publish" in browser.get(url).text
    answer = browser.post(f"{url}/publish", seen(draft))
    assert (answer.status_code, answer.location) == (303, url)
    session.refresh(draft)
    assert draft.published_by == people["reviewer"].id
    assert draft.content_hash in browser.get(url).text
    assert f"http://localhost:8099/modules/{draft.module.slug}" in mails(session)[-1]["text"]
    assert browser.get(f"/modules/{draft.module.slug}").status_code == 200


def test_approving_twice_says_that_it_is_done(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    browser.sign_in(people["reviewer"]).post(f"{url}/publish", seen(draft))
    answer = browser.sign_in(people["manager"]).post(f"{url}/publish", seen(draft))
    assert answer.status_code == 409
    assert "published already" in answer.text


def test_what_is_missing_keeps_a_reviewer_from_publishing(browser, people, draft, url, session):
    answer = browser.sign_in(people["reviewer"]).post(f"{url}/publish", seen(draft))
    assert answer.status_code == 422
    assert "Hand the draft in for review" in answer.text
    session.refresh(draft)
    assert draft.published_at is None


def test_whoever_worked_on_it_does_not_approve_it(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    draft.editors = [*draft.editors, people["manager"].id]
    session.flush()
    browser.sign_in(people["manager"])
    assert "somebody else has to approve it" in browser.get(url).text
    assert browser.post(f"{url}/publish", seen(draft)).status_code == 403
    session.refresh(draft)
    assert draft.published_at is None


def test_a_reviewer_sends_back_with_a_note(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    browser.sign_in(people["reviewer"])
    assert browser.post(f"{url}/send-back", {"note": "Say more about <consent>.", **seen(draft)}).status_code == 303
    page = browser.sign_in(people["author"]).get(url).text
    assert "Sent back from review" in page
    assert "Say more about &lt;consent&gt;." in page
    assert mails(session)[-1]["subject"].startswith("Sent back")


def test_a_note_is_needed_and_kept(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    browser.sign_in(people["reviewer"])
    assert "Say what should change." in browser.post(f"{url}/send-back", {"note": " "}).text
    answer = browser.post(f"{url}/send-back", {"note": "x" * 5001})
    assert answer.status_code == 422
    assert "x" * 5001 in answer.text
    session.refresh(draft)
    assert draft.submitted_at == now


def test_sending_back_what_is_not_handed_in(browser, people, url):
    assert browser.sign_in(people["reviewer"]).post(f"{url}/send-back", {"note": "Late."}).status_code == 409


def test_authors_do_not_review_and_reviewers_do_not_hand_in(browser, people, url):
    assert browser.sign_in(people["author"]).post(f"{url}/publish").status_code == 404
    assert browser.post(f"{url}/send-back", {"note": "x"}).status_code == 404
    assert browser.sign_in(people["reviewer"]).post(f"{url}/submit").status_code == 403
    assert "have not handed this draft in yet" in browser.get(url).text


def test_another_provider_finds_nothing(browser, make, url):
    browser.sign_in(make.member(make.provider(), "manager"))
    assert browser.get(url).status_code == 404
    for act in ("submit", "send-back", "publish"):
        assert browser.post(f"{url}/{act}", {"note": "x"}).status_code == 404


def test_without_approval_the_page_says_no_credit(browser, ready_today, make):
    draft = ready_today.draft(approved=False)
    browser.sign_in(make.member(draft.module.provider, "reviewer"))
    page = browser.get(f"/workshop/modules/{draft.module.slug}/gate").text
    assert "published without CE credit" in page
    assert "Approve and publish" in page


def test_few_statements_however_long_the_module(browser, people, draft, url, session, statements, ready_today):
    browser.sign_in(people["author"])
    statements.clear()
    browser.get(url)
    few = len(statements)
    for number in range(15):
        session.add(Lesson(edition_id=draft.id, position=9, slug=f"more-{number}", title="More", body="x", words=1))
    ready_today.approval(draft.module.provider, accreditor="NBCC", number="N")
    session.flush()
    session.expunge_all()
    statements.clear()
    browser.get(url)
    assert len(statements) == few <= 8


@pytest.mark.parametrize("step", ["publish", "send-back"])
def test_a_page_that_is_stale_decides_nothing(browser, people, draft, url, session, now, step):
    hand_in(session, draft, now)
    old = {"note": "Write more.", **seen(draft)}
    assert f'value="{old["seen"]}"' in browser.sign_in(people["reviewer"]).get(url).text
    edit_details(session, draft, title="Another text", by=people["author"].id, now=now + timedelta(hours=1))
    hand_in(session, draft, now + timedelta(hours=2))
    answer = browser.post(f"{url}/{step}", old)
    assert answer.status_code == 409
    assert "The draft changed since you looked at it. Read it again." in answer.text
    assert f'value="{stage_of(draft)}"' in answer.text
    assert old["seen"] not in answer.text
    session.refresh(draft)
    assert (draft.published_at, draft.submitted_at is None) == (None, False)
    assert browser.post(f"{url}/{step}", {**old, **seen(draft)}).status_code == 303


def test_a_form_without_what_was_seen_decides_nothing(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    assert browser.sign_in(people["reviewer"]).post(f"{url}/publish").status_code == 409


def test_saving_takes_it_back_from_review_and_says_so(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    place = url.removesuffix("/gate")
    assert (
        "Saving anything takes it back from review." in browser.sign_in(people["author"]).get(f"{place}/details").text
    )
    assert browser.post(f"{place}/objectives", {"text": ""}).status_code == 422
    browser.post(f"{place}/lessons/preview", {"body": "Text."})
    assert "took the draft back" not in browser.get(f"{place}/objectives").text
    session.refresh(draft)
    assert draft.submitted_at == now
    browser.post(f"{place}/objectives", {"text": "Compare two things."})
    assert "That took the draft back from review." in browser.get(f"{place}/objectives").text
    browser.post(f"{place}/objectives", {"text": "Name two things."})
    assert "took the draft back" not in browser.get(f"{place}/objectives").text
    page = " ".join(browser.sign_in(people["reviewer"]).get(url).text.split())
    assert "Taken back for changes" in page
    assert f"{people['author'].name} changed this draft on" in page
    assert "have not handed this draft in again yet" in page


def test_handing_in_again_ends_the_state_of_taken_back(browser, people, draft, url, session, now):
    hand_in(session, draft, now)
    place = url.removesuffix("/gate")
    browser.sign_in(people["author"]).post(f"{place}/references", {"citation": "Doe, J. Title.", "year": "2026"})
    session.refresh(draft)
    assert draft.taken_back_by == people["author"].id
    submit_for_review(session, draft, by=people["author"].id, now=now)
    assert (draft.taken_back_at, draft.taken_back_by) == (None, None)
    assert "Taken back" not in browser.sign_in(people["reviewer"]).get(url).text


def test_what_no_certificate_can_print_is_not_handed_in_nor_published(browser, people, draft, url, session, now):
    author = session.scalars(select(Contributor).where(Contributor.role == "author")).one()
    author.name = "Ada \U00013000"
    draft.module.provider.telephone = "\U00013001"
    session.flush()
    page = browser.sign_in(people["author"]).get(url).text
    assert "Hand in for review</button>" not in page
    answer = browser.post(f"{url}/submit")
    assert answer.status_code == 422
    for words in ("The name of the author Ada", "U+13000", "egyptian hieroglyph", "telephone number", "U+13001"):
        assert words in answer.text
    hand_in(session, draft, now)
    answer = browser.sign_in(people["reviewer"]).post(f"{url}/publish", seen(draft))
    assert (answer.status_code, "no certificate can print" in answer.text) == (422, True)
    session.refresh(draft)
    assert draft.published_at is None
