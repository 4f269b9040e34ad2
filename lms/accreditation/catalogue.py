"""Which modules there are for whom and for how much credit: what the catalogue lists and the module page states."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Float, Select, String, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.sql.functions import coalesce

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.asking import Asked, read_words
from lms.accreditation.models import Approval, CreditCalculation
from lms.accreditation.queries import FORMAT
from lms.assessments.models import Quiz, QuizDraw
from lms.errors import NotFound
from lms.modules.models import Edition, Module
from lms.modules.outline import WORDS_A_MINUTE
from lms.modules.search import Matches, search_modules
from lms.providers.models import Provider
from lms.terms import PROFESSIONS

# code → words, at least, less than (hours)
HOURS: dict[str, tuple[str, Decimal | None, Decimal | None]] = {
    "any": ("Any CE credit", Decimal("0.01"), None),
    "under-1": ("Less than 1 hour", Decimal("0.01"), Decimal(1)),
    "1-2": ("1 to 2 hours", Decimal(1), Decimal("2.01")),
    "over-2": ("More than 2 hours", Decimal("2.01"), None),
    "none": ("No CE credit", None, None),
}
QUARTER = 15
# code → words, most (minutes)
MINUTES = {"30": ("Up to 30 minutes", 30), "60": ("Up to 1 hour", 60), "90": ("Up to 1½ hours", 90)}
# code → words
ORDERS = {"newest": "Newest", "shortest": "Shortest"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor looks for; an empty text asks for nothing, a code that nobody knows neither.

    `credits` is a key of `HOURS`, `minutes` of `MINUTES`, `order` of `ORDERS`; topic, profession and level are codes
    of `lms.terms`; `provider` is a slug.
    """

    words: str = ""
    topic: str = ""
    profession: str = ""
    credits: str = ""
    minutes: str = ""
    level: str = ""
    provider: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Hours with one accreditor, in its unit."""

    accreditor: str
    unit: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Listed:
    """A module in the catalogue: its latest published edition and what it earns today."""

    edition: Edition
    expired: bool
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of what was found, how much was found in all, and how the words were understood.

    `corrected` is what was searched for instead of a word that is nowhere; `understood` what words were read as
    besides words, `unmet` those of them that nothing meets and that were left out; `shorter` searches with fewer words
    that find something, where nothing was found.
    """

    total: int
    modules: tuple[Listed, ...]
    corrected: str = ""
    understood: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    shorter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A module's latest published edition with the settings of its post-test and the number of its questions."""

    edition: Edition
    quiz: Quiz | None
    questions: int
    expired: bool


def find_modules(session: Session, filters: Filters, *, day: date, limit: int, offset: int = 0) -> Found:
    """Return a part of the modules that match: in the order asked for, else best match first, else newest first.

    Expired ones always come last.
    Five statements at most, whatever there is. What the words wish for besides words (`read_words`) is kept to where
    anything meets it.
    """
    asked = read_words(filters.words)
    wishes = asked.wishes
    if not asked.words and not wishes:
        return _leaf(session, filters, day=day, limit=limit, offset=offset)
    matches = search_modules(session, asked.words) if asked.words else Matches(asked=False)
    query = _ordered(filters).where(*_conditions(filters))
    if matches.asked or (asked.words and not wishes):
        query = query.where(Module.id.in_(matches.ids))
    columns = [condition.label(name) for name, condition in _wished(asked).items()]
    rows: Sequence[Any] = session.execute(query.add_columns(*columns), {"day": day}).all()
    unmet = []
    for name, words in wishes.items():
        meeting = [row for row in rows if getattr(row, name)]
        if not meeting and rows:
            unmet.append(words)
        else:
            rows = meeting
    if filters.order not in ORDERS:
        ranks = {module_id: rank for rank, module_id in enumerate(matches.ids)}
        rows = sorted(rows, key=lambda row: (_expired(row.expires_on, day), ranks.get(row.module_id, 0)))
    return Found(
        total=len(rows),
        modules=_list(session, [row.id for row in rows[offset : offset + limit]], day),
        corrected=matches.corrected,
        understood=tuple(words for words in wishes.values() if words not in unmet),
        unmet=tuple(unmet),
        shorter=matches.shorter,
    )


def _leaf(session: Session, filters: Filters, *, day: date, limit: int, offset: int) -> Found:
    """Return a part of what passes the filters, cut out by the database: nothing is ranked."""
    conditions = _conditions(filters)
    query = _COUNTED
    if conditions or filters.order:
        query = _ordered(filters).add_columns(func.count().over().label("total")).where(*conditions)
    rows = session.execute(query.limit(limit).offset(offset), {"day": day}).all()
    total = rows[0].total if rows else 0
    if not rows and offset:  # beyond the end nothing says how much there is
        total = len(session.execute(query, {"day": day}).all())
    return Found(total=total, modules=_list(session, [row.id for row in rows], day))


