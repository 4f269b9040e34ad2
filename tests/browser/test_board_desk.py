"""A member of a board works at the desk in a real browser, and licensees answer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards.models import Award
from lms.db import open_engine

NUMBERS = ("LMFT000412", "LCSW000977", "LPCC000155")
WAITING, GOOD, ALTERED = "Renewals of last season", ("LMFT000889", "LCSW000977"), "LMFT000664"
ANSWERS = ("maya@example.org", "jose@example.org", "chau@example.org")


def press(person, name, **options):
    person.page.get_by_role("button", name=name, exact=True, **options).first.click()
    person.page.wait_for_load_state()
    person.see()


def follow(person, name):
    person.page.get_by_role("link", name=name, exact=True).first.click()
    person.page.wait_for_load_state()
    person.see()


def answer(people, live, title, email, *, packet):
    """Answer the audit on a phone, as the licensee: with a packet, or in words with the certificate's PDF."""
    licensee = on_a_phone(people, email)
    licensee.open("/record")
    path = licensee.page.locator("a[href*='/record/certificates/']").first.get_attribute("href")
    file = licensee.context.request.get(f"{live.url}{path}.pdf").body()
    licensee.open("/record/audits")
    follow(licensee, title)
    if packet:
        press(licensee, "Answer with an audit packet")
        live.deliver()
        licensee.page.get_by_role("link", name="Download the packet").wait_for()
        licensee.see()
    else:
        licensee.page.get_by_label("Your answer").fill("Here is my certificate.")
        sent = {"name": "my certificate.pdf", "mimeType": "application/pdf", "buffer": file}
        licensee.page.get_by_label("Certificates").set_input_files([sent])
        press(licensee, "Send this answer")
        assert licensee.page.get_by_role("link", name="my certificate.pdf").is_visible()


