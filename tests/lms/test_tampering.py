"""Whoever reaches the database or the disk past the code: the page never says valid, and the audit names the row.

Every column of every table of evidence is changed, one at a time; a column that is added later has to be added here.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from certificates import log as tree
from certificates.credential import facts_of
from certificates.proof import serialise, sign, verify
from lms.awards.audit import adopt_head, audit
from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder, freeze
from lms.awards.head import get_frontier, open_checkpoint, read_head
from lms.awards.keys import FILE, fresh_seal, open_seal
from lms.awards.log import Prover, append_entry, keep_checkpoint, sign_head
from lms.awards.models import Award, LogEntry, LogHead, LogNode, SignedList
from lms.awards.proofs import bundle_of, sign_due_lists
from lms.awards.standing import standing_of, standings_of
from lms.schema import metadata
from tests.lms.test_proofs import untie
from tests.make import SEAL

TABLES = (
    "awards", "award_licenses", "checkpoints", "completions", "credit_entries", "log_entries", "log_head", "log_nodes",
    "revocations", "signed_lists", "status_lists",
)  # fmt: skip

# What a change of one row is, where the type alone does not say it: SQL, and which row.
ROWS = {
    "awards": "id = {valid}", "completions": "id = {completion}", "credit_entries": "award_id = {valid}",
    "log_entries": '"index" = {log_index}', "log_nodes": 'level = 0 AND "index" = {log_index}',
    "log_head": "id = 1", "signed_lists": "list_id = {list}", "status_lists": "id = {list}",
    "revocations": "award_id = {revoked}", "checkpoints": "size > 0",
    "award_licenses": "award_id = {valid}",
}  # fmt: skip
CHANGES = {
    "awards.completion_id": "{other_completion}",
    "awards.credential": "replace(credential, 'Module', 'Moduel')",
    "awards.facts": "'{{}}'",
    "awards.status_list_id": "{other_list}",
    "awards.replaces_id": "{other}",
    "award_licenses.award_id": "{other}",
    "checkpoints.note": "replace(note, 'credence', 'credenze')",
    "checkpoints.made_at": "'2027-01-02 03:04:05+00:00'",
    "completions.enrollment_id": "{free_enrollment}",
    "completions.attempt_id": "{other_attempt}",
    "completions.evaluation_id": "{other_evaluation}",
    "completions.time_zone": "'Asia/Tokyo'",
    "credit_entries.user_id": "{other_user}",
    "credit_entries.award_id": "{valid} + 1000",
    "credit_entries.accreditor": "'APA'",
    "credit_entries.kind": "'revoked'",
    "credit_entries.topics": "'{{\"ethics\": \"9.00\"}}'",
    "credit_entries.also_qualifies": "'[\"ethics\"]'",
    "log_entries.leaf": "replace(leaf, '2026', '2025')",
    "revocations.award_id": "{valid}",
    "revocations.reason": "'issued_in_error'",
    "signed_lists.list_id": "{other_list} + 1000",
    "signed_lists.text": "replace(text, '2026', '2027')",
    "status_lists.provider_id": "{other_provider}",
}  # fmt: skip
# Only the audit sees these: the page does not rest on them.
AUDIT_ONLY = {
    "award_licenses.award_id", "award_licenses.blind", "checkpoints.made_at", "checkpoints.note", "checkpoints.size",
    "completions.attempt_id",
    "completions.evaluation_id", "signed_lists.signed_at", "status_lists.provider_id",
}  # fmt: skip
# Nobody is told anything different when one of these changes; each with its reason.
HARMLESS = {
    "awards.design": "how it is drawn, not what it says",
    "checkpoints.id": "a number of ours",
    "completions.id": "a number that the database itself holds together",
    "awards.id": "a number that the database itself holds together",
    "status_lists.id": "a number that the database itself holds together",
    "completions.attestation": "the provider's file; no certificate says it",
    "completions.engaged_seconds": "the provider's file; no certificate says it",
    "credit_entries.id": "a number of ours",
    "log_head.id": "there is only one",
    "revocations.revoked_by": "internal; shown to nobody who checks",
    "revocations.note": "internal; shown to nobody who checks",
    "status_lists.made_at": "shown to nobody",
}
COLUMNS = [
    f"{table}.{column.name}"
    for table in TABLES
    for column in metadata.tables[table].columns
    if f"{table}.{column.name}" not in HARMLESS
]


@dataclass(frozen=True)
class Scene:
    """A valid certificate, one that was replaced, the one that corrects it, and what belongs to them."""

    valid: Award
    revoked: Award
    corrected: Award
    names: dict


@pytest.fixture
def scene(session, make, now):
    user = make.user()
    make.license(user)
    valid = make.award(user)
    revoked, other = make.award(), make.award(edition=valid.completion.enrollment.edition)
    corrected = reissue_award(
        session, revoked, Holder("Somebody Else", []), note="x", by=make.user().id, seal=SEAL, now=now
    )
    keep_checkpoint(session, SEAL, now=now)
    make.award(edition=valid.completion.enrollment.edition)
    names = {
        "valid": valid.id, "revoked": revoked.id, "corrected": corrected.id, "other": other.id,
        "completion": valid.completion_id, "other_completion": other.completion_id, "log_index": valid.log_index,
        "list": valid.status_list_id, "other_list": revoked.status_list_id,
        "free_enrollment": make.enrollment(edition=valid.completion.enrollment.edition).id,
        "other_attempt": other.completion.attempt_id, "other_evaluation": other.completion.evaluation_id,
        "other_user": other.completion.enrollment.user_id, "other_provider": make.provider().id,
    }  # fmt: skip
    return Scene(valid, revoked, corrected, names)


KINDS = {
    "Integer": '"{column}" + 1000', "BigInteger": '"{column}" + 1000', "UtcDateTime": "'2026-01-02 03:04:05+00:00'",
    "Date": "'2026-01-02'", "Exact": "'9.00'", "LargeBinary": "{bytes}", "String": "substr(\"{column}\", 2) || 'A'",
    "Text": "substr(\"{column}\", 2) || 'A'",
}  # fmt: skip


def loosen(session, table):
    """Take off what stands in the way: triggers, and foreign keys until the end, which never comes."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        untie(session, table)
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))


