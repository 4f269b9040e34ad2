"""Following what is revoked: by hashes, in the order of the log."""

import hashlib
from datetime import timedelta
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from lms.awards import feed
from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def revoked(make, now):
    """Two certificates, revoked an hour apart, and one that stands."""
    first, second, _ = make.award(), make.award(), make.award()
    by = make.user().id
    revoke_award(make.session, first, reason="misconduct", note="x", by=by, seal=make.seal, now=now)
    later = now + timedelta(hours=1)
    reissue_award(make.session, second, Holder("New", []), note="x", by=by, seal=make.seal, now=later)
    return first, second


def test_it_lists_hashes_and_never_a_code(browser, revoked):
    answer = browser.get("/api/v1/revocations")
    rows = answer.json["revocations"]
    assert [row["code_sha256"] for row in rows] == [hashlib.sha256(one.code.encode()).hexdigest() for one in revoked]
    assert [row["credential_sha256"] for row in rows] == [one.credential_sha256 for one in revoked]
    assert [row["reason"] for row in rows] == ["misconduct", "replaced"]
    assert not any(one.code in answer.text for one in revoked)
    assert answer.json["next"] is None
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_it_goes_on_from_a_moment_or_a_log_size(browser, revoked, now):
    since = quote((now + timedelta(minutes=1)).isoformat())
    (row,) = browser.get(f"/api/v1/revocations?since={since}").json["revocations"]
    assert row["reason"] == "replaced"
    assert browser.get(f"/api/v1/revocations?size={row['log_index']}").json["revocations"] == [row]
    whole = browser.get("/api/v1/revocations").json
    assert browser.get(f"/api/v1/revocations?size={whole['log_size']}").json["revocations"] == []


def test_long_lists_come_in_parts(browser, revoked, monkeypatch):
    monkeypatch.setattr(feed.list_revoked, "__kwdefaults__", {"limit": 1})
    first = browser.get("/api/v1/revocations").json
    assert len(first["revocations"]) == 1
    rest = browser.get(first["next"].removeprefix("http://localhost:8099")).json
    assert (len(rest["revocations"]), rest["next"]) == (1, None)
    assert 'rel="next"' in browser.get("/api/v1/revocations.atom").text


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-01-01",
        "since=2026-01-01T00:00:00",
        "since=soon",
        "since=0001-01-01T00:00:00%2B23:59",
        "size=-1",
        "size=x",
        "size=99999999999999999",
    ],
)
def test_what_cannot_be_read_is_refused(browser, query):
    answer = browser.get(f"/api/v1/revocations?{query}")
    assert (answer.status_code, set(answer.json["errors"])) == (422, {query.split("=")[0]})


def test_the_feed_is_good_atom(browser, revoked):
    answer = browser.get("/api/v1/revocations.atom")
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for parent in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert parent.findtext(f"{ATOM}{name}")
    assert [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")] == [
        "Revoked: misconduct",
        "Revoked: replaced by a corrected certificate",
    ]


def test_an_empty_feed_is_one_too(browser):
    assert browser.get("/api/v1/revocations.atom").status_code == 200


def test_it_costs_two_statements(browser, revoked, statements):
    statements.clear()
    browser.get("/api/v1/revocations")
    assert len(statements) == 2
