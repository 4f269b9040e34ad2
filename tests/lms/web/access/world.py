"""A small world for the access table: one person per role and one of each thing an address may name."""

from dataclasses import dataclass
from typing import Any

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
    people = {
        "visitor": None,
        "learner": learner,
        "stranger": make.user(),
        "author": make.member(provider, "author"),
        "reviewer": make.member(provider, "reviewer"),
        "manager": make.member(provider, "manager"),
        "foreigner": make.member(elsewhere, "author"),
        "board": make.board_member(),
        "operator": make.operator(),
    }
    names = {
        "provider": provider.slug,
        "module": edition.module.slug,
        "draft": draft.module.slug,
        "draft_id": draft.id,
        "enrollment": enrollment.id,
        "lesson": "lesson-1",
    }
    return World(people, names)
