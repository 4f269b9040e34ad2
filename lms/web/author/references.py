"""The sources a module rests on."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.errors import Refusal
from lms.modules.commands import add_reference, edit_reference
from lms.modules.models import Reference
from lms.modules.queries import get_part, list_references
from lms.web.author.workbench import move as move_in_order
from lms.web.author.workbench import open_bench, who_and_when
from lms.web.author.workbench import remove as remove_from_draft
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("references", __name__, url_prefix="/workshop/modules/<slug>/references")

YEARS_CURRENT = 10
"""References are wanted from the last ten years; older ones are marked as seminal or looked at again."""


class ReferenceForm(BaseForm):
    """A reference."""

    citation = TextAreaField(
        "Citation", [InputRequired("Write the citation.")], description="In full, as APA style has it."
    )
    year = IntegerField("Year of publication", [InputRequired("Give the year as four digits.")])
    url = StringField("Address", [Length(max=500)], description="A DOI or a page, with https:// in front.")
    seminal = BooleanField("Seminal: an older work that the field still stands on")


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = ReferenceForm()
    if form.submitted():
        try:
            add_reference(db(), bench.edition, **form.data, **who_and_when())
            flash("The reference is added.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    rows = list_references(db(), bench.edition.id)
    page = render_template(
        "author/references.html",
        bench=bench,
        references=rows,
        form=form,
        oldest=datetime.now(UTC).year - YEARS_CURRENT,
        years=YEARS_CURRENT,
    )
    return (page, 422) if form.errors else page


@bp.route("/<int:reference_id>", methods=["GET", "POST"])
def edit(slug: str, reference_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    reference = get_part(db(), Reference, bench.edition.id, reference_id)
    form = ReferenceForm(obj=reference)
    if form.submitted():
        try:
            edit_reference(db(), reference, **form.data, **who_and_when())
            flash("The reference is saved.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/reference.html", bench=bench, form=form)
    return (page, 422) if form.errors else page


@bp.post("/<int:reference_id>/move")
def move(slug: str, reference_id: int) -> Response:
    move_in_order(slug, Reference, reference_id)
    return redirect(url_for(".show_all", slug=slug, _anchor=f"reference-{reference_id}"), 303)


@bp.post("/<int:reference_id>/remove")
def remove(slug: str, reference_id: int) -> Response:
    remove_from_draft(slug, Reference, reference_id)
    return redirect(url_for(".show_all", slug=slug), 303)
