"""What we issue passes in every independent verifier; what is wrong fails in every one."""

import copy
import subprocess
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from certificates import proof
from certificates.certificate import Author, Certificate, Credit, License, Provider, TopicHours
from certificates.credential import Issuer, compose
from certificates.keys import did_document, did_url, did_web, key_id, new_key, write_base58
from certificates.proof import Verdict, jcs_sha256, serialise, sign, verify, write_moment
from certificates.status import StatusEntry, StatusList, sign_status_list
from tests.independent.engines import Node, ask_npm, ask_openbadgeslib, find_node, install

NOW = datetime.now(UTC) - timedelta(minutes=1)  # other people's verifiers read the real clock
DID = did_web("credence.example", "p", "harbor")
KEY, OTHER = new_key(), new_key()
LIST = "https://credence.example/credentials/status/1"
NONE_REVOKED = StatusList()
ENTRY = StatusEntry(LIST, 94_567)
CREDIT = Credit(
    accreditor="DEMO",
    accreditor_name="Demonstration Accreditor",
    unit="demo hour",
    hours=Decimal("1.25"),
    provider_number="DEMO-0001",
    approved_from=date(2026, 1, 1),
    approved_to=date(2027, 12, 31),
    statement="Harbor Learning Collective is listed by the Demonstration Accreditor.",
    topics=(TopicHours("ethics", "Ethics", Decimal("0.75")),),
    also_qualifies=("Law and regulations",),
)
CERTIFICATE = Certificate(
    code="3K7QF2M9PABCDEFGHJKMNPQRST",
    verify_url="https://credence.example/c/3K7QF2M9PABCDEFGHJKMNPQRST",
    title="Ethics and telehealth",
    edition=3,
    module_code="ETH-101",
    holder_name="Zoë O’Brien-Łukasiewicz",
    licenses=(License("California", "LMFT", "104233"), License("Nevada", "MFT", "0987")),
    provider=Provider(
        "Harbor", "12 Quay Street", "+1 207 555 0142", "ce@harbor.example", "harbor.example", "Ruth", "Dean"
    ),
    credits=(CREDIT, replace(CREDIT, accreditor="DEMO2", hours=Decimal("2.0"))),
    authors=(Author("Dana Whitfield", "PhD, LMFT"), Author("Sam Roe", "")),
    completed_on=date(2026, 11, 21),
    time_zone="America/Los_Angeles",
    issued_at=NOW,
    delivery_format="self-paced",
    location="Online",
    replaces=False,
    notice="",
)
ODD = replace(
    CERTIFICATE,
    title=unicodedata.normalize("NFD", 'Café · naïve \\ “quotes” "plain" <b>&amp;</b>') + "\x00\x08\x0b\x0c\x7f",
    holder_name="مريم 王小明 प्रिया 🎓 O'Neil\u2028two\tthree",
    delivery_format="line one\nline two\r\nline three",
    authors=(),
    credits=(replace(CREDIT, hours=Decimal("0.123456"), statement="x" * 3000, topics=(), also_qualifies=()),),
    notice="Demonstration content",
)


@pytest.fixture(scope="session")
def npm():
    return install()


def composed(certificate=CERTIFICATE):
    return compose(
        certificate,
        credential_id="urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
        subject_id="urn:uuid:b5b5d1a0-4b5a-4a3e-9d61-51e6a5c3d0aa",
        issuer=Issuer(DID, "https://credence.example/p/harbor"),
        status=ENTRY,
        achievement_id="https://credence.example/achievements/eth-101/3",
        valid_from=NOW,
        awarded=NOW,
    )


def issue(certificate=CERTIFICATE):
    return sign(composed(certificate), KEY, key_id(DID, KEY.public_key()), NOW)


def forge(method):
    """Sign with a key of our own making and name another, as our own `sign` would never do."""
    names = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
    made = {**names, "created": write_moment(NOW), "verificationMethod": method}
    signature = OTHER.sign(proof._digest(composed(), made))
    return {**composed(), "proof": [{**made, "proofValue": "z" + write_base58(signature)}]}


def published(keys=(KEY,), statuses=NONE_REVOKED, now=NOW):
    """What the network would answer: the DID document and the status list."""
    return {
        did_url(DID): did_document(DID, [key.public_key() for key in keys]),
        LIST: sign_status_list(statuses, LIST, KEY, key_id(DID, KEY.public_key()), now),
    }


