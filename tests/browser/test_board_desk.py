"""A member of a board works at the desk in a real browser, and licensees answer."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awards.models import Award
from lms.db import open_engine

NUMBERS = ("LMFT000412", "LCSW000977", "LPCC000155")
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
    """Sign in as the licensee and answer the audit from the home page."""
    licensee = people().sign_in(email)
    licensee.open("/record/audits")
    follow(licensee, title)
    if packet:
        press(licensee, "Answer with an audit packet")
        live.deliver()
        licensee.page.get_by_role("link", name="Download the packet").wait_for()
        licensee.see()
    else:
        licensee.page.get_by_label("Your answer").fill("My certificates are with another provider.")
        press(licensee, "Send this answer")
    return licensee


def test_a_member_finishes_an_audit_of_three_licensees(people, live, width):
    member = people().sign_in("board@example.org")
    title = f"Audit at {width} pixels"
    member.open("/board")
    follow(member, "Audits")
    follow(member, "Open an audit")
    page = member.page
    page.get_by_label("Title").fill(title)
    page.get_by_label("License numbers").fill("\n".join(NUMBERS))
    page.get_by_label("Answer due by").fill((datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    press(member, "Open the audit")
    audit = page.url
    assert page.get_by_text("No answer yet").count() == 3

    for email, packet in zip(ANSWERS, (True, True, False), strict=True):
        last = answer(people, live, title, email, packet=packet)

    for number in NUMBERS[:2]:
        member.open(audit)
        page.locator("tbody a").filter(has_text=number).click()
        member.see()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the packet").click()
        assert download.value.suggested_filename.endswith(".zip")
        page.get_by_label("Accept the answer").check()
        press(member, "Write down the decision")
    page.locator("tbody a").filter(has_text=NUMBERS[2]).click()
    member.see()
    assert page.get_by_text("another provider").count() == 1
    page.get_by_label("Return it, something is missing").check()
    page.get_by_role("button", name="Write down the decision").click()
    assert page.get_by_text("Say what is missing").first.is_visible()
    member.faults.clear()  # the browser notes the refusal that was wanted
    member.see()
    page.get_by_label("Words to the licensee").fill("Please send what you have here all the same.")
    press(member, "Write down the decision")

    last.open("/learn")
    last.open("/record/audits")
    follow(last, title)
    press(last, "Answer with an audit packet")
    last.open("/record/looks")
    live.deliver()
    member.open(audit)
    page.locator("tbody a").filter(has_text=NUMBERS[2]).click()
    page.get_by_label("Accept the answer").check()
    press(member, "Write down the decision")
    assert page.get_by_text("3 of 3", exact=True).first.is_visible()
    page.locator("summary", has_text="Close the audit").click()
    press(member, "Yes, close the audit")
    member.open("/board")


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
