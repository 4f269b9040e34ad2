"""What is signed is written twice, by PyLD and by our own table: both write the same, or nothing is issued."""

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import proof
from certificates.certificate import License
from certificates.contexts import offline_loader
from certificates.credential import CONTEXTS, compose
from certificates.keys import new_key
from certificates.proof import sign
from certificates.statements import write_proof_statements, write_statements
from certificates.status import StatusList, sign_status_list
from tests.certificates.test_credential import ENVELOPE, METHOD, certificates

NOW = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)


def of_pyld(document):
    with proof._pyld:
        return proof._canonical(dict(document), offline_loader)


@pytest.fixture
def unsigned(certificate):
    return compose(certificate, **ENVELOPE)


@settings(max_examples=40, deadline=None)
@given(certificates)
def test_it_writes_a_credential_as_pyld_does(certificate):
    document = compose(certificate, **ENVELOPE)
    assert write_statements(document) == of_pyld(document)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 100_000).map(lambda number: round(number, 2)) | st.integers(0, 100_000), st.text())
def test_it_writes_numbers_and_texts_as_pyld_does(number, text):
    text = proof.UNSIGNABLE.sub("", text.encode("utf-8", "ignore").decode())
    document = {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": text,
        "credentialSubject": {"id": "urn:uuid:2", "type": ["AchievementSubject"], "creditsEarned": number},
    }
    assert write_statements(document) == of_pyld(document)


def test_it_writes_a_list_and_a_proof_as_pyld_does(unsigned):
    signed = sign_status_list(StatusList().revoke(7), ENVELOPE["status"].list_url, new_key(), METHOD, NOW)
    document = {name: value for name, value in signed.items() if name != "proof"}
    assert write_statements(document) == of_pyld(document)
    terms = {name: value for name, value in signed["proof"][0].items() if name != "proofValue"}
    assert write_proof_statements(terms) == of_pyld({"@context": signed["@context"], **terms})


def test_a_license_that_is_named_twice_is_written_once(certificate):
    twice = License("CA", "LCSW", "104233")
    document = compose(replace(certificate, licenses=(twice, twice)), **ENVELOPE)
    assert write_statements(document) == of_pyld(document)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda it: it.update(licenseNumber="1"), "no term 'licenseNumber'"),
        (lambda it: it["type"].append("Unheard"), "no type 'Unheard'"),
        (lambda it: it["@context"].pop(), "contexts"),
        (lambda it: it["@context"].reverse(), "contexts"),
        (lambda it: it.update(id="relative"), "absolute address"),
        (lambda it: it["issuer"].update(id="did web"), "absolute address"),
        (lambda it: it.update(name=None), "no text"),
        (lambda it: it["evidence"][0].update(evidence={"name": "inner"}), "without an address below"),
    ],
)
def test_what_it_does_not_know_is_refused(unsigned, change, problem):
    broken = copy.deepcopy(unsigned)
    change(broken)
    with pytest.raises(ValueError, match=problem):
        write_statements(broken)


def test_a_term_that_only_the_contexts_know_is_not_signed(unsigned):
    key = new_key()
    sign(unsigned, key, METHOD, NOW)
    with pytest.raises(ValueError, match="the table knows no term 'inLanguage'"):
        sign(unsigned | {"inLanguage": "en"}, key, METHOD, NOW)
