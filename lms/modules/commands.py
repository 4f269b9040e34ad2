"""How a draft is written: its details, lessons, objectives, contributors, references and media.

Every command takes the rows as they were fetched, refuses with `Conflict` when the edition was published in the
meantime, and notes who changed what was to be reviewed.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol, TypedDict, TypeVar, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import terms
from lms.errors import Conflict, Invalid
from lms.files import Shelf
from lms.lines import why_not_a_line
from lms.modules import uploads
from lms.modules.models import Contributor, Edition, Lesson, Media, Module, Objective, Reference
from lms.modules.queries import fingerprint, list_lessons, list_media
from lms.modules.text import count_words, list_problems, media_ids

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""The days that a module or an approval may name."""

TOPIC_STEP = Decimal("0.25")
"""No accreditor on file counts in finer steps, so no other hours of a topic can ever add up to its credit."""

REVIEW_MONTHS = 36
"""How long a review of the content lasts at most; an accreditor may ask for less."""


class Details(TypedDict, total=False):
    """What `edit_details` may change; named like the columns. Hours are strings or numbers such as `"0.25"`."""

    title: str
    summary: str
    description: str
    level: str
    audience: list[str]
    difficulty: Decimal | str
    topics: Mapping[str, Decimal | str]
    also_qualifies: list[str]
    content_warning: str
    crisis_box: bool
    commercial_support: str
    originality: str
    content_license: str
    cost: str
    released_on: date | None
    reviewed_on: date | None
    expires_on: date | None


class Person(TypedDict, total=False):
    """A contributor's columns."""

    role: str
    name: str
    credentials: str
    bio: str
    disclosure: str


class Source(TypedDict, total=False):
    """A reference's columns."""

    citation: str
    year: int
    url: str | None
    seminal: bool


class Part(Protocol):
    """A row of an edition that has a place among its like."""

    id: Any
    edition_id: Any
    position: Any


def touch(edition: Edition, by: int, now: datetime) -> None:
    """Note that this person changed the draft: they may not approve it, and it has to be handed in again.

    A draft in review is taken back from it, by this person. Raises `Conflict` when the edition is published.
    """
    if edition.published_at is not None:
        raise Conflict("This edition is published and does not change any more. Begin the next edition.")
    if by not in edition.editors:
        edition.editors = [*edition.editors, by]
    if edition.submitted_at is not None:
        edition.submitted_at = None
        edition.taken_back_at, edition.taken_back_by = now, by
    edition.changed_at = now


def open_draft(session: Session, edition_id: int, by: int, now: datetime) -> Edition:
    """Return the draft, locked and touched; raises `Conflict` when it was published in the meantime."""
    session.flush()
    edition = session.get_one(Edition, edition_id, with_for_update=True, populate_existing=True)
    touch(edition, by, now)
    return edition


def begin_module(session: Session, provider_id: int, title: str, *, slug: str = "", by: int, now: datetime) -> Edition:
    """Begin a module and return its first draft; without a slug its address is made from the title."""
    title = _line("title", title)
    wanted = slug or _slug(title, 72) or "module"
    taken = set(session.scalars(select(Module.slug).where(Module.slug.startswith(wanted, autoescape=True))))
    if slug in taken:
        raise Invalid(slug="Another module has this address.")
    module = Module(provider_id=provider_id, slug=_free(wanted, taken), created_at=now)
    edition = Edition(module=module, number=1, title=title, created_at=now, editors=[])
    session.add(edition)
    touch(edition, by, now)
    session.flush()
    return edition


def edit_details(session: Session, edition: Edition, *, by: int, now: datetime, **changes: Unpack[Details]) -> Edition:
    """Change what is named; a draft may be incomplete, but nothing in it may be nonsense (`Invalid`)."""
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            values[name] = _DETAILS[name](name, value)
        except Invalid as error:
            problems |= error.problems
    edition = open_draft(session, edition.id, by, now)
    after = {name: values.get(name, getattr(edition, name)) for name in ("topics", "also_qualifies", *_DATES)}
    if both := set(after["topics"]) & set(after["also_qualifies"]):
        words = ", ".join(terms.labels(sorted(both), terms.TOPICS))
        problems["also_qualifies"] = f"{words} already has hours of its own above."
    if problem := _why_not_expiring(after, edition, now.date()):
        problems.setdefault("expires_on", problem)
    if problems:
        raise Invalid(**problems)
    for name, value in values.items():
        setattr(edition, name, value)
    session.flush()
    return edition


