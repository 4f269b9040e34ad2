"""A module as learners will see it, a lesson at a time, and after the lessons the whole test with its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for

from lms.assessments.models import Item
from lms.assessments.queries import find_quiz, list_bank
from lms.assessments.question import question_of
from lms.errors import NotFound
from lms.modules.models import Lesson
from lms.modules.queries import list_contributors, list_lessons, list_media, list_references
from lms.web.author.workbench import Bench, html_of, open_bench
from lms.web.transaction import db

bp = Blueprint("preview", __name__, url_prefix="/workshop/modules/<slug>/preview")

ABOUT, TEST, REFERENCES = "About the module", "Test and key", "References"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the preview, as the macros `toc` and `lesson_nav` draw it."""

    label: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option with its key, as the macro `reviewed_options` draws it."""

    text: str
    correct: bool
    chosen: bool
    rationale: str


@bp.get("")
def show(slug: str) -> str:
    bench = open_bench(slug)
    contributors = list_contributors(db(), bench.edition.id)
    return _page("preview", bench, list_lessons(db(), bench.edition.id), contributors=contributors)


@bp.get("/lessons/<lesson_slug>")
def lesson(slug: str, lesson_slug: str) -> str:
    bench = open_bench(slug)
    lessons = list_lessons(db(), bench.edition.id)
    found = next((row for row in lessons if row.slug == lesson_slug), None)
    if found is None:
        raise NotFound("There is no such lesson.")
    media = {row.id: row for row in list_media(db(), bench.edition.module_id)}
    return _page("preview_lesson", bench, lessons, lesson=found, text=html_of(found.body, media))


@bp.get("/test")
def test(slug: str) -> str:
    bench = open_bench(slug)
    bank = list_bank(db(), bench.edition.id)
    quiz = find_quiz(db(), bench.edition.id)
    return _page("preview_test", bench, list_lessons(db(), bench.edition.id), bank=bank, quiz=quiz, key_of=_key)


@bp.get("/references")
def references(slug: str) -> str:
    bench = open_bench(slug)
    rows = list_references(db(), bench.edition.id)
    return _page("preview_references", bench, list_lessons(db(), bench.edition.id), references=rows)


def _page(name: str, bench: Bench, lessons: Sequence[Lesson], **values: Any) -> str:
    leaves = _leaves(bench.module.slug, lessons)
    here = next(number for number, leaf in enumerate(leaves) if leaf.state == "current")
    return render_template(
        f"author/{name}.html",
        bench=bench,
        edition=bench.edition,
        leaves=leaves,
        here=leaves[here],
        previous=leaves[here - 1] if here else None,
        following=leaves[here + 1] if here + 1 < len(leaves) else None,
        **values,
    )


def _leaves(slug: str, lessons: Sequence[Lesson]) -> list[Leaf]:
    """Return all pages of the preview in their order."""
    pages = [(ABOUT, url_for(".show", slug=slug))]
    pages += [
        (f"{number}. {row.title}", url_for(".lesson", slug=slug, lesson_slug=row.slug))
        for number, row in enumerate(lessons, 1)
    ]
    pages += [(TEST, url_for(".test", slug=slug)), (REFERENCES, url_for(".references", slug=slug))]
    return [Leaf(label, url, "current" if url == request.path else "todo") for label, url in pages]


def _key(item: Item) -> list[Option]:
    explained = question_of(item.kind).explain(item.definition, (), ())
    return [Option(option.text, option.right, False, option.rationale) for option in explained]
