"""The last step, the certificate, and the record."""

import io
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pymupdf
from PIL import Image
from sqlalchemy import func, select

from lms.awards.commands import complete
from lms.awards.models import Award, Completion
from lms.awards.queries import find_award
from lms.learning.models import LessonProgress


def test_finishing_shows_what_will_be_received(browser, make):
    user = make.user(name="Ada Lovelace")
    make.license(user, number="LMFT77")
    enrollment = make.ready(user)
    page = browser.sign_in(user).get(f"/learn/{enrollment.id}/finish").text
    assert "Ada Lovelace" in page
    assert "1 demo hour" in page
    assert "California LMFT77" in page


def test_the_day_its_zone_and_an_expired_license_are_told_before_finishing(browser, make):
    user = make.user(time_zone="Pacific/Honolulu")
    make.license(user, number="LMFT77", expires_on=date(2020, 5, 3))
    enrollment = make.ready(user)
    page = browser.sign_in(user).get(f"/learn/{enrollment.id}/finish").text
    today = datetime.now(ZoneInfo("Pacific/Honolulu")).date()
    assert f"{today.day} {today:%B %Y} (Pacific/Honolulu)" in page
    assert "LMFT77 (expired on 3 May 2020)" in page
    assert f"/account/profile?next=/learn/{enrollment.id}/finish" in page
    assert f"/account/licenses/new?next=/learn/{enrollment.id}/finish" in page


def test_a_download_is_saved_and_a_look_is_shown(browser, make):
    award = make.award()
    browser.sign_in(award.completion.enrollment.user)
    url = f"/record/certificates/{award.code}.json"
    assert browser.get(url).headers["Content-Disposition"].startswith("inline;")
    assert browser.get(f"{url}?download=1").headers["Content-Disposition"].startswith("attachment;")
    assert f"{award.code}.pdf?download=1" in browser.get(f"/record/certificates/{award.code}").text


def test_attesting_issues_the_certificate_with_the_chosen_licenses(browser, make, session):
    user = make.user()
    make.license(user, number="LMFT1")
    chosen = make.license(user, number="LMFT2")
    enrollment = make.ready(user)
    data = {"attested": "y", "licenses": [str(chosen.id)]}
    answer = browser.sign_in(user).post(f"/learn/{enrollment.id}/finish", data)
    assert answer.location == f"/learn/{enrollment.id}/done"
    award = find_award(session, enrollment.id)
    assert [row["number"] for row in award.facts["licenses"]] == ["LMFT2"]
    assert award.code in browser.get(answer.location).text


def test_a_license_of_somebody_else_is_refused(browser, make, session):
    foreign = make.license(make.user())
    user = make.user()
    make.license(user)
    enrollment = make.ready(user)
    data = {"attested": "y", "licenses": [str(foreign.id)]}
    answer = browser.sign_in(user).post(f"/learn/{enrollment.id}/finish", data)
    assert answer.status_code == 422
    assert find_award(session, enrollment.id) is None


def test_without_the_attestation_nothing_is_issued(browser, make, session):
    enrollment = make.ready()
    answer = browser.sign_in(enrollment.user).post(f"/learn/{enrollment.id}/finish")
    assert answer.status_code == 422
    assert "Attest that you did this yourself" in answer.text
    assert session.scalar(select(func.count()).select_from(Completion)) == 0


def test_a_double_click_issues_one(browser, make, session):
    enrollment = make.ready()
    browser.sign_in(enrollment.user)
    for _ in range(2):
        assert browser.post(f"/learn/{enrollment.id}/finish", {"attested": "y"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Award)) == 1


def test_what_is_missing_is_said_and_done_leads_back(browser, make):
    enrollment = make.enrollment()
    browser.sign_in(enrollment.user)
    answer = browser.post(f"/learn/{enrollment.id}/finish", {"attested": "y"})
    assert answer.status_code == 422
    assert "pass the post-test" in answer.text
    assert browser.get(f"/learn/{enrollment.id}/done").location == f"/learn/{enrollment.id}/finish"


