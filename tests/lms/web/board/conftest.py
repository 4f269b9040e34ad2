"""A board, somebody who sits on it, and a licensee of theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.awards.document import open_shelf
from lms.files import Shelf
from lms.oversight.batch import check_batch
from lms.oversight.commands import Plan, open_audit
from lms.oversight.models import Subject
from lms.oversight.packet import Tools, make_packet

PERIOD = {"first_day": "2026-01-01", "last_day": "2026-12-31"}


@pytest.fixture
def board(make):
    return make.board(slug="golden", name="Golden Board", professions=["mft"])


@pytest.fixture
def member(make, board):
    return make.board_member(board)


@pytest.fixture
def holder(make):
    """A licensee with a certificate."""
    user = make.user(name="Ada Lovelace")
    make.license(user, number="LMFT77")
    make.award(user)
    return user


@pytest.fixture
def audit(session, make, board, member, holder):
    """An audit of the licensee and of a number that nobody has."""
    now = datetime.now(UTC)
    year = (now.date() - timedelta(days=365), now.date() + timedelta(days=365))
    plan = Plan("Yearly audit", *year, now.date() + timedelta(days=30), ["LMFT77", "LMFT78"])
    return open_audit(session, board, plan, by=member.id, public_url="https://credence.example", now=now)


@pytest.fixture
def subject(session, audit):
    return session.scalars(select(Subject).where(Subject.audit_id == audit.id).order_by(Subject.id)).first()


@pytest.fixture
def work(session, make, settings):
    """Do the worker's part: make a packet or check a batch."""

    class Work:
        def packet(self, packet_id):
            tools = Tools(Shelf(settings.media_url), open_shelf(settings.data_dir, ()), make.seal)
            list(make_packet(session, tools, packet_id, now=datetime.now(UTC)))

        def batch(self, batch_id):
            list(check_batch(session, Shelf(settings.media_url), make.seal, batch_id, now=datetime.now(UTC)))

    return Work()
