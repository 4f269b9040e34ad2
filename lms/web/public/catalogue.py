"""The catalogue: a search, filters in the address, and cards.

The script of the page asks for the same address with `X-Part: results` and gets the part that changes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from wtforms import Form, SearchField, SelectField

from lms import terms
from lms.accreditation.catalogue import HOURS, MINUTES, ORDERS, Filters, find_modules, list_teaching_providers
from lms.web.forms import choices_of
from lms.web.pages import Page, page_number
from lms.web.public.cards import card_of
from lms.web.text import local_day, plural
from lms.web.transaction import db

bp = Blueprint("catalogue", __name__)

PAGE_SIZE = 20


class FilterForm(Form):
    """What to look for. It is read from the address; a value that is no choice asks for nothing."""

    q = SearchField(
        "Words, people, time or credit", description="For example “telehealth ethics 1 hour” or “burnout LCSW”."
    )
    topic = SelectField("Topic", choices=choices_of({"": "All topics", **terms.TOPICS}))
    profession = SelectField("Profession", choices=choices_of({"": "All professions", **terms.PROFESSIONS}))
    credits = SelectField("Credit", choices=choices_of({"": "Any", **{code: row[0] for code, row in HOURS.items()}}))
    minutes = SelectField("Time", choices=choices_of({"": "Any", **{code: row[0] for code, row in MINUTES.items()}}))
    level = SelectField("Level", choices=choices_of({"": "All levels", **terms.LEVELS}))
    provider = SelectField("Provider")

    def offer(self, providers: Sequence[tuple[str, str]]) -> None:
        """Set the providers to choose from and forget what is no choice."""
        self.provider.choices = choices_of({"": "All providers", **dict(providers)})
        for field in self:
            if isinstance(field, SelectField) and field.data not in {choice.value for choice in field.choices}:
                field.data = ""


@bp.get("/catalogue")
def show() -> Response:
    form = FilterForm(request.args)
    form.offer(list_teaching_providers(db()))
    chosen: Mapping[str, str] = {field.name: field.data or "" for field in form}
    narrowed: dict[str, Any] = {name: value for name, value in chosen.items() if name != "q" and value}
    order = request.args.get("sort", "")
    order = order if order in ORDERS else ""
    filters = Filters(words=chosen["q"], order=order, **narrowed)
    number = page_number()
    day = local_day(datetime.now(UTC))
    found = find_modules(db(), filters, day=day, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    part = request.headers.get("X-Part") == "results"
    page = render_template(
        "public/_results.html" if part else "public/catalogue.html",
        form=form,
        found=found,
        cards=[card_of(listed) for listed in found.modules],
        page=Page(found.total, number, PAGE_SIZE),
        count=plural(found.total, "module") if found.total else "No modules",
        filtered=any(chosen.values()),
        narrowed=narrowed,
        order=order,
        orders=_orders(chosen["q"], order, narrowed),
        other_searches=[(words, url_for(".show", q=words, **narrowed, sort=order or None)) for words in found.shorter],
        without_filters=url_for(".show", q=chosen["q"], sort=order or None) if narrowed and chosen["q"] else "",
    )
    answer = make_response(page)
    answer.vary.add("X-Part")
    if part:
        answer.headers["Cache-Control"] = "no-store"  # going back must not find a part where a page was
    return answer


def _orders(words: str, order: str, narrowed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the orders to choose from, as `tabs` draws them. Without words nothing matches best."""
    usual = "" if words.strip() else "newest"
    choices = ORDERS if usual else {"": "Best match", **ORDERS}
    return [
        {
            "label": label,
            "url": url_for(".show", q=words or None, **narrowed, sort=code if code != usual else None),
            "current": code == (order or usual),
        }
        for code, label in choices.items()
    ]