def test_a_lapsed_approval_is_told_before_and_after(browser, make, now):
    provider = make.provider()
    make.approval(provider, withdrawn_on=now.date())
    enrollment = make.ready(edition=make.edition(provider))
    browser.sign_in(enrollment.user)
    assert "No credit today" in browser.get(f"/learn/{enrollment.id}/finish").text
    browser.post(f"/learn/{enrollment.id}/finish", {"attested": "y"})
    assert "No certificate" in browser.get(f"/learn/{enrollment.id}/done").text


def test_an_earlier_completion_of_the_module_is_mentioned(browser, make, session):
    award = make.award()
    enrollment = award.completion.enrollment
    module = enrollment.edition.module
    again = make.ready(enrollment.user, make.edition(module.provider, module=module))
    page = browser.sign_in(enrollment.user).get(f"/learn/{again.id}/finish").text
    assert "You completed this module before" in page


def test_the_pdf_and_the_picture_are_the_holders(browser, make):
    award = make.award(make.user(name="Ludwig Köchel"))
    browser.sign_in(award.completion.enrollment.user)
    pdf = browser.get(f"/record/certificates/{award.code}.pdf")
    assert pdf.mimetype == "application/pdf"
    with pymupdf.open(stream=pdf.data) as document:
        assert "Ludwig Köchel" in document[0].get_text()
        letter = document[0].rect.width
    with pymupdf.open(stream=browser.get(f"/record/certificates/{award.code}.pdf?paper=a4").data) as document:
        assert document[0].rect.width != letter
    with Image.open(io.BytesIO(browser.get(f"/record/certificates/{award.code}.png").data)) as picture:
        assert picture.width == 1600
    assert award.facts["title"] in browser.get(f"/record/certificates/{award.code}").text


def test_the_page_shows_a_lighter_picture_that_is_sent_once(browser, make):
    award = make.award()
    browser.sign_in(award.completion.enrollment.user)
    address = f"/record/certificates/{award.code}/picture"
    assert address in browser.get(f"/record/certificates/{award.code}").text
    first = browser.get(address)
    for content, width, most in ((first.data, 1408, 70_000), (browser.get(f"{address}?width=704").data, 704, 25_000)):
        assert len(content) < most
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.format, picture.width) == ("WEBP", width)
    again = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert (
        browser.sign_in(make.user()).get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404
    )


def test_a_name_that_cannot_be_printed_is_said(browser, make):
    award = make.award(make.user(name="𓀀𓀁 Hieroglyph"))
    browser.sign_in(award.completion.enrollment.user)
    assert browser.get(f"/record/certificates/{award.code}.pdf").status_code == 409
    assert browser.get(f"/record/certificates/{award.code}.png").status_code == 409
    assert browser.get(f"/record/certificates/{award.code}/picture").status_code == 409


def test_the_record_shows_certificates_ledger_and_totals(browser, make, statements):
    user = make.user()
    make.award(user)
    browser.sign_in(user)
    statements.clear()
    page = browser.get("/record").text
    few = len(statements)
    assert "Ethics" in page
    assert "1 demo hour" in page
    for _ in range(4):
        make.award(user)
    statements.clear()
    assert "5 demo hours" in browser.get("/record").text
    assert len(statements) == few <= 8


def test_an_empty_record_offers_the_first_step(browser, make):
    assert "No certificate yet" in browser.sign_in(make.user()).get("/record").text


def test_who_worked_on_it_is_told_before_and_after(browser, make, session):
    author = make.user()
    enrollment = make.ready(author, make.edition(editors=[author.id]))
    page = browser.sign_in(author).get(f"/learn/{enrollment.id}/finish").text
    assert "You worked on this module" in page
    assert "What you will receive" not in page
    assert "You worked on this module" in browser.get(f"/modules/{enrollment.edition.module.slug}").text
    done = browser.post(f"/learn/{enrollment.id}/finish", {"attested": "y"}).location
    assert "You worked on this module" in browser.get(done).text
    assert find_award(session, enrollment.id) is None