def attack(session, scene, name):
    """Give one column of one row another value."""
    table, column = name.split(".")
    loosen(session, table)
    size = 32 * get_frontier(session).size.bit_count() if table == "log_head" else 32
    size = 40 * len(read_head(session, SEAL).lists) if name == "log_head.lists" else size
    zeros = f"zeroblob({size})" if session.get_bind().dialect.name == "sqlite" else f"'\\x{'00' * size}'::bytea"
    value = CHANGES.get(name) or KINDS[type(metadata.tables[table].columns[column].type).__name__]
    value = value.format(column=column, bytes=zeros, **scene.names)
    where = ROWS[table].format(**scene.names)
    changed = session.execute(text(f'UPDATE {table} SET "{column}" = {value} WHERE {where}'))
    assert changed.rowcount, name
    session.expire_all()


def test_an_untouched_scene_is_well(session, scene, now):
    assert list(audit(session, SEAL, now=now)) == []
    assert [standing_of(session, row.code, SEAL).state for row in (scene.valid, scene.revoked, scene.corrected)] == [
        "valid",
        "replaced",
        "valid",
    ]


def test_no_column_is_forgotten():
    known = {f"{table}.{column.name}" for table in TABLES for column in metadata.tables[table].columns}
    assert set(CHANGES) | AUDIT_ONLY | set(HARMLESS) <= known


