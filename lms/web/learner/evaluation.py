"""The evaluation of a module, asked once after passing."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.assessments.evaluating import (
    ACCOMMODATION,
    LONGEST_COMMENT,
    MOST_MINUTES,
    SCALE,
    Statement,
    list_statements,
    submit_evaluation,
)
from lms.awards.journey import journey_of
from lms.errors import Refusal
from lms.learning.queries import engaged_seconds, get_enrollment_of
from lms.web.auth import me
from lms.web.forms import BaseForm, choices_of
from lms.web.learner.steps import banner_of, steps_of, url_of
from lms.web.text import minutes
from lms.web.transaction import db

bp = Blueprint("evaluation", __name__)

CHOOSE = "Choose a number from 1 to 5."


def _form(statements: Sequence[Statement], engaged: int) -> BaseForm:
    """Return the form of an edition: one scale per statement, then the rest."""
    scale = choices_of({value: str(value) for value in SCALE})
    seen = f"We saw you reading for about {minutes(engaged / 60)}. " if engaged >= 60 else ""
    rated = [InputRequired(CHOOSE)]
    fields = {row.key: RadioField(row.text.rstrip("."), rated, choices=scale, coerce=int) for row in statements} | {
        "minutes": IntegerField(
            "How many minutes did the whole module take you?",
            [
                InputRequired("Give the minutes it took you."),
                NumberRange(1, MOST_MINUTES, f"Give the minutes it took you, from 1 to {MOST_MINUTES}."),
            ],
            description=f"{seen}Give your own figure, with the test. It helps to check how the credit was calculated.",
        ),
        "accommodation": RadioField(
            "Were your needs for accommodation met?",
            [InputRequired("Choose one of the answers.")],
            choices=choices_of(ACCOMMODATION),
        ),
        "comment": TextAreaField(
            "What will you do differently, and what should we change?",
            [Optional(), Length(max=LONGEST_COMMENT)],
        ),
    }
    form: BaseForm = type("EvaluationForm", (BaseForm,), fields)()
    return form


@bp.route("/learn/<int:enrollment_id>/evaluation", methods=["GET", "POST"])
def show(enrollment_id: int) -> str | Response | tuple[str, int]:
    now = datetime.now(UTC)
    enrollment = get_enrollment_of(db(), me().id, enrollment_id)
    journey = journey_of(db(), enrollment)
    if journey.next != "evaluation":
        return redirect(url_of(enrollment.id, "test" if journey.next == "lesson" else journey.next), 303)
    statements = list_statements(db(), enrollment.edition_id)
    form = _form(statements, engaged_seconds(db(), enrollment.id))
    if form.submitted():
        try:
            submit_evaluation(
                db(),
                enrollment,
                {row.key: form[row.key].data for row in statements},
                minutes=form["minutes"].data,
                accommodation=form["accommodation"].data,
                comment=form["comment"].data or "",
                now=now,
            )
            return redirect(url_of(enrollment.id, "finish"), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "learner/evaluation.html",
        enrollment=enrollment,
        form=form,
        shared=CHOOSE,
        objectives=[form[row.key] for row in statements if row.objective],
        general=[form[row.key] for row in statements if not row.objective],
        steps=steps_of(journey),
        banner=banner_of(journey),
    )
    return (page, 422) if form.errors else page
