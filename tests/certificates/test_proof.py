"""Signatures are those of the standard, notice what they can, and nothing hostile reaches the canonicaliser."""

import copy
import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import contexts, proof
from certificates.contexts import CREDENTIALS_V2, offline_loader, read_contexts
from certificates.credential import compose
from certificates.keys import did_web, key_id, load_key, new_key, read_base58
from certificates.proof import Verdict, jcs_sha256, serialise, sign, verify
from tests.certificates.test_credential import ENVELOPE, places

NOW = datetime(2026, 11, 22, 1, 4, 5, tzinfo=UTC)
DID = did_web("credence.example", "p", "harbor")
KEY = new_key()
METHOD = key_id(DID, KEY.public_key())
KEYS = {METHOD: KEY.public_key()}
SMALL = {
    "@context": [CREDENTIALS_V2],
    "id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential"],
    "issuer": DID,
    "name": "a name",
    "credentialSubject": {"id": "urn:uuid:b5b5d1a0-4b5a-4a3e-9d61-51e6a5c3d0aa"},
}
# W3C vc-di-eddsa, appendix B.1 (eddsa-rdfc-2022)
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
ALUMNI = {
    "@context": [CREDENTIALS_V2, EXAMPLES],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"did:key:{PUBLIC}#{PUBLIC}",
    "proofPurpose": "assertionMethod",
}
PROOF_HASH = "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
SIGNATURE = (
    "4d8e53c2d5b3f2a7891753eb16ca993325bdb0d3cfc5be1093d0a18426f5ef85"
    "78cadc0fd4b5f4dd0d1ce0aefd15ab120b7a894d0eb094ffda4e6553cd1ed50d"
)


@pytest.fixture
def unsigned(certificate):
    return compose(certificate, **ENVELOPE)


@pytest.fixture
def signed(unsigned):
    return sign(unsigned, KEY, METHOD, NOW)


def with_examples(url, options=None):
    if url == EXAMPLES:
        context = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
        return {"contextUrl": None, "documentUrl": url, "document": context}
    return offline_loader(url, options)


def test_the_vector_of_the_standard_is_ours():
    digest = proof._digest(ALUMNI, OPTIONS, with_examples)
    assert digest.hex() == PROOF_HASH + DOCUMENT_HASH
    assert load_key(read_base58(SECRET[1:])[2:]).sign(digest).hex() == SIGNATURE


def test_a_proof_is_an_array_of_one_and_the_document_is_as_it_was(unsigned):
    before = copy.deepcopy(unsigned)
    signed = sign(unsigned, KEY, METHOD, NOW)
    assert unsigned == before
    assert {name: value for name, value in signed.items() if name != "proof"} == before
    (made,) = signed["proof"]
    assert made["created"] == "2026-11-22T01:04:05Z"
    assert made["verificationMethod"] == METHOD
    assert len(read_base58(made["proofValue"][1:])) == 64
    signed["issuer"]["name"] = "changed afterwards"
    assert unsigned == before


def test_what_we_signed_is_genuine_also_after_a_journey_as_bytes(signed):
    again = json.loads(serialise(signed))
    assert verify(again, KEYS) is Verdict.GENUINE
    assert verify(again, KEYS, jcs_sha256(signed)) is Verdict.GENUINE
    assert jcs_sha256(signed) == hashlib.sha256(serialise(signed)).hexdigest()
    assert serialise(again) == serialise(signed)


def test_a_document_that_would_not_verify_is_never_handed_over(monkeypatch):
    monkeypatch.setattr(proof, "_digest", lambda *_: bytes(64))  # a canonicaliser that went wrong
    with pytest.raises(AssertionError, match="does not verify"):
        sign(SMALL, KEY, METHOD, NOW)


def leaves(document):
    for path in places(document):
        place = document
        for step in path:
            place = place[step]
        if not isinstance(place, dict | list):
            yield path, place


def changed(document, path, value):
    broken = copy.deepcopy(document)
    place = broken
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return broken


def test_any_changed_value_is_noticed_by_the_signature_alone(signed):
    kept = {name: value for name, value in signed.items() if name != "proof"}
    for path, value in leaves(kept):
        other = (not value) if isinstance(value, bool) else value + 1 if isinstance(value, float) else f"{value}x"
        verdict = verify(changed(signed, path, other), KEYS)
        assert verdict is not Verdict.GENUINE, path
        assert verdict is Verdict.UNKNOWN_KEY if path == ("issuer", "id") else Verdict.ALTERED, path


def test_any_change_at_all_is_noticed_by_the_hash(signed):
    """Missing members, reordered and unwrapped arrays, nulls: the signature notices only some of them."""
    sha256 = jcs_sha256(signed)
    for path in places(signed):
        assert verify(changed(signed, path, None), KEYS, sha256) is Verdict.ALTERED, path
    for thing in ("identifier", "result"):
        turned = copy.deepcopy(signed)
        turned["credentialSubject"][thing].reverse()
        assert verify(turned, KEYS) is Verdict.GENUINE
        assert verify(turned, KEYS, sha256) is Verdict.ALTERED
    unwrapped = changed(signed, ("issuer", "type"), "Profile")
    assert verify(unwrapped, KEYS) is Verdict.GENUINE
    assert verify(unwrapped, KEYS, sha256) is Verdict.ALTERED