@pytest.fixture
def remembered(monkeypatch):
    """Check a signature of the same text by the same keys once: most of the audit's time is this."""
    known = {}

    def check(document, keys, sha256=None):
        about = (serialise(document), tuple(sorted(keys)), sha256)
        if about not in known:
            known[about] = verify(document, keys, sha256)
        return known[about]

    monkeypatch.setattr("lms.awards.audit.verify", check)
    monkeypatch.setattr("certificates.status.verify", check)


@pytest.mark.usefixtures("remembered")
def test_no_single_column_can_be_changed_unnoticed(session, scene, now):
    green, unseen = [], []
    for name in COLUMNS:
        about = scene.revoked if name.startswith("revocations") else scene.valid
        award_id, code, before = about.id, about.code, standing_of(session, about.code, SEAL)
        with session.begin_nested() as savepoint:
            attack(session, scene, name)
            under = {code, session.scalar(select(Award.code).where(Award.id == award_id))} - {None}
            after = [standing_of(session, one, SEAL) for one in under]
            if name not in AUDIT_ONLY and any(one.state in ("valid", before.state) for one in after):
                green.append(name)
            if not list(audit(session, SEAL, now=now)):
                unseen.append(name)
            savepoint.rollback()
        session.expire_all()
    assert (green, unseen) == ([], [])


DELETIONS = {
    "award_licenses": "not filed under", "completions": "was deleted", "credit_entries": "the ledger was changed",
    "log_entries": "log entry", "log_nodes": "nodes", "revocations": "revocation", "signed_lists": "list is missing",
}  # fmt: skip


@pytest.mark.parametrize("table", DELETIONS)
def test_no_row_can_be_taken_away_unnoticed(session, scene, now, table):
    loosen(session, table)
    session.execute(text(f"DELETE FROM {table} WHERE {ROWS[table].format(**scene.names)}"))
    code = (scene.revoked if table == "revocations" else scene.valid).code
    session.expunge_all()
    if table != "award_licenses":
        assert standing_of(session, code, SEAL).state in ("cannot_check", "not_found")
    assert any(DELETIONS[table] in line for line in audit(session, SEAL, now=now))


FIELDS = (
    "completion_id", "facts", "credential", "credential_sha256", "key_id", "status_list_id", "status_index",
    "log_index",
)  # fmt: skip


@pytest.mark.parametrize("taken", [FIELDS, FIELDS[1:], FIELDS[1:4]])
def test_a_certificate_cannot_wear_the_bytes_of_another(session, scene, now, taken):
    """The revoked one takes over a valid one, row and all, but for its code: the code is in the bytes."""
    loosen(session, "awards")
    source = session.get(Award, scene.names["other"])
    row = {name: getattr(source, name) for name in taken}
    state = ", ".join(f"{name} = :{name}" for name in row)
    row["facts"] = json.dumps(row["facts"])
    aside = "UPDATE awards SET credential_sha256 = 'x', log_index = -1, status_index = 131071 WHERE id = :id"
    session.execute(text(aside), {"id": source.id})
    session.execute(text(f"UPDATE awards SET {state} WHERE id = :id"), {**row, "id": scene.revoked.id})
    session.expire_all()
    assert standing_of(session, scene.revoked.code, SEAL).state == "cannot_check"
    assert list(audit(session, SEAL, now=now))


def forge(session, award, seal, *, name):
    """Sign another text for an award with a key of one's own, and enter it into the log as issued when it was."""
    signed = json.loads(award.credential)
    method = signed.pop("proof")[0]["verificationMethod"]
    signed["credentialSubject"]["identifier"][0]["identityHash"] = name
    forged = serialise(sign(signed, seal.key, method, award.issued_at)).decode()
    sha256 = hashlib.sha256(forged.encode()).hexdigest()
    frontier = get_frontier(session)
    leaf = tree.write_entry(tree.Entry("issue", sha256, award.issued_at))
    grown, nodes = tree.append(frontier, tree.hash_leaf(leaf))
    for table in ("awards", "log_entries", "log_nodes", "log_head"):
        loosen(session, table)
    session.add(LogEntry(index=frontier.size, leaf=leaf.decode(), sha256=sha256))
    session.add_all(LogNode(level=node.level, index=node.index, hash=node.hash) for node in nodes)
    head = session.get(LogHead, 1)
    head.size, head.hashes = grown.size, b"".join(grown.hashes)
    session.flush()
    facts = freeze(facts_of(json.loads(forged)))
    session.execute(
        text("UPDATE awards SET credential = :text, credential_sha256 = :hash, log_index = :at, facts = :facts "
             "WHERE id = :id"),
        {"text": forged, "hash": sha256, "at": frontier.size, "facts": json.dumps(facts), "id": award.id},
    )  # fmt: skip
    session.expire_all()


