"""What an accreditor asks of providers and modules: one dated rules file each, read strictly; decides nothing itself.

A key that nobody knows and a key that is missing both stop the start-up: a rule that is not read is a rule
that is broken in silence. `verified` says for each rule how far we trust it: V read in official text, S read in
a secondary page, K from knowledge only, `fictional` for invented rules.
"""

import math
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from lms.accreditation.credit import Scale, parse_method
from lms.errors import NotFound

FOLDER = Path(__file__).parent / "accreditors"
PLACEHOLDERS = ("provider", "number", "hours", "unit", "from", "to")
MARKS = {
    "V": "read in the accreditor's own text",
    "S": "read in a secondary source only",
    "K": "from general knowledge, not verified",
    "fictional": "invented for the demonstration",
}


class BadRules(Exception):  # noqa: N818 - it reads as the sentence it is
    """A rules file that cannot be read; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Questions:
    """How many questions a test needs: `per_credit`, or so many for the first hour and for each further one begun."""

    per_credit: int = 0
    first_hour: int = 0
    further: int = 0

    def needed(self, hours: Decimal) -> int:
        """Return the number for these hours of credit."""
        if not self.first_hour:
            return math.ceil(self.per_credit * hours)
        return self.first_hour + self.further * max(0, math.ceil(hours - 1))

    @property
    def words(self) -> str:
        """The rule in words; empty where there is none."""
        if self.first_hour:
            return f"{self.first_hour} for the first hour, {self.further} for each further one begun"
        return f"{self.per_credit} for each credit" if self.per_credit else ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules from one day on. None means that the accreditor has no such rule."""

    starts: date
    source: tuple[str, ...]
    unit: str
    hour_minutes: int
    increment: Decimal
    minimum: Decimal
    methods: tuple[str, ...]
    pass_mark: int
    """Percent."""
    questions: Questions
    min_objectives: int
    retention_years: int
    course_level_approval: bool
    review_months: int
    """How long a review of the content lasts."""
    statement: str
    verified: Mapping[str, str]
    """A mark for each key of the file; `rest` speaks for those that are not named."""
    max_true_false_share: Decimal | None = None
    max_reference_age_years: int | None = None
    max_attempts: int | None = None
    daily_cap_hours: int | None = None

    @property
    def scale(self) -> Scale:
        """How minutes become credit."""
        return Scale(self.hour_minutes, self.increment, self.minimum, self.unit)

    def mark(self, key: str) -> str:
        """Return how far the rule of that key is verified: one of `MARKS`."""
        return self.verified.get(key) or self.verified["rest"]


@dataclass(frozen=True, slots=True)
class Accreditor:
    """An accreditor and its rules over time, newest first; `unit` is singular, such as `clock hour`."""

    code: str
    title: str
    unit: str
    fictional: bool
    editions: tuple[Rules, ...]

    def rules_on(self, day: date) -> Rules:
        """Return the rules in force on the day, or raise `NotFound`."""
        for rules in self.editions:
            if rules.starts <= day:
                return rules
        raise NotFound(f"There are no rules of {self.title} on file for {day}.")


def read_accreditors(folder: Path = FOLDER) -> dict[str, Accreditor]:
    """Return every accreditor of the folder by its code, or raise `BadRules`."""
    return {path.stem: read_accreditor(path) for path in sorted(folder.glob("*.toml"))}


