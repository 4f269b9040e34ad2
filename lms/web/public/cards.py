"""A module as the lists of modules show it."""

from dataclasses import dataclass

from flask import url_for

from lms import terms
from lms.accreditation.catalogue import Listed
from lms.modules.outline import reading_minutes
from lms.web.text import hours, label, minutes

NO_CREDIT = "No CE credit"


@dataclass(frozen=True, slots=True)
class Card:
    """What the macro `module_card` draws."""

    title: str
    url: str
    summary: str
    minutes_text: str
    credit_text: str
    credit_lines: tuple[str, ...]
    topics: list[str]
    provider: str
    level: str
    price_text: str
    state_text: str | None


def card_of(listed: Listed) -> Card:
    """Return the card: the most that one accreditor gives, the others when asked for."""
    edition = listed.edition
    best = max(listed.credits, key=lambda credit: credit.hours, default=None)
    lines = tuple(f"{credit.accreditor}: {hours(credit.hours, credit.unit)}" for credit in listed.credits)
    return Card(
        title=edition.title,
        url=url_for("public.modules.show", slug=edition.module.slug),
        summary=edition.summary,
        minutes_text=f"About {minutes(reading_minutes(edition.words, edition.media_seconds))}",
        credit_text=hours(best.hours, best.unit) if best else NO_CREDIT,
        credit_lines=lines,
        topics=terms.labels(list(edition.topics), terms.TOPICS),
        provider=edition.module.provider.name,
        level=label(edition.level, "levels"),
        price_text=edition.cost,
        state_text="No longer available for credit" if listed.expired else None,
    )
