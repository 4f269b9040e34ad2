"""Pages that only an action shows, for visitors and learners: refused forms, results, links that are shown once."""

import io

import pypdf
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.parametrize("width", [360])  # the narrow one: what does not fit is seen there


def press(person, name):
    person.page.get_by_role("button", name=name, exact=True).first.click()
    person.page.wait_for_load_state()
    person.faults[:] = [fault for fault in person.faults if "status of 422" not in fault]
    person.see()


def test_what_a_visitor_is_answered(people, live, names):
    holder = people().sign_in("maya@example.org")
    file = holder.context.request.get(f"{live.url}/record/certificates/{names['mine']}.json").body()
    visitor = people()
    page = visitor.page
    for content, headline in ((file, "Identical to what was issued"), (file.replace(b"Okafor", b"Okapi"), "Altered")):
        visitor.go("/verify/file")
        page.set_input_files("[type=file]", {"name": "x.json", "mimeType": "application/json", "buffer": content})
        press(visitor, "Check this file")
        assert page.locator("h1").inner_text() == headline
    visitor.go(f"/c/{names['withheld']}")
    page.locator("[name=name]").fill("Wendell Pruitt")
    press(visitor, "Compare")
    assert page.get_by_text("The same", exact=True).count() == 1
    for path, button in (("/account/register", "Create account"), ("/account/login", "Sign in"),
                         ("/verify", "Check this certificate"), ("/verify/file", "Check this file")):  # fmt: skip
        visitor.go(path)
        press(visitor, button)
        assert page.locator(".error-summary").count() == 1, path


def test_what_a_learner_is_answered(people, names):
    maya = people().sign_in("maya@example.org")
    maya.go(f"/record/certificates/{names['mine']}/sharing")
    maya.page.get_by_label("For whom").fill("A clinic")
    press(maya, "Make a link")
    assert maya.page.locator("h1").inner_text() == "Copy this link now"
    shared = maya.page.locator("a#link")
    maya.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(maya, "Copy the link")
    expect(maya.page.get_by_role("button", name="Copied")).to_be_visible()
    assert maya.page.evaluate("navigator.clipboard.readText()") == shared.get_attribute("href") == shared.inner_text()
    with maya.context.expect_page() as opened:
        shared.click()
    assert "Maya" in opened.value.locator("main").inner_text()
    assert maya.page.locator("h1").inner_text() == "Copy this link now"
    jose = people().sign_in("jose@example.org")
    jose.go(f"/record/packets/{names['packet']}")
    press(jose, "Make a link")
    assert "/packets/" in jose.page.locator(".notice code").inner_text()
    layla = people().sign_in("layla@example.org")
    layla.go(f"/learn/{names['finishing']}/finish")
    press(layla, "Attest and finish")
    assert layla.page.locator(".error-summary").count() == 1
    chau = people().sign_in("chau@example.org")
    chau.go(f"/learn/{names['evaluating']}/evaluation")
    press(chau, "Send the evaluation")
    assert chau.page.locator(".error-summary a").count() > 5


@pytest.mark.parametrize("state", ["valid", "revoked", "replaced"])
def test_what_a_code_answers_prints_on_one_sheet(people, names, state):
    page = people().go(f"/c/{names[state]}")
    assert len(pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1


def test_paper_asks_nobody_to_type(people, names):
    page = people().go(f"/c/{names['withheld']}")
    sheet = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages[0].extract_text()
    assert "Module number" in sheet
    assert "Type the name" not in sheet
    assert "Compare the rest" not in sheet


def test_without_a_script_a_link_is_there_to_be_opened(people, names):
    maya = people(java_script_enabled=False).sign_in("maya@example.org")
    page = maya.go(f"/record/certificates/{names['mine']}/sharing")
    page.get_by_label("For whom").fill("A clinic without scripts")
    page.get_by_role("button", name="Make a link").click()
    assert page.locator("a#link").is_visible()
    assert not page.locator("[data-copy]").first.is_visible()


def test_a_holders_certificate_prints_on_one_sheet_without_its_buttons(people, names):
    page = people().sign_in("maya@example.org").go(f"/record/certificates/{names['mine']}")
    for size in ("Letter", "A4"):
        sheets = pypdf.PdfReader(io.BytesIO(page.pdf(format=size))).pages
        assert len(sheets) == 1, size
        words = sheets[0].extract_text()
        assert "Maya" in words
        assert ("Also as" in words, "Download" in words, "Share" in words) == (False, False, False)