def read_accreditor(path: Path) -> Accreditor:
    """Return the accreditor of a file, whose name is its code; raises `BadRules` naming file and key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        reader = _Table(table, "")
        title, unit = reader.text("title"), reader.text("unit")
        fictional = reader.flag("fictional")
        editions = [
            _read_rules(_Table(edition, f"edition {n}: "), unit) for n, edition in enumerate(reader.tables(), 1)
        ]
        reader.finish()
    except (tomllib.TOMLDecodeError, _Wrong) as error:
        raise BadRules(f"{path.name}: {error}") from None
    editions.sort(key=lambda rules: rules.starts, reverse=True)
    return Accreditor(path.stem, title, unit, fictional, tuple(editions))


def unknown_placeholders(statement: str) -> list[str]:
    """Return what stands in braces and is no placeholder of an approval statement; a lone brace counts too."""
    try:
        parts = list(string.Formatter().parse(statement))
    except ValueError:
        return ["a brace without its pair"]
    return [
        "{" + name + "}"
        for _, name, spec, conversion in parts
        if name is not None and (name not in PLACEHOLDERS or spec or conversion)
    ]


class _Wrong(Exception):  # noqa: N818
    pass


class _Table:
    """A TOML table that knows which of its keys were asked for."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self.table = dict(table)
        self.where = where
        self.asked: set[str] = set()

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.table

    def value(self, key: str, kind: type | tuple[type, ...], words: str) -> Any:
        if not self.has(key):
            raise _Wrong(f"{self.where}the key {key} is missing")
        found = self.table[key]
        # TOML's true is Python's True, which is an int
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise _Wrong(f"{self.where}{key} must be {words}")
        return found

    def text(self, key: str) -> str:
        found: str = self.value(key, str, "a text")
        if not found.strip():
            raise _Wrong(f"{self.where}{key} must be a text")
        return found

    def flag(self, key: str) -> bool:
        return bool(self.value(key, bool, "true or false"))

    def day(self, key: str) -> date:
        found: date = self.value(key, date, "a date")
        return found

    def count(self, key: str) -> int:
        found = self.value(key, int, "a whole number above 0")
        if found < 1:
            raise _Wrong(f"{self.where}{key} must be a whole number above 0")
        return int(found)

    def count_or_none(self, key: str) -> int | None:
        return self.count(key) if self.has(key) else None

    def decimal(self, key: str) -> Decimal:
        found = Decimal(self.value(key, (int, Decimal), "a number above 0"))
        if found <= 0:
            raise _Wrong(f"{self.where}{key} must be a number above 0")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.value(key, list, "a list of texts")
        if not found or not all(isinstance(text, str) for text in found):
            raise _Wrong(f"{self.where}{key} must be a list of texts")
        return tuple(found)

    def inner(self, key: str) -> "_Table":
        return _Table(self.value(key, dict, "a table"), f"{self.where}{key}: ")

    def tables(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.value("edition", list, "one or more [[edition]]")
        return found

    def finish(self) -> None:
        unknown = sorted(set(self.table) - self.asked)
        if unknown:
            raise _Wrong(f"{self.where}the key {unknown[0]} is unknown")


def _read_rules(table: _Table, unit: str) -> Rules:
    rules = Rules(
        starts=table.day("from"),
        source=table.texts("source"),
        unit=unit,
        hour_minutes=table.count("hour_minutes"),
        increment=table.decimal("increment"),
        minimum=table.decimal("minimum"),
        methods=table.texts("methods"),
        pass_mark=table.count("pass_mark"),
        questions=_read_questions(table),
        min_objectives=table.count("min_objectives"),
        retention_years=table.count("retention_years"),
        course_level_approval=table.flag("course_level_approval"),
        review_months=table.count("review_months"),
        statement=table.text("statement"),
        max_true_false_share=table.decimal("max_true_false_share") if table.has("max_true_false_share") else None,
        max_reference_age_years=table.count_or_none("max_reference_age_years"),
        max_attempts=table.count_or_none("max_attempts"),
        daily_cap_hours=table.count_or_none("daily_cap_hours"),
        verified=_read_marks(table),
    )
    table.finish()
    _check(rules, table.where)
    return rules


def _read_questions(table: _Table) -> Questions:
    if not table.has("questions"):
        return Questions()
    inner = table.inner("questions")
    if inner.has("per_credit"):
        rule = Questions(per_credit=inner.count("per_credit"))
    else:
        rule = Questions(first_hour=inner.count("first_hour"), further=inner.count("further"))
    inner.finish()
    return rule


def _read_marks(table: _Table) -> dict[str, str]:
    inner = table.inner("verified")
    marks = {key: inner.text(key) for key in inner.table}
    for key, mark in marks.items():
        if mark not in MARKS:
            raise _Wrong(f"{inner.where}{key} must be one of {', '.join(MARKS)}")
    rules = set(table.table) - {"from", "source", "verified"}
    unknown = sorted(set(marks) - rules - {"rest"})
    if unknown:
        raise _Wrong(f"{inner.where}the key {unknown[0]} is unknown")
    missing = sorted(rules - set(marks))
    if missing and "rest" not in marks:
        raise _Wrong(f"{inner.where}the key {missing[0]} is missing")
    return {"rest": "K", **marks}


def _check(rules: Rules, where: str) -> None:
    for method in rules.methods:
        try:
            parse_method(method)
        except KeyError:
            raise _Wrong(f"{where}methods names {method}, which is no method") from None
    if Fraction(rules.minimum) % Fraction(rules.increment):
        raise _Wrong(f"{where}minimum must be a multiple of increment")
    if rules.pass_mark > 100:
        raise _Wrong(f"{where}pass_mark must be a percentage")
    if rules.max_true_false_share is not None and rules.max_true_false_share > 1:
        raise _Wrong(f"{where}max_true_false_share must be a share from 0 to 1")
    unknown = unknown_placeholders(rules.statement)
    if unknown:
        raise _Wrong(f"{where}statement has {unknown[0]}")


ACCREDITORS: dict[str, Accreditor] = read_accreditors()
