"""Twenty people at once: one edition is published, one next draft begun; with real commits on both databases."""

from lms.accreditation.commands import begin_next_draft, publish_edition
from lms.errors import Conflict
from lms.modules.models import Edition, Module
from tests.lms.conftest import Ready
from tests.lms.test_concurrency import NOW, all_at_once, counts, prepare, real_engine

__all__ = ["real_engine"]


def build(make):
    draft = Ready(make, make.session, NOW).draft()
    return draft.id, draft.module_id, make.member(draft.module.provider, "reviewer").id


def test_one_publishes_and_the_others_hear_of_it(real_engine):
    edition_id, _, reviewer = prepare(real_engine, build)

    def act(session):
        try:
            publish_edition(session, session.get_one(Edition, edition_id), by=reviewer, now=NOW)
        except Conflict:
            return "late"
        return "published"

    answers = all_at_once(real_engine, act)
    assert sorted(answers) == ["late"] * 19 + ["published"]


def test_one_next_draft_is_begun(real_engine):
    edition_id, module_id, reviewer = prepare(real_engine, build)
    prepare(
        real_engine,
        lambda make: publish_edition(make.session, make.session.get_one(Edition, edition_id), by=reviewer, now=NOW).id,
    )

    def act(session):
        return begin_next_draft(session, session.get_one(Module, module_id), by=reviewer, now=NOW).id

    assert len(set(all_at_once(real_engine, act))) == 1
    assert counts(real_engine, Edition) == [2]
