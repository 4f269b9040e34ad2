"""A module as learners will see it, with the key to its questions."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from lms.assessments.models import Item
from lms.assessments.queries import list_items
from lms.assessments.question import question_of
from lms.modules.queries import list_contributors, list_lessons, list_media, list_references
from lms.web.author.workbench import html_of, open_bench
from lms.web.transaction import db

bp = Blueprint("preview", __name__)


@dataclass(frozen=True, slots=True)
class Option:
    """An option with its key, as the macro `reviewed_options` draws it."""

    text: str
    correct: bool
    chosen: bool
    rationale: str


@bp.get("/workshop/modules/<slug>/preview")
def show(slug: str) -> str:
    bench = open_bench(slug)
    edition = bench.edition
    media = {row.id: row for row in list_media(db(), edition.module_id)}
    lessons = [(lesson, html_of(lesson.body, media)) for lesson in list_lessons(db(), edition.id)]
    bank: dict[str, list[tuple[Item, list[Option]]]] = {}
    for item in list_items(db(), edition.id):
        bank.setdefault(item.objective.text, []).append((item, _key(item)))
    return render_template(
        "author/preview.html",
        bench=bench,
        edition=edition,
        lessons=lessons,
        bank=bank,
        references=list_references(db(), edition.id),
        contributors=list_contributors(db(), edition.id),
    )


def _key(item: Item) -> list[Option]:
    explained = question_of(item.kind).explain(item.definition, (), ())
    return [Option(option.text, option.right, False, option.rationale) for option in explained]
