"""Looking up at the desk: written down first, shown then, and nobody else's."""

import pytest
from sqlalchemy import select

from lms.oversight.models import Look
from tests.lms.web.board.conftest import PERIOD


@pytest.fixture
def look(browser, member):
    browser.sign_in(member)

    def go(number, of="golden", **more):
        return browser.post(f"/board/{of}/look/licensee", {"number": number, **PERIOD, **more})

    return go


def last(session):
    return session.scalars(select(Look).order_by(Look.id.desc())).first()


def test_a_licensee_is_shown_with_hours_and_certificates(browser, session, look, holder):
    answer = look("lmft 77")
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Ada Lovelace" in page
    assert "1 demo hour" in page
    assert "Valid" in page
    assert (last(session).outcome, last(session).about_id) == ("allowed", holder.id)


def test_the_letters_may_stand_apart_and_a_miss_says_how_numbers_look(browser, session, make, look, holder):
    assert "such as LMFT 123456" in browser.get("/board/golden/look").text
    for wrong in ("77", "7", "T77", "LMFT"):
        assert "such as LMFT 123456" in browser.get(look(wrong).location).text
        assert last(session).outcome == "not_found"
    assert "Ada Lovelace" in browser.get(look("77", credential="lmft").location).text
    assert browser.get(look("77", credential="LPCC").location).status_code == 404
    assert browser.get(look("77", credential="LMFT", name="Grace Hopper").location).status_code == 404
    assert last(session).outcome == "refused"
    make.license(make.user(name="Grace Hopper"), number="900", credential="LMFT")
    assert "Grace Hopper" in browser.get(look("LMFT 900").location).text


def test_an_empty_period_says_so(browser, look, holder):
    page = browser.get(look("LMFT77", first_day="2020-01-01", last_day="2020-02-01").location).text
    assert "Nothing in this period" in page


def test_another_states_licensee_is_not_found_and_written_down(browser, session, make, look):
    texan = make.user()
    make.license(texan, jurisdiction="US-TX", number="9")
    nothing = browser.get(look("9").location)
    assert nothing.status_code == 404
    assert "This board has no such licensee" in nothing.text
    assert 'href="/board/golden/look"' in nothing.text
    assert (last(session).outcome, last(session).about_id) == ("refused", texan.id)


def test_another_boards_desk_is_not_found_and_the_try_is_written_down(browser, session, make, look, member):
    make.board(slug="lone-star", jurisdiction="US-TX")
    texan = make.user()
    make.license(texan, jurisdiction="US-TX", number="9")
    answer = look("9", of="lone-star")
    assert browser.get(answer.location).status_code == 404
    row = last(session)
    assert (row.outcome, row.about_id, row.user_id) == ("refused", texan.id, member.id)
    assert look(" ", of="lone-star").status_code == 404
    assert look("9", of="nowhere").status_code == 404


def test_what_was_typed_is_kept(look, browser):
    answer = look("77", first_day="2027-01-01", name="Ada")
    assert answer.status_code == 422
    assert "The period ends before it begins." in answer.text
    assert 'value="77"' in answer.text
    assert 'value="Ada"' in answer.text


def test_a_code_of_this_board_opens_and_another_only_publicly(browser, session, make, member, holder):
    browser.sign_in(member)
    ours = make.award(holder)
    stranger = make.user()
    make.license(stranger, jurisdiction="US-TX")
    other = make.award(stranger)

    def look(code):
        return browser.post("/board/golden/look/certificate", {"code": code})

    page = browser.get(look(ours.code.lower()).location).text
    assert "Ada Lovelace" in page
    assert "California LMFT77" in page
    assert "Valid" in page
    answer = look(other.code)
    assert answer.location == f"/c/{other.code}"
    assert (last(session).outcome, last(session).about_id) == ("refused", stranger.id)
    wrong = look("nonsense")
    assert wrong.status_code == 422
    assert 'value="nonsense"' in wrong.text
    make.board(slug="lone-star")
    assert browser.post("/board/lone-star/look/certificate", {"code": ""}).status_code == 404


def test_a_look_closes_with_the_seat(browser, session, make, look, holder, member):
    from lms.boards.commands import remove_seat
    from lms.boards.queries import get_board

    make.board_member(make.board())
    answer = look("LMFT77")
    remove_seat(session, get_board(session, "golden"), member.id, by=1)
    assert browser.get(answer.location).status_code == 403


def test_the_board_sees_who_looked(browser, make, look, holder, member):
    assert "Nobody has looked yet" in browser.get("/board/golden/looks").text
    look("LMFT77")
    look("nobody")
    make.license(make.user(), jurisdiction="US-TX", number="9")
    look("9")
    page = browser.get("/board/golden/looks").text
    assert member.name in page
    assert page.count("Not shown") == 2  # which number another state has is not told here either


def test_pages_take_few_statements(browser, make, look, holder, statements):
    for _ in range(5):
        make.award(holder)
        look("LMFT77")
    answer = look("LMFT77")
    certificate = browser.post("/board/golden/look/certificate", {"code": make.award(holder).code})
    for url in (answer.location, certificate.location, "/board/golden/looks", "/board/golden/look"):
        statements.clear()
        assert browser.get(url).status_code == 200
        assert len(statements) <= 8, (url, statements)
