"""Twenty at once: one completion, one certificate, one entry, on both databases, with real commits."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accreditation.commands import confirm_approval, refuse_approval
from lms.accreditation.models import Approval
from lms.assessments.models import Attempt
from lms.assessments.sitting import open_attempt
from lms.awards.audit import audit
from lms.awards.commands import complete, reissue_award, revoke_award
from lms.awards.document import Holder
from lms.awards.models import Award, Completion, CreditEntry, Revocation, SignedList
from lms.awards.proofs import sign_list
from lms.awards.standing import standing_of
from lms.db import begin_writing, open_engine
from lms.errors import Conflict, NotFound
from lms.learning.commands import enroll
from lms.learning.models import Enrollment
from lms.learning.queries import get_enrollment_of
from lms.modules.models import Edition
from lms.outbox import Promise
from lms.people.models import User
from lms.providers.invitations import invite, take_up
from lms.providers.models import Invitation, Membership
from lms.schema import migrate
from tests.conftest import fresh_postgres
from tests.make import SEAL, Make

NOW = datetime(2026, 9, 14, 15, 30, tzinfo=UTC)
CROWD = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def real_engine(request, tmp_path):
    """An engine on a database of this test's own, where commits stay."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / f'{secrets.token_hex(4)}.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_server"))
    engine = open_engine(url)
    migrate(engine)
    yield engine
    engine.dispose()


def prepare(engine, build):
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        made = build(Make(session, NOW))
        session.commit()
        return made


def all_at_once(engine, act):
    """Run `act(session)` in as many threads as the crowd has, each in a transaction; return what each got."""
    start = Barrier(CROWD)

    def one(_):
        with Session(engine) as session:
            start.wait()
            begin_writing(session)
            result = act(session)
            session.commit()
            return result

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


def counts(engine, *tables):
    with Session(engine) as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_one_completion_one_certificate_one_entry(real_engine):
    enrollment = prepare(real_engine, lambda make: make.ready())
    user_id, enrollment_id = enrollment.user_id, enrollment.id

    def act(session):
        mine = get_enrollment_of(session, user_id, enrollment_id)
        return complete(session, mine, [], seal=SEAL, now=NOW).award.code

    codes = all_at_once(real_engine, act)
    assert len(set(codes)) == 1
    assert counts(real_engine, Completion, Award, CreditEntry) == [1, 1, 1]


def test_one_enrollment(real_engine):
    def build(make):
        return make.user().id, make.edition().id

    user_id, edition_id = prepare(real_engine, build)
    all_at_once(real_engine, lambda session: enroll(session, user_id, session.get_one(Edition, edition_id), now=NOW).id)
    assert counts(real_engine, Enrollment) == [1]


def test_one_attempt(real_engine):
    def build(make):
        enrollment = make.enrollment()
        session = make.session
        session.add_all(part for part in make.ready_parts(enrollment) if part.__tablename__ == "lesson_progress")
        return enrollment

    enrollment = prepare(real_engine, build)
    user_id, enrollment_id = enrollment.user_id, enrollment.id

    def act(session):
        return open_attempt(session, get_enrollment_of(session, user_id, enrollment_id), now=NOW).id

    assert len(set(all_at_once(real_engine, act))) == 1
    assert counts(real_engine, Attempt) == [1]


def test_one_revocation(real_engine):
    def build(make):
        return make.award().id, make.user().id

    award_id, manager_id = prepare(real_engine, build)

    def act(session):
        session.get_one(User, manager_id)
        try:
            revoke_award(
                session,
                session.get_one(Award, award_id),
                reason="misconduct",
                note="x",
                by=manager_id,
                seal=SEAL,
                now=NOW,
            )
        except Conflict:
            session.rollback()
            return "late"
        return "first"

    assert sorted(all_at_once(real_engine, act)) == ["first"] + ["late"] * (CROWD - 1)
    assert counts(real_engine, Revocation) == [1]
    assert counts(real_engine, CreditEntry) == [2]


def test_lists_signed_beside_revocations_lose_none(real_engine):
    """Half of the crowd revokes, the other half signs the list anew: no deadlock, no lost bit, a head that fits."""

    def build(make):
        first = make.award()
        edition = first.completion.enrollment.edition
        return [first.id] + [make.award(edition=edition).id for _ in range(CROWD // 2 - 1)], make.user().id

    ids, by = prepare(real_engine, build)
    turns = iter(range(CROWD))

    def act(session):
        turn = next(turns)
        if turn % 2:
            list_id = session.scalars(select(SignedList.list_id)).first()
            sign_list(session, SEAL, list_id, now=NOW)
        else:
            award = session.get_one(Award, ids[turn // 2])
            revoke_award(session, award, reason="issued_in_error", note="x", by=by, seal=SEAL, now=NOW)

    all_at_once(real_engine, act)
    with Session(real_engine) as session:
        codes = session.scalars(select(Award.code)).all()
        assert {standing_of(session, code, SEAL).state for code in codes} == {"revoked"}
        assert list(audit(session, SEAL, now=NOW)) == []


def test_revoking_and_correcting_at_once_does_one_of_them(real_engine):
    award_id, by = prepare(real_engine, lambda make: (make.award().id, make.user().id))
    turns = iter(range(CROWD))

    def act(session):
        award = session.get_one(Award, award_id)
        try:
            if next(turns) % 2:
                revoke_award(session, award, reason="issued_in_error", note="x", by=by, seal=SEAL, now=NOW)
            else:
                reissue_award(session, award, Holder("Ada Right", []), note="x", by=by, seal=SEAL, now=NOW)
        except Conflict:
            session.rollback()
            return 0
        return 1

    assert sum(all_at_once(real_engine, act)) == 1
    with Session(real_engine) as session:
        assert session.scalar(select(func.count()).select_from(Revocation)) == 1
        states = sorted(standing_of(session, code, SEAL).state for code in session.scalars(select(Award.code)))
        assert states in (["revoked"], ["replaced", "valid"])
        assert list(audit(session, SEAL, now=NOW)) == []


def test_one_decision_of_two_operators(real_engine):
    def build(make):
        approval = make.approval(make.provider(), confirmed_at=None, confirmed_by=None)
        return approval.id, make.operator().id

    approval_id, by = prepare(real_engine, build)
    turns = iter(range(CROWD))

    def act(session):
        approval = session.get_one(Approval, approval_id)
        try:
            if next(turns) % 2:
                confirm_approval(session, approval, by=by, now=NOW)
            else:
                refuse_approval(session, approval, "No.", now=NOW)
        except Conflict:
            session.rollback()
            return 0
        return 1

    assert sum(all_at_once(real_engine, act)) == 1
    assert counts(real_engine, Promise) == [1]


def test_one_role_of_one_invitation(real_engine):
    def build(make):
        provider, user = make.provider(), make.user(email="ada@example.org")
        invite(make.session, provider, user.email, "author", address="?k=", by=make.operator().id, now=NOW)
        mail = make.session.scalars(select(Promise.payload)).one()["text"]
        return re.search(r"\?k=(\S+)", mail)[1], user.id

    token, user_id = prepare(real_engine, build)

    def act(session):
        try:
            take_up(session, token, session.get_one(User, user_id), now=NOW)
        except (Conflict, NotFound):
            session.rollback()
            return 0
        return 1

    assert sum(all_at_once(real_engine, act)) == 1
    assert counts(real_engine, Membership, Invitation) == [1, 0]
