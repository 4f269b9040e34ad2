"""What learners will be able to do: the objectives of a draft."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from lms.accreditation.gate import is_measurable
from lms.assessments.commands import remove_objective
from lms.assessments.queries import list_bank
from lms.errors import Conflict, Refusal
from lms.modules.commands import add_objective, edit_objective
from lms.modules.models import Objective
from lms.modules.queries import get_part
from lms.web.author.workbench import move as move_in_order
from lms.web.author.workbench import open_bench, who_and_when
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("objectives", __name__, url_prefix="/workshop/modules/<slug>/objectives")


class ObjectiveForm(BaseForm):
    """One objective."""

    text = TextAreaField(
        "Objective",
        [InputRequired("An objective needs its text."), Length(max=300)],
        description="Begin with a verb that can be measured: identify, describe, apply, compare.",
        render_kw={"rows": 2},
    )


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = ObjectiveForm()
    if form.submitted():
        try:
            add_objective(db(), bench.edition, text=form.text.data, **who_and_when())
            flash("The objective is added.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    bank = list_bank(db(), bench.edition.id)
    objectives = [(row.objective, is_measurable(row.objective.text), row.items) for row in bank]
    page = render_template("author/objectives.html", bench=bench, objectives=objectives, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<int:objective_id>", methods=["GET", "POST"])
def edit(slug: str, objective_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    objective = get_part(db(), Objective, bench.edition.id, objective_id)
    form = ObjectiveForm(obj=objective)
    if form.submitted():
        try:
            edit_objective(db(), objective, text=form.text.data, **who_and_when())
            flash("The objective is saved.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "author/objective.html", bench=bench, form=form, measurable=is_measurable(form.text.data or "")
    )
    return (page, 422) if form.errors else page


@bp.post("/<int:objective_id>/move")
def move(slug: str, objective_id: int) -> Response:
    move_in_order(slug, Objective, objective_id)
    return redirect(url_for(".show_all", slug=slug, _anchor=f"objective-{objective_id}"), 303)


@bp.post("/<int:objective_id>/remove")
def remove(slug: str, objective_id: int) -> Response:
    bench = open_bench(slug)
    objective = get_part(db(), Objective, bench.edition.id, objective_id)
    try:
        remove_objective(db(), objective, **who_and_when())
        flash("The objective is removed.", "good")
    except Conflict as conflict:
        flash(str(conflict), "danger")
    return redirect(url_for(".show_all", slug=slug), 303)