def _ordered(filters: Filters) -> Select[int, int, date | None]:
    """Return what the catalogue lists, in the order asked for."""
    return _SHORTEST if filters.order == "shortest" else _CATALOGUED


def get_offer(session: Session, slug: str, *, day: date) -> Offer:
    """Return the module's latest published edition, also of a withdrawn module, or raise `NotFound`."""
    row = session.execute(_OFFER, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound("There is no such module.")
    edition, quiz, count = row
    return Offer(edition, quiz, count, _expired(edition.expires_on, day))


def list_teaching_providers(session: Session) -> Sequence[tuple[str, str]]:
    """Return slug and name of every provider with a module in the catalogue, by name."""
    return [(slug, name) for slug, name in session.execute(_TEACHING)]


def list_catalogued(session: Session) -> Sequence[tuple[str, datetime]]:
    """Return slug and last publishing of every module in the catalogue, by slug; 40,000 at most, as sitemaps ask."""
    rows = session.execute(
        _LATEST.where(Module.withdrawn_at.is_(None))
        .with_only_columns(Module.slug, Edition.published_at)
        .order_by(Module.slug)
        .limit(40_000)
    )
    return [(slug, published) for slug, published in rows if published]


def list_calculations(session: Session, edition_id: int) -> Sequence[CreditCalculation]:
    """Return how the edition's credit was found, by accreditor."""
    return session.scalars(_CALCULATIONS, {"edition_id": edition_id}).all()


def _expired(expires_on: date | None, day: date) -> bool:
    return expires_on is not None and expires_on < day


def _list(session: Session, edition_ids: Sequence[int], day: date) -> tuple[Listed, ...]:
    if not edition_ids:
        return ()
    editions = {edition.id: edition for edition in session.scalars(_EDITIONS, {"ids": edition_ids})}
    earned = _credits(session, edition_ids, day)
    return tuple(
        Listed(editions[key], _expired(editions[key].expires_on, day), tuple(earned.get(key, ())))
        for key in edition_ids
    )


def _credits(session: Session, edition_ids: Collection[int], day: date) -> dict[int, list[Credit]]:
    """Return what each of the editions earns on the day, by accreditor."""
    found: dict[int, list[Credit]] = {}
    for edition_id, code, hours in session.execute(_CREDITS, {"ids": edition_ids, "day": day}):
        accreditor = ACCREDITORS.get(code)
        title, unit = (accreditor.title, accreditor.unit) if accreditor else (code, "hour")
        found.setdefault(edition_id, []).append(Credit(title, unit, hours))
    return found


def _earns() -> ColumnElement[bool]:
    """Whether the calculation earns hours on `:day`: the edition has not expired and an approval covers it.

    The same rule as `queries.covers`, said in SQL because it filters the whole catalogue.
    """
    return (
        (cast(CreditCalculation.hours, Float) > 0)
        & (Edition.expires_on.is_(None) | (Edition.expires_on >= _DAY))
        & select(Approval.id)
        .where(
            Approval.provider_id == Module.provider_id,
            Approval.accreditor == CreditCalculation.accreditor,
            Approval.confirmed_at.is_not(None),
            Approval.valid_from <= _DAY,
            Approval.valid_to >= _DAY,
            Approval.withdrawn_on.is_(None) | (Approval.withdrawn_on > _DAY),
            _names(Approval.formats, FORMAT),
            or_(*(_names(Approval.professions, code) & _names(Edition.audience, code) for code in PROFESSIONS)),
        )
        .correlate_except(Approval)
        .exists()
    )


def _names(column: Any, code: str) -> ColumnElement[bool]:
    """Whether a JSON list of codes, or the keys of a JSON object, have this one; the same on both databases."""
    return cast(column, String).contains(f'"{code}"', autoescape=True)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.topic:
        found.append(_names(Edition.topics, filters.topic) | _names(Edition.also_qualifies, filters.topic))
    if filters.profession:
        found.append(_names(Edition.audience, filters.profession))
    if filters.level:
        found.append(Edition.level == filters.level)
    if filters.provider:
        found.append(Module.provider_id.in_(select(Provider.id).where(Provider.slug == filters.provider)))
    if filters.minutes in MINUTES:
        found.append(_seconds() <= MINUTES[filters.minutes][1] * 60)
    if filters.credits in HOURS:
        found.append(_has_hours(filters.credits))
    return found


def _wished(asked: Asked) -> dict[str, ColumnElement[bool]]:
    """Return whether a module meets each of the wishes."""
    found: dict[str, ColumnElement[bool]] = {}
    if asked.minutes:
        # Whoever types "1 hour" may mean the credit or the evening: either, within a quarter of an hour.
        earned = _earning((asked.minutes - QUARTER) / 60, (asked.minutes + QUARTER) / 60 + 0.001)
        near = func.abs(_seconds() - asked.minutes * 60) <= QUARTER * 60
        found["minutes"] = earned | near
    if asked.profession:
        found["profession"] = _names(Edition.audience, asked.profession)
    if asked.free:
        cost = func.lower(Edition.cost)
        found["free"] = cost.like("%free%") | cost.like("%no c%") | cost.like("%without c%")
    return found


def _seconds() -> ColumnElement[Any]:
    return Edition.words * 60 / WORDS_A_MINUTE + Edition.media_seconds


def _has_hours(code: str) -> ColumnElement[bool]:
    _, least, below = HOURS[code]
    found = _earning(None if least is None else float(least), None if below is None else float(below))
    return found if least is not None else ~found


def _earning(least: float | None, below: float | None) -> ColumnElement[bool]:
    """Whether the edition earns hours in this range on `:day`."""
    hours = cast(CreditCalculation.hours, Float)
    earning = select(CreditCalculation.id).where(CreditCalculation.edition_id == Edition.id, _earns())
    if least is not None:
        earning = earning.where(hours >= least)
    if below is not None:
        earning = earning.where(hours < below)
    return earning.correlate_except(CreditCalculation).exists()


# Put together once: that takes longer than asking.
_DAY = bindparam("day", type_=Date)
_NEWER = aliased(Edition)
_LATEST = (
    select(Edition)
    .join(Module, Module.id == Edition.module_id)
    .where(
        Edition.published_at.is_not(None),
        ~exists().where(
            _NEWER.module_id == Edition.module_id,
            _NEWER.published_at.is_not(None),
            _NEWER.number > Edition.number,
        ),
    )
)
"""The latest published edition of each module, joined with the module."""
_LISTED = (
    _LATEST.where(Module.withdrawn_at.is_(None))
    .with_only_columns(Edition.id, Edition.module_id, Edition.expires_on)
    .order_by(case((Edition.expires_on < _DAY, 1), else_=0))
)
_NEWEST = (Edition.published_at.desc(), Edition.id.desc())
_CATALOGUED = _LISTED.order_by(*_NEWEST)
# In whole numbers: a quotient is rounded by each database in its own way, and two that are equal may not stay so.
_SHORTEST = _LISTED.order_by(Edition.words * 60 + Edition.media_seconds * WORDS_A_MINUTE, *_NEWEST)
_COUNTED = _CATALOGUED.add_columns(func.count().over().label("total"))
_OFFER = (
    _LATEST.where(Module.slug == bindparam("slug"))
    .outerjoin(Quiz, Quiz.edition_id == Edition.id)
    .with_only_columns(
        Edition,
        Quiz,
        coalesce(
            select(func.sum(QuizDraw.count))
            .where(QuizDraw.edition_id == Edition.id)
            .correlate(Edition)
            .scalar_subquery(),
            0,
        ),
    )
    .options(joinedload(Edition.module).joinedload(Module.provider))
)
_TEACHING = (
    select(Provider.slug, Provider.name)
    .where(Provider.id.in_(_LATEST.where(Module.withdrawn_at.is_(None)).with_only_columns(Module.provider_id)))
    .order_by(Provider.name, Provider.id)
)
_EDITIONS = (
    select(Edition)
    .where(Edition.id.in_(bindparam("ids", expanding=True)))
    .options(joinedload(Edition.module).joinedload(Module.provider))
)
_CALCULATIONS = (
    select(CreditCalculation)
    .where(CreditCalculation.edition_id == bindparam("edition_id"))
    .order_by(CreditCalculation.accreditor)
)
_CREDITS = (
    select(CreditCalculation.edition_id, CreditCalculation.accreditor, CreditCalculation.hours)
    .join(Edition, Edition.id == CreditCalculation.edition_id)
    .join(Module, Module.id == Edition.module_id)
    .where(CreditCalculation.edition_id.in_(bindparam("ids", expanding=True)), _earns())
    .order_by(CreditCalculation.edition_id, CreditCalculation.accreditor)
)