def test_who_has_the_database_but_not_the_keys_can_forge_nothing(session, scene, now):
    """Another name, signed with a key of one's own, entered into a tree that was grown by the rules."""
    code = scene.valid.code
    forge(session, scene.valid, fresh_seal(SEAL.public_url), name="Mallory")
    assert standing_of(session, code, SEAL).state == "cannot_check"
    assert any("not the one that was signed" in line for line in audit(session, SEAL, now=now))
    for ask in (
        lambda: sign_head(session, SEAL),
        lambda: append_entry(session, SEAL, tree.Entry("issue", "0" * 64, now)),
    ):
        with pytest.raises(ValueError, match="not the one that was signed"):
            ask()


def test_a_log_from_before_heads_were_signed_is_signed_only_where_all_of_it_fits(session, scene, now):
    session.get(LogHead, 1).note = ""
    session.flush()
    assert standing_of(session, scene.valid.code, SEAL).state == "cannot_check"
    with session.begin_nested() as savepoint:
        forge(session, scene.valid, fresh_seal(SEAL.public_url), name="Mallory")
        assert any("signature does not verify" in line for line in adopt_head(session, SEAL, now=now))
        savepoint.rollback()
    session.expire_all()
    assert adopt_head(session, SEAL, now=now) == []
    assert standing_of(session, scene.valid.code, SEAL).state == "valid"
    note = session.get(LogHead, 1).note
    assert adopt_head(session, fresh_seal(SEAL.public_url), now=now) == [
        "the head of the log is not the one that was signed"
    ]
    assert session.get(LogHead, 1).note == note, "a signed one is left alone"


def test_a_head_from_before_it_named_the_lists_is_signed_only_where_no_list_is_an_old_one(session, scene, make, now):
    before = session.get(SignedList, scene.valid.status_list_id).text
    revoke(session, scene.valid, make, now)
    head = session.get(LogHead, 1)
    head.note, head.lists = sign_head(session, SEAL), b""
    session.flush()
    assert standing_of(session, scene.valid.code, SEAL).state == "cannot_check"
    with session.begin_nested() as savepoint:
        replay(session, scene.valid, before)
        assert adopt_head(session, SEAL, now=now)
        savepoint.rollback()
    session.expire_all()
    assert adopt_head(session, SEAL, now=now) == []
    assert standing_of(session, scene.valid.code, SEAL).state == "revoked"


@pytest.mark.parametrize("noted", [True, False])
def test_a_head_that_lost_its_signature_is_signed_again_only_before_any_was_signed_as_today(
    session, scene, make, now, noted
):
    """Everything after an earlier moment cut off, the signature wiped: it all fits, and only the key file knows."""
    award, head = scene.valid, session.get(LogHead, 1)
    size, hashes = head.size, head.hashes
    before = session.get(SignedList, award.status_list_id).text
    code = award.code
    revoke(session, award, make, now)
    replay(session, award, before)
    for table in ("log_entries", "log_nodes"):
        loosen(session, table)
    session.execute(text('DELETE FROM log_entries WHERE "index" >= :size'), {"size": size})
    session.execute(text('DELETE FROM log_nodes WHERE ("index" + 1) * (1 << level) > :size'), {"size": size})
    wipe = "UPDATE log_head SET size = :size, hashes = :hashes, lists = :none, note = ''"
    session.execute(text(wipe), {"size": size, "hashes": hashes, "none": b""})
    session.expunge_all()
    seal = replace(SEAL, names_lists=noted)
    problems = adopt_head(session, seal, now=now)
    assert problems == (["the head of the log is not signed"] if noted else [])
    assert standing_of(session, code, seal).state == ("cannot_check" if noted else "valid")