@pytest.fixture
def verdicts(npm, tmp_path):
    def ask(credential, documents):
        report = ask_npm(*npm, tmp_path, credential, documents)
        assert report.code in (0, 1), report.told
        return {**report.valid, "openbadgeslib": not ask_openbadgeslib(copy.deepcopy(credential), documents)}

    return ask


def tampered(change):
    credential = copy.deepcopy(issue())
    change(credential)
    return credential


@pytest.mark.parametrize("certificate", [CERTIFICATE, ODD], ids=["plain", "odd"])
def test_a_good_one_passes_everywhere(verdicts, certificate):
    assert set(verdicts(issue(certificate), published()).values()) == {True}


def test_a_retired_key_still_vouches_while_it_is_listed(verdicts):
    assert set(verdicts(issue(), published(keys=(OTHER, KEY))).values()) == {True}


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["credentialSubject"].update(creditsEarned=12.5),
        lambda it: it["credentialSubject"]["result"][0].update(value="12.5"),
        lambda it: it["credentialSubject"]["identifier"][0].update(identityHash="Somebody Else"),
        lambda it: it["credentialSubject"]["achievement"].update(undefinedTerm="extra"),
        lambda it: it["credentialStatus"].update(statusListIndex="7"),
    ],
    ids=["credits", "result", "name", "new-term", "status-index"],
)
def test_a_tampered_one_fails_everywhere(verdicts, change):
    assert set(verdicts(tampered(change), published()).values()) == {False}


def test_a_revoked_one_fails_everywhere(verdicts):
    assert set(verdicts(issue(), published(statuses=StatusList().revoke(ENTRY.index))).values()) == {False}


def test_a_list_that_ran_out_fails_everywhere(verdicts):
    assert set(verdicts(issue(), published(now=NOW - timedelta(days=15))).values()) == {False}


def test_a_missing_list_fails_everywhere(verdicts):
    documents = published()
    del documents[LIST]
    assert set(verdicts(issue(), documents).values()) == {False}


def test_a_list_with_a_cleared_bit_fails(npm, tmp_path):
    documents = published(statuses=StatusList().revoke(ENTRY.index))
    documents[LIST]["credentialSubject"]["encodedList"] = StatusList().encode()
    assert set(ask_npm(*npm, tmp_path, issue(), documents).valid.values()) == {False}


def test_a_foreign_key_under_our_name_fails_everywhere(verdicts):
    assert set(verdicts(forge(key_id(DID, KEY.public_key())), published()).values()) == {False}


def test_a_key_that_is_not_listed_fails_everywhere(verdicts):
    assert set(verdicts(forge(key_id(DID, OTHER.public_key())), published()).values()) == {False}


def test_a_key_of_another_did_fails_everywhere(verdicts):
    evil = did_web("evil.example")
    documents = {**published(), did_url(evil): did_document(evil, [OTHER.public_key()])}
    assert set(verdicts(forge(key_id(evil, OTHER.public_key())), documents).values()) == {False}


def test_a_host_that_is_down_fails_everywhere(verdicts):
    documents = published()
    del documents[did_url(DID)]
    assert set(verdicts(issue(), documents).values()) == {False}


def test_only_the_hash_notices_a_reordered_array(verdicts):
    """The signature covers a set of statements, in no order: our own check compares the bytes."""
    credential = issue()
    sha256, keys = jcs_sha256(credential), {key_id(DID, KEY.public_key()): KEY.public_key()}
    changed = copy.deepcopy(credential)
    changed["credentialSubject"]["result"].reverse()
    assert set(verdicts(changed, published()).values()) == {True}
    assert verify(changed, keys) is Verdict.GENUINE
    assert verify(changed, keys, sha256) is Verdict.ALTERED
    assert verify(credential, keys, sha256) is Verdict.GENUINE


def test_the_script_refuses_a_wrong_question(npm, tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    (tmp_path / "credential.json").write_bytes(serialise(issue()))
    command = [*npm[0].node, str(npm[1] / "verify.mjs"), str(tmp_path / "credential.json"), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_the_wheel_steps_in_where_the_machine_has_no_node(tmp_path):
    node = tmp_path / "bin" / "node"
    node.parent.mkdir()
    node.touch()
    npm = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    assert find_node(search="", wheel=tmp_path) == Node([str(node)], [str(node), str(npm)])
    assert find_node(search="", wheel=tmp_path / "nowhere") is None
