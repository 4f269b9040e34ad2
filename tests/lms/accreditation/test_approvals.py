"""Approvals: recording, withdrawing, how they stand, and what a completion earns under them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.choices import list_choices
from lms.accreditation.commands import (
    WAITING_SUBJECT,
    calculate_credit,
    confirm_approval,
    record_approval,
    refuse_approval,
    remind_operators,
    withdraw_approval,
)
from lms.accreditation.queries import (
    covers,
    get_approval_of,
    list_approvals,
    list_creditable,
    render_statement,
    status_of,
)
from lms.errors import Conflict, Invalid, NotFound
from lms.outbox import Promise

GRANT = {
    "accreditor": "DEMO",
    "number": " DEMO-7 ",
    "professions": ["mft"],
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2026, 12, 31),
    "statement": "{provider}, {number}:\n {hours}, {from} to {to}.",
}


@pytest.fixture
def provider(make):
    return make.provider(name="House of Learning")


@pytest.fixture
def record(session, provider, make, now):
    by = make.user().id
    return lambda **changes: record_approval(session, provider, **{**GRANT, **changes}, by=by, now=now)


def test_an_approval_is_recorded_as_the_letter_says(record, session, provider):
    approval = record()
    assert (approval.number, approval.formats) == ("DEMO-7", ["self_paced"])
    assert list_approvals(session, provider.id) == [approval]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accreditor", "NOBODY"),
        ("number", "  "),
        ("formats", []),
        ("formats", ["by_pigeon"]),
        ("professions", []),
        ("professions", ["plumber"]),
        ("valid_to", date(2025, 12, 31)),
        ("statement", " "),
        ("statement", "{provider} teaches {colour}."),
        ("statement", "{provider"),
        ("statement", ACCREDITORS["NYSED"].rules_on(date(2026, 1, 1)).statement),
    ],
)
def test_nonsense_is_refused_beside_its_field(record, field, value):
    with pytest.raises(Invalid) as refusal:
        record(**{field: value})
    assert list(refusal.value.problems) == [field]


def test_the_same_letter_is_recorded_once(record):
    record()
    with pytest.raises(Invalid) as refusal:
        record()
    assert list(refusal.value.problems) == ["number"]
    assert record(valid_from=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({}, "good", "Active"),
        ({"valid_to": date(2026, 11, 13)}, "caution", "Expires in 60 days"),
        ({"valid_to": date(2026, 9, 15)}, "caution", "Expires in 1 day"),
        ({"valid_to": date(2026, 9, 14)}, "caution", "Expires today"),
        ({"valid_to": date(2026, 9, 13)}, "danger", "Expired on 13 September 2026"),
        ({"valid_from": date(2026, 9, 15)}, "neutral", "Not yet: begins on 15 September 2026"),
        ({"withdrawn_on": date(2026, 9, 14)}, "danger", "Withdrawn from 14 September 2026"),
        ({"withdrawn_on": date(2026, 9, 20)}, "caution", "Active, withdrawn from 20 September 2026"),
    ],
)
def test_how_an_approval_stands(make, provider, changes, kind, words):
    approval = make.approval(provider, **changes)
    status = status_of(approval, date(2026, 9, 14))
    assert (status.kind, status.words) == (kind, words)


def test_a_withdrawal_takes_effect_from_its_day_on(make, session, now, provider):
    edition = make.edition(provider)
    approval = list_approvals(session, provider.id)[0]
    withdraw_approval(session, approval, day=date(2026, 9, 20), now=now)
    assert list_creditable(session, edition, day=date(2026, 9, 19))
    assert not list_creditable(session, edition, day=date(2026, 9, 20))


def test_a_withdrawal_is_not_retroactive_and_not_repeated(record, session, now):
    approval = record()
    for day in (now.date() - timedelta(days=1), date(2027, 1, 1)):
        with pytest.raises(Invalid) as refusal:
            withdraw_approval(session, approval, day=day, now=now)
        assert "day" in refusal.value.problems
    withdraw_approval(session, approval, day=now.date(), now=now)
    with pytest.raises(Conflict):
        withdraw_approval(session, approval, day=now.date(), now=now)


def test_only_the_owner_finds_an_approval(record, session, provider, make):
    approval, other = record(), make.provider()
    assert get_approval_of(session, {provider.id}, provider.slug, approval.id) is approval
    for ids, slug in (({other.id}, provider.slug), ({provider.id, other.id}, other.slug)):
        with pytest.raises(NotFound):
            get_approval_of(session, ids, slug, approval.id)


def test_the_statement_is_filled_in(record):
    assert render_statement(record(), Decimal("1.50")) == (
        "House of Learning, DEMO-7: 1.5 demo hours, 1 January 2026 to 31 December 2026."
    )


def test_a_completion_earns_what_was_calculated(make, session, provider):
    edition = make.edition(provider, hours="1.00")
    earned = list_creditable(session, edition, day=date(2026, 9, 14))[0]
    assert (earned.accreditor.code, earned.hours, earned.topics) == ("DEMO", 1, {"ethics": "1.00"})
    assert earned.statement.endswith("to offer 1 demo hour.")


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_to": date(2026, 9, 13)},
        {"valid_from": date(2026, 9, 15)},
        {"withdrawn_on": date(2026, 9, 14)},
        {"formats": ["live_webinar"]},
        {"professions": ["educational_psychologist"]},
    ],
)
def test_nothing_is_earned_without_an_approval_in_force(make, session, provider, changes):
    make.approval(provider, **changes)
    assert list_creditable(session, make.edition(provider), day=date(2026, 9, 14)) == []


def test_nothing_is_earned_for_no_hours(make, session, provider):
    assert list_creditable(session, make.edition(provider, hours="0"), day=date(2026, 9, 14)) == []


def test_nothing_is_earned_under_another_providers_approval(make, session, provider):
    edition = make.edition(provider)
    list_approvals(session, provider.id)[0].provider_id = make.provider().id
    session.flush()
    assert list_creditable(session, edition, day=date(2026, 9, 14)) == []


def test_one_accreditor_credits_once_by_the_approval_that_lasts_longest(make, session, provider, statements):
    make.approval(provider, number="OLD", valid_to=date(2026, 10, 1))
    make.approval(provider, number="NEW", valid_from=date(2026, 9, 1), valid_to=date(2028, 1, 1))
    make.approval(provider, number="LATER", valid_from=date(2027, 9, 1), valid_to=date(2029, 1, 1))
    edition = make.edition(provider)
    statements.clear()
    earned = list_creditable(session, edition, day=date(2026, 9, 14))
    assert [one.approval.number for one in earned] == ["NEW"]
    assert len(statements) == 1


def test_each_accreditor_credits_by_its_own_rules(ready, make, session, now):
    draft = ready.draft()
    make.approval(draft.module.provider, accreditor="NBCC", number="N", statement="{hours}")
    by = draft.editors[0]
    calculate_credit(session, draft, "NBCC", "word_rate:6000", by=by, now=now)
    earned = list_creditable(session, draft, day=now.date())
    assert [one.statement for one in earned][1] == "1 clock hour"
    assert [one.accreditor.code for one in earned] == ["DEMO", "NBCC"]


def test_an_expired_edition_earns_nothing_from_the_day_after(make, session, provider):
    edition = make.edition(provider, expires_on=date(2026, 9, 14))
    assert list_creditable(session, edition, day=date(2026, 9, 14))
    assert list_creditable(session, edition, day=date(2026, 9, 15)) == []


def test_an_author_chooses_among_accreditors_that_did_not_withdraw(ready, session, now):
    draft = ready.draft()
    ready.approval(draft.module.provider, accreditor="NBCC", withdrawn_on=now.date())
    ready.approval(draft.module.provider, accreditor="NASW", withdrawn_on=now.date() + timedelta(days=9))
    found = list_choices(session, draft, today=now.date())
    assert [choice.accreditor.code for choice in found] == ["DEMO", "NASW"]


def test_an_author_chooses_among_accreditors_with_rules(ready, session):
    assert list_choices(session, ready.draft(), today=date(2019, 1, 1)) == []


def test_a_new_approval_waits_and_a_refused_one_is_recorded_again(record, session, now, make):
    first = record()
    assert first.confirmed_at is None
    assert status_of(first, date(2026, 6, 1)).words == "Waiting for confirmation"
    assert not covers(first, date(2026, 6, 1), first.professions)
    refuse_approval(session, first, "Not on the list.", now=now)
    with pytest.raises(Conflict):
        confirm_approval(session, first, by=make.operator().id, now=now)
    second = record()
    confirm_approval(session, second, by=make.operator().id, now=now)
    assert covers(second, date(2026, 6, 1), second.professions)


@pytest.mark.parametrize("field", ["number", "statement"])
def test_hidden_characters_are_named(record, field):
    with pytest.raises(Invalid) as refusal:
        record(**{field: "DEMO\u202e"})
    assert "U+202E" in refusal.value.problems[field]


@pytest.mark.parametrize(("field", "day"), [("valid_from", date(1, 1, 1)), ("valid_to", date(9999, 12, 31))])
def test_days_beyond_reason_are_refused(record, field, day):
    with pytest.raises(Invalid) as refusal:
        record(**{field: day})
    assert list(refusal.value.problems) == [field]


def test_operators_are_told_that_an_approval_waits_and_at_most_once_a_day(record, session, make, now):
    first, second = make.operator(), make.operator()
    make.operator().active = False
    approval = record()
    record(number="DEMO-8")

    def told():
        mails = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id)).all()
        return [row.payload["to"] for row in mails if row.payload["subject"] == WAITING_SUBJECT]

    assert sorted(told()) == sorted([first.email, second.email])
    (mail, *_) = session.scalars(select(Promise)).all()
    assert "House of Learning: " in mail.payload["text"]
    remind_operators(session, now=now + timedelta(hours=22))
    assert len(told()) == 2
    remind_operators(session, now=now + timedelta(days=1))
    assert len(told()) == 4
    for row in list_approvals(session, approval.provider_id):
        confirm_approval(session, row, by=first.id, now=now)
    remind_operators(session, now=now + timedelta(days=2))
    assert len(told()) == 4
