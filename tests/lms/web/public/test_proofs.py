"""The addresses that verifiers elsewhere ask."""

import json

import pytest

from certificates import log as tree
from lms.awards.head import get_frontier
from tests.make import SEAL


def test_keys_are_published_for_host_and_provider(browser, make):
    provider = make.provider(slug="house")
    host = browser.get("/.well-known/did.json")
    assert host.json["id"] == SEAL.did()
    assert host.headers["Access-Control-Allow-Origin"] == "*"
    assert browser.get(f"/p/{provider.slug}/did.json").json == json.loads(json.dumps(SEAL.did_document("house")))
    assert browser.get("/p/nobody/did.json").status_code == 404


def test_the_status_list_is_served_with_a_tag(browser, make):
    award = make.award()
    answer = browser.get(f"/credentials/status/{award.status_list_id}")
    assert answer.json["credentialSubject"]["type"] == "BitstringStatusList"
    again = browser.get(
        f"/credentials/status/{award.status_list_id}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert browser.get("/credentials/status/999999").status_code == 404


def test_an_achievement_leads_to_its_module(browser, make):
    edition = make.edition()
    assert browser.get(f"/achievements/{edition.id}").location == f"/modules/{edition.module.slug}"
    assert browser.get(f"/achievements/{make.draft().id}").status_code == 404


def test_the_log_is_readable_as_tiles(browser, make, session):
    awards = [make.award() for _ in range(3)]
    vkey = tree.read_vkey(browser.get("/log/vkey").text)
    checkpoint = tree.open_checkpoint(browser.get("/log/checkpoint").text, vkey)
    assert checkpoint.size == get_frontier(session).size
    leaves = tree.read_entry_bundle(browser.get(f"/log/tile/entries/000.p/{checkpoint.size}").data)
    assert tree.root_of_leaves(leaves) == checkpoint.root
    hashes = browser.get(f"/log/tile/0/000.p/{checkpoint.size}").data
    assert hashes[:32] == tree.hash_leaf(leaves[0])
    entry = browser.get(f"/log/entries/{awards[0].log_index}")
    assert awards[0].credential_sha256 in entry.text


@pytest.mark.parametrize("path", ["0/000", "0/000.p/999", "9/000.p/1", "entries/x001/000", "../x", "0/000.p/0"])
def test_tiles_that_are_not_there_are_not_found(browser, make, path):
    make.award()
    assert browser.get(f"/log/tile/{path}").status_code == 404


def test_the_log_shows_that_it_only_grew(browser, make):
    make.award()
    old = tree.open_checkpoint(browser.get("/log/checkpoint").text, SEAL.vkey)
    make.award()
    answer = browser.get(f"/log/consistency?from={old.size}").json
    new = tree.open_checkpoint(answer["checkpoint"], SEAL.vkey)
    assert (answer["from"], new.size) == (old.size, old.size + 1)
    for bad in ("0", "x", "99999"):
        assert browser.get(f"/log/consistency?from={bad}").status_code == 422
    assert browser.get("/log/entries/99999").status_code == 404


def test_every_form_of_the_certificate_carries_the_credential(browser, make):
    award = make.award()
    browser.sign_in(award.completion.enrollment.user)
    assert browser.get(f"/record/certificates/{award.code}.json").text == award.credential
    for form in ("pdf", "png", "svg"):
        first = browser.get(f"/record/certificates/{award.code}.{form}").data
        assert first == browser.get(f"/record/certificates/{award.code}.{form}").data
