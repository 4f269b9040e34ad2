"""Every certificate is signed, listed and logged in its own transaction; the audit names whatever was touched."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from certificates import log as tree
from certificates.__main__ import exit_code
from certificates.credential import facts_of
from certificates.keys import keys_of
from certificates.proof import Verdict, verify
from certificates.status import StatusEntry, is_revoked
from certificates.verify import Trust, check_offline, read_bundle
from lms.awards.audit import audit
from lms.awards.commands import reissue_award, revoke_award
from lms.awards.document import Holder, freeze
from lms.awards.head import get_frontier, read_head
from lms.awards.keys import fresh_seal
from lms.awards.log import append_entry, check_entry, keep_checkpoint, prove_entry, prove_growth, sign_head
from lms.awards.models import Award, AwardLicense, LogEntry, LogNode, SignedList
from lms.awards.proofs import blind_of, bundle_of, list_url, sign_due_lists
from lms.awards.queries import list_issued_for
from lms.awards.witnesses import drop_witness, list_witnesses, name_witness, send_checkpoint
from lms.errors import Conflict, Invalid
from lms.outbox import Promise
from tests.make import SEAL


def slug_of(award):
    return award.completion.enrollment.edition.module.provider.slug


def told(session, award, now):
    """What the served list says of an award."""
    served = session.get(SignedList, award.status_list_id)
    entry = StatusEntry(list_url(SEAL, award.status_list_id), award.status_index)
    keys = keys_of(SEAL.did_document(slug_of(award)))
    return is_revoked(json.loads(served.text), entry, SEAL.did(slug_of(award)), keys, now)


def untie(session, table):
    """Take the triggers off, as somebody with the database's own password could."""
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
        ).all()
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def test_a_certificate_is_a_credential_that_says_the_same(session, make):
    award = make.award()
    credential = json.loads(award.credential)
    keys = keys_of(SEAL.did_document(slug_of(award)))
    assert verify(credential, keys, award.credential_sha256) is Verdict.GENUINE
    assert freeze(facts_of(credential)) == award.facts
    assert credential["issuer"]["id"] == SEAL.did(slug_of(award))


