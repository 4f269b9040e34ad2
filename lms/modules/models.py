"""Modules, editions and what an edition is made of."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.db import Base, Id, Name, Slug
from lms.people.models import User
from lms.providers.models import Provider


class Module(Base):
    """A course over all its editions: the thing that is never credited twice in one cycle."""

    __tablename__ = "modules"

    id: Mapped[Id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    slug: Mapped[Slug] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """When it left the catalogue; learners in progress finish all the same."""

    provider: Mapped[Provider] = relationship()


class Edition(Base):
    """One text of a module. A draft (`published_at` is null) may change; a published one never does.

    A module has at most one draft. `topics` are exclusive hours that add up to the credit, such as
    `{"ethics": "0.25", "general": "0.50"}`; `also_qualifies` names topics the same hours may serve too.
    `policies` is the provider's text of refund, accommodation, grievance and system requirements, frozen at
    publishing. `words` and `media_seconds` are counted by the system.
    """

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("module_id", "number"),
        Index(
            "uq_editions_one_draft",
            "module_id",
            unique=True,
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        CheckConstraint("number >= 1", name="numbers_begin_with_one"),
    )

    id: Mapped[Id]
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"))
    number: Mapped[int]
    title: Mapped[Name]
    summary: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    audience: Mapped[list[str]] = mapped_column(default=list)
    difficulty: Mapped[Decimal] = mapped_column(default=Decimal(3))
    """Mergener's scale: 1 very easy, 2 somewhat easy, 3 moderate, 4 difficult, 5 very difficult; halves allowed."""
    topics: Mapped[dict[str, str]] = mapped_column(default=dict)
    also_qualifies: Mapped[list[str]] = mapped_column(default=list)
    content_warning: Mapped[str] = mapped_column(Text, default="")
    crisis_box: Mapped[bool] = mapped_column(default=False)
    """Whether the lessons show where to call in a crisis."""
    commercial_support: Mapped[str] = mapped_column(Text, default="")
    originality: Mapped[str] = mapped_column(Text, default="")
    content_license: Mapped[str] = mapped_column(String(200), default="")
    without_credit: Mapped[bool] = mapped_column(default=False)
    """Whether the authors chose to publish without CE credit although the provider has an approval."""
    cost: Mapped[str] = mapped_column(String(200), default="")
    policies: Mapped[dict[str, str]] = mapped_column(default=dict)
    released_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    words: Mapped[int] = mapped_column(default=0)
    media_seconds: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 over everything that is taught and asked, set at publishing."""
    editors: Mapped[list[int]] = mapped_column(default=list)
    """Ids of the users who changed the draft: none of them may approve it."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    """The last change of the draft; null before the first."""
    submitted_at: Mapped[datetime | None]
    """When the author handed the draft in for review; null again when it is sent back."""
    review_note: Mapped[str] = mapped_column(Text, default="")
    taken_back_at: Mapped[datetime | None]
    """When a change took the draft back from review; null again when it is handed in."""
    taken_back_by: Mapped[int | None]
    """The id of the user who changed it then."""
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    module: Mapped[Module] = relationship()
    publisher: Mapped[User | None] = relationship()


class Contributor(Base):
    """An author or planner of an edition, as the module page and the certificate name them."""

    __tablename__ = "contributors"
    __table_args__ = (CheckConstraint("role IN ('author', 'planner')", name="role_is_known"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[Name]
    credentials: Mapped[Name]
    bio: Mapped[str] = mapped_column(Text, default="")
    disclosure: Mapped[str] = mapped_column(Text, default="")
    """Conflicts of interest; "none" has to be stated."""


class Objective(Base):
    """A measurable learning objective; `key` is its short name inside the edition."""

    __tablename__ = "objectives"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))


class Lesson(Base):
    """A part of the text, in Markdown."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    position: Mapped[int]
    slug: Mapped[Slug]
    title: Mapped[Name]
    body: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    media_seconds: Mapped[int] = mapped_column(default=0)


class Reference(Base):
    """A source that the text rests on."""

    __tablename__ = "references"

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), index=True)
    position: Mapped[int]
    citation: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    url: Mapped[str] = mapped_column(String(500), default="")
    seminal: Mapped[bool] = mapped_column(default=False)
    """An older work that the field still stands on; the age rule of an accreditor spares it."""


class Media(Base):
    """A picture, a short film or its captions, checked and stored under its SHA-256; never changed.

    Lessons name it as `![caption](media:ID)`. `seconds` is the running time of a film.
    """

    __tablename__ = "media"
    __table_args__ = (CheckConstraint("kind IN ('image', 'video', 'captions')", name="kind_is_known"),)

    id: Mapped[Id]
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(60))
    filename: Mapped[Name]
    size: Mapped[int]
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    alt: Mapped[str] = mapped_column(String(500), default="")
    captions_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
