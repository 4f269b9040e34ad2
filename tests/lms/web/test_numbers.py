"""Numbers in addresses."""

import pytest

from lms.web.numbers import LARGEST


@pytest.mark.parametrize("number", [str(LARGEST + 1), str(2**63), "9" * 400, "9" * 5000])
def test_a_number_no_row_can_have_is_not_found(browser, make, number):
    browser.sign_in(make.user())
    for path in (f"/learn/{number}", f"/media/{number}", f"/account/licenses/{number}", f"/log/entries/{number}"):
        assert browser.get(path).status_code == 404, path


def test_the_largest_number_is_asked_of_the_database(browser, make):
    assert "There is no such" in browser.sign_in(make.user()).get(f"/account/licenses/{LARGEST}").text


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-1", "0", "x"])
def test_any_page_number_is_a_page(browser, number):
    assert browser.get(f"/catalogue?page={number}").status_code == 200
