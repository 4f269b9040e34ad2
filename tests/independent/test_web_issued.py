"""What the web issues, from enrolling to the shared bundle, passes in other people's verifiers; what is wrong fails."""

import copy
import json
import re
import shutil
import subprocess

import pytest

from certificates.keys import did_url, key_id, new_key, write_base58
from certificates.log import proof_from_json, read_vkey
from certificates.proof import _digest
from tests.independent import web
from tests.independent.engines import HERE, ask_npm, ask_openbadgeslib, install

EVERYWHERE = {"@digitalbazaar/vc", "@digitalcredentials/verifier-core", "openbadgeslib"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An installation; what the tests of this file do to it, they undo."""
    made = web.install(tmp_path_factory.mktemp("web"))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def npm():
    return install()


@pytest.fixture(scope="module")
def code(place):
    """A certificate earned page by page."""
    return web.earn(place)


@pytest.fixture(scope="module")
def bundle(place, code):
    """What the holder's link gives to whoever has it."""
    path = f"/c/{code}/bundle.json"
    visitor = place.visitor()
    assert visitor.get(path).status_code == 404
    answer = visitor.get(f"{path}?k={web.share(place, code)}")
    assert answer.status_code == 200
    return answer.json


def published(place, credential):
    """What verifiers find under our addresses today."""
    visitor = place.visitor()
    did = credential["issuer"]["id"]
    served = credential["credentialStatus"]["statusListCredential"]
    return {
        did_url(did): visitor.get(did_url(did).removeprefix(web.PUBLIC_URL)).json,
        served: json.loads(visitor.get(served.removeprefix(web.PUBLIC_URL)).data),
    }


@pytest.fixture
def passes(npm, tmp_path):
    """Ask all of them; return the names of those that are content."""

    def ask(credential, documents):
        report = ask_npm(*npm, tmp_path, credential, documents)
        assert report.code in (0, 1), report.told
        content = {name for name, valid in report.valid.items() if valid}
        return content | ({"openbadgeslib"} if not ask_openbadgeslib(copy.deepcopy(credential), documents) else set())

    return ask


def test_a_good_one_passes_everywhere(place, bundle, passes):
    credential = bundle["credential"]
    documents = published(place, credential)
    assert list(documents.values()) == [bundle["did"], bundle["status_list"]]
    assert credential["credentialSubject"]["identifier"][0]["identityHash"] == "Zoë O’Brien-Łukasiewicz"
    assert passes(credential, documents) == EVERYWHERE


def test_its_entry_is_in_the_log_says_another_implementation(place, bundle, npm, tmp_path):
    node, folder = npm
    shutil.copy(HERE / "log.mjs", folder)
    visitor = place.visitor()
    vkey = visitor.get("/log/vkey").text
    altered = {**bundle["log"], "entry": bundle["log"]["entry"].replace("ce-log/1 issue ", "ce-log/1 revoke ")}
    question = {"vkey": vkey.strip(), "proofs": [bundle["log"], altered]}
    (tmp_path / "question.json").write_text(json.dumps(question))
    command = [*node.node, str(folder / "log.mjs"), str(tmp_path / "question.json")]
    told = json.loads(subprocess.run(command, capture_output=True, timeout=60, check=True).stdout)
    assert [answer["ok"] for answer in told] == [True, False]
    assert proof_from_json(bundle["log"]).check(read_vkey(vkey))[0].kind == "issue"
    assert bundle["log"]["checkpoint"] == visitor.get("/log/checkpoint").text


@pytest.mark.parametrize("fact", ["identityHash", "value", "activityEndDate"])
def test_a_tampered_one_fails_everywhere(place, bundle, passes, fact):
    text = json.dumps(bundle["credential"], ensure_ascii=False)
    old = re.search(rf'"{fact}": "([^"]*)"', text)[1]
    altered = json.loads(text.replace(old, old.replace("1", "2") if "1" in old else "Somebody Else"))
    assert altered != bundle["credential"]
    assert passes(altered, published(place, bundle["credential"])) == set()


def test_a_foreign_key_under_our_name_fails_everywhere(place, bundle, passes):
    stranger, forged = new_key(), copy.deepcopy(bundle["credential"])
    (proof,) = forged.pop("proof")
    forged["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    terms = {name: value for name, value in proof.items() if name != "proofValue"}
    for method in (proof["verificationMethod"], key_id(forged["issuer"]["id"], stranger.public_key())):
        named = {**terms, "verificationMethod": method}
        value = "z" + write_base58(stranger.sign(_digest(forged, named)))
        assert passes({**forged, "proof": [{**named, "proofValue": value}]}, published(place, forged)) == set()


def test_a_list_that_ran_out_fails_everywhere_until_it_is_signed_again(place, bundle, passes):
    credential = bundle["credential"]
    web.let_lists_run_out(place)
    assert passes(credential, published(place, credential)) == set()
    web.sign_lists_again(place)
    assert passes(credential, published(place, credential)) == EVERYWHERE


def test_a_revoked_one_fails_everywhere(place, bundle, code, passes):
    web.revoke(place, code)
    credential = bundle["credential"]
    assert "Revoked" in place.visitor().get(f"/c/{code}").text
    assert passes(credential, published(place, credential)) == set()
    stale = {**published(place, credential), bundle["status_list"]["id"]: bundle["status_list"]}
    assert passes(credential, stale) == EVERYWHERE  # who holds an old list sees it stand, for 14 days at most
