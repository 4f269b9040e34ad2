"""The script of the verify page comes to what PyLD and our own log come to, and refuses what they refuse."""

import base64
import copy
import json
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings

from certificates import proof
from certificates.credential import compose
from certificates.keys import did_document
from certificates.log import Vkey, consistency_proof, proof_to_json, root_of, write_vkey
from certificates.status import StatusList, sign_status_list
from tests.certificates.test_credential import DID, ENVELOPE, KEY, METHOD, NOW, certificates
from tests.independent.engines import HERE, install
from tests.independent.test_log_elsewhere import KEY as LOG_KEY
from tests.independent.test_log_elsewhere import SIZES, STRANGER, VKEY, log, make

__all__ = ["log"]
PUBLIC = STRANGER.public_key().public_bytes_raw()
SCRIPT = HERE.parent.parent / "lms" / "static" / "proof.js"


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """A function that asks the script everything at once."""
    node, _ = install()
    work = tmp_path_factory.mktemp("script")
    shutil.copy(HERE / "proof.mjs", work)
    shutil.copy(SCRIPT, work / "proof_script.mjs")

    def ask(**question):
        empty = {"documents": [], "entries": [], "growths": [], "vkey": write_vkey(VKEY)}
        (work / "question.json").write_text(
            json.dumps(empty | {"did": did_document(DID, [KEY.public_key()])} | question)
        )
        command = [*node.node, str(work / "proof.mjs"), str(work / "question.json")]
        return json.loads(subprocess.run(command, capture_output=True, timeout=120, check=True).stdout)

    return ask


def statements(document):
    """What PyLD makes of a document."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    with proof._pyld:
        return proof._canonical(unsigned, proof.offline_loader).decode()


@cache
def signed_documents():
    found = []

    @settings(max_examples=60)
    @given(certificates)
    def collect(certificate):
        found.append(proof.sign(compose(certificate, **ENVELOPE), KEY, METHOD, NOW))

    collect()
    bits = StatusList().revoke(5).revoke(94_567)
    return [*found, sign_status_list(bits, ENVELOPE["status"].list_url, KEY, METHOD, NOW)]


def test_it_writes_the_statements_that_pyld_writes_and_takes_our_signatures(ask):
    documents = signed_documents()
    told = ask(documents=documents)
    assert told["statements"] == [statements(document) for document in documents]
    assert set(told["signatures"]) == {""}


def another_end(text):
    """The text with another last character; keys are new each time, so any character may stand there."""
    return text[:-1] + ("2" if text.endswith("1") else "1")


CHANGES = [
    lambda it: it["credentialSubject"]["identifier"][0].update(identityHash="Somebody Else"),
    lambda it: it["credentialSubject"].update(activityEndDate="2026-11-20T12:00:00Z"),
    lambda it: it["credentialStatus"].update(statusListIndex="7"),
    lambda it: it["issuer"].update(id="did:web:evil.example"),
    lambda it: it.update(unknownTerm="x"),
    lambda it: it["evidence"][0].update(type=["Unknown"]),
    lambda it: it["evidence"][0].update(genre={"type": ["Evidence"]}),
    lambda it: it["evidence"][0].update(genre=None),
    lambda it: it["@context"].append("https://evil.example/context"),
    lambda it: it.update(id="https://credence.example/c/x> <a:b> <c:d"),
    lambda it: it["proof"][0].update(created="2026-11-20T12:00:00Z"),
    lambda it: it["proof"][0].update(cryptosuite="eddsa-jcs-2022"),
    lambda it: it["proof"][0].update(proofValue=another_end(it["proof"][0]["proofValue"])),
    lambda it: it["proof"][0].update(proofValue="z0OIl"),
    lambda it: it["proof"][0].update(verificationMethod=METHOD + "x"),
    lambda it: it["proof"].append(it["proof"][0]),
    lambda it: it.update(proof=[]),
]


def test_it_refuses_whatever_was_altered_in_a_signed_document(ask):
    good = signed_documents()[7]
    altered = [copy.deepcopy(good) for _ in CHANGES]
    for change, document in zip(CHANGES, altered, strict=True):
        change(document)
    told = ask(documents=[good, *altered])["signatures"]
    assert told[0] == ""
    assert all(words and "crashed" not in words for words in told[1:]), told
    foreign = did_document(DID, [LOG_KEY.public_key()])
    unlisted = {**did_document(DID, [KEY.public_key()]), "assertionMethod": []}
    for did in (foreign, unlisted):
        assert "not one that the provider lists" in ask(documents=[good], did=did)["signatures"][0]


def test_it_reads_the_log_as_we_do(ask, log):
    good = [make(log, index, size) for size in SIZES for index in {0, size // 3, size // 2, size - 1}]
    one = make(log, 41, 257)
    broken = [
        replace(one, leaf=one.leaf + b" "),
        replace(one, index=40),
        replace(one, index=257),
        replace(one, path=one.path[:-1]),
        replace(one, path=(*one.path, bytes(32))),
        replace(one, path=make(log, 42, 257).path),
        replace(one, checkpoint=make(log, 41, 256).checkpoint),
        replace(one, checkpoint=one.checkpoint.replace("\n257\n", "\n258\n")),
        replace(one, checkpoint=one.checkpoint.replace("credence.example", "credulous.example")),
        replace(one, checkpoint=make(log, 41, 257, STRANGER, Vkey(VKEY.name, PUBLIC)).checkpoint),
        replace(one, checkpoint=one.checkpoint[:-9] + "\n"),
        replace(one, checkpoint=one.checkpoint.replace("\n\n", "\n")),
    ]
    told = ask(entries=[proof_to_json(each) for each in [*good, *broken]])["entries"]
    assert set(told[: len(good)]) == {""}
    assert all(words and "crashed" not in words for words in told[len(good) :]), told[len(good) :]


def test_it_sees_whether_the_log_only_grew(ask, log):
    _, node = log

    def growth(old, size):
        state = [{"size": at, "root": base64.b64encode(root_of(at, node)).decode()} for at in (old, size)]
        path = [base64.b64encode(part).decode() for part in consistency_proof(old, size, node)]
        return {"old": state[0], "now": state[1], "growth": path}

    good = [growth(old, size) for size in SIZES for old in SIZES if old <= size]
    other = base64.b64encode(bytes(32)).decode()
    one = growth(100, 257)
    broken = [
        {**one, "old": {**one["old"], "root": other}},
        {**one, "old": {**one["old"], "size": 99}},
        {**one, "now": {**one["now"], "root": other}},
        {**one, "now": one["old"], "old": one["now"]},
        {**one, "growth": one["growth"][1:]},
        {**one, "growth": [other, *one["growth"][1:]]},
        {**growth(8, 8), "old": {"size": 8, "root": other}},
    ]
    told = ask(growths=[*good, *broken])["growths"]
    assert set(told[: len(good)]) == {""}
    assert all("taken back or changed" in words for words in told[len(good) :]), told[len(good) :]
