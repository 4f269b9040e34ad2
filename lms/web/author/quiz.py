"""The settings of the post-test."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from lms.accreditation.choices import list_choices
from lms.assessments.commands import set_quiz
from lms.assessments.models import Quiz
from lms.assessments.queries import BankRow, find_quiz, list_bank
from lms.errors import Refusal
from lms.web.author.workbench import open_bench, warn, who_and_when
from lms.web.forms import BaseForm
from lms.web.text import plural
from lms.web.transaction import db

bp = Blueprint("quiz", __name__)


class QuizForm(BaseForm):
    """Pass mark, attempts, cool-down and order; how many are drawn is added by objective."""

    pass_mark = IntegerField(
        "Pass mark in percent", [InputRequired("Give a percentage."), NumberRange(1, 100, "Give 1 to 100 percent.")]
    )
    attempts = IntegerField(
        "Attempts", [Optional(), NumberRange(1, 100, "Give 1 to 100.")], description="Leave it empty for no limit."
    )
    cooldown_minutes = IntegerField(
        "Wait between attempts, in minutes",
        [InputRequired("Give minutes; 0 for no wait."), NumberRange(0, 43_200, "Give 0 to 43,200 minutes.")],
    )
    shuffle = BooleanField("Shuffle questions and options, so that no two tests look alike")


@bp.route("/workshop/modules/<slug>/quiz", methods=["GET", "POST"])
def edit(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    bank = list_bank(db(), bench.edition.id)
    quiz = find_quiz(db(), bench.edition.id)
    form = _form_for(bank)(data=_data(quiz, bank))
    if form.submitted():
        draws = {row.objective.id: form[_name(row)].data or 0 for row in bank}
        settings = {name: form[name].data for name in ("pass_mark", "attempts", "cooldown_minutes", "shuffle")}
        try:
            set_quiz(db(), bench.edition, **settings, draws=draws, **who_and_when())
            flash("The settings of the post-test are saved.", "good")
            warn(bench.edition, "quiz")
            return redirect(url_for(".edit", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    drawn = sum(row.drawn for row in bank)
    choices = list_choices(db(), bench.edition, today=datetime.now(UTC).date(), drawn=drawn)
    page = render_template("author/quiz.html", bench=bench, form=form, bank=bank, quiz=quiz, choices=choices)
    return (page, 422) if form.errors else page


def _name(row: BankRow) -> str:
    return f"draw_{row.objective.id}"


def _form_for(bank: list[BankRow]) -> type[QuizForm]:
    """Return the form with a number for every objective."""
    fields = {
        _name(row): IntegerField(
            f"Drawn for: {row.objective.text}",
            [Optional(), NumberRange(0, 200, "Give 0 to 200 questions.")],
            description=_held(row),
        )
        for row in bank
    }
    return type("QuizFormWithDraws", (QuizForm,), fields)


def _held(row: BankRow) -> str:
    held = f"The bank has {plural(row.count, 'question')} for it"
    if row.drawn > row.count:
        return f"{held}: write {row.drawn - row.count} more, or draw fewer."
    return f"{held}; 0 draws none."


def _data(quiz: Quiz | None, bank: list[BankRow]) -> dict[str, Any]:
    draws = {_name(row): row.drawn for row in bank}
    if quiz is None:
        return {"pass_mark": 80, "attempts": 3, "cooldown_minutes": 0, "shuffle": True, **draws}
    return {
        "pass_mark": quiz.pass_mark,
        "attempts": quiz.attempts,
        "cooldown_minutes": quiz.cooldown_minutes,
        "shuffle": quiz.shuffle,
        **draws,
    }
