"""After a key fell into other hands: everything it signed is signed anew, and every page says the truth meanwhile."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.keys import keys_of, new_key
from certificates.proof import Verdict, serialise, sign, verify
from certificates.verify import Bundle, Result, Trust, check_offline, read_bundle
from lms import create_app
from lms.awards import document, forms
from lms.awards.anew import look_ahead, sign_anew
from lms.awards.audit import audit
from lms.awards.checking import Records, check_upload
from lms.awards.commands import reissue_award, revoke_award
from lms.awards.keys import Seal, Struck, fresh_seal, listed_keys, open_seal
from lms.awards.log import Prover, append_entry, keep_checkpoint
from lms.awards.models import Award, Checkpoint, LogEntry, SignedAnew, SignedList
from lms.awards.proofs import bundle_of
from lms.awards.queries import Issued, get_issued_to
from lms.awards.standing import standing_of, standings_of
from lms.awards.versions import current_version
from lms.awards.witnesses import name_witness
from lms.db import begin_writing, open_engine
from lms.files import Shelf
from lms.outbox import Promise
from lms.schema import migrate
from tests.lms.test_proofs import untie
from tests.make import SEAL, Make


@pytest.fixture
def struck(now):
    """The seal of the tests after its key was struck, the same log key and secret kept."""
    key = new_key()
    return replace(SEAL, key=key, listed=(key.public_key(),), struck=(Struck(SEAL.key.public_key(), now),))


@pytest.fixture
def go(session, struck, now):
    """Sign everything anew, at `now` and a minute more for each part."""

    def run(seal=struck, parts=None):
        clock = iter(now + timedelta(hours=1, minutes=minute) for minute in range(100))
        steps = []
        for step in sign_anew(session, seal, clock=lambda: next(clock)):
            steps.append(step)
            if len(steps) == parts:
                break
        return steps[-1] if steps else None

    return run


def letters(session):
    """Who was told, in order."""
    mails = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id))
    return [mail.payload["to"] for mail in mails if mail.payload["subject"] == "Your certificates were signed anew"]


def test_each_holder_is_told_once_whatever_stops_in_between(session, make, go, monkeypatch):
    monkeypatch.setattr("lms.awards.anew.AT_ONCE", 2)
    one, other = make.user(), make.user()
    for user in (one, one, other, one, other):
        make.award(user)
    go(parts=2)  # the lists and the first two, both of one holder
    assert letters(session) == [one.email]
    go()
    go()
    assert letters(session) == [one.email, other.email]
    text = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id.desc())).first().payload
    assert f"{SEAL.public_url}/record" in text["text"]


def test_a_holder_hears_of_each_struck_key(session, make, struck, now):
    holder = make.user()
    make.award(holder)
    make.seal = struck
    make.award(holder)
    last = new_key()
    strikes = (Struck(struck.key.public_key(), now), Struck(SEAL.key.public_key(), now))
    for at in (1, 2):
        listed = (last.public_key(), SEAL.key.public_key())[: 3 - at]
        seal = replace(struck, key=last, listed=listed, struck=strikes[:at])
        assert [*sign_anew(session, seal, clock=lambda at=at: now + timedelta(hours=at))][-1].done == 1
        assert letters(session) == [holder.email] * at


def state(session, award, seal):
    return standing_of(session, award.code, seal).state


def test_what_was_issued_stays_and_a_new_document_says_the_same(session, make, struck, go, now):
    award = make.award()
    issued = (award.credential, award.credential_sha256, award.key_id, award.facts)
    assert go().done == 1
    session.refresh(award)
    assert (award.credential, award.credential_sha256, award.key_id, award.facts) == issued
    version = current_version(session, struck, award)
    new, old = json.loads(version.credential), json.loads(award.credential)
    assert {name for name in new if new[name] != old[name]} == {"proof", "validFrom"}
    slug = award.completion.enrollment.edition.module.provider.slug
    assert verify(new, keys_of(struck.did_document(slug)), version.sha256) is Verdict.GENUINE
    entry = tree.read_entry(session.get(LogEntry, version.log_index).leaf.encode())
    assert (entry.kind, entry.sha256, entry.detail) == ("reissue", version.sha256, award.credential_sha256)


def test_before_during_and_after_every_page_says_the_truth(session, make, struck, go, now):
    early = make.award()
    keep_checkpoint(session, SEAL, now=now)
    late = make.award()
    both = (early, late)
    assert [state(session, award, SEAL) for award in both] == ["valid", "valid"]
    # struck, and nothing signed anew: the lists are signed by the struck key too
    assert [state(session, award, struck) for award in both] == ["cannot_check", "cannot_check"]
    go(parts=1)  # the lists
    assert [state(session, award, struck) for award in both] == ["valid", "cannot_check"]
    assert standing_of(session, early.code, struck).key_struck
    many = standings_of(session, {award.code for award in both}, struck, Prover(session, struck))
    assert [many[award.code].standing.state for award in both] == ["valid", "cannot_check"]
    assert look_ahead(session, struck) == replace(look_ahead(session, struck), waiting=2, proven=1, witnessed=1)
    assert go().done == 2
    for award in both:
        standing = standing_of(session, award.code, struck)
        assert (standing.state, standing.key_struck) == ("valid", False)
        assert standing.anew_at is not None
        assert standing.key_id == struck.method(award.completion.enrollment.edition.module.provider.slug)
    many = standings_of(session, {award.code for award in both}, struck, Prover(session, struck))
    assert [many[award.code].standing.state for award in both] == ["valid", "valid"]
    assert list(audit(session, struck, now=now + timedelta(hours=3))) == []
    assert look_ahead(session, struck).waiting == 0


def test_a_checkpoint_from_after_the_theft_proves_nothing(session, make, struck, go, now):
    award = make.award()
    keep_checkpoint(session, SEAL, now=now + timedelta(minutes=1))
    go(parts=1)
    assert state(session, award, struck) == "cannot_check"


def test_a_crash_in_the_middle_is_gone_on_from_and_asking_again_does_nothing(session, make, struck, go, monkeypatch):
    monkeypatch.setattr("lms.awards.anew.AT_ONCE", 2)
    edition = make.edition()
    awards = [make.award(edition=edition) for _ in range(5)]
    go(parts=2)  # the lists and the first two
    assert [state(session, award, struck) for award in awards] == ["valid"] * 2 + ["cannot_check"] * 3
    assert (go().done, go().done) == (3, 0)
    assert {state(session, award, struck) for award in awards} == {"valid"}
    assert session.scalar(select(func.count()).select_from(SignedAnew)) == 5


def test_revoked_and_replaced_ones_stay_what_they_are_in_any_order(session, make, struck, go, now):
    by = make.user().id
    before, after, replaced = make.award(), make.award(), make.award()
    revoke_award(session, before, reason="misconduct", note="x", by=by, seal=SEAL, now=now)
    go()
    later = now + timedelta(hours=2)
    revoke_award(session, after, reason="misconduct", note="x", by=by, seal=struck, now=later)
    corrected = reissue_award(session, replaced, document.Holder("New", []), note="x", by=by, seal=struck, now=later)
    found = [state(session, award, struck) for award in (before, after, replaced, corrected)]
    assert found == ["revoked", "revoked", "replaced", "valid"]
    assert list(audit(session, struck, now=later)) == []


def test_a_second_key_that_falls_leaves_a_chain(session, make, struck, go, now):
    award = make.award()
    go()
    key, since = new_key(), now + timedelta(hours=2)
    again = replace(
        struck, key=key, listed=(key.public_key(),), struck=(*struck.struck, Struck(struck.key.public_key(), since))
    )
    clock = iter(since + timedelta(hours=1, minutes=minute) for minute in range(9))
    assert [step.done for step in sign_anew(session, again, clock=lambda: next(clock))][-1] == 1
    assert state(session, award, again) == "valid"
    bundle = bundle_of(session, again, award)
    assert len(bundle["earlier"]) == 2
    trust = Trust(since + timedelta(hours=4), vkey=again.vkey)
    rows = session.scalars(select(SignedAnew.credential).where(SignedAnew.award_id == award.id)).all()
    for credential in (award.credential, *rows):
        report = check_offline(credential.encode(), read_bundle(json.dumps(bundle).encode()), trust)
        assert (report.result, report.standing) == (Result.IDENTICAL, "valid"), report


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("awards", "credential = replace(credential, 'Module', 'Moduel')"),
        ("credit_entries", "hours = '9.00'"),
        ("completions", "completed_on = '2026-01-01'"),
    ],
)
def test_what_does_not_fit_gets_no_new_signature(session, make, struck, go, table, change):
    award = make.award()
    untie(session, table)
    session.execute(text(f"UPDATE {table} SET {change}"))
    session.expire_all()
    step = go()
    assert step.done == 0
    assert award.code in step.problems[0]
    assert state(session, award, struck) == "cannot_check"


class Forger(Seal):
    """Names the key of the tests in what it signs with another one."""

    def method(self, provider_slug):
        return SEAL.method(provider_slug)


def test_a_row_that_the_key_did_not_sign_gets_no_new_signature(session, make, struck, go, statements):
    """Somebody with the database and the log's key, but not the struck one, files a certificate under its name."""
    own = {row.name: getattr(SEAL, row.name) for row in fields(SEAL)}
    make.seal = Forger(**{**own, "key": new_key()})
    award = make.award()
    statements.clear()
    step = go()
    assert step.done == 0
    assert step.problems == (f"certificate {award.code}: its signature does not verify",)
    assert not [told for told in statements if "users.email" in told]  # nobody to tell, so nobody is looked for