def test_a_revocation_reaches_list_and_log_at_once(session, make, now):
    award = make.award()
    assert told(session, award, now) is False
    revoke_award(session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    assert told(session, award, now) is True
    leaves = session.scalars(select(LogEntry.leaf).where(LogEntry.sha256 == award.credential_sha256)).all()
    assert sorted(leaf.split()[1] for leaf in leaves) == ["issue", "revoke"]


def test_a_correction_keeps_the_day_it_was_awarded(session, make, now):
    award = make.award()
    corrected = reissue_award(
        session, award, Holder("New", []), note="x", by=make.user().id, seal=SEAL, now=now + timedelta(days=3)
    )
    old, new = json.loads(award.credential), json.loads(corrected.credential)
    assert new["awardedDate"] == old["awardedDate"]
    assert new["validFrom"] > old["validFrom"]


def test_two_certificates_never_share_a_bit_and_providers_never_a_list(session, make):
    edition = make.edition()
    first, second, other = make.award(edition=edition), make.award(edition=edition), make.award()
    assert first.status_list_id == second.status_list_id != other.status_list_id
    assert first.status_index != second.status_index


def test_the_bundle_proves_itself(session, make, now):
    awards = [make.award() for _ in range(5)]
    bundle = bundle_of(session, SEAL, awards[1])
    assert set(bundle) == {"credential", "did", "status_list", "log"}
    entry, checkpoint = tree.proof_from_json(bundle["log"]).check(SEAL.vkey)
    assert entry.sha256 == awards[1].credential_sha256
    assert checkpoint.size == get_frontier(session).size


def test_the_bundle_proves_why_a_certificate_stands_no_more(session, make, now):
    award, user = make.award(), make.user().id
    reissue_award(session, award, Holder("New", []), note="A letter.", by=user, seal=SEAL, now=now)
    bundle = bundle_of(session, SEAL, award)
    entry, _ = tree.proof_from_json(bundle["revocation"]).check(SEAL.vkey)
    assert (entry.kind, entry.sha256, entry.detail) == ("revoke", award.credential_sha256, "replaced")
    trust, carried = Trust(now, vkey=SEAL.vkey), read_bundle(json.dumps(bundle).encode())
    report = check_offline(award.credential.encode(), carried, trust)
    assert (report.standing, exit_code(report)) == ("replaced", 1)


def test_the_log_only_grows(session, make, now):
    make.award()
    before = keep_checkpoint(session, SEAL, now=now)
    for _ in range(4):
        make.award()
    old = tree.open_checkpoint(before.note, SEAL.vkey)
    new = tree.open_checkpoint(sign_head(session, SEAL), SEAL.vkey)
    tree.check_consistency(old.size, old.root, new.size, new.root, prove_growth(session, old.size))
    with pytest.raises(ValueError, match="lacks this entry"):
        prove_entry(session, SEAL, 10**6)


def test_lists_are_signed_anew_before_they_run_out(session, make, now):
    award = make.award()
    assert sign_due_lists(session, SEAL, now=now + timedelta(days=6)) == 0
    assert sign_due_lists(session, SEAL, now=now + timedelta(days=8)) == 1
    assert told(session, award, now + timedelta(days=21)) is False
    with pytest.raises(ValueError, match="valid from"):
        told(session, award, now + timedelta(days=23))


def test_a_license_finds_its_certificates_and_shows_no_number(session, make):
    user = make.user()
    make.license(user, number="LMFT 47-11")
    award = make.award(user)
    make.award()
    blind = blind_of(SEAL, "US-CA", "lmft4711")
    assert session.scalars(select(AwardLicense.blind).where(AwardLicense.award_id == award.id)).all() == [blind]
    assert [row.award.id for row in list_issued_for(session, SEAL, "US-CA", "lmft-4711")] == [award.id]
    assert list_issued_for(session, SEAL, "US-TX", "lmft4711") == []
    assert blind != blind_of(fresh_seal("https://x.example"), "US-CA", "lmft4711")


def test_an_untouched_installation_has_nothing_to_say(session, make, now):
    award = make.award()
    revoke_award(session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    make.award()
    keep_checkpoint(session, SEAL, now=now)
    assert list(audit(session, SEAL, now=now)) == []


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        ("awards", "credential = replace(credential, 'Module', 'Moduel')", "the credential was changed"),
        ("completions", "completed_on = '2026-01-01'", "the day of completion"),
        ("credit_entries", "hours = '9.00'", "the ledger was changed"),
        ("log_entries", "leaf = replace(leaf, 'issue', 'isuse')", "not an entry"),
        ("log_nodes", 'level = 40 WHERE level = 0 AND "index" = 0', "not what the entries give"),
        ("log_head", "size = size + 1, hashes = hashes", "head"),
        ("checkpoints", "note = replace(note, 'credence', 'credenze')", "checkpoint"),
        ("signed_lists", "text = replace(text, '2026', '2025')", "status list"),
    ],
)
def test_the_audit_names_whatever_was_touched(session, make, now, table, change, words):
    make.award()
    make.award()
    keep_checkpoint(session, SEAL, now=now)
    untie(session, table)
    session.execute(text(f"UPDATE {table} SET {change}"))
    session.expire_all()
    found = list(audit(session, SEAL, now=now))
    assert any(words in line for line in found), found


def test_the_audit_names_a_deleted_certificate(session, make, now):
    award = make.award()
    make.award()
    for table in ("award_licenses", "credit_entries", "awards"):
        untie(session, table)
        key = "id" if table == "awards" else "award_id"
        session.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": award.id})
    session.expire_all()
    assert any("was deleted" in line for line in list(audit(session, SEAL, now=now)))


