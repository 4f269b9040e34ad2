"""Twenty at once: one completion, one certificate, one entry, on both databases, with real commits."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt
from lms.assessments.sitting import open_attempt
from lms.awards.commands import complete, revoke_award
from lms.awards.models import Award, Completion, CreditEntry, Revocation
from lms.db import begin_writing, open_engine
from lms.errors import Conflict
from lms.learning.commands import enroll
from lms.learning.models import Enrollment
from lms.learning.queries import get_enrollment_of
from lms.modules.models import Edition
from lms.people.models import User
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
