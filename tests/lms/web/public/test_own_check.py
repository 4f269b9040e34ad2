"""What the page of a certificate gives a browser that checks for itself."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from certificates import log as tree
from certificates.keys import new_key
from certificates.proof import jcs_sha256
from lms.awards.anew import sign_anew
from lms.awards.commands import revoke_award
from lms.awards.document import new_code
from lms.awards.keys import Struck
from lms.awards.log import keep_checkpoint
from lms.awards.models import LogHead
from lms.awards.sharing import set_disclosure, share_award
from lms.terms import JURISDICTIONS
from lms.web.limits import limiter
from tests.make import SEAL
from tests.test_architecture import ROOT


@pytest.fixture
def award(make):
    return make.award()


def proven(said):
    """Check all that was handed over, as the script does, and return the log's entries and its state."""
    entries = []
    for entry in said["entries"]:
        proof = tree.proof_from_json({**entry, "checkpoint": said["checkpoint"]})
        told, checkpoint = proof.check(SEAL.vkey)
        entries.append(told)
    return entries, checkpoint


def test_entries_paths_and_the_signed_document_fit(browser, award, make, now):
    for _ in range(5):
        make.award()
    answer = browser.get(f"/c/{award.code}/proof.json")
    entries, _ = proven(answer.json)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert [entry.kind for entry in entries] == ["issue"]
    assert answer.json["vkeys"] == [tree.write_vkey(SEAL.vkey)]
    assert answer.json["credential"] == award.credential
    assert jcs_sha256(json.loads(award.credential)) == entries[0].sha256
    assert answer.json["status"]["index"] == award.status_index
    assert answer.json["growth"] is None
    revoke_award(make.session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    entries, _ = proven(browser.get(f"/c/{award.code}/proof.json").json)
    assert [(entry.kind, entry.detail) for entry in entries] == [("issue", ""), ("revoke", "misconduct")]


def test_growth_is_shown_since_what_the_browser_saw(browser, award, make):
    old = proven(browser.get(f"/c/{award.code}/proof.json").json)[1]
    for _ in range(3):
        make.award()
    said = browser.get(f"/c/{award.code.lower()}/proof.json?since={old.size}").json
    _, new = proven(said)
    tree.check_consistency(old.size, old.root, new.size, new.root, [base64.b64decode(part) for part in said["growth"]])
    for since in (0, -1, new.size + 1, "x"):
        assert browser.get(f"/c/{award.code}/proof.json?since={since}").json["growth"] is None


def test_what_was_signed_anew_comes_with_the_entry_that_says_so(browser, award, make, session, app, now):
    keep_checkpoint(session, SEAL, now=now)
    key = new_key()
    struck = replace(SEAL, key=key, listed=(key.public_key(),), struck=(Struck(SEAL.key.public_key(), now),))
    app.extensions["seal"] = (0, struck)
    steps = sign_anew(session, struck, clock=lambda: now + timedelta(hours=1))
    next(steps)  # the lists
    assert 'data-struck="yes"' in browser.get(f"/c/{award.code}").text
    assert [step.done for step in steps][-1] == 1
    assert "data-struck" not in browser.get(f"/c/{award.code}").text
    revoke_award(session, award, reason="misconduct", note="x", by=make.user().id, seal=struck, now=now)
    said = browser.get(f"/c/{award.code}/proof.json").json
    (issue, anew, revoke), _ = proven(said)
    assert (issue.kind, anew.kind, revoke.kind) == ("issue", "reissue", "revoke")
    assert (anew.detail, anew.sha256) == (issue.sha256, jcs_sha256(json.loads(said["credential"])))
    assert said["credential"] != award.credential


def test_what_the_holder_keeps_back_is_not_in_it(browser, award, session, now):
    set_disclosure(session, award, whole=False, by=1, now=now)
    said = browser.get(f"/c/{award.code}/proof.json")
    assert said.json["credential"] is None
    assert award.facts["holder_name"] not in said.text
    assert set(said.json) == {"schema", "checkpoint", "vkeys", "entries", "growth", "issuer", "status", "credential"}
    _, key = share_award(session, award, "A friend", 7, by=1, now=datetime.now(UTC))
    assert browser.get(f"/c/{award.code}/proof.json?k={key}").json["credential"] == award.credential
    assert browser.get(f"/c/{award.code}/proof.json?k=wrong").json["credential"] is None
    assert f'data-proof="/c/{award.code}/proof.json?k={key}"' in browser.get(f"/c/{award.code}?k={key}").text


@pytest.mark.parametrize("settings", [{"rate_limits": True}], indirect=True)
def test_guessing_codes_is_limited_here_too(browser, award):
    limiter.reset()
    assert browser.get("/c/short/proof.json").status_code == 404
    answers = [browser.get(f"/c/{new_code()}/proof.json").status_code for _ in range(30)]
    assert answers == [404] * 29 + [429]
    assert browser.get(f"/c/{award.code}/proof.json").status_code == 200
    limiter.reset()


def test_a_damaged_log_proves_nothing(browser, award, session):
    session.execute(update(LogHead).values(size=LogHead.size * 2))
    session.expire_all()
    answer = browser.get(f"/c/{award.code}/proof.json")
    assert (answer.status_code, answer.text) == (503, "")


def test_it_takes_few_statements_whatever_the_log(browser, award, make, session, now, statements):
    for _ in range(9):
        make.award()
    set_disclosure(session, award, whole=False, by=1, now=now)
    statements.clear()
    assert browser.get(f"/c/{award.code}/proof.json?since=3&k=wrong").json["growth"]
    assert len(statements) == 5


def test_the_script_knows_every_jurisdiction_by_our_name():
    script = (ROOT / "lms/static/checking.js").read_text()
    rows = "".join(
        re.findall(r'^  "(..[^"]*)"', script[script.index("const STATES") : script.index("const JURISD")], re.M)
    )
    assert {f"US-{row[:2]}": row[3:] for row in rows.split("|")} | {"US": "National certification"} == JURISDICTIONS
