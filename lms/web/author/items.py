"""The item bank of a module: questions by objective, each drawn by its kind."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from lms.accreditation.choices import list_choices
from lms.assessments.commands import add_item, duplicate_item, edit_item, move_item, remove_item
from lms.assessments.models import Item
from lms.assessments.queries import get_item, list_bank
from lms.assessments.question import QUESTIONS, Question
from lms.errors import Invalid, NotFound, Refusal
from lms.modules.models import Objective
from lms.modules.queries import get_part, list_objectives
from lms.web.author.workbench import Bench, asked_step, open_bench, say_moved, who_and_when
from lms.web.forms import BaseForm, choices_of
from lms.web.transaction import db

bp = Blueprint("items", __name__, url_prefix="/workshop/modules/<slug>/items")


class OptionForm(Form):
    """One option; a row that says nothing is left out."""

    text = TextAreaField("What it says", [Length(max=1000)], render_kw={"rows": 2})
    rationale = TextAreaField("Why it is right or wrong", [Length(max=2000)], render_kw={"rows": 2})
    leave_out = BooleanField("Leave this option out")


class ItemForm(BaseForm):
    """A question with options; `right` marks one or several of them by their numbers, as the kind has it."""

    right: SelectField | SelectMultipleField

    objective = SelectField("Objective", coerce=int)
    stem = TextAreaField(
        "Question", [InputRequired("A question needs its text."), Length(max=2000)], render_kw={"rows": 4}
    )
    options = FieldList(FormField(OptionForm), "Options", max_entries=20)
    save = SubmitField("Save")
    more = SubmitField("Add an option")

    def definition(self) -> dict[str, Any]:
        """Return the options that stay, as a kind reads them."""
        return {"options": list(self._kept().values())}

    def refuse(self, refusal: Refusal) -> None:
        """Show what a kind refuses at the rows it counted: it knows nothing of those that were left out."""
        if not isinstance(refusal, Invalid):
            super().refuse(refusal)
            return
        rows = list(self._kept())
        problems = {}
        for name, problem in refusal.problems.items():
            part, _, field = name.removeprefix("options-").partition("-")
            problems[f"options-{rows[int(part)]}-{field}" if part.isdecimal() else name] = problem
        super().refuse(Invalid(**problems))

    def _kept(self) -> dict[str, dict[str, Any]]:
        """Return the rows that say something and are not left out, by their numbers."""
        right = set(_listed(self.right.data))
        rows = {_number(row): {**row.data, "right": _number(row) in right} for row in self.options}
        return {
            number: row
            for number, row in rows.items()
            if not row["leave_out"]
            and ((row["text"] or "").strip() or (row["rationale"] or "").strip() or row["right"])
        }


class OneRight(ItemForm):
    """Exactly one option is right."""

    right = RadioField("The right option", validate_choice=False)


class SeveralRight(ItemForm):
    """Any number of options may be right; the kind says how many have to be."""

    right = SelectMultipleField("The right options", validate_choice=False, option_widget=CheckboxInput())


FORMS: dict[str, type[ItemForm]] = {"radio": OneRight, "checkbox": SeveralRight}


@bp.get("")
def show_all(slug: str) -> str:
    bench = open_bench(slug)
    bank = list_bank(db(), bench.edition.id)
    drawn = sum(row.drawn for row in bank)
    choices = list_choices(db(), bench.edition, today=datetime.now(UTC).date(), drawn=drawn)
    return render_template("author/items.html", bench=bench, bank=bank, kinds=QUESTIONS, choices=choices)


@bp.route("/new/<kind>", methods=["GET", "POST"])
def add(slug: str, kind: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    if kind not in QUESTIONS:
        raise NotFound("There is no such kind of question.")
    question = QUESTIONS[kind]
    form = _form(bench, question, {"objective": request.args.get("objective", type=int), **question.blank()})
    if _is_sound(form, question):
        objective = get_part(db(), Objective, bench.edition.id, form.objective.data)
        values = {"objective": objective, "stem": form.stem.data, "definition": form.definition()}
        try:
            item = add_item(db(), bench.edition, kind=kind, **values, **who_and_when())
            flash("The question is in the bank.", "good")
            return redirect(url_for(".show_all", slug=slug, _anchor=f"item-{item.id}"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(bench, question, form)


@bp.route("/<int:item_id>", methods=["GET", "POST"])
def edit(slug: str, item_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    item = get_item(db(), bench.edition.id, item_id)
    question = QUESTIONS[item.kind]
    form = _form(bench, question, {"objective": item.objective_id, "stem": item.stem, **item.definition})
    if _is_sound(form, question):
        objective = get_part(db(), Objective, bench.edition.id, form.objective.data)
        values = {"objective": objective, "stem": form.stem.data, "definition": form.definition()}
        try:
            edit_item(db(), item, **values, **who_and_when())
            flash("The question is saved.", "good")
            return redirect(url_for(".show_all", slug=slug, _anchor=f"item-{item.id}"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(bench, question, form)


@bp.post("/<int:item_id>/move")
def move(slug: str, item_id: int) -> Response:
    item = _draft_item(slug, item_id)
    say_moved("question", moved=move_item(db(), item, asked_step(), **who_and_when()))
    return redirect(url_for(".show_all", slug=slug, _anchor=f"item-{item.id}"), 303)


@bp.post("/<int:item_id>/duplicate")
def duplicate(slug: str, item_id: int) -> Response:
    item = _draft_item(slug, item_id)
    copy = duplicate_item(db(), item, **who_and_when())
    flash("This is the copy. Change it, so that the two ask different things.", "good")
    return redirect(url_for(".edit", slug=slug, item_id=copy.id), 303)


@bp.post("/<int:item_id>/remove")
def remove(slug: str, item_id: int) -> Response:
    item = _draft_item(slug, item_id)
    remove_item(db(), item, **who_and_when())
    flash("The question is removed.", "good")
    return redirect(url_for(".show_all", slug=slug), 303)


def _draft_item(slug: str, item_id: int) -> Item:
    bench = open_bench(slug)
    return get_item(db(), bench.edition.id, item_id)


def _form(bench: Bench, question: Question, data: Mapping[str, Any]) -> ItemForm:
    sent = request.method == "POST"  # then what is marked is what was sent
    right = [str(number) for number, option in enumerate(data["options"]) if option["right"] and not sent]
    form = FORMS[question.control](
        data={**data, "right": right if question.control == "checkbox" else next(iter(right), None)}
    )
    form.objective.choices = choices_of({row.id: row.text for row in list_objectives(db(), bench.edition.id)})
    if form.more and form.more.data and len(form.options) < question.most:
        form.options.append_entry()
    if question.fewest == question.most:
        del form.more
    for number, row in enumerate(form.options, 1):
        row.label.text = f"Option {number}"
    form.right.choices = choices_of({_number(row): "This option is right" for row in form.options})
    return form


def _is_sound(form: ItemForm, question: Question) -> bool:
    """Whether the question was sent to be kept and nothing is wrong with it; else everything wrong is said at once."""
    if request.method != "POST" or (form.more and form.more.data):
        return False
    form.validate()
    try:
        question.check(question.clean(form.definition()))
    except Invalid as refusal:
        form.refuse(refusal)
    return not form.errors


def _number(row: Field) -> str:
    """Return the number of an option's row, as its fields' names have it."""
    return str(row.name).rpartition("-")[2]


def _listed(data: str | list[str] | None) -> list[str]:
    return data if isinstance(data, list) else [data] if data else []


def _page(bench: Bench, question: Question, form: ItemForm) -> str | tuple[str, int]:
    marks = dict(zip((row.id for row in form.options), form.right, strict=True))
    page = render_template("author/item.html", bench=bench, question=question, form=form, marks=marks)
    return (page, 422) if form.errors else page
