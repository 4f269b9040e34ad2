"""The text of a module: its lessons in Markdown, with a preview made by the same renderer as the learner's page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.errors import Conflict, Invalid, Refusal
from lms.modules.commands import add_lesson, edit_lesson
from lms.modules.models import Lesson
from lms.modules.outline import WORDS_A_MINUTE, reading_minutes
from lms.modules.queries import fingerprint, get_part, list_lessons, list_media
from lms.modules.text import count_words, list_problems, media_ids
from lms.web.author.workbench import Bench, html_of, open_bench, who_and_when
from lms.web.author.workbench import move as move_in_order
from lms.web.author.workbench import remove as remove_from_draft
from lms.web.forms import BaseForm
from lms.web.transaction import db

bp = Blueprint("lessons", __name__, url_prefix="/workshop/modules/<slug>/lessons")


class TitleForm(BaseForm):
    """How a lesson begins."""

    title = StringField("Title of the new lesson", [InputRequired("A lesson needs a title."), Length(max=200)])


class LessonForm(BaseForm):
    """A lesson; `loaded` tells whether somebody else saved it since."""

    title = StringField("Title", [InputRequired("A lesson needs a title."), Length(max=200)])
    body = TextAreaField("Text, in Markdown", render_kw={"class": "editor", "rows": 24, "data-preview": "preview"})
    loaded = HiddenField()
    save = SubmitField("Save")
    preview = SubmitField("Preview")


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = TitleForm()
    if form.submitted():
        try:
            lesson = add_lesson(db(), bench.edition, title=form.title.data, **who_and_when())
            flash("The lesson is added. Write its text here.", "good")
            return redirect(url_for(".edit", slug=slug, lesson_id=lesson.id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    lessons = list_lessons(db(), bench.edition.id)
    page = render_template(
        "author/lessons.html",
        bench=bench,
        lessons=lessons,
        form=form,
        takes=reading_minutes(bench.edition.words, bench.edition.media_seconds),
        pace=WORDS_A_MINUTE,
    )
    return (page, 422) if form.errors else page


@bp.route("/<int:lesson_id>", methods=["GET", "POST"])
def edit(slug: str, lesson_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    lesson = get_part(db(), Lesson, bench.edition.id, lesson_id)
    form = LessonForm(data={"title": lesson.title, "body": lesson.body, "loaded": fingerprint(lesson)})
    status, newer = 200, None
    if form.submitted() and not form.preview.data:
        try:
            edit_lesson(
                db(), lesson, title=form.title.data, body=form.body.data, loaded=form.loaded.data, **who_and_when()
            )
            flash("The lesson is saved.", "good")
            return redirect(url_for(".edit", slug=slug, lesson_id=lesson_id), 303)
        except Conflict as conflict:
            form.refuse(conflict)
            status, newer = 409, lesson
            form.loaded.data = fingerprint(lesson)  # whoever saves again has seen the newer text
        except Invalid as refusal:
            form.refuse(refusal)
    if form.errors and status == 200:
        status = 422
    page = render_template(
        "author/lesson.html",
        bench=bench,
        lesson=lesson,
        form=form,
        newer=newer,
        **_preview(bench, form.body.data or ""),
    )
    return page, status


@bp.post("/preview")
def preview(slug: str) -> str:
    bench = open_bench(slug)
    return render_template("author/_preview.html", **_preview(bench, request.form.get("body", "")))


@bp.post("/<int:lesson_id>/move")
def move(slug: str, lesson_id: int) -> Response:
    move_in_order(slug, Lesson, lesson_id)
    return redirect(url_for(".show_all", slug=slug, _anchor=f"lesson-{lesson_id}"), 303)


@bp.post("/<int:lesson_id>/remove")
def remove(slug: str, lesson_id: int) -> Response:
    remove_from_draft(slug, Lesson, lesson_id)
    return redirect(url_for(".show_all", slug=slug), 303)


def _preview(bench: Bench, body: str) -> dict[str, object]:
    media = {row.id: row for row in list_media(db(), bench.edition.module_id)}
    words, seconds = count_words(body), sum(media[shown].seconds for shown in media_ids(body) if shown in media)
    return {
        "text": html_of(body, media),
        "problems": list_problems(body, media),
        "words": words,
        "takes": reading_minutes(words, seconds) if words or seconds else 0,
    }
