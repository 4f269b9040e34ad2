"""What is asked about modules, their editions and what an edition is made of."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from lms.errors import NotFound
from lms.modules.models import Contributor, Edition, Lesson, Media, Module, Objective, Reference

Part = TypeVar("Part", Contributor, Objective, Lesson, Reference)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a module stands: its draft and its latest published edition; `newest` is the draft where there is one."""

    module: Module
    newest: Edition
    draft: Edition | None
    published: Edition | None

    @property
    def title(self) -> str:
        """The newest title."""
        return self.newest.title

    @property
    def in_review(self) -> bool:
        """Whether its draft waits for a reviewer."""
        return self.draft is not None and self.draft.submitted_at is not None

    @property
    def changed_at(self) -> datetime:
        """The last change of the draft, or the day of publishing."""
        newest = self.newest
        return newest.published_at or newest.changed_at or newest.created_at


def get_module(session: Session, slug: str) -> Module:
    """Return the module with its provider, or raise `NotFound`."""
    return _one(session, select(Module).where(Module.slug == slug).options(joinedload(Module.provider)))


def get_module_of(session: Session, provider_ids: Collection[int], slug: str) -> Module:
    """Return the module if one of these providers owns it, or raise `NotFound`: to fetch is to be allowed."""
    found = select(Module).where(Module.slug == slug, Module.provider_id.in_(provider_ids))
    return _one(session, found.options(joinedload(Module.provider)))


def get_standing_of(session: Session, provider_ids: Collection[int], slug: str) -> Standing:
    """Return where the module of one of these providers stands, or raise `NotFound`."""
    found = _standings(session, Module.slug == slug, Module.provider_id.in_(provider_ids))
    if not found:
        raise NotFound("There is no such module.")
    return found[0]


def list_standings(session: Session, provider_ids: Collection[int]) -> list[Standing]:
    """Return the modules of these providers, the last changed first, in one statement."""
    found = _standings(session, Module.provider_id.in_(provider_ids))
    return sorted(found, key=lambda standing: standing.changed_at, reverse=True)


def find_latest_edition(session: Session, module_id: int) -> Edition | None:
    """Return the newest published edition, or `None`."""
    found = select(Edition).where(Edition.module_id == module_id, Edition.published_at.is_not(None))
    return session.scalars(_with_module(found).order_by(Edition.number.desc()).limit(1)).first()


def find_draft(session: Session, module_id: int) -> Edition | None:
    """Return the module's draft, or `None`."""
    found = select(Edition).where(Edition.module_id == module_id, Edition.published_at.is_(None))
    return session.scalars(_with_module(found)).first()


def get_draft_of(session: Session, provider_ids: Collection[int], slug: str) -> Edition:
    """Return the draft of a module of one of these providers, or raise `NotFound`."""
    found = (
        select(Edition)
        .join(Edition.module)
        .where(Module.slug == slug, Module.provider_id.in_(provider_ids), Edition.published_at.is_(None))
    )
    return _one(session, _with_module(found))


def list_lessons(session: Session, edition_id: int) -> Sequence[Lesson]:
    """Return the lessons in their order."""
    return list_parts(session, Lesson, edition_id)


def list_objectives(session: Session, edition_id: int) -> Sequence[Objective]:
    """Return the objectives in their order."""
    return list_parts(session, Objective, edition_id)


def list_references(session: Session, edition_id: int) -> Sequence[Reference]:
    """Return the references in their order."""
    return list_parts(session, Reference, edition_id)


def list_contributors(session: Session, edition_id: int) -> Sequence[Contributor]:
    """Return authors and planners, authors first, each in their order."""
    found = select(Contributor).where(Contributor.edition_id == edition_id)
    return session.scalars(found.order_by(Contributor.role, Contributor.position, Contributor.id)).all()


def list_parts(session: Session, kind: type[Part], edition_id: int) -> Sequence[Part]:
    """Return the edition's rows of this kind in their order."""
    return session.scalars(select(kind).where(kind.edition_id == edition_id).order_by(kind.position, kind.id)).all()


def get_part(session: Session, kind: type[Part], edition_id: int, part_id: int) -> Part:
    """Return the edition's row of this kind, or raise `NotFound`, also for one of another edition."""
    return _one(session, select(kind).where(kind.id == part_id, kind.edition_id == edition_id))


# Put together once: that takes longer than asking.
_LESSON = select(Lesson).where(Lesson.edition_id == bindparam("edition_id"), Lesson.slug == bindparam("slug"))


def get_lesson(session: Session, edition_id: int, slug: str) -> Lesson:
    """Return the edition's lesson of that name, or raise `NotFound`."""
    return _one(session, _LESSON, edition_id=edition_id, slug=slug)


def list_media(session: Session, module_id: int) -> Sequence[Media]:
    """Return pictures, films and captions, the newest first."""
    return session.scalars(select(Media).where(Media.module_id == module_id).order_by(Media.id.desc())).all()


def get_media(session: Session, module_id: int, media_id: int) -> Media:
    """Return the module's picture, film or captions, or raise `NotFound`."""
    return _one(session, select(Media).where(Media.id == media_id, Media.module_id == module_id))


def get_media_for(session: Session, provider_ids: Collection[int], media_id: int) -> tuple[Media, bool]:
    """Return the media and whether it is public, or raise `NotFound`.

    Media of a module with a published edition are for anyone, others only for the people of its provider.
    """
    published = select(Edition.id).where(Edition.module_id == Media.module_id, Edition.published_at.is_not(None))
    found = session.execute(
        select(Media, published.exists(), Module.provider_id)
        .join(Module, Module.id == Media.module_id)
        .where(Media.id == media_id)
    ).one_or_none()
    if found is None or not (found[1] or found[2] in provider_ids):
        raise NotFound("There is no such picture or film, or it is not yours to see.")
    return found[0], bool(found[1])


def fingerprint(lesson: Lesson) -> str:
    """Return what tells two states of a lesson's text apart."""
    return hashlib.sha256(f"{lesson.title}\0{lesson.body}".encode()).hexdigest()


Row = TypeVar("Row")


def _one(session: Session, found: Select[Row], **values: int | str) -> Row:
    row = session.scalars(found, values).unique().one_or_none()
    if row is None:
        raise NotFound("There is no such thing here, or it is not yours to see.")
    return row


def _with_module(found: Select[Edition]) -> Select[Edition]:
    return found.options(joinedload(Edition.module).joinedload(Module.provider))


def _standings(session: Session, *conditions: ColumnElement[bool]) -> list[Standing]:
    """Read the draft and the latest published edition of each module; the editions between them stay where they are."""
    other = aliased(Edition)
    latest = (
        select(func.max(other.number))
        .where(other.module_id == Edition.module_id, other.published_at.is_not(None))
        .scalar_subquery()
    )
    found = (
        select(Edition)
        .join(Edition.module)
        .where(*conditions, Edition.published_at.is_(None) | (Edition.number == latest))
        .order_by(Edition.module_id, Edition.number)
    )
    modules: dict[int, dict[bool, Edition]] = {}
    for edition in session.scalars(_with_module(found)):
        modules.setdefault(edition.module_id, {})[edition.published_at is None] = edition
    return [
        Standing(newest.module, newest, draft=pair.get(True), published=pair.get(False))
        for pair in modules.values()
        for newest in [pair.get(True) or pair[False]]
    ]
