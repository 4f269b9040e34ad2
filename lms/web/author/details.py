"""What is said of a module before anybody begins it."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms import terms
from lms.errors import Invalid, Refusal
from lms.modules.commands import edit_details, why_not_hours
from lms.modules.models import Edition
from lms.web.author.workbench import open_bench, warn, who_and_when
from lms.web.forms import BaseForm, choices_of
from lms.web.text import day, hours, label
from lms.web.transaction import db

bp = Blueprint("details", __name__)

SPARE_ROWS = 2

DIFFICULTIES = {
    "1": "1: very easy", "1.5": "1.5", "2": "2: somewhat easy", "2.5": "2.5", "3": "3: moderate",
    "3.5": "3.5", "4": "4: difficult", "4.5": "4.5", "5": "5: very difficult",
}  # fmt: skip


class Ticks(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TopicForm(Form):
    """A topic and its hours; a row without both is left out."""

    topic = SelectField("Topic", choices=choices_of({"": "None", **terms.TOPICS}))
    hours = StringField("Hours", [Length(max=8)])


class DetailsForm(BaseForm):
    """A draft's details; only the title is needed to save."""

    title = StringField(
        "Title", [InputRequired("A module needs a title."), Length(max=200)], description="Exactly as approved."
    )
    summary = TextAreaField(
        "Summary",
        [Length(max=200)],
        description="One sentence for the catalogue, 200 characters at most.",
        render_kw={"rows": 2},
    )
    description = TextAreaField("Description", description="What learners will be able to do, and how they get there.")
    level = SelectField("Level", choices=choices_of({"": "Not chosen yet", **terms.LEVELS}))
    audience = Ticks("Audience", choices=choices_of(terms.PROFESSIONS))
    topics = FieldList(
        FormField(TopicForm),
        "Topics and their hours",
        description="Each quarter of an hour belongs to one topic: write 0.25, 0.5 or 1. The catalogue shows these; "
        "certificates print the split under Credit, which takes over these hours where they add up. "
        "Save to get more rows.",
    )
    also_qualifies = Ticks(
        "Also qualifies for",
        choices=choices_of(terms.TOPICS),
        description="Topics that the same hours may serve instead.",
    )
    difficulty = SelectField(
        "Difficulty", choices=choices_of(DIFFICULTIES), description="As you and the reviewer rate it."
    )
    content_warning = TextAreaField("Content warning", description="Shown before the first lesson.")
    crisis_box = BooleanField("Show where to call in a crisis on every lesson")
    commercial_support = TextAreaField(
        "Commercial support", description="Who paid for it. If nobody did, say so: none has to be stated."
    )
    originality = TextAreaField("Originality and use of AI", description="How the text was written, and by whom.")
    content_license = StringField("License of the content", [Length(max=200)], description="Such as CC BY 4.0.")
    cost = StringField("Cost to the learner", [Length(max=200)], description="Such as Free of charge.")
    released_on = DateField("Released", [Optional()])
    reviewed_on = DateField("Last reviewed", [Optional()])
    expires_on = DateField("Expires", [Optional()], description="At most three years after the review.")


COLUMNS = (
    "title", "summary", "description", "level", "audience", "also_qualifies", "difficulty", "content_warning",
    "crisis_box", "commercial_support", "originality", "content_license", "cost", "released_on", "reviewed_on",
    "expires_on",
)  # fmt: skip


@bp.route("/workshop/modules/<slug>/details", methods=["GET", "POST"])
def edit(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = DetailsForm(data=_data(bench.edition))
    for _ in range(SPARE_ROWS if request.method == "GET" else 0):
        form.topics.append_entry()
    for number, row in enumerate(form.topics, 1):
        row.label.text = f"Topic {number}"
    if form.submitted():
        try:
            topics = topics_of(form.topics)
            changes = {name: form[name].data for name in COLUMNS}
            edit_details(db(), bench.edition, **changes, topics=topics, **who_and_when())
            flash("The details are saved.", "good")
            edition = bench.edition
            if edition.released_on and edition.reviewed_on and edition.expires_on:
                warn(edition, "dates")
            return redirect(url_for(".edit", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/details.html", bench=bench, form=form, facts=_facts(bench.edition))
    return (page, 422) if form.errors else page


def _facts(edition: Edition) -> list[tuple[str, str]]:
    """Return what somebody reads who may not write."""
    given = [
        ("Summary", edition.summary),
        ("Description", edition.description),
        ("Level", label(edition.level, "levels")),
        ("Audience", ", ".join(terms.labels(edition.audience, terms.PROFESSIONS)).capitalize()),
        ("Topics", ", ".join(f"{label(code, 'topics')} {hours(value)}" for code, value in edition.topics.items())),
        ("Also qualifies for", ", ".join(terms.labels(edition.also_qualifies, terms.TOPICS))),
        ("Difficulty", DIFFICULTIES[_hours(str(edition.difficulty))]),
        ("Content warning", edition.content_warning),
        ("Crisis box", "Shown on every lesson" if edition.crisis_box else "Not shown"),
        ("Commercial support", edition.commercial_support),
        ("Originality and use of AI", edition.originality),
        ("License of the content", edition.content_license),
        ("Cost to the learner", edition.cost),
        ("Released", day(edition.released_on) if edition.released_on else ""),
        ("Last reviewed", day(edition.reviewed_on) if edition.reviewed_on else ""),
        ("Expires", day(edition.expires_on) if edition.expires_on else ""),
    ]
    return [(term, value or "Not given") for term, value in given]


def _data(edition: Edition) -> dict[str, Any]:
    plain = {name: getattr(edition, name) for name in COLUMNS}
    topics = [{"topic": code, "hours": _hours(value)} for code, value in edition.topics.items()]
    return {**plain, "topics": topics, "difficulty": _hours(str(edition.difficulty))}


def _hours(value: str) -> str:
    """Return "0.5" for "0.50"."""
    return f"{Decimal(value).normalize():f}"


def topics_of(rows: FieldList, most: int = 99) -> dict[str, str]:
    """Return the hours by topic as they were typed; raises `Invalid` at the rows' own fields, all at once."""
    topics: dict[str, str] = {}
    problems: dict[str, str] = {}
    for row in rows:
        code, given = row.topic.data, (row.hours.data or "").strip()
        if code in topics:
            problems[row.topic.name] = f"{terms.TOPICS[code]} is there twice. Put its hours together."
        elif code:
            topics[code] = given
            if why := why_not_hours(given, most):
                problems[row.hours.name] = why
        elif given:
            problems[row.topic.name] = f"Choose the topic that {given} belongs to."
    if problems:
        raise Invalid(**problems)
    return topics