def add_objective(session: Session, edition: Edition, *, text: str, key: str = "", by: int, now: datetime) -> Objective:
    """Add a learning objective at the end; without a key one is made from its first words."""
    text = _line("text", text, 300)
    edition = open_draft(session, edition.id, by, now)
    keys = set(session.scalars(select(Objective.key).where(Objective.edition_id == edition.id)))
    if key and key in keys:
        raise Invalid(key="Another objective has this short name.")
    wanted = key or _slug(text, 30) or "objective"
    return _append(session, Objective(edition_id=edition.id, key=_free(wanted, keys), text=text))


def edit_objective(session: Session, objective: Objective, *, text: str, by: int, now: datetime) -> Objective:
    """Reword an objective."""
    text = _line("text", text, 300)
    open_draft(session, objective.edition_id, by, now)
    objective.text = text
    session.flush()
    return objective


def add_lesson(
    session: Session, edition: Edition, *, title: str, body: str = "", slug: str = "", by: int, now: datetime
) -> Lesson:
    """Add a lesson at the end; its address inside the module is made from the title."""
    title = _line("title", title)
    edition = open_draft(session, edition.id, by, now)
    slugs = set(session.scalars(select(Lesson.slug).where(Lesson.edition_id == edition.id)))
    if slug and slug in slugs:
        raise Invalid(slug="Another lesson has this address.")
    lesson = Lesson(edition_id=edition.id, slug=_free(slug or _slug(title, 72) or "lesson", slugs), title=title)
    _write(session, edition, lesson, body)
    return _append(session, lesson, edition)


def edit_lesson(
    session: Session, lesson: Lesson, *, title: str, body: str, loaded: str = "", by: int, now: datetime
) -> Lesson:
    """Replace title and text. `loaded` is the `fingerprint` of what the writer saw.

    Raises `Conflict` when somebody else saved the lesson since; nothing is changed then.
    """
    title = _line("title", title)
    edition = open_draft(session, lesson.edition_id, by, now)
    session.refresh(lesson)  # what the lock waited for
    if loaded and loaded != fingerprint(lesson) and (title, body) != (lesson.title, lesson.body):
        raise Conflict("Somebody else saved this lesson while you were writing. Both texts are below.")
    lesson.title = title
    _write(session, edition, lesson, body)
    _count(session, edition)
    return lesson


def add_contributor(
    session: Session, edition: Edition, *, by: int, now: datetime, **person: Unpack[Person]
) -> Contributor:
    """Add an author or planner at the end."""
    values = _person(person)
    edition = open_draft(session, edition.id, by, now)
    return _append(session, Contributor(edition_id=edition.id, **values))


def edit_contributor(
    session: Session, contributor: Contributor, *, by: int, now: datetime, **person: Unpack[Person]
) -> Contributor:
    """Replace what is said of an author or planner."""
    values = _person(person)
    open_draft(session, contributor.edition_id, by, now)
    return _assign(session, contributor, values)


def add_reference(session: Session, edition: Edition, *, by: int, now: datetime, **source: Unpack[Source]) -> Reference:
    """Add a reference at the end."""
    values = _source(source, now)
    edition = open_draft(session, edition.id, by, now)
    return _append(session, Reference(edition_id=edition.id, **values))


def edit_reference(
    session: Session, reference: Reference, *, by: int, now: datetime, **source: Unpack[Source]
) -> Reference:
    """Replace a reference."""
    values = _source(source, now)
    open_draft(session, reference.edition_id, by, now)
    return _assign(session, reference, values)


