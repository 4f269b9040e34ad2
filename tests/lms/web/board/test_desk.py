"""The board's first page."""


def test_a_member_sees_their_boards_and_the_code_field(browser, make):
    board = make.board(name="Board of Behavioral Sciences", professions=["mft", "counselor"])
    page = browser.sign_in(make.board_member(board)).get("/board").text
    assert "Board of Behavioral Sciences" in page
    assert "marriage and family therapists" in page
    assert 'action="/verify"' in page
