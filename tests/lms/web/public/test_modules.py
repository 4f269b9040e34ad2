"""The module page, its preview, and enrolling."""

from datetime import UTC, datetime, timedelta

import pytest

from lms.learning.queries import find_enrollment

TODAY = datetime.now(UTC).date()


@pytest.fixture
def edition(make):
    return make.edition(
        make.provider(name="Open Door Institute", refund_policy="Changed later."),
        title="Consent at a distance", content_warning="Mentions overdose.", crisis_box=True,
        also_qualifies=["telehealth"], body="The **first** words.",
    )  # fmt: skip


@pytest.fixture
def url(edition):
    return f"/modules/{edition.module.slug}"


@pytest.mark.parametrize(
    "words",
    [
        "Consent at a distance",
        "Demonstration Accreditor (fictional): 1 demo hour",
        "Ethics 1 demo hour",
        "Open Door Institute is approved by the fictional DEMO, number DEMO-0001",
        "approved from 1 January 2026 to 31 December 2027",
        "The same hours may also serve for: Telehealth.",
        "The certificate is issued at once",
        "Available for credit until",
        "Describe the thing number 1.",
        "Beginning",
        "marriage and family therapists",
        "Doctor author, PhD, LMFT",
        "Practices in a clinic.",
        "Disclosure: Nothing to disclose.",
        "Doctor planner, PhD, LMFT",
        "None.",
        "Written for this test.",
        "3,000",
        "Read all 2 lessons.",
        "Pass the post-test of 4 questions with 75% within 3 attempts.",
        "Answer the evaluation.",
        "Attest that you did the work yourself.",
        "Author (2015). Title. Journal.",
        "(seminal work)",
        "1 June 2026",
        "31 May 2029",
        "Free of charge.",
        "Any browser.",
        "Mentions overdose.",
        "CC BY 4.0",
        "Word count at 6,000 words an hour (6,000 words): 60.0 minutes, rounded down to 1 demo hour.",
        "Self-paced, asynchronous, non-interactive (home study)",
        "1 Main Street, Springfield, IL 62701",
        "Demonstration content: not approved for credit.",
    ],
)
def test_the_page_states_what_a_course_page_must(browser, url, words):
    assert words in browser.get(url).text.replace("&#39;", "'")


def test_policies_are_those_of_the_edition_not_of_today(browser, url):
    assert "Changed later." not in browser.get(url).text


def test_without_credit_it_says_so(browser, make):
    page = browser.get(f"/modules/{make.edition(hours='0.00', also_qualifies=['telehealth']).module.slug}").text
    assert "No CE credit" in page
    assert "Demonstration content" not in page
    assert "Your completion stays on your record, without a certificate." in page
    for promise in ("The certificate is issued at once", "The same hours may also serve", "for credit until"):
        assert promise not in page


def test_as_many_attempts_as_needed(browser, make):
    edition = make.edition(quiz={"attempts": None})
    assert "in as many attempts as you need" in browser.get(f"/modules/{edition.module.slug}").text


def test_drafts_and_unknown_modules_are_not_there(browser, make):
    assert browser.get(f"/modules/{make.draft().module.slug}").status_code == 404
    assert browser.get("/modules/nothing").status_code == 404
    assert browser.get("/modules/nothing/preview").status_code == 404
    assert browser.sign_in(make.user()).post("/modules/nothing/enroll").status_code == 404


def test_an_expired_edition_takes_nobody(browser, make):
    edition = make.edition(expires_on=TODAY - timedelta(days=2))
    url = f"/modules/{edition.module.slug}"
    page = browser.sign_in(make.user()).get(url).text
    assert "No longer available for credit" in page
    assert f"{url}/enroll" not in page
    assert browser.post(f"{url}/enroll").status_code == 403


def test_a_withdrawn_module_says_so_and_takes_nobody(browser, make, edition, url, now):
    edition.module.withdrawn_at = now
    make.session.flush()
    assert "No longer in the catalogue" in browser.get(url).text
    assert f"{url}/enroll" not in browser.get(url).text


def test_a_visitor_signs_in_first_and_comes_back(browser, url):
    answer = browser.post(f"{url}/enroll")
    assert answer.status_code == 303
    assert answer.location.startswith("/account/login?next=")
    assert url.rsplit("/", 1)[1] in answer.location


def test_enrolling_twice_is_once(browser, make, session, edition, url):
    user = make.user()
    browser.sign_in(user)
    first, second = browser.post(f"{url}/enroll"), browser.post(f"{url}/enroll")
    enrollment = find_enrollment(session, user.id, edition.id)
    assert first.location == second.location == f"/learn/{enrollment.id}"


def test_whoever_is_enrolled_continues(browser, make, edition, url):
    user = make.user()
    enrollment = make.enrollment(user, edition)
    page = browser.sign_in(user).get(url).text
    assert f'href="/learn/{enrollment.id}">Continue' in page
    assert f"{url}/enroll" not in page


def test_whoever_has_the_certificate_sees_it(browser, make, edition, url):
    user = make.user()
    award = make.award(user, edition)
    page = browser.sign_in(user).get(url).text
    assert f"/record/certificates/{award.code}" in page


def test_the_first_lesson_is_for_anyone(browser, url):
    page = browser.get(f"{url}/preview").text
    assert "<strong>first</strong>" in page
    assert "Mentions overdose." in page
    assert "call or text" in page
    assert "1 more lesson" in page
    assert "Demonstration content" in page


def test_a_module_without_lessons_has_no_preview(browser, make):
    edition = make.edition(lessons=0, words=0)
    assert browser.get(f"/modules/{edition.module.slug}/preview").status_code == 404


def test_the_statements_do_not_grow(browser, make, statements, session):
    user = make.user()
    browser.sign_in(user)
    counts = []
    for size in (1, 9):
        edition = make.edition(lessons=size, objectives=size)
        make.enrollment(user, edition)
        url = f"/modules/{edition.module.slug}"
        session.expire_all()
        statements.clear()
        assert browser.get(url).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
