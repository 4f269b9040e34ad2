"""How much credit a draft is worth with each accreditor, and why."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from lms.accreditation.choices import Choice, get_choice, list_choices
from lms.accreditation.commands import MOST_HOURS, calculate_credit, drop_credit, waive_credit
from lms.accreditation.credit import method_title
from lms.errors import Invalid, Refusal
from lms.modules.models import Edition
from lms.web.author.details import TopicForm, topics_of
from lms.web.author.workbench import open_bench, who_and_when
from lms.web.forms import BaseForm, choices_of
from lms.web.transaction import db

bp = Blueprint("credit", __name__, url_prefix="/workshop/modules/<slug>/credit")

SPARE_ROWS = 2


class CreditForm(BaseForm):
    """The method, a pilot's times, and how the hours are split."""

    method = RadioField("Method", [InputRequired("Choose a method.")])
    pilot_minutes = StringField(
        "Minutes of each tester",
        [Length(max=500)],
        description="For a pilot test: at least 3 testers, separated by commas, such as 52, 58, 61.",
    )
    topics = FieldList(
        FormField(TopicForm),
        "Hours by topic",
        description="They have to add up to the hours, in quarters such as 0.25, 0.5 or 1. Leave them empty to take "
        "the topics of the details.",
    )


@bp.get("")
def show(slug: str) -> str:
    bench = open_bench(slug)
    today = datetime.now(UTC).date()
    choices = list_choices(db(), bench.edition, today=today)
    return render_template("author/credit.html", bench=bench, choices=choices, method_title=method_title)


@bp.route("/<accreditor>", methods=["GET", "POST"])
def edit(slug: str, accreditor: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    if not bench.editable:
        return redirect(url_for(".show", slug=slug), 303)
    choice = get_choice(db(), bench.edition, accreditor, today=datetime.now(UTC).date())
    form = CreditForm(data=_data(choice, bench.edition))
    form.method.choices = choices_of({method: method_title(method) for method in choice.rules.methods})
    if "pilot" not in choice.rules.methods:
        del form.pilot_minutes
    for _ in range(SPARE_ROWS if request.method == "GET" else 0):
        form.topics.append_entry()
    for number, row in enumerate(form.topics, 1):
        row.label.text = f"Topic {number}"
    if form.submitted():
        try:
            calculate_credit(db(), bench.edition, accreditor, form.method.data, **_inputs(form), **who_and_when())
            flash(f"The credit with {choice.accreditor.title} is calculated.", "good")
            return redirect(url_for(".show", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/credit_form.html", bench=bench, choice=choice, form=form, method_title=method_title)
    return (page, 422) if form.errors else page


@bp.post("/<accreditor>/drop")
def drop(slug: str, accreditor: str) -> Response:
    bench = open_bench(slug)
    drop_credit(db(), bench.edition, accreditor, **who_and_when())
    flash("No credit is claimed with this accreditor any more.", "good")
    return redirect(url_for(".show", slug=slug), 303)


@bp.post("/waive")
def waive(slug: str) -> Response:
    bench = open_bench(slug)
    waive_credit(db(), bench.edition, **who_and_when())
    flash("The module will be published without CE credit. Calculate credit to change that.", "good")
    return redirect(url_for(".show", slug=slug), 303)


def _data(choice: Choice, edition: Edition) -> dict[str, Any]:
    row = choice.claim.calculation
    split = row.topics if row else edition.topics
    return {
        "method": row.method if row else choice.rules.methods[0],
        "pilot_minutes": ", ".join(map(str, row.pilot_minutes)) if row else "",
        "topics": [{"topic": code, "hours": f"{Decimal(hours).normalize():f}"} for code, hours in split.items()],
    }


def _inputs(form: CreditForm) -> dict[str, Any]:
    """Return what goes into the calculation, or raise `Invalid` for what is no number."""
    pilot = form.pilot_minutes.data or "" if form.method.data == "pilot" else ""
    parts = [part.strip() for part in pilot.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise Invalid(pilot_minutes="Give whole minutes, separated by commas.")
    return {"pilot_minutes": [int(part) for part in parts], "topics": topics_of(form.topics, MOST_HOURS) or None}
