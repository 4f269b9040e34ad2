"""Approvals that wait for an operator."""

import pytest
from sqlalchemy import select

from lms.accreditation.models import Approval
from lms.outbox import Promise


@pytest.fixture
def operator(browser, make):
    user = make.operator()
    browser.sign_in(user)
    return user


@pytest.fixture
def approval(make):
    provider = make.provider(name="House of Learning")
    manager = make.member(provider, "manager").id
    return make.approval(provider, number="APA-9", recorded_by=manager, confirmed_at=None, confirmed_by=None)


def test_what_waits_is_shown_whole(browser, operator, make, approval):
    make.approval(make.provider(), number="DECIDED-1")
    page = browser.get("/operator/approvals").text
    for words in ("APA-9", "House of Learning", "1 January 2026", "31 December 2027", approval.statement):
        assert words in page
    assert "DECIDED-1" not in page
    assert "<dt>Approvals that wait for you</dt><dd>1</dd>" in browser.get("/operator").text


def test_confirming_lets_it_count_and_tells_the_manager(browser, operator, approval, session):
    address = f"/operator/approvals/{approval.id}/confirm"
    assert browser.post(address).location == "/operator/approvals"
    session.refresh(approval)
    assert approval.confirmed_by == operator.id
    mail = session.scalars(select(Promise)).one().payload
    assert mail["to"] == session.get_one(type(operator), approval.recorded_by).email
    assert mail["subject"] == "Approval confirmed: APA-9"
    assert "Nothing waits" in browser.get("/operator/approvals").text
    assert browser.post(address).status_code == 404


def test_refusing_needs_a_note_that_the_manager_reads(browser, operator, approval, session, make):
    address = f"/operator/approvals/{approval.id}/refuse"
    assert browser.post(address, {"note": " "}).status_code == 422
    assert browser.post(address, {"note": "The list has no such number."}).status_code == 303
    session.refresh(approval)
    assert (approval.confirmed_at, approval.refusal_note) == (None, "The list has no such number.")
    assert "The list has no such number." in session.scalars(select(Promise)).one().payload["text"]
    provider = approval.provider
    page = browser.sign_in(make.member(provider, "manager")).get(f"/workshop/providers/{provider.slug}/approvals").text
    assert "Not confirmed" in page
    assert "The list has no such number." in page


def test_nobody_confirms_what_they_recorded(browser, operator, approval, session):
    approval.recorded_by = operator.id
    session.flush()
    assert browser.post(f"/operator/approvals/{approval.id}/confirm").status_code == 403


def test_the_page_asks_one_question_for_any_number(browser, operator, make, approval, statements):
    browser.get("/operator/approvals")
    statements.clear()
    browser.get("/operator/approvals")
    few = len(statements)
    for number in range(4):
        make.approval(make.provider(), number=f"N-{number}", confirmed_at=None, confirmed_by=None)
    statements.clear()
    assert "N-3" in browser.get("/operator/approvals").text
    assert len(statements) == few <= 8


def test_what_waits_earns_nothing_and_is_not_shown_as_fact(browser, make, session):
    provider = make.provider()
    make.approval(provider, number="WAIT-1", confirmed_at=None, confirmed_by=None)
    edition = make.edition(provider)
    assert "WAIT-1" not in browser.get(f"/providers/{provider.slug}").text
    assert "No CE credit" in browser.get(f"/modules/{edition.module.slug}").text
    assert "demo hour" not in browser.get("/catalogue").text
    manager = browser.sign_in(make.member(provider, "manager"))
    assert "Waiting for confirmation" in manager.get(f"/workshop/providers/{provider.slug}/approvals").text
    assert session.scalars(select(Approval)).one().confirmed_at is None