def move_part(session: Session, part: Part, step: Literal[-1, 1], *, by: int, now: datetime) -> bool:
    """Move a row one place up or down among its like; return False at the end of the list, where it stays."""
    open_draft(session, part.edition_id, by, now)
    rows = _siblings(session, part)
    here = rows.index(part)
    there = min(max(here + step, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    _number(rows)
    session.flush()
    return there != here


def remove_part(session: Session, part: Part, *, by: int, now: datetime) -> None:
    """Remove a row of a draft and close the gap. Objectives go through `lms.assessments.commands.remove_objective`."""
    edition = open_draft(session, part.edition_id, by, now)
    rows = _siblings(session, part)
    rows.remove(part)
    session.delete(part)
    _number(rows)
    session.flush()
    _count(session, edition)


def add_media(
    session: Session,
    edition: Edition,
    shelf: Shelf,
    content: bytes,
    *,
    described: Mapping[str, str],
    by: int,
    now: datetime,
) -> Media:
    """Keep a picture or a short film, told apart by their content.

    `described` holds `filename` and `alt`, the text alternative; a film needs captions before a lesson may show it.
    """
    return _keep(session, edition, shelf, uploads.check(content), described, by=by, now=now)


def add_captions(
    session: Session, edition: Edition, shelf: Shelf, film: Media, content: bytes, *, by: int, now: datetime
) -> Media:
    """Give a film its captions, or better ones as long as no published edition shows it."""
    if film.kind != "video":
        raise Invalid(captions="Only films have captions.")
    checked = uploads.check_captions(content)
    _refuse_shown(session, film)
    described = {"filename": film.filename.rsplit(".", 1)[0] + ".vtt"}
    captions = _keep(session, edition, shelf, checked, described, by=by, now=now)
    film.captions_id = captions.id
    session.flush()
    return captions


def describe_media(session: Session, edition: Edition, media: Media, *, alt: str, by: int, now: datetime) -> Media:
    """Set the text alternative of a picture as long as no published edition shows it."""
    alt = _line("alt", alt, 500)
    _refuse_shown(session, media)
    open_draft(session, edition.id, by, now)
    media.alt = alt
    session.flush()
    return media


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, number)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def why_not_hours(value: Decimal | str, most: int = 99) -> str:
    """Return why these cannot be the hours of a topic, or nothing: more than 0, at most so many, in quarters."""
    hours = _decimal(value)
    if hours is None or not 0 < hours <= most or hours % TOPIC_STEP:
        return f"Give hours in quarters, such as 0.25, 0.5 or 1, up to {most}."
    return ""


def _refuse_shown(session: Session, media: Media) -> None:
    """What a published edition shows stays as it was."""
    bodies = (
        select(Lesson.body)
        .join(Edition, Edition.id == Lesson.edition_id)
        .where(Edition.module_id == media.module_id, Edition.published_at.is_not(None))
    )
    if any(media.id in media_ids(body) for body in session.scalars(bodies)):
        raise Conflict("A published edition shows this, so it stays as it is. Upload it again to change it.")


def _keep(
    session: Session,
    edition: Edition,
    shelf: Shelf,
    checked: uploads.Checked,
    described: Mapping[str, str],
    *,
    by: int,
    now: datetime,
) -> Media:
    edition = open_draft(session, edition.id, by, now)
    media = Media(
        module_id=edition.module_id,
        kind=checked.kind,
        sha256=shelf.put(checked.content),
        content_type=checked.content_type,
        filename=_filename(described.get("filename", "")),
        size=len(checked.content),
        width=checked.width,
        height=checked.height,
        seconds=checked.seconds,
        alt=" ".join(described.get("alt", "").split())[:500],
        uploaded_at=now,
        uploaded_by=by,
    )
    session.add(media)
    session.flush()
    return media


def _write(session: Session, edition: Edition, lesson: Lesson, body: str) -> None:
    """Set the text and what is counted of it, or raise `Invalid` for what it must not show."""
    body = body.replace("\r\n", "\n")
    shown = media_ids(body)
    media = {row.id: row for row in list_media(session, edition.module_id)} if shown else {}
    if problems := list_problems(body, media):
        raise Invalid(body=" ".join(problems))
    lesson.body = body
    lesson.words = count_words(body)
    lesson.media_seconds = sum(media[number].seconds for number in shown)


def _count(session: Session, edition: Edition) -> None:
    session.flush()
    lessons = list_lessons(session, edition.id)
    edition.words = sum(lesson.words for lesson in lessons)
    edition.media_seconds = sum(lesson.media_seconds for lesson in lessons)
    session.flush()


Row = TypeVar("Row", Contributor, Objective, Lesson, Reference)


def _append(session: Session, row: Row, edition: Edition | None = None) -> Row:
    row.position = max((other.position for other in _siblings(session, row)), default=0) + 1
    session.add(row)
    session.flush()
    if edition is not None:
        _count(session, edition)
    return row


def _assign(session: Session, row: Row, values: Mapping[str, Any]) -> Row:
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row


def _siblings(session: Session, part: Part) -> list[Part]:
    """Return the rows of the same kind in their order; authors and planners are two lists."""
    kind: Any = type(part)
    found = select(kind).where(kind.edition_id == part.edition_id).order_by(kind.position, kind.id)
    if isinstance(part, Contributor):
        found = found.where(Contributor.role == part.role)
    return list(session.scalars(found))


def _number(rows: Iterable[Part]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position


def _line(name: str, text: str, longest: int = 200) -> str:
    """Return the text on one line, or raise `Invalid` when it is empty, too long, or hides characters."""
    line = _short(name, text, longest)
    if not line:
        raise Invalid(**{name: "This cannot be empty."})
    return line


def _fit(name: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise Invalid(**{name: f"This has {len(text):,} characters; {longest:,} fit."})
    return text


def _person(person: Person) -> dict[str, Any]:
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, check in (("name", _line), ("credentials", _line), ("bio", _text), ("disclosure", _text)):
        try:
            values[name] = check(name, str(person.get(name, "")))
        except Invalid as error:
            problems |= error.problems
    values["role"] = person.get("role", "author")
    if values["role"] not in CONTRIBUTOR_ROLES:
        problems["role"] = "A contributor is an author or a planner."
    if problems:
        raise Invalid(**problems)
    return values


def _source(source: Source, now: datetime) -> dict[str, Any]:
    problems: dict[str, str] = {}
    citation, year, url = _text("citation", source.get("citation", "")), source.get("year", 0), source.get("url") or ""
    if not citation:
        problems["citation"] = "This cannot be empty."
    if not 1800 <= year <= now.year + 1:
        problems["year"] = f"Give the year of publication, from 1800 to {now.year + 1}."
    if url and not re.fullmatch(r"https?://[^\s<>\"]{3,490}", url):
        problems["url"] = "An address begins with https:// or http:// and has no spaces."
    if problems:
        raise Invalid(**problems)
    return {"citation": citation, "year": year, "url": url, "seminal": source.get("seminal", False)}


def _text(name: str, value: str) -> str:
    return _fit(name, value.replace("\r\n", "\n").strip(), 20_000)


def _markdown(name: str, value: str) -> str:
    text = _text(name, value)
    if problems := list_problems(text, {}):
        raise Invalid(**{name: " ".join(problems)})
    return text


def _short(name: str, value: str, longest: int = 200) -> str:
    line = " ".join(value.split())
    if why := why_not_a_line(line):
        raise Invalid(**{name: why})
    return _fit(name, line, longest)


def _day(name: str, value: date | None) -> date | None:
    if value is not None and not EARLIEST <= value <= LATEST:
        raise Invalid(**{name: f"Give a day from {EARLIEST.year} to {LATEST.year}."})
    return value


def _why_not_expiring(after: Mapping[str, Any], before: Edition, today: date) -> str:
    """Return why the day of expiry fits neither the other days nor the calendar, or nothing."""
    released, reviewed, expires = (after[name] for name in _DATES)
    if expires is None:
        return ""
    if any(day and day >= expires for day in (released, reviewed)):
        return "A module expires after it was released and reviewed."
    latest = reviewed and add_months(reviewed, REVIEW_MONTHS)
    if latest and expires > latest:
        return f"A review lasts {REVIEW_MONTHS} months: give {latest.day} {latest:%B %Y} or an earlier day."
    # A day that was given earlier and is over now is the gate's to name: nothing else could be saved meanwhile.
    if expires < today and expires != before.expires_on:
        return "This day is over. Give a later one."
    return ""


def _level(name: str, value: str) -> str:
    if value and value not in terms.LEVELS:
        raise Invalid(**{name: "Choose one of the levels."})
    return value


def _known(vocabulary: Mapping[str, str]) -> Callable[[str, list[str]], list[str]]:
    def check(name: str, codes: list[str]) -> list[str]:
        if unknown := [code for code in codes if code not in vocabulary]:
            raise Invalid(**{name: f"This list does not have {', '.join(unknown)}."})
        return [code for code in vocabulary if code in codes]

    return check


def _difficulty(name: str, value: Decimal | str) -> Decimal:
    number = _decimal(value)
    if number is None or not 1 <= number <= 5 or number * 2 % 1:
        raise Invalid(**{name: "The difficulty is a number from 1 to 5 in steps of a half."})
    return number


def _topics(name: str, value: Mapping[str, Decimal | str]) -> dict[str, str]:
    """Check the exclusive hours by topic: known topics, hours in quarters."""
    kept: dict[str, str] = {}
    for code, given in value.items():
        if code not in terms.TOPICS:
            raise Invalid(**{name: f"There is no topic {code}."})
        if why := why_not_hours(given):
            raise Invalid(**{name: f"{terms.TOPICS[code]}: {why}"})
        kept[code] = f"{Decimal(str(given).strip()):.2f}"
    return kept


def _decimal(value: Decimal | str) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _same(_: str, value: Any) -> Any:
    return value


def _slug(text: str, longest: int) -> str:
    """Return lower-case letters, digits and hyphens, cut after a whole word."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    slug = ""
    for word in words:
        if len(slug) + len(word) > longest:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "".join(words)[:longest]


def _free(wanted: str, taken: Collection[str]) -> str:
    """Return the wanted name, with a number when it is taken."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _filename(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[-200:] or "file"


CONTRIBUTOR_ROLES = {"author": "Author", "planner": "Planner"}

_DATES = ("released_on", "reviewed_on", "expires_on")
_DETAILS: dict[str, Callable[[str, Any], Any]] = {
    "title": _line,
    "summary": _short,
    "description": _markdown,
    "level": _level,
    "audience": _known(terms.PROFESSIONS),
    "difficulty": _difficulty,
    "topics": _topics,
    "also_qualifies": _known(terms.TOPICS),
    "content_warning": _text,
    "crisis_box": _same,
    "commercial_support": _text,
    "originality": _text,
    "content_license": _short,
    "cost": _short,
    **dict.fromkeys(_DATES, _day),
}