def test_a_new_document_that_says_something_else_is_never_valid(session, make, struck, go, now):
    """Somebody with all the keys writes another name into the new document, and the log agrees."""
    award = make.award()
    go(parts=1)
    slug = award.completion.enrollment.edition.module.provider.slug
    said = {name: value for name, value in json.loads(award.credential).items() if name != "proof"}
    said["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    content = serialise(sign(said, struck.key, struck.method(slug), now))
    sha256 = hashlib.sha256(content).hexdigest()
    place = append_entry(session, struck, tree.Entry("reissue", sha256, now, award.credential_sha256))
    row = SignedAnew(
        award_id=award.id,
        credential=content.decode(),
        credential_sha256=sha256,
        key_id=struck.method(slug),
        signed_at=now,
        log_index=place.index,
    )
    session.add(row)
    session.flush()
    assert "says something else" in standing_of(session, award.code, struck).problem


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("credential = replace(credential, 'Module', 'Moduel')", "signed anew was changed"),
        ("signed_at = '2026-01-01 00:00:00+00:00'", "moment of the new signature"),
        ("log_index = log_index + 1000", "no such new signature"),
        ("key_id = replace(key_id, 'z6Mk', 'z6Mx')", "name of the new key"),
    ],
)
def test_a_changed_new_document_is_never_valid_and_the_audit_names_it(session, make, struck, go, now, change, words):
    award = make.award()
    go()
    untie(session, "signed_anew")
    session.execute(text(f"UPDATE signed_anew SET {change}"))
    session.expire_all()
    standing = standing_of(session, award.code, struck)
    assert standing.state == "cannot_check"
    assert words in standing.problem
    assert any(words in line for line in audit(session, struck, now=now + timedelta(hours=3)))