def test_a_witness_catches_even_a_log_that_was_rewritten_as_a_whole(session, make, now):
    """Somebody with database and keys builds another history; the checkpoint that was mailed does not fit it."""
    make.award()
    make.award()
    note = keep_checkpoint(session, SEAL, now=now).note
    assert list(audit(session, SEAL, now=now, witnessed=[note])) == []
    other = tree.sign_checkpoint(
        tree.Checkpoint(SEAL.vkey.name, get_frontier(session).size, bytes(32)), SEAL.vkey, SEAL.log_key.sign
    )
    assert any("saw another log" in line for line in list(audit(session, SEAL, now=now, witnessed=[other])))
    early = tree.sign_checkpoint(tree.Checkpoint(SEAL.vkey.name, 99, bytes(32)), SEAL.vkey, SEAL.log_key.sign)
    assert any("saw 99 entries" in line for line in list(audit(session, SEAL, now=now, witnessed=[early])))


def test_witnesses_are_sent_each_checkpoint_once(session, make, now):
    board, provider = make.board(), make.provider()
    make.award()
    name_witness(session, board, "archive@board.example", now=now)
    name_witness(session, provider, "archive@board.example", now=now)
    with pytest.raises(Conflict):
        name_witness(session, board, "archive@board.example", now=now)
    with pytest.raises(Invalid):
        name_witness(session, board, "nobody", now=now)
    before = session.scalar(select(func.count()).select_from(Promise))
    row = send_checkpoint(session, SEAL, now=now)
    sent = session.scalars(select(Promise).order_by(Promise.id).offset(before)).all()
    assert [mail.payload["to"] for mail in sent] == ["archive@board.example"]
    assert row.note in sent[0].payload["text"]
    (witness,) = list_witnesses(session, board)
    drop_witness(session, provider, witness.id)
    assert len(list_witnesses(session, board)) == 1
    drop_witness(session, board, witness.id)
    assert list_witnesses(session, board) == []


def test_signing_costs_the_same_at_any_size(session, make, statements):
    edition = make.edition()
    make.award(edition=edition)
    statements.clear()
    make.award(edition=edition)
    first = len([line for line in statements if "log_" in line])
    for _ in range(10):
        make.award(edition=edition)
    statements.clear()
    make.award(edition=edition)
    assert len([line for line in statements if "log_" in line]) == first
    assert session.scalar(select(func.count()).select_from(Award)) == 13


@pytest.mark.parametrize("size", [1, 2, 7, 13])
def test_one_entry_is_proven_by_the_nodes_beside_its_way(session, now, size):
    leaves = [tree.write_entry(tree.Entry("issue", f"{number:064x}", now)) for number in range(size)]
    for leaf in leaves:
        append_entry(session, SEAL, tree.read_entry(leaf))
    head, seen = read_head(session, SEAL), set()
    untie(session, "log_nodes")
    for place in session.execute(select(LogNode.level, LogNode.index)).all():
        with session.begin_nested() as savepoint:
            at = (LogNode.level == place.level, LogNode.index == place.index)
            session.execute(update(LogNode).where(*at).values(hash=bytes(32)))
            for index, leaf in enumerate(leaves):
                try:
                    check_entry(session, head, index, leaf.decode())
                except ValueError:
                    seen.add((tuple(place), index))
            savepoint.rollback()
    subtrees = [range(begin, begin + (1 << level)) for level, begin in beginnings(size)]
    wanted = set()
    for subtree in subtrees:
        levels = range(len(subtree).bit_length() - 1)
        wanted |= {((0, index), index) for index in subtree}
        wanted |= {((level, (index >> level) ^ 1), index) for index in subtree for level in levels}
    assert seen == wanted


def beginnings(size):
    """Yield level and first leaf of each complete subtree of a log, the largest first."""
    begin = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, begin
            begin += 1 << level
