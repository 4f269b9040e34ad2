"""The item bank of a module: questions by objective, each drawn by its kind."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, Form, FormField, SelectField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.assessments.commands import add_item, duplicate_item, edit_item, move_item, remove_item
from lms.assessments.models import Item
from lms.assessments.queries import get_item, list_bank
from lms.assessments.question import QUESTIONS, Question
from lms.errors import NotFound, Refusal
from lms.modules.models import Objective
from lms.modules.queries import get_part, list_objectives
from lms.web.author.workbench import Bench, open_bench, who_and_when
from lms.web.forms import BaseForm, choices_of
from lms.web.transaction import db

bp = Blueprint("items", __name__, url_prefix="/workshop/modules/<slug>/items")


class OptionForm(Form):
    """One option; a row that says nothing is left out."""

    text = TextAreaField("What it says", [Length(max=1000)], render_kw={"rows": 2})
    right = BooleanField("This option is right")
    rationale = TextAreaField(
        "Rationale", [Length(max=2000)], render_kw={"rows": 2}, description="Why it is right or wrong."
    )
    leave_out = BooleanField("Leave this option out")


class ItemForm(BaseForm):
    """A question with options."""

    objective = SelectField("Objective", coerce=int)
    stem = TextAreaField(
        "Question", [InputRequired("A question needs its text."), Length(max=2000)], render_kw={"rows": 4}
    )
    options = FieldList(FormField(OptionForm), "Options", max_entries=20)
    save = SubmitField("Save")
    more = SubmitField("Add an option")

    def definition(self) -> dict[str, Any]:
        """Return the options that stay, as a kind reads them."""
        return {"options": [row for row in self.options.data if not row["leave_out"]]}


@bp.get("")
def show_all(slug: str) -> str:
    bench = open_bench(slug)
    bank = list_bank(db(), bench.edition.id)
    return render_template("author/items.html", bench=bench, bank=bank, kinds=QUESTIONS)


@bp.route("/new/<kind>", methods=["GET", "POST"])
def add(slug: str, kind: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    if kind not in QUESTIONS:
        raise NotFound("There is no such kind of question.")
    question = QUESTIONS[kind]
    form = _form(bench, {"objective": request.args.get("objective", type=int), **question.blank()})
    if not form.more.data and form.submitted():
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
    form = _form(bench, {"objective": item.objective_id, "stem": item.stem, **item.definition})
    if not form.more.data and form.submitted():
        objective = get_part(db(), Objective, bench.edition.id, form.objective.data)
        values = {"objective": objective, "stem": form.stem.data, "definition": form.definition()}
        try:
            edit_item(db(), item, **values, **who_and_when())
            flash("The question is saved.", "good")
            return redirect(url_for(".show_all", slug=slug, _anchor=f"item-{item.id}"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(bench, QUESTIONS[item.kind], form)


@bp.post("/<int:item_id>/move")
def move(slug: str, item_id: int) -> Response:
    item = _draft_item(slug, item_id)
    move_item(db(), item, -1 if request.form.get("step") == "-1" else 1, **who_and_when())
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
    return redirect(url_for(".show_all", slug=slug), 303)


def _draft_item(slug: str, item_id: int) -> Item:
    bench = open_bench(slug)
    return get_item(db(), bench.edition.id, item_id)


def _form(bench: Bench, data: Mapping[str, Any]) -> ItemForm:
    form = ItemForm(data=data)
    form.objective.choices = choices_of({row.id: row.text for row in list_objectives(db(), bench.edition.id)})
    if form.more.data and len(form.options) < form.options.max_entries:
        form.options.append_entry()
    for number, row in enumerate(form.options, 1):
        row.label.text = f"Option {number}"
    return form


def _page(bench: Bench, question: Question, form: ItemForm) -> str | tuple[str, int]:
    page = render_template("author/item.html", bench=bench, question=question, form=form)
    return (page, 422) if form.errors else page