def test_the_audit_misses_a_new_document_that_was_deleted(session, make, struck, go, now):
    make.award()
    go()
    untie(session, "signed_anew")
    session.execute(text("DELETE FROM signed_anew"))
    session.expire_all()
    lines = list(audit(session, struck, now=now + timedelta(hours=3)))
    assert any("new signature it speaks of was deleted" in line for line in lines)


def test_new_documents_are_evidence(session, make, go):
    make.award()
    go()
    for statement in ("DELETE FROM signed_anew", "UPDATE signed_anew SET key_id = 'x'"):
        with pytest.raises(Exception, match="evidence is kept"), session.begin_nested():
            session.execute(text(statement))


def test_files_from_before_and_after_are_what_was_issued(session, make, struck, go, now, settings):
    award = make.award()
    fonts, files = document.open_shelf(settings.data_dir, ()), Shelf(settings.media_url)
    issued = Issued(award, document.thaw(award.facts), None)
    old = forms.draw(session, SEAL, issued, "pdf", fonts, files)
    go()
    new = forms.draw(session, struck, issued, "pdf", fonts, files)
    assert new != old
    assert new == forms.draw(session, struck, issued, "pdf", fonts, files)
    for content in (old, new, award.credential.encode()):
        report = check_upload(Records(session, struck, fonts, files), content)
        assert (report.result, report.standing) == (Result.IDENTICAL, "valid"), report
        assert ("signed anew" in report.sentence) == (content is not new)
    bundle = read_bundle(json.dumps(bundle_of(session, struck, award)).encode())
    trust = Trust(now + timedelta(hours=5), vkey=struck.vkey)
    assert check_offline(award.credential.encode(), bundle, trust).result is Result.IDENTICAL
    assert check_offline(new, bundle, trust).result is Result.IDENTICAL
    alone = Trust(now + timedelta(hours=5), keys=keys_of(struck.did_document("x")))
    assert check_offline(award.credential.encode(), Bundle(), alone).result is not Result.IDENTICAL


