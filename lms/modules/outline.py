"""What a course page must state of an edition's parts, read in one statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, Text, bindparam, cast, literal, select, union_all
from sqlalchemy.orm import Session

from lms.modules.models import Contributor, Lesson, Objective, Reference

WORDS_A_MINUTE = 100
"""A study pace, with time to think: 6,000 words an hour, as NBCC counts home study (ce-domain 1.3)."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A lesson without its text."""

    slug: str
    title: str
    words: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Person:
    """An author or planner."""

    name: str
    credentials: str
    bio: str
    disclosure: str


@dataclass(frozen=True, slots=True)
class Source:
    """A reference; `seminal` works may be old."""

    citation: str
    url: str
    seminal: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of an edition in their order."""

    objectives: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    authors: tuple[Person, ...]
    planners: tuple[Person, ...]
    references: tuple[Source, ...]


def reading_minutes(words: int, media_seconds: int) -> int:
    """Return how many minutes reading and watching take, at least one."""
    return max(1, round(words / WORDS_A_MINUTE + media_seconds / 60))


def outline_of(session: Session, edition_id: int) -> Outline:
    """Return objectives, lessons, people and references of the edition."""
    found: dict[str, list[tuple[str, str, str, str, int, int]]] = {
        "objective": [],
        "lesson": [],
        "author": [],
        "planner": [],
        "reference": [],
    }
    for kind, _, _, a, b, c, d, m, n in session.execute(_PARTS, {"edition_id": edition_id}):
        found[kind].append((a, b, c, d, m, n))
    return Outline(
        tuple(a for a, *_ in found["objective"]),
        tuple(Chapter(a, b, m, reading_minutes(m, n)) for a, b, _, _, m, n in found["lesson"]),
        tuple(Person(a, b, c, d) for a, b, c, d, _, _ in found["author"]),
        tuple(Person(a, b, c, d) for a, b, c, d, _, _ in found["planner"]),
        tuple(Source(a, b, bool(m)) for a, b, _, _, m, _ in found["reference"]),
    )


def _part(table: Any, kind: Any, *texts: Any, numbers: tuple[Any, Any] | None = None) -> Select[Any]:
    """Return a part of the union: kind, position, id, four texts, two numbers."""
    four = [*texts, *(literal("") for _ in range(4 - len(texts)))]
    two = numbers or (literal(0), literal(0))
    columns = [cast(column, Text).label(name) for name, column in zip("abcd", four, strict=True)]
    return select(
        cast(kind, Text).label("kind"), table.position, table.id, *columns, two[0].label("m"), two[1].label("n")
    ).where(table.edition_id == bindparam("edition_id"))


_PARTS = union_all(
    _part(Objective, literal("objective"), Objective.text),
    _part(Lesson, literal("lesson"), Lesson.slug, Lesson.title, numbers=(Lesson.words, Lesson.media_seconds)),
    _part(
        Contributor,
        Contributor.role,
        Contributor.name,
        Contributor.credentials,
        Contributor.bio,
        Contributor.disclosure,
    ),
    _part(
        Reference,
        literal("reference"),
        Reference.citation,
        Reference.url,
        numbers=(cast(Reference.seminal, Integer), literal(0)),
    ),
).order_by("kind", "position", "id")
"""Put together once: that takes longer than asking."""