def on_a_phone(people, email):
    """Sign somebody in whose window is narrow."""
    person = people().sign_in(email)
    person.width = 360
    person.page.set_viewport_size({"width": 360, "height": 800})
    return person


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_member_opens_an_audit_and_three_licensees_answer(people, live):
    """One walk for both widths: the board sits at a desk, licensees hold phones."""
    member = people().sign_in("board@example.org")
    title = "Audit of the season"
    member.open("/board")
    follow(member, "Audits")
    follow(member, "Open an audit")
    page = member.page
    page.get_by_label("Title").fill(title)
    page.get_by_label("License numbers").fill("\n".join(NUMBERS))
    page.get_by_label("Answer due by").fill((datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    press(member, "Open the audit")
    audit = page.url
    assert page.locator("tbody").get_by_text("No answer yet").count() == 3
    told = [mail for mail in live.deliver() if title in mail.get_body(("plain",)).get_content()]
    assert {mail["To"] for mail in told} == set(ANSWERS)
    for email, packet in zip(ANSWERS, (True, True, False), strict=True):
        answer(people, live, title, email, packet=packet)
    member.open(audit)
    assert page.locator("tbody").get_by_text("Answered", exact=True).count() == 3
    follow(member, NUMBERS[2])
    press(member, "Check this file")
    assert page.get_by_role("heading", name="Identical to what was issued").is_visible()


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_visitor_settles_the_audit_that_waits_in_the_demonstration(people, live):
    """From sign-in to close with nothing prepared; the licensee whose answer comes back answers again on a phone."""
    live.deliver()  # the worker makes the packets
    member = people().sign_in("board@example.org")
    page = member.page
    member.open("/board")
    follow(member, WAITING)
    audit = page.url
    assert page.locator("tbody").get_by_text("Answered", exact=True).count() == 3
    for number in GOOD:
        follow(member, number)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the packet").click()
        assert download.value.suggested_filename.endswith(".zip")
        page.get_by_label("Accept the answer").check()
        press(member, "Write down the decision")

    follow(member, ALTERED)
    press(member, "Check this file")
    assert page.get_by_role("heading", name="Altered", exact=True).is_visible()
    rows = page.get_by_role("region", name="Facts that differ").locator("tbody tr")
    assert rows.filter(has_text="credit hours").locator("td").all_inner_texts() == ["1.5 demo hours", "3 demo hours"]
    assert page.get_by_text(f"It names license {ALTERED}.").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    assert download.value.suggested_filename == "Suicide risk certificate.pdf"
    follow(member, "Back to the answer")
    page.get_by_label("Comment", exact=True).fill("The hours on the paper are not those that were issued.")
    page.get_by_label("Only for the board").check()
    press(member, "Add the comment")
    page.get_by_label("Return it, something is missing").check()
    page.get_by_role("button", name="Write down the decision").click()
    assert page.get_by_text("Say what is missing").first.is_visible()
    member.faults.clear()  # the browser notes the refusal that was wanted
    member.see()
    page.get_by_label("Words to the licensee").fill("This page says 3 hours, and 1.5 were issued. Send a packet.")
    press(member, "Write down the decision")

    corwin = on_a_phone(people, "corwin@example.org")
    corwin.open("/learn")
    corwin.open("/record/audits")
    follow(corwin, WAITING)
    press(corwin, "Answer with an audit packet")
    assert corwin.page.get_by_text("are not those that were issued").count() == 0  # for the board alone
    corwin.open("/record/looks")
    assert corwin.page.get_by_text("File of an answer").first.is_visible()
    live.deliver()
    member.open(audit)
    follow(member, ALTERED)
    page.get_by_label("Accept the answer").check()
    press(member, "Write down the decision")
    assert page.get_by_text("3 of 3", exact=True).first.is_visible()
    page.locator("summary", has_text="Close the audit").click()
    press(member, "Yes, close the audit")
    member.open("/board")
    assert page.get_by_role("link", name=WAITING).count() == 0


def test_what_the_demonstration_offers_to_try_is_found_altered(people, live):
    page = people().open("/verify/file")
    page.set_input_files("[type=file]", live.settings.data_dir / "altered.pdf")
    page.get_by_role("button", name="Check this file").click()
    assert page.locator("h1").inner_text() == "Altered"
    assert page.get_by_role("cell", name="3 demo hours", exact=True).is_visible()


def test_a_member_looks_up_and_checks_a_list(people, live):
    member = people().sign_in("board@example.org")
    page = member.page
    member.open("/board/california/look")
    page.get_by_label("License number").fill("lmft 000412")
    press(member, "Look up this licensee")
    assert page.get_by_role("heading", name="Maya Okafor-Lindqvist").is_visible()
    member.open("/board/california/look")
    page.get_by_label("License number").fill("00004127")
    page.get_by_role("button", name="Look up this licensee").click()
    assert page.get_by_text("This board has no such licensee").is_visible()
    member.faults.clear()  # the browser notes the 404 that was wanted
    engine = open_engine(live.settings.database_url)
    with Session(engine) as session:
        codes = session.scalars(select(Award.code)).all()
    engine.dispose()
    member.open("/board/california/batches")
    page.get_by_label("Paste codes").fill("\n".join([*codes, "=cmd|' /C calc'!A0"]))
    press(member, "Check these codes")
    live.deliver()
    page.get_by_role("link", name="Download as XLSX").wait_for()  # the script noticed
    member.see()
    assert page.get_by_text("=cmd").count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert re.fullmatch(r"check-\d+\.csv", download.value.suggested_filename)
    member.open("/board/california/looks")
    texan = people().sign_in("texas-board@example.org")
    texan.page.goto(live.url + "/board/california/look")
    assert texan.page.get_by_text("do not sit on it").is_visible()


def test_a_licensee_shares_a_packet(people, live):
    maya = people().sign_in("maya@example.org")
    maya.open("/record/packets")
    press(maya, "Make the packet")
    live.deliver()
    maya.page.get_by_role("link", name="Download the packet").wait_for()
    press(maya, "Make a link")
    link = maya.page.locator(".notice code").inner_text()
    visitor = people()
    visitor.open(link)
    with visitor.page.expect_download():
        visitor.page.get_by_role("button", name="Open the packet").click()
    maya.open("/record/looks")
    assert maya.page.get_by_text("By your link").count()
