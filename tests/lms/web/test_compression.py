"""What goes over the wire: compressed, asked for again only where it changed, telling no secret by its length."""

import gzip

import brotli
import pytest

PAGES = ("/", "/catalogue", "/verify", "/account/login")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
        ("", None),
    ],
)
def test_a_page_comes_as_the_browser_takes_it(browser, accepted, encoding):
    plain = browser.get("/catalogue")
    answer = browser.get("/catalogue", headers={"Accept-Encoding": accepted})
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert read(answer.data) == plain.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_page_is_private_and_asked_for_again(browser):
    first = browser.get("/catalogue")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = browser.get("/catalogue", headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "br"})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_that_changed_comes_whole(browser, make):
    tag = browser.get("/catalogue").headers["ETag"]
    make.edition(title="New")
    again = browser.get("/catalogue", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "New" in again.text


def test_a_page_with_a_token_and_a_strangers_words_is_not_compressed(browser):
    def encoding(url):
        return browser.get(url, headers={"Accept-Encoding": "br"}).headers.get("Content-Encoding")

    assert "csrf_token" in browser.get("/account/login?next=/record").text
    assert encoding("/account/login?next=/record") is None
    assert encoding("/account/login") == "br"
    assert encoding("/catalogue?q=grief") == "br"


def test_a_page_with_a_token_has_no_tag(browser):
    assert "ETag" not in browser.get("/account/login").headers


def test_what_may_not_be_kept_has_no_tag(browser, make):
    answer = browser.get("/catalogue", headers={"X-Part": "results"})
    assert "ETag" not in answer.headers


def test_errors_are_pages_too(browser):
    answer = browser.get("/nowhere", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 404
    assert "ETag" not in answer.headers
    assert b"There is no such page" in gzip.decompress(answer.data)


def test_little_is_sent_as_it_is(browser):
    assert "Content-Encoding" not in browser.get("/healthz", headers={"Accept-Encoding": "br"}).headers


def test_pictures_are_sent_as_they_are(browser, app):
    from flask import Response

    app.add_url_rule("/picture", "public.home.picture", lambda: Response(b"\x89PNG" * 900, mimetype="image/png"))
    assert "Content-Encoding" not in browser.get("/picture", headers={"Accept-Encoding": "br"}).headers
