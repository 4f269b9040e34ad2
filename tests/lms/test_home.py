"""The host and the keys are frozen with the first certificate: a start that does not fit them is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lms.awards.audit import audit
from lms.awards.home import accept_host, host_of, why_not_home
from lms.awards.keys import fresh_seal, open_seal
from lms.awards.log import keep_checkpoint
from lms.awards.proofs import sign_due_lists
from lms.awards.standing import standing_of
from tests.make import SEAL

NEW = "https://new.example"


def test_without_certificates_any_host_is_home(session):
    assert why_not_home(session, fresh_seal("http://localhost:1")) == ""


def test_another_host_is_refused_in_words(session, make):
    make.award()
    assert why_not_home(session, SEAL) == ""
    refusal = why_not_home(session, replace(SEAL, public_url=NEW))
    assert "issued under credence.example, and PUBLIC_URL says new.example" in refusal
    assert "host accept" in refusal


def test_other_keys_are_refused_in_words(session, make):
    make.award()
    assert "keys.json" in why_not_home(session, fresh_seal(SEAL.public_url))


def test_the_first_certificate_counts_as_the_last_does(session, make):
    make.award()
    make.seal = replace(SEAL, public_url=NEW, former=("credence.example",))
    make.award()
    for seal in (SEAL, replace(SEAL, public_url=NEW)):
        assert why_not_home(session, seal)


def test_a_move_that_was_accepted_keeps_old_certificates_good(session, make, now):
    old = make.award()
    keep_checkpoint(session, SEAL, now=now)
    moved = replace(SEAL, public_url=NEW, former=("credence.example",))
    assert why_not_home(session, moved) == ""
    make.seal = moved
    new = make.award(edition=old.completion.enrollment.edition)
    assert host_of(new.key_id) == "new.example"
    assert sign_due_lists(session, moved, now=now) >= 1, "lists are signed anew under the new name"
    assert [standing_of(session, row.code, moved).state for row in (old, new)] == ["valid", "valid"]
    assert list(audit(session, moved, now=now + timedelta(minutes=1))) == []
    unaccepted = list(audit(session, replace(SEAL, public_url=NEW), now=now))
    assert f"certificate {old.code}: its signature does not verify" in unaccepted


def test_accepting_writes_the_old_host_down_once(session, make, tmp_path):
    make.seal = open_seal(tmp_path, "http://localhost:8080")
    make.award()
    moved = open_seal(tmp_path, NEW)
    assert accept_host(session, moved, tmp_path) == ["localhost:8080"]
    again = open_seal(tmp_path, NEW)
    assert again.former == ("localhost:8080",)
    assert accept_host(session, again, tmp_path) == []
    assert why_not_home(session, again) == ""


@pytest.mark.parametrize(
    ("method", "host"),
    [
        ("did:web:x.example:p:a#z6Mk", "x.example"),
        ("did:web:localhost%3A8080:p:a#z6Mk", "localhost:8080"),
        ("did:web:x.example#z6Mk", "x.example"),
    ],
)
def test_a_key_names_its_host(method, host):
    assert host_of(method) == host