def test_a_fact_hidden_under_its_full_name_is_noticed_by_the_signature_alone(signed):
    for path, full in [
        (("name",), "https://schema.org/name"),
        (("issuer", "email"), "https://schema.org/email"),
        (("issuer", "email"), "@included"),
    ]:
        hidden = changed(signed, path, None)
        place = hidden if len(path) == 1 else hidden[path[0]]
        place[full] = signed[path[0]] if len(path) == 1 else signed[path[0]][path[1]]
        assert verify(hidden, KEYS) is Verdict.ALTERED, full
    assert verify({**signed, "image": None}, KEYS) is Verdict.ALTERED


def test_facts_that_move_between_two_names_of_one_thing_are_noticed_by_the_hash_only(unsigned, monkeypatch):
    """Why no id is repeated: with a creator that is the issuer, the provider's numbers could move there."""
    unsigned["credentialSubject"]["achievement"]["creator"] = {"id": DID, "type": ["Profile"]}
    with pytest.raises(ValueError, match="no term 'creator'"):
        sign(unsigned, KEY, METHOD, NOW)
    monkeypatch.setattr(proof, "_signs", lambda *_: True)  # as somebody else would sign it
    signed = sign(unsigned, KEY, METHOD, NOW)
    moved = copy.deepcopy(signed)
    moved["credentialSubject"]["achievement"]["creator"]["phone"] = moved["issuer"].pop("phone")
    assert verify(moved, KEYS) is Verdict.GENUINE
    assert verify(moved, KEYS, jcs_sha256(signed)) is Verdict.ALTERED


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(created="2020-01-01T00:00:00Z"),
        lambda it: it.update(proofValue=it["proofValue"][:-1]),
        lambda it: it.update(proofValue="z"),
        lambda it: it.update(proofValue="z" + "0" * 88),
    ],
)
def test_a_changed_proof_is_noticed(signed, change):
    change(signed["proof"][0])
    assert verify(signed, KEYS) is Verdict.ALTERED


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("proof"),
        lambda it: it.update(proof=[]),
        lambda it: it.update(proof=None),
        lambda it: it.update(proof="text"),
        lambda it: it.update(proof=it["proof"][0]),
        lambda it: it.update(proof=it["proof"] * 2),
        lambda it: it["proof"][0].update(expires="2027-01-01T00:00:00Z"),
        lambda it: it["proof"][0].update(cryptosuite="eddsa-jcs-2022"),
        lambda it: it["proof"][0].update(type="Ed25519Signature2020"),
        lambda it: it["proof"][0].update(proofPurpose="authentication"),
        lambda it: it["proof"][0].update(proofValue="u123"),
        lambda it: it["proof"][0].update(proofValue=7),
        lambda it: it["proof"][0].pop("created"),
    ],
)
def test_any_other_proof_is_none(signed, change):
    change(signed)
    assert verify(signed, KEYS) is Verdict.UNSIGNED


def test_only_listed_keys_of_the_issuer_count(signed, unsigned):
    other = new_key()
    assert verify(signed, {}) is Verdict.UNKNOWN_KEY
    assert verify(signed, {METHOD: other.public_key()}) is Verdict.ALTERED
    assert verify(sign(unsigned, other, key_id(DID, other.public_key()), NOW), KEYS) is Verdict.UNKNOWN_KEY
    elsewhere = copy.deepcopy(signed)
    elsewhere["proof"][0]["verificationMethod"] = foreign = key_id(did_web("evil.example"), KEY.public_key())
    assert verify(elsewhere, {foreign: KEY.public_key()}) is Verdict.UNKNOWN_KEY


@pytest.mark.parametrize(
    "change",
    [
        {"undefinedTerm": "x"},
        {"issuer": "did:web:other.example"},
        {"id": "relative"},
        {"id": "_:b0"},
        {"id": "//evil.example/x"},
        {"type": ["VerifiableCredential", "Undefined"]},
        {"@context": [CREDENTIALS_V2, "https://www.w3.org/ns/odrl.jsonld"]},
        {"@context": "file:///etc/passwd"},
        {"@context": []},
        {"name": "bell\x08"},
        {"name": "\ud800"},
        {"name": "\x7f"},
        {"name": 1e-7},
        {"name": 0.125},
        {"name": float("nan")},
        {"name": 2**53},
        {"name": "x" * 200_000},
        {"credentialSubject": {"@graph": [{"name": "x"}]}},
        {"credentialSchema": {"id": "https://a.b/c", "type": "1EdTechJsonSchemaValidator2019"}},
        {"credentialSubject": [{"name": "x"}] * 5},
        {"credentialSubject": [{"name": str(at)} for at in range(600)]},
    ],
)
def test_what_must_not_be_signed_is_refused(change):
    with pytest.raises(ValueError, match=r"."):
        sign({**SMALL, **change}, KEY, METHOD, NOW)
    forged = {**SMALL, **change, "proof": sign(SMALL, KEY, METHOD, NOW)["proof"]}
    if change.get("issuer") is None:
        assert verify(forged, KEYS) is (Verdict.ALTERED)


