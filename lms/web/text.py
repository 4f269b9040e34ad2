"""How values read on a page: dates, hours, minutes, labels; the filters of all templates."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Flask
from flask_login import current_user
from markupsafe import Markup, escape

from lms import terms
from lms.awards.document import spoken
from lms.people.models import License


def init_app(app: Flask) -> None:
    """Register the filters and vocabularies."""
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        hours=hours,
        minutes=minutes,
        label=label,
        plural=plural,
        sentence=sentence,
        license=license_text,
        spoken=lambda held: spoken(held.credential, held.number),
    )
    app.jinja_env.globals["terms"] = terms
    app.jinja_env.globals["reader_zone"] = lambda: _zone().key
    app.jinja_env.filters["titled"] = titled


def day(value: date | datetime) -> str:
    """Return "21 November 2026"; a moment is read in the reader's zone."""
    if isinstance(value, datetime):
        value = value.astimezone(_zone())
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """Return "21 November 2026, 18:04 EST" in the reader's zone, UTC for visitors."""
    local = value.astimezone(_zone())
    return f"{day(local.date())}, {local:%H:%M %Z}"


def clock(value: datetime) -> str:
    """Return "18:04" in the reader's zone."""
    return f"{value.astimezone(_zone()):%H:%M}"


def hours(value: Decimal | str, unit: str = "hour") -> str:
    """Return "1.5 hours", "1 hour", "0.75 hours": never "1.500000"."""
    exact = Decimal(value).normalize()
    return f"{exact:f} {unit}" if exact == 1 else f"{exact:f} {unit}s"


def minutes(value: float) -> str:
    """Return "45 minutes" or "1 hour 20 minutes", rounded to whole minutes."""
    whole, rest = divmod(round(value), 60)
    parts = [plural(whole, "hour")] if whole else []
    if rest or not whole:
        parts.append(plural(rest, "minute"))
    return " ".join(parts)


def plural(count: int, noun: str) -> str:
    """Return "1 lesson" or "3 lessons"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sentence(words: str) -> str:
    """Return the words with a capital first letter; the others stay as they are."""
    return words[:1].upper() + words[1:]


def label(code: str, vocabulary: str) -> str:
    """Return the words of `lms.terms` for a code; an unknown code stands for itself."""
    words: dict[str, str] = getattr(terms, vocabulary.upper())
    return words.get(code, code)


class _Licensed(Protocol):
    @property
    def jurisdiction(self) -> str: ...
    @property
    def credential(self) -> str: ...
    @property
    def number(self) -> str: ...


def license_text(held: _Licensed) -> str:
    """Return "California LCSW 104233", the letters once."""
    return f"{label(held.jurisdiction, 'jurisdictions')} {spoken(held.credential, held.number)}"


def license_on(held: License, today: date) -> str:
    """Return the license as it stands on a day: "California LCSW 104233 (expired on 3 May 2026)"."""
    if held.expires_on is None or held.expires_on >= today:
        return license_text(held)
    return f"{license_text(held)} (expired on {day(held.expires_on)})"


def local_day(value: datetime) -> date:
    """Return the day of a moment in the reader's zone."""
    return value.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(current_user.time_zone if current_user.is_authenticated else "UTC")


_CELL = re.compile(r"<t([hd])(?=[\s>])")


def titled(rows: Markup, head: Sequence[str]) -> Markup:
    """Return the rows of a table, each `td` with its column's title to stand before it where a row is a block."""

    def with_titles(row: str) -> str:
        titles = iter(head)

        def with_title(cell: re.Match[str]) -> str:
            title = next(titles, "")
            return f'{cell[0]} data-title="{escape(title)}"' if cell[1] == "d" else cell[0]

        return _CELL.sub(with_title, row)

    return Markup("<tr".join(map(with_titles, rows.split("<tr"))))  # noqa: S704 - rows are markup, titles escaped