def test_a_second_certificate_within_a_year_is_refused_beforehand(browser, make):
    award = make.award()
    enrollment = award.completion.enrollment
    module = enrollment.edition.module
    again = make.ready(enrollment.user, make.edition(module.provider, module=module))
    browser.sign_in(enrollment.user)
    assert "once in 12 months" in browser.get(f"/learn/{again.id}/finish").text
    assert "once in 12 months" in browser.get(f"/modules/{module.slug}").text


def test_what_cannot_be_printed_is_never_certified(browser, make, session):
    user = make.user(name="\U00013000 Hieroglyph")
    provider = make.provider(signatory_name="\U00013001")
    enrollment = make.ready(user, make.edition(provider))
    answer = browser.sign_in(user).post(f"/learn/{enrollment.id}/finish", {"attested": "y"})
    assert answer.status_code == 422
    for words in ("Your name has", "U+13000", "The name of who signs has", "U+13001"):
        assert words in answer.text
    assert session.scalar(select(func.count()).select_from(Completion)) == 0


def test_whoever_clicked_through_is_told_before_the_test_and_before_attesting(browser, make, session):
    enrollment = make.ready()  # 20 minutes of 60
    browser.sign_in(enrollment.user)
    url = f"/learn/{enrollment.id}"
    assert "planned for" not in browser.get(f"{url}/finish").text
    for progress in session.scalars(select(LessonProgress).where(LessonProgress.enrollment_id == enrollment.id)):
        progress.seconds = 50
    session.flush()
    page = browser.get(f"{url}/finish").text
    assert "Read in 1 minute, planned for 1 hour" in page
    assert f'href="{url}">the lessons are still open' in page
    other = make.read(enrollment.user, make.edition())
    assert "Read in less than a minute, planned for 1 hour" in browser.get(f"/learn/{other.id}/test").text
    assert browser.post(f"{url}/finish", {"attested": "y"}).location == f"{url}/done"


def test_the_record_adds_the_hours_up(browser, make, session):
    user = make.user()
    for edition in (make.edition(hours="1.25"), make.edition(hours="0.75")):
        make.award(user, edition)
    provider = make.provider()
    make.approval(provider, valid_from=date(2024, 1, 1))
    earlier = make.ready(user, make.edition(provider, hours="1.50"))
    complete(session, earlier, [], seal=make.seal, now=datetime(2025, 3, 1, tzinfo=UTC))
    page = browser.sign_in(user).get("/record").text
    cells = re.findall(r"<th scope=\"row\">(2026|2025|All years) .*?<td>(?:<strong>)?([\d.]+ demo hours?)<", page)
    assert cells == [("2026", "2 demo hours"), ("2025", "1.5 demo hours"), ("All years", "3.5 demo hours")]


def test_a_file_is_named_after_its_module(browser, make):
    edition = make.edition(title="Café talk: “what's next”, día 2 " + "and then some more " * 5)
    award = make.award(edition=edition)
    browser.sign_in(award.completion.enrollment.user)
    url = f"/record/certificates/{award.code}"
    stem = f"credence-cafe-talk-whats-next-dia-2-and-then-some-more-and-then-some-{award.code}"
    for query, name in (("pdf?download=1", ".pdf"), ("pdf?paper=a4", "-a4.pdf"), ("json", ".json"), ("png", ".png")):
        assert browser.get(f"{url}.{query}").headers["Content-Disposition"].endswith(f'filename="{stem}{name}"')
    assert browser.get(f"/c/{award.code}/bundle.json").headers["Content-Disposition"].endswith(f'{stem}-bundle.json"')
    other = make.award(award.completion.enrollment.user, make.edition(title="治療の倫理"))
    header = browser.get(f"/record/certificates/{other.code}.json").headers["Content-Disposition"]
    assert header.endswith(f'filename="credence-{other.code}.json"')
