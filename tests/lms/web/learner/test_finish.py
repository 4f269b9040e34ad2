"""The last step, the certificate, and the record."""

import io

import pymupdf
from PIL import Image
from sqlalchemy import func, select

from lms.awards.models import Award, Completion
from lms.awards.queries import find_award


def test_finishing_shows_what_will_be_received(browser, make):
    user = make.user(name="Ada Lovelace")
    make.license(user, number="LMFT77")
    enrollment = make.ready(user)
    page = browser.sign_in(user).get(f"/learn/{enrollment.id}/finish").text
    assert "Ada Lovelace" in page
    assert "1 demo hour" in page
    assert "US-CA LMFT LMFT77" in page


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


def test_a_name_that_cannot_be_printed_is_said(browser, make):
    award = make.award(make.user(name="𓀀𓀁 Hieroglyph"))
    browser.sign_in(award.completion.enrollment.user)
    assert browser.get(f"/record/certificates/{award.code}.pdf").status_code == 409
    assert browser.get(f"/record/certificates/{award.code}.png").status_code == 409


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
