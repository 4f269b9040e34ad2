"""A draft that lacks nothing, for the tests to break."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.accreditation.commands import calculate_credit
from lms.accreditation.queries import list_approvals
from lms.assessments.models import Quiz
from lms.modules.models import Lesson, Reference


class Ready:
    """Builds drafts that pass the gate on the day of `now`."""

    def __init__(self, make, session, now):
        self.make, self.session, self.now = make, session, now

    def draft(self, provider=None, *, approved=True, credit=True, submitted=True, **values):
        provider = provider or self.make.provider()
        author = self.make.member(provider, "author")
        today = self.now.date()
        dates = {
            "released_on": today - timedelta(days=100),
            "reviewed_on": today - timedelta(days=100),
            "expires_on": today + timedelta(days=900),
        }
        values = {"editors": [author.id], **dates, **values}
        edition = self.make.draft(provider, lessons=2, objectives=5, items=3, **values)
        for lesson in self.session.scalars(select(Lesson).where(Lesson.edition_id == edition.id)):
            lesson.body = "Some *text*. " * 1500
            lesson.words = 3000
        for row in self.session.scalars(select(Reference).where(Reference.edition_id == edition.id)):
            row.year += self.now.year - 2026
        self.session.get(Quiz, edition.id).pass_mark = 80
        if approved and not any(row.accreditor == "DEMO" for row in list_approvals(self.session, provider.id)):
            self.approval(provider)
        self.session.flush()
        if approved and credit:
            calculate_credit(self.session, edition, "DEMO", "word_rate:6000", by=author.id, now=self.now)
        edition.submitted_at = self.now if submitted else None
        self.session.flush()
        return edition

    def approval(self, provider, **values):
        today = self.now.date()
        period = {"valid_from": today - timedelta(days=200), "valid_to": today + timedelta(days=400)}
        return self.make.approval(provider, **{**period, **values})


@pytest.fixture
def ready(make, session, now):
    """Drafts that pass on the test's day."""
    return Ready(make, session, now)


@pytest.fixture
def ready_today(make, session):
    """Drafts that pass today, for pages, which read the real clock."""
    return Ready(make, session, datetime.now(UTC))