def revoke(session, award, make, now):
    revoke_award(session, award, reason="issued_in_error", note="x", by=make.user().id, seal=SEAL, now=now)


def replay(session, award, served):
    """Take every trace of a revocation from the database, and serve the list that we signed before it."""
    for table in ("revocations", "credit_entries", "log_entries", "signed_lists"):
        loosen(session, table)
    session.execute(text("DELETE FROM revocations WHERE award_id = :id"), {"id": award.id})
    session.execute(text("DELETE FROM credit_entries WHERE award_id = :id AND kind = 'revoked'"), {"id": award.id})
    hide = "UPDATE log_entries SET sha256 = :other WHERE sha256 = :hash AND leaf LIKE 'ce-log/1 revoke %'"
    session.execute(text(hide), {"other": "0" * 64, "hash": award.credential_sha256})
    put_back = "UPDATE signed_lists SET text = :text WHERE list_id = :id"
    session.execute(text(put_back), {"text": served, "id": award.status_list_id})
    session.expunge_all()


def test_an_older_list_of_ours_takes_no_revocation_back(session, scene, make, browser, now):
    """Signed by us, still running, and all else that speaks of the revocation hidden: only the head knows."""
    code, list_id = scene.valid.code, scene.valid.status_list_id
    before = session.get(SignedList, list_id).text
    revoke(session, scene.valid, make, now)
    replay(session, scene.valid, before)
    assert standing_of(session, code, SEAL).state == "cannot_check"
    assert standings_of(session, [code], SEAL, Prover(session, SEAL))[code].standing.state == "cannot_check"
    for path in (f"/credentials/status/{list_id}", f"/c/{code}/bundle.json"):
        assert browser.get(path).status_code in (403, 404, 503), path
    award = session.scalars(select(Award).where(Award.code == code)).one()
    with pytest.raises(ValueError, match="not the newest"):
        bundle_of(session, SEAL, award)
    assert any("not the newest" in line for line in audit(session, SEAL, now=now))
    assert sign_due_lists(session, SEAL, now=now) == 1, "what is served is made anew from the log, bit and all"
    assert standing_of(session, code, SEAL).state == "cannot_check"
    make.award(edition=session.get(Award, scene.names["other"]).completion.enrollment.edition)
    assert standing_of(session, code, SEAL).state == "cannot_check"


def test_a_list_is_not_made_anew_from_a_log_that_was_changed(session, scene, make, now):
    before = session.get(SignedList, scene.valid.status_list_id).text
    revoke(session, scene.valid, make, now)
    with session.begin_nested() as savepoint:
        replay(session, scene.valid, before)
        session.execute(text("UPDATE log_entries SET leaf = replace(leaf, 'revoke', 'issue') WHERE sha256 = :zero"),
                        {"zero": "0" * 64})  # fmt: skip
        with pytest.raises(ValueError, match=r"cannot stand in the log"):
            sign_due_lists(session, SEAL, now=now)
        savepoint.rollback()
    session.expire_all()
    sha256 = scene.valid.credential_sha256
    replay(session, scene.valid, before)
    loosen(session, "awards")
    session.execute(text("UPDATE awards SET credential_sha256 = 'x' WHERE id = :id"), {"id": scene.names["valid"]})
    session.expire_all()
    with pytest.raises(ValueError, match=f"{sha256} is missing"):
        sign_due_lists(session, SEAL, now=now)


