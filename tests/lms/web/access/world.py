"""A small world for the access table: one person per role and one of each thing an address may name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.assessments.models import Item
from lms.modules.models import Contributor, Edition, Lesson, Objective, Reference
from lms.outbox import promise_mail
from tests.make import Make


@dataclass
class World:
    """People by role and the values that fill the addresses."""

    people: dict[str, Any]
    names: dict[str, Any]


def build(make: Make) -> World:
    """Make the world."""
    provider = make.provider(slug="house")
    elsewhere = make.provider(slug="elsewhere")
    edition = make.edition(provider)
    draft = make.draft(provider)
    learner = make.user()
    enrollment = make.enrollment(learner, edition)
    award = make.award(learner, make.edition(provider))
    ready = make.ready(learner, make.edition(provider))
    board = make.board()
    sitting = make.sitting(learner, make.edition(provider))
    people = {
        "visitor": None,
        "learner": learner,
        "stranger": make.user(),
        "author": make.member(provider, "author"),
        "reviewer": make.member(provider, "reviewer"),
        "manager": make.member(provider, "manager"),
        "foreigner": make.member(elsewhere, "author"),
        "board": make.board_member(board),
        "operator": make.operator(),
    }
    names = {
        "provider": provider.slug,
        "module": edition.module.slug,
        "approval": make.approval(provider, number="DEMO-0002").id,
        "draft": draft.module.slug,
        "draft_id": draft.id,
        "enrollment": enrollment.id,
        "lesson": "lesson-1",
        "sitting": sitting.enrollment_id,
        "code": award.code,
        "completed": award.completion.enrollment_id,
        "ready": ready.id,
    }
    names |= _parts_of(make, draft)
    names["media"] = make.media(edition).id
    names |= {
        "license": make.license(learner).id,
        "stranger_id": people["stranger"].id,
        "reviewer_id": people["reviewer"].id,
        "board": board.slug,
        "seated_id": people["board"].id,
        "promise": promise_mail(make.session, to="a@example.org", subject="Hello", text="Hello", now=make.now).id,
    }
    return World(people, names)


def _parts_of(make: Make, draft: Edition) -> dict[str, Any]:
    """The first of each thing that a draft is made of."""

    def first(kind: Any) -> int:
        return make.session.scalars(select(kind.id).where(kind.edition_id == draft.id).order_by(kind.id)).first()

    return {
        "draft_contributor": first(Contributor),
        "draft_item": first(Item),
        "draft_lesson": first(Lesson),
        "draft_media": make.media(draft).id,
        "draft_objective": first(Objective),
        "draft_reference": first(Reference),
    }