def test_the_extensions_context_is_needed_with_the_schema(unsigned):
    """Without it PyLD would sign a relative type, and every verifier in JavaScript refuses that."""
    unsigned["@context"].pop()
    with pytest.raises(ValueError, match="1EdTechJsonSchemaValidator2019"):
        sign(unsigned, KEY, METHOD, NOW)


def test_a_signed_document_is_not_signed_again(signed):
    with pytest.raises(ValueError, match="a proof already"):
        sign(signed, KEY, METHOD, NOW)


@pytest.mark.parametrize("text", ["\t\n\r", "\u2028", "\x85", "مريم 王 🎓", '\\u0000 "quoted"', " ", ""])
def test_odd_texts_are_signed(text):
    assert verify(sign({**SMALL, "name": text}, KEY, METHOD, NOW), KEYS) is Verdict.GENUINE


@settings(max_examples=40)
@given(st.text(max_size=30), st.text(max_size=30))
def test_texts_are_signed_or_refused_never_signed_wrong(one, two):
    document = {**SMALL, "name": one, "description": two}
    try:
        signed = sign(document, KEY, METHOD, NOW)
    except ValueError:
        assert proof.UNSIGNABLE.search(one + two)
    else:
        assert verify(json.loads(serialise(signed)), KEYS, jcs_sha256(signed)) is Verdict.GENUINE


def nested(depth):
    deep = []
    for _ in range(depth):
        deep = [deep]
    return deep


def poison(nodes, links):
    """Blank nodes that nothing tells apart: a few more of them cost a canonicaliser minutes."""
    deep = {"type": "Evidence"}
    for _ in range(links):
        deep = {"type": "Evidence", "evidence": [copy.deepcopy(deep), copy.deepcopy(deep)]}
    return {**SMALL, "evidence": [deep] * nodes}


@pytest.mark.parametrize(
    "hostile",
    [
        poison(10, 0),
        poison(1, 5),
        {
            **SMALL,
            "evidence": [{"id": f"_:b{at}", "evidence": [{"id": f"_:b{to}"} for to in range(9)]} for at in range(9)],
        },
        {**SMALL, "name": nested(5000)},
        {**SMALL, "@context": [{"@context": {"name": "https://a.b/#"}}] * 50},
    ],
    ids=["alike", "tree", "ring", "deep", "contexts"],
)
def test_hostile_documents_end_quickly(hostile, signed):
    began = time.perf_counter()
    assert verify({**hostile, "proof": sign(SMALL, KEY, METHOD, NOW)["proof"]}, KEYS) is Verdict.ALTERED
    assert time.perf_counter() - began < 1


def test_a_hash_keeps_foreign_json_from_the_canonicaliser(signed, monkeypatch):
    monkeypatch.setattr(proof, "_canonical", None)
    assert verify(poison(10, 0), KEYS, jcs_sha256(signed)) is Verdict.ALTERED
    assert verify({"name": nested(5000)}, KEYS, "00") is Verdict.ALTERED


def test_the_same_license_named_twice_can_be_signed(certificate):
    twice = replace(certificate, licenses=certificate.licenses[:1] * 2)
    assert verify(sign(compose(twice, **ENVELOPE), KEY, METHOD, NOW), KEYS) is Verdict.GENUINE


def test_threads_may_sign_at_once(unsigned):
    """PyLD alone may not: its caches break. `sign` checks each signature itself, in the thread."""

    def work(at):
        return sign({**unsigned, "name": f"number {at}"}, KEY, METHOD, NOW)

    with ThreadPoolExecutor(8) as pool:
        signed = list(pool.map(work, range(160)))
    assert [document["name"] for document in signed] == [f"number {at}" for at in range(160)]
    assert {verify(document, KEYS) for document in signed[::10]} == {Verdict.GENUINE}


def test_a_moment_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        sign(SMALL, KEY, METHOD, datetime(2026, 1, 1))  # noqa: DTZ001


def test_contexts_are_the_pinned_ones_and_no_others():
    assert set(read_contexts()) == set(contexts.PINNED)
    with pytest.raises(LookupError, match="nothing is fetched"):
        offline_loader("https://www.w3.org/2018/credentials/v1")


def test_a_changed_context_stops_everything(tmp_path, monkeypatch):
    for name, _ in contexts.PINNED.values():
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(contexts, "FOLDER", tmp_path)
    read_contexts.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="not the context that was pinned"):
            read_contexts()
    finally:
        read_contexts.cache_clear()
