"""A file against our record: identical, altered, not ours, or not to be checked."""

import io
import json
import re
from dataclasses import replace

import pypdf
import pytest

from lms.awards.commands import revoke_award
from lms.awards.document import open_shelf, thaw
from lms.awards.forms import Sheet, draw_bare
from lms.awards.sharing import set_disclosure
from tests.make import SEAL


def drop(browser, content, name="certificate.pdf"):
    """Send a file as a browser does; built by hand, for the test client leaves its own large bodies open."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return browser.post(
        "/verify/file", head + content + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


@pytest.fixture
def award(make, browser):
    made = make.award(make.user(name="Zoë Lindqvist"))
    browser.sign_in(made.completion.enrollment.user)
    return made


@pytest.mark.parametrize("form", ["pdf", "png", "svg", "json"])
def test_what_we_hand_out_is_identical(browser, award, form):
    content = browser.get(f"/record/certificates/{award.code}.{form}").data
    page = drop(browser, content, f"x.{form}").text
    assert "Identical to what was issued" in page
    assert "The certificate stands: it was neither revoked nor replaced as of " in page
    assert f'href="/c/{award.code}"' in page


def test_a_certificate_of_the_demonstration_is_said_to_be_one(browser, award):
    assert award.facts["notice"]
    page = drop(browser, browser.get(f"/record/certificates/{award.code}.pdf").data).text
    assert award.facts["notice"] in page
    assert "The provider and the accreditor named here are fictional." in page


def test_a_changed_fact_is_shown_side_by_side(browser, award):
    credential = json.loads(award.credential)
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    page = drop(browser, json.dumps(credential).encode(), "x.json").text
    assert "Altered" in page
    assert "Zoë Lindqvist" in page
    assert "Somebody Else" in page


def test_what_a_holder_keeps_back_cannot_be_guessed_with_files(browser, award, session, now):
    set_disclosure(session, award, whole=False, by=1, now=now)
    said = set()
    for name in ("Zoë Lindqvist", "Somebody Else"):
        credential = json.loads(award.credential)
        credential["name"] = "Another"
        credential["credentialSubject"]["identifier"][0]["identityHash"] = name
        page = drop(browser, json.dumps(credential).encode(), "x.json").text
        assert "Altered" in page
        said.add(page[page.index("<main") : page.index("</main")])
    assert len({re.sub(r"\d\d:\d\d(:\d\d)?", "", page) for page in said}) == 1


def without_credential(pdf):
    """The page alone, as anybody can draw it who guesses what it says."""
    whole, bare, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf)), pypdf.PdfWriter(), io.BytesIO()
    bare.add_page(whole.pages[0])
    bare.write(out)
    return out.getvalue()


def test_nor_with_pages_that_carry_no_credential(browser, award, session, make, settings, now):
    true = without_credential(browser.get(f"/record/certificates/{award.code}.pdf").data)
    facts = replace(thaw(award.facts), holder_name="Somebody Else")
    fonts = open_shelf(settings.data_dir, settings.font_dirs)
    credential = award.credential.encode()
    false = without_credential(draw_bare("pdf", Sheet(facts, fonts, award.design, "letter", credential), ()))
    assert "compare every line" in drop(browser, true).text
    assert "Altered" in drop(browser, false).text
    set_disclosure(session, award, whole=False, by=1, now=now)
    said = set()
    for content in (true, false):
        page = drop(browser, content).text
        assert "Cannot check" in page
        assert "keeps back what it says" in page
        assert f"/c/{award.code}" in page
        said.add(re.sub(r"\d\d:\d\d(:\d\d)?", "", page[page.index("<main") : page.index("</main")]))
    assert len(said) == 1
    whole = browser.get(f"/record/certificates/{award.code}.pdf").data
    assert "Identical to what was issued" in drop(browser, whole).text


def test_an_edited_pdf_that_keeps_the_true_attachment_is_caught(browser, award):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(browser.get(f"/record/certificates/{award.code}.pdf").data))
    overlay = pypdf.PdfWriter()
    overlay.add_blank_page(792, 612)
    page = writer.pages[0]
    page.merge_page(overlay.pages[0])
    stream = page.get_contents()
    stream.set_data(stream.get_data() + b"\nq 1 1 1 rg 200 380 400 60 re f Q\n")
    page.replace_contents(stream)
    out = io.BytesIO()
    writer.write(out)
    assert "Altered" in drop(browser, out.getvalue()).text


def test_an_identical_file_of_a_revoked_certificate_is_never_green(browser, award, make, now):
    content = browser.get(f"/record/certificates/{award.code}.json").data
    revoke_award(make.session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    page = drop(browser, content, "x.json").text
    assert "Identical, but revoked" in page
    assert "Reason: " in page
    assert "must not be counted" in page
    assert "The certificate stands" not in page
    assert "verdict-valid" not in page


def test_a_file_that_proves_nothing_still_says_that_its_certificate_is_revoked(browser, award, make, now):
    bare = without_credential(browser.get(f"/record/certificates/{award.code}.pdf").data)
    assert "compare every line" in (page := drop(browser, bare).text)
    assert "The certificate with this code" not in page
    revoke_award(make.session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    assert "The certificate with this code was revoked" in drop(browser, bare).text


HOSTILE = (b"hello", b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n" + b"0" * 50, b'{"a": 1}', b"[" * 9000)


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_anything_else_ends_in_a_plain_sentence(browser, content):
    answer = drop(browser, content)
    assert answer.status_code == 200
    assert "verdict-valid" not in answer.text


def test_no_file_and_too_large_a_file_are_said_at_the_field(browser):
    assert "Choose a file" in browser.post("/verify/file").text
    answer = drop(browser, b"x" * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, "larger than 8 MB" in answer.text) == (422, True)
    page = browser.get("/verify/file")
    assert (page.status_code, "optional" in page.text) == (200, False)