def test_what_is_signed_inside_is_no_checkpoint(session, scene):
    with pytest.raises(ValueError, match="no checkpoint"):
        open_checkpoint(session.get(LogHead, 1).note, SEAL.vkeys)
    head = read_head(session, SEAL)
    served = session.execute(select(SignedList.list_id, SignedList.text)).all()
    assert {list_id for list_id, text in served if head.names(list_id, text)} == set(head.lists) != set()


def test_a_revocation_list_is_not_taken_from_anybody_else(session, scene, now):
    """A list signed with another key takes no revocation back; our own old one is for the daily audit to name."""
    served = session.get(SignedList, scene.revoked.status_list_id)
    theirs = json.loads(served.text)
    method = theirs.pop("proof")[0]["verificationMethod"]
    served.text = serialise(sign(theirs, fresh_seal(SEAL.public_url).key, method, now)).decode()
    session.flush()
    assert standing_of(session, scene.revoked.code, SEAL).state == "cannot_check"
    assert any("not genuine" in line for line in audit(session, SEAL, now=now))
    assert sign_due_lists(session, SEAL, now=now) == 1, "the next round puts it right"
    assert standing_of(session, scene.revoked.code, SEAL).state == "replaced"


def test_a_revocation_that_vanished_is_not_signed_away(session, scene, now):
    loosen(session, "revocations")
    session.execute(text("DELETE FROM revocations"))
    session.expunge_all()
    assert sign_due_lists(session, SEAL, now=now + timedelta(days=8)) > 0
    assert standing_of(session, scene.revoked.code, SEAL).state == "cannot_check"
    loosen(session, "log_entries")
    loosen(session, "credit_entries")
    session.execute(text("UPDATE log_entries SET sha256 = 'x' WHERE leaf LIKE '%revoke%'"))
    session.execute(text("DELETE FROM credit_entries WHERE kind = 'revoked'"))
    session.expire_all()
    assert standing_of(session, scene.revoked.code, SEAL).state == "cannot_check"
    found = list(audit(session, SEAL, now=now + timedelta(days=8)))
    assert any("taken back" in line for line in found)


def test_a_list_that_ran_out_is_named(session, scene, now):
    assert list(audit(session, SEAL, now=now + timedelta(days=13))) == []
    assert any("valid from" in line for line in audit(session, SEAL, now=now + timedelta(days=15)))


def test_another_name_in_the_profile_changes_no_certificate(session, scene, now):
    user = scene.valid.completion.enrollment.user
    before, user.name = user.name, "Another Name"
    session.flush()
    assert standing_of(session, scene.valid.code, SEAL).certificate.holder_name == before
    assert list(audit(session, SEAL, now=now)) == []


def test_a_clock_that_was_set_back_is_noticed(session, scene, make, now):
    """A certificate is issued "last week", after a checkpoint of today was sent out."""
    make.now = now - timedelta(days=7)
    back_dated = make.award(edition=scene.valid.completion.enrollment.edition)
    assert list(audit(session, SEAL, now=now)) == [
        f"log entry {back_dated.log_index} is dated before a checkpoint that did not hold it"
    ]


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', "\x00\x01", '{"keys": [{"pem": "x"}]}'])
def test_a_damaged_key_file_makes_no_page_green(app, settings, browser, make, content):
    award = make.award()
    (settings.data_dir / FILE).write_text(content)
    for path in ("", ".json"):
        assert browser.get(f"/c/{award.code}{path}").status_code == 503


def test_a_new_key_file_makes_no_page_green(app, settings, browser, make):
    award = make.award()
    open_seal(settings.data_dir, settings.public_url)
    assert browser.get(f"/c/{award.code}.json").json["result"] == "cannot_check"


def test_a_head_that_is_not_ours_gets_no_signature_from_the_web(app, browser, make, session):
    make.award()
    assert browser.get("/log/checkpoint").status_code == 200
    session.get(LogHead, 1).note = ""
    session.flush()
    assert browser.get("/log/checkpoint").status_code == 503