def test_the_public_page_and_the_api_tell_why(session, make, struck, go, now, browser, app):
    early = make.award()
    keep_checkpoint(session, SEAL, now=now)
    app.extensions["seal"] = (0, struck)
    go(parts=1)
    assert "it is about to be signed anew" in browser.get(f"/c/{early.code}").text
    go()
    page = browser.get(f"/c/{early.code}").text
    assert "Valid" in page
    assert "It was signed anew on 14 September 2026" in page
    proof = browser.get(f"/c/{early.code}.json").json["proof"]
    assert proof["signed_anew_at"] == "2026-09-14T16:31:00Z"
    browser.sign_in(early.completion.enrollment.user)
    version = current_version(
        session, struck, get_issued_to(session, early.completion.enrollment.user_id, early.code).award
    )
    assert browser.get(f"/c/{early.code}/credential").text == version.credential
    assert proof["credential_sha256"] == version.sha256
    raw = browser.get(f"/c/{early.code}/proof.json").json
    assert [one["entry"].split()[1] for one in raw["entries"]] == ["issue", "reissue"]
    assert raw["credential"] == version.credential


def test_the_witnesses_hear_of_it_once(session, make, struck, go, now):
    name_witness(session, make.board(), "archive@board.example", now=now)
    make.award()
    go()
    go()
    mails = session.scalars(select(Promise).where(Promise.kind == "mail")).all()
    told = [mail for mail in mails if "was struck" in mail.payload["text"]]
    assert [mail.payload["to"] for mail in told] == ["archive@board.example"]
    assert session.scalar(select(func.max(Checkpoint.size))) == 2


def test_without_a_struck_key_nothing_happens(session, make, go):
    make.award()
    assert go(SEAL) is None
    assert look_ahead(session, SEAL) == replace(look_ahead(session, SEAL), waiting=0)
    assert go(fresh_seal("https://x.example")) is None


def test_the_cost_of_checking_is_what_it_was_for_whom_no_key_fell(session, make, statements):
    award = make.award()
    statements.clear()
    standing_of(session, award.code, SEAL)
    assert len(statements) == 4


def test_the_command_does_it_all_and_may_be_run_again(settings, tmp_path, now):
    settings = replace(settings, database_url=f"sqlite:///{tmp_path / 'own.db'}")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url)
    migrate(engine)
    seal = open_seal(settings.data_dir, settings.public_url)
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session, now)
        make.seal = seal
        code = make.award().code
        session.commit()
    old = listed_keys(seal)[0]
    app = create_app(settings)
    ask = ["keys", "compromise", old, "--since", "2026-09-14", "--yes"]
    first = app.test_cli_runner().invoke(args=ask)
    assert first.exit_code == 0, first.output
    assert "1 of 1 signed anew" in first.output
    after = open_seal(settings.data_dir, settings.public_url)
    assert old not in listed_keys(after)
    with Session(engine) as session:
        assert standing_of(session, code, after).state == "valid"
        assert session.scalars(select(SignedList)).one().text.count(listed_keys(after)[0]) == 1
        assert session.scalars(select(Award)).one().code == code
    again = app.test_cli_runner().invoke(args=ask)
    assert (again.exit_code, listed_keys(open_seal(settings.data_dir, settings.public_url))) == (0, listed_keys(after))
    assert "0 certificates are to be signed anew" in again.output
    wrong = app.test_cli_runner().invoke(args=["keys", "compromise", "z6MkNobody", "--since", "2026-09-14", "--yes"])
    assert wrong.exit_code == 1
    engine.dispose()
