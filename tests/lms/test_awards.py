"""Completing, revoking and correcting: exactly once, all or nothing, and never rewritten."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError

from lms.assessments.models import Attempt, Evaluation
from lms.awards import document
from lms.awards.commands import attestation_of, complete, reissue_award, revoke_award
from lms.awards.document import Holder
from lms.awards.keys import fresh_seal
from lms.awards.models import Award, Completion, CreditEntry, Revocation
from lms.awards.queries import (
    count_issued_by,
    find_award,
    get_issued_by,
    get_issued_to,
    list_entries,
    list_issued_by,
    list_issued_to,
    totals_by_topic,
    totals_by_year,
)
from lms.awards.standing import standing_of
from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning.models import Enrollment, LessonProgress
from lms.outbox import Promise
from tests.make import SEAL

URL = "https://credence.example"


def finish(session, enrollment, now, licenses=()):
    return complete(session, enrollment, licenses, seal=SEAL, now=now)


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_completing_certifies_enters_and_announces_together(session, make, now):
    user = make.user(name="Zoë O’Brien", time_zone="America/Los_Angeles")
    license = make.license(user, number="LMFT4711")
    enrollment = make.ready(user)
    award = finish(session, enrollment, now, [license]).award
    certificate = document.thaw(award.facts)
    assert certificate.holder_name == "Zoë O’Brien"
    assert certificate.licenses[0].number == "LMFT4711"
    assert certificate.verify_url == f"{URL}/c/{award.code}"
    assert certificate.credits[0].hours == Decimal("1")
    assert [(topic.topic, topic.hours) for topic in certificate.credits[0].topics] == [("ethics", Decimal("1"))]
    assert certificate.notice == document.DEMONSTRATION
    entry = session.scalars(select(CreditEntry).where(CreditEntry.award_id == award.id)).one()
    assert (entry.kind, entry.hours, entry.topics) == ("earned", Decimal("1.00"), {"ethics": "1.00"})
    mail = session.scalars(select(Promise).order_by(Promise.id.desc())).first()
    assert award.facts["verify_url"] in mail.payload["text"]


def test_the_day_of_completion_is_the_learners(session, make, now):
    """15:30 UTC on 14 September is still the 14th in Hawaii but 02:00 UTC was the 13th."""
    early = now.replace(hour=2)
    made = finish(session, make.ready(make.user(time_zone="Pacific/Honolulu")), early)
    assert made.completion.completed_on == date(2026, 9, 13)


def test_asking_twice_returns_the_first(session, make, now):
    enrollment = make.ready()
    first = finish(session, enrollment, now)
    again = finish(session, enrollment, now + timedelta(days=1))
    assert (again.completion.id, again.award.id) == (first.completion.id, first.award.id)
    assert count(session, CreditEntry) == 1


@pytest.mark.parametrize(
    ("table", "words"),
    [(LessonProgress, "read “Lesson 1”"), (Attempt, "pass the post-test"), (Evaluation, "answer the evaluation")],
)
def test_what_is_missing_is_named(session, make, now, table, words):
    enrollment = make.enrollment()
    parts = make.ready_parts(enrollment)
    for part in parts:
        if not isinstance(part, table):
            session.add(part)
    session.flush()
    with pytest.raises(NotAllowed, match=words):
        finish(session, enrollment, now)
    assert count(session, Completion) == 0


def test_without_an_approval_that_day_a_completion_earns_nothing(session, make, now):
    provider = make.provider()
    make.approval(provider, valid_to=now.date() - timedelta(days=1))
    made = finish(session, make.ready(edition=make.edition(provider)), now)
    assert made.award is None
    assert count(session, CreditEntry) == 0
    assert finish(session, made.completion.enrollment, now).award is None


def test_a_certificate_does_not_follow_a_change_of_name(session, make, now):
    award = make.award()
    holder = document.thaw(award.facts).holder_name
    award.completion.enrollment.user.name = "Somebody Else"
    session.flush()
    assert standing_of(session, award.code, SEAL).certificate.holder_name == holder


def test_a_daily_cap_puts_the_completion_off(session, make, now, monkeypatch):
    from lms.accreditation import accreditor

    enrollment = make.ready(make.user())
    other = make.ready(enrollment.user)
    capped = make.with_daily_cap(accreditor.ACCREDITORS["DEMO"], 1)
    monkeypatch.setitem(accreditor.ACCREDITORS, "DEMO", capped)
    finish(session, enrollment, now)
    with pytest.raises(NotAllowed, match="at most 1 hour in 24 hours"):
        finish(session, other, now + timedelta(hours=23))
    assert finish(session, other, now + timedelta(hours=25)).award


def test_revoking_shows_the_reason_and_takes_the_credit_back(session, make, now):
    award, manager = make.award(), make.user()
    revoke_award(
        session,
        award,
        reason="requirements_not_met",
        note="Somebody else sat the test.",
        by=manager.id,
        seal=SEAL,
        now=now,
    )
    standing = standing_of(session, award.code, SEAL)
    assert (standing.state, standing.reason, standing.revoked_at) == ("revoked", "requirements_not_met", now)
    assert standing.certificate is not None
    assert totals_by_topic(list_entries(session, award.completion.enrollment.user_id)) == []


def test_revoking_twice_is_refused(session, make, now):
    award, manager = make.award(), make.user()
    revoke_award(session, award, reason="misconduct", note="x", by=manager.id, seal=SEAL, now=now)
    with pytest.raises(Conflict):
        revoke_award(session, award, reason="misconduct", note="x", by=manager.id, seal=SEAL, now=now)
    assert count(session, Revocation) == 1


@pytest.mark.parametrize(
    ("reason", "note", "field"), [("replaced", "x", "reason"), ("", "x", "reason"), ("misconduct", " ", "note")]
)
def test_a_revocation_needs_a_reason_and_a_note(session, make, now, reason, note, field):
    award, manager = make.award(), make.user()
    with pytest.raises(Invalid) as refusal:
        revoke_award(session, award, reason=reason, note=note, by=manager.id, seal=SEAL, now=now)
    assert field in refusal.value.problems


def test_a_correction_is_a_new_certificate_for_the_same_day_and_hours(session, make, now):
    user = make.user(name="Jose Nunez")
    award, manager = make.award(user), make.user()
    license = make.license(user, number="LMFT9")
    later = now + timedelta(days=2)
    corrected = reissue_award(
        session, award, Holder("José Núñez", [license]), note="Accents", by=manager.id, seal=SEAL, now=later
    )
    old, new = standing_of(session, award.code, SEAL), standing_of(session, corrected.code, SEAL)
    assert (old.state, new.state) == ("replaced", "valid")
    assert old.certificate.holder_name == "Jose Nunez"
    assert new.certificate.holder_name == "José Núñez"
    assert new.certificate.licenses[0].number == "LMFT9"
    assert new.certificate.completed_on == old.certificate.completed_on
    assert new.certificate.credits == old.certificate.credits
    assert new.certificate.replaces
    assert find_award(session, award.completion.enrollment_id).id == corrected.id
    assert [total.hours for total in totals_by_topic(list_entries(session, user.id))] == [Decimal("1.00")]


def test_a_replaced_certificate_is_not_corrected_again(session, make, now):
    award, manager = make.award(), make.user()
    how = {"note": "x", "by": manager.id, "seal": SEAL, "now": now}
    reissue_award(session, award, Holder("A", []), **how)
    with pytest.raises(Conflict):
        reissue_award(session, award, Holder("B", []), **how)
    with pytest.raises(Invalid):
        reissue_award(session, award, Holder(" ", []), **how)


def test_an_unknown_code_is_an_answer(session):
    assert standing_of(session, document.new_code(), SEAL).state == "not_found"


TAMPERING = [
    ("awards", "credential = replace(credential, 'Module', 'Moduel')", "the credential was changed"),
    ("awards", "credential_sha256 = '{zeros}'", "the credential was changed"),
    ("awards", "log_index = 7", "the log knows no such issue"),
    ("awards", "key_id = 'did:web:x#z6MkOther'", "the name of the key was changed"),
    ("awards", "status_index = (status_index + 1) % 131072, issued_at = '2020-01-01 00:00:00'", "the moment of issue"),
    ("awards", "code = '{code}'", "the code belongs to another certificate"),
    ("awards", "facts = '{{}}'", "the frozen facts were changed"),
    ("completions", "completed_on = '2026-01-01'", "the day of completion was changed"),
    ("credit_entries", "hours = '9.00'", "the ledger was changed"),
    ("credit_entries", 'topics = \'{{"ethics": "9.00"}}\'', "the ledger was changed"),
    ("log_entries", "leaf = replace(leaf, '2026', '2025')", "the moment of issue was changed"),
    ("log_entries", "sha256 = '{zeros}'", "the log"),
    ("log_nodes", "hash = {bytes}", ""),
    ("log_head", "hashes = {bytes}", ""),
    ("signed_lists", "text = replace(text, 'encodedList', 'encodedlist')", "encodedList"),
]


@pytest.mark.parametrize(("table", "change", "words"), TAMPERING)
def test_whatever_is_changed_in_the_database_is_never_shown_as_valid(session, make, table, change, words):
    """Past the triggers, as somebody with the database's own password would."""
    award = make.award()
    code, new = award.code, document.new_code()
    assert standing_of(session, code, SEAL).state == "valid"
    sqlite = session.get_bind().dialect.name == "sqlite"
    if sqlite:
        for (name,) in session.execute(
            text(f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'")
        ).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    zeros = bytes(32)
    values = {"zeros": "0" * 64, "code": new, "bytes": "zeroblob(32)" if sqlite else "'\\x" + zeros.hex() + "'"}
    session.execute(text(f"UPDATE {table} SET " + change.format(**values)))
    session.expire_all()
    standing = standing_of(session, new if "code =" in change else code, SEAL)
    assert standing.state == "cannot_check"
    assert standing.certificate is None
    assert words in standing.problem


def test_a_revocation_that_is_taken_back_in_the_database_is_noticed(session, make, now):
    award = make.award()
    revoke_award(session, award, reason="misconduct", note="x", by=make.user().id, seal=SEAL, now=now)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER keep_revocations_delete"))
    else:
        session.execute(text("ALTER TABLE revocations DISABLE TRIGGER USER"))
    session.execute(text("DELETE FROM revocations"))
    session.expire_all()
    standing = standing_of(session, award.code, SEAL)
    assert (standing.state, "the log knows a revocation" in standing.problem) == ("cannot_check", True)


def test_another_key_file_turns_nothing_green(session, make):
    award = make.award()
    assert standing_of(session, award.code, fresh_seal("https://credence.example")).state == "cannot_check"


def test_lists_show_only_the_owners(session, make):
    award = make.award()
    make.award()
    provider_id = award.completion.enrollment.edition.module.provider_id
    user_id = award.completion.enrollment.user_id
    assert [row.award.id for row in list_issued_to(session, user_id)] == [award.id]
    assert [row.award.id for row in list_issued_by(session, [provider_id], limit=10)] == [award.id]
    assert count_issued_by(session, [provider_id]) == 1
    assert get_issued_to(session, user_id, award.code).state == "valid"
    with pytest.raises(NotFound):
        get_issued_to(session, make.user().id, award.code)
    with pytest.raises(NotFound):
        get_issued_by(session, [], award.code)


@pytest.mark.parametrize("table", ["completions", "awards", "credit_entries", "evaluations", "revocations"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_evidence(session, make, now, table, change):
    award, manager = make.award(), make.user()
    revoke_award(session, award, reason="misconduct", note="x", by=manager.id, seal=SEAL, now=now)
    column = "award_id" if table == "revocations" else "id"
    with pytest.raises(IntegrityError, match="evidence is kept"), session.begin_nested():
        session.execute(text(change.format(table, column, column)))


class Crash(Exception):
    """The process dies here."""


def test_a_crash_between_any_two_statements_leaves_nothing_or_everything(session, make, now, engine):
    enrollment_id = make.ready().id
    before = count(session, Promise)
    at, seen = 0, 0

    def crash(_connection, _cursor, statement, *_):
        nonlocal seen
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen += 1
            if seen == at:
                raise Crash

    event.listen(engine, "before_cursor_execute", crash)
    try:
        while True:
            at, seen = at + 1, 0
            try:
                session.expunge_all()  # a process that comes after a crash remembers nothing
                enrollment = session.get_one(Enrollment, enrollment_id)
                with session.begin_nested():
                    made = finish(session, enrollment, now)
            except Crash:
                at, mark = 0, at  # look without crashing
                found = [count(session, table) for table in (Completion, Award, CreditEntry)]
                assert found == [0, 0, 0]
                assert count(session, Promise) == before
                at = mark
            else:
                break
    finally:
        event.remove(engine, "before_cursor_execute", crash)
    assert at > 12
    assert made.award
    assert [count(session, table) for table in (Completion, Award, CreditEntry)] == [1, 1, 1]


def test_the_attestation_names_the_person_and_the_module(make):
    assert "I, Ada, attest" in attestation_of(make.user(name="Ada"), "Ethics")


def test_hours_are_added_up_exactly_by_accreditor_and_year():
    def entry(award_id, accreditor, hours, kind="earned"):
        unit = "CE hour" if accreditor == "A" else "contact hour"
        return CreditEntry(award_id=award_id, accreditor=accreditor, unit=unit, hours=Decimal(hours), kind=kind)

    completed = {1: date(2025, 12, 31), 2: date(2026, 1, 1), 3: date(2026, 5, 1), 4: date(2024, 1, 1)}
    entries = [
        *(entry(1, "A", "0.10") for _ in range(3)),
        entry(2, "A", "1.25"),
        entry(2, "B", "1.50"),
        entry(4, "B", "2.00"),
        entry(4, "B", "2.00", "revoked"),
        entry(3, "A", "1.00"),
    ]
    assert [(row.accreditor, row.unit, row.years, row.hours) for row in totals_by_year(entries, completed)] == [
        ("A", "CE hour", ((2026, Decimal("2.25")), (2025, Decimal("0.30"))), Decimal("2.55")),
        ("B", "contact hour", ((2026, Decimal("1.50")),), Decimal("1.50")),
    ]
    assert totals_by_year(entries[5:7], completed) == []
