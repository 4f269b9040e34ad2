"""Batches at the desk: handed in, watched, fetched."""

import io

import pytest
from sqlalchemy import select

from lms.oversight.models import Batch

URL = "/board/golden/batches"


@pytest.fixture
def hand_in(browser, member, session):
    browser.sign_in(member)

    def go(codes="", file=None):
        data = {"codes": codes}
        if file:
            data["file"] = (io.BytesIO(file), "list.csv")
        return browser.post(URL, data, content_type="multipart/form-data")

    return go


def test_a_pasted_list_is_checked_and_fetched(browser, session, hand_in, work, holder, make):
    assert "No batch yet" in browser.get(URL).text
    code = make.award(holder).code
    answer = hand_in(f"{code}\n=cmd|' /C calc'!A0")
    page = browser.get(answer.location)
    assert "0 of 2" in page.text
    assert "progress.js" in page.text
    assert browser.get(answer.location + ".json").json == {"done": 0, "total": 2, "finished": False}
    assert browser.get(answer.location + ".csv").status_code == 409
    work.batch(session.scalars(select(Batch.id)).one())
    page = browser.get(answer.location).text
    assert "What is not valid" in page
    assert "progress.js" not in page
    assert browser.get(answer.location + ".json").json["finished"]
    file = browser.get(answer.location + ".csv")
    assert b"Valid" in file.data
    assert b"'=cmd" in file.data
    assert "attachment" in file.headers["Content-Disposition"]
    assert browser.get(answer.location + ".xlsx").data.startswith(b"PK")
    assert "1 of 2 valid" in browser.get(URL).text
    assert "1 of 2 valid" in browser.get("/board").text


def test_all_valid_says_so(browser, session, hand_in, work, make):
    answer = hand_in(file=f"Code\n{make.award().code}\n".encode())
    work.batch(session.scalars(select(Batch.id)).one())
    page = browser.get(answer.location).text
    assert "Every code is valid" in page
    assert "list.csv" in page


@pytest.mark.parametrize("given", [{}, {"codes": "x\n" * 10_001}, {"file": b"PK\x03\x04broken"}])
def test_what_cannot_be_read_is_said_beside_the_field(hand_in, given):
    answer = hand_in(**given)
    assert answer.status_code == 422
    assert "error-summary" in answer.text


def test_what_was_pasted_is_kept(hand_in):
    assert "x\r\nx" in hand_in("x\r\n" * 10_001).text.replace("\r\r", "\r")


def test_another_boards_batch_is_not_found(browser, session, make, hand_in):
    location = hand_in("x").location
    browser.sign_in(make.board_member(make.board(slug="other")))
    for ending in ("", ".json", ".csv", ".xlsx"):
        assert browser.get(location + ending).status_code == 404
        assert browser.get(location.replace("golden", "other") + ending).status_code == 404


def test_pages_take_few_statements_and_leave_the_lines_alone(browser, session, hand_in, statements):
    for _ in range(4):
        location = hand_in("x\ny").location
    session.expire_all()
    for url in (URL, location, location + ".json", "/board"):
        statements.clear()
        browser.get(url)
        assert len(statements) <= 8, (url, statements)
        assert not any("batches.lines" in statement for statement in statements)
