"""What caches may keep, and how refusals read."""

import pytest


def cache_of(answer):
    return answer.headers.get("Cache-Control")


def test_what_a_signed_in_person_sees_is_kept_by_nobody_else(browser, make):
    browser.sign_in(make.user())
    for path in ("/", "/learn", "/account/profile", "/nothing"):
        assert cache_of(browser.get(path)) == "private, no-store", path


def test_pages_of_accounts_are_kept_by_nobody(browser):
    for path in ("login", "register", "reset", "confirm"):
        assert cache_of(browser.get(f"/account/{path}")) == "private, no-store", path


def test_public_pages_are_kept_by_who_asks_again(browser, make):
    assert cache_of(browser.get("/catalogue")) == "private, no-cache"
    picture = make.media()
    browser.sign_in(make.user())
    assert "no-store" not in cache_of(browser.get(f"/media/{picture.id}"))


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("get", "/operator", 403, "It belongs to somebody else or to another role"),
        ("post", "/catalogue", 405, "not for what was asked of it"),
    ],
)
def test_refusals_are_in_our_words(browser, make, method, path, status, words):
    browser.sign_in(make.user())
    answer = getattr(browser, method)(path)
    assert (answer.status_code, words in answer.text) == (status, True)


def test_a_form_sent_as_json_is_refused_in_our_words(browser):
    answer = browser.client.post("/account/login", json={"email": "a@example.org"})
    assert answer.status_code == 415
    assert "Send it with the form of the page" in answer.text
