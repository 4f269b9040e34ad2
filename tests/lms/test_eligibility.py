"""Who earns no credit."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from lms.awards.commands import complete, revoke_award
from lms.awards.eligibility import why_no_credit
from lms.awards.models import Completion


@pytest.fixture
def why(session, now):
    return lambda user, edition: why_no_credit(session, user.id, edition, day=now.date())


def certified(make, days=0, **values):
    """A learner who completed a module so many days ago."""
    now, make.now = make.now, make.now - timedelta(days=days)
    provider = make.provider()
    make.approval(provider, valid_from=date(2020, 1, 1))
    award = make.award(edition=make.edition(provider, **values))
    make.now = now
    enrollment = award.completion.enrollment
    return award, enrollment.user, enrollment.edition


def test_whoever_wrote_or_published_it_earns_nothing_and_completes(make, session, now):
    author = make.user()
    edition = make.edition(editors=[author.id])
    for user in (author, session.get_one(type(author), edition.published_by)):
        finished = complete(session, make.ready(user, edition), [], seal=make.seal, now=now)
        assert finished.award is None
        assert finished.completion.completed_at == now


def test_another_learner_is_not_barred(make, why):
    assert why(make.user(), make.edition()) == ""


@pytest.mark.parametrize(("days", "barred"), [(0, True), (364, True), (366, False)])
def test_a_module_earns_once_in_12_months(make, why, days, barred):
    _, user, first = certified(make, days)
    second = make.edition(first.module.provider, module=first.module)
    assert ("once in 12 months" in why(user, second)) == barred


def test_the_same_text_earns_once_for_ever(make, why):
    _, user, first = certified(make, 700, content_hash="a" * 64)
    same = make.edition(first.module.provider, module=first.module, content_hash="a" * 64)
    assert "The text is the same" in why(user, same)
    other = make.edition(first.module.provider, module=first.module, content_hash="b" * 64)
    assert why(user, other) == ""


def test_a_revoked_certificate_bars_nobody(make, why, session, now):
    award, user, first = certified(make)
    second = make.edition(first.module.provider, module=first.module)
    assert why(user, second)
    by = make.user().id
    revoke_award(session, award, reason="issued_in_error", note="No.", by=by, seal=make.seal, now=now)
    assert why(user, second) == ""


def test_the_second_edition_of_a_year_is_completed_without_credit(make, session, now):
    _, user, first = certified(make)
    second = make.ready(user, make.edition(first.module.provider, module=first.module))
    finished = complete(session, second, [], seal=make.seal, now=now)
    assert finished.award is None
    assert session.get(Completion, finished.completion.id) is not None
    assert session.scalar(text("SELECT count(*) FROM credit_entries")) == 1
