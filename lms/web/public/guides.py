"""The guides: one Markdown file of `lms/help` is one page; its first paragraph is the sentence under its title."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, render_template
from markupsafe import Markup

from lms.errors import NotFound
from lms.modules.text import render, split_title

bp = Blueprint("guides", __name__)

FOLDER = Path(__file__).parents[2] / "help"

# Whom a guide is for, in the order of the list.
GROUPS = {
    "For learners": ("credit", "license", "tests", "name", "certificates", "audits"),
    "For boards": ("verify", "files", "proof"),
    "For authors": ("objectives", "items", "gate", "editions"),
    "For managers": ("approvals", "corrections"),
    "For operators": ("operation",),
    "For everybody": ("glossary", "keyboard"),
}


@dataclass(frozen=True, slots=True)
class Guide:
    """A page of the help."""

    slug: str
    title: str
    lead: str
    html: Markup


@bp.get("/help")
def show_all() -> str:
    groups = {name: [read_guide(slug) for slug in slugs] for name, slugs in GROUPS.items()}
    return render_template("public/guides.html", groups=groups)


@bp.get("/help/<slug>")
def show(slug: str) -> str:
    group = next((name for name, slugs in GROUPS.items() if slug in slugs), None)
    if group is None:
        raise NotFound("There is no such guide.")
    others = [read_guide(other) for other in GROUPS[group] if other != slug]
    return render_template("public/guide.html", guide=read_guide(slug), group=group, others=others)


@cache
def read_guide(slug: str) -> Guide:
    """Return the guide of a file; the files come with the program and never change while it runs."""
    title, body = split_title((FOLDER / f"{slug}.md").read_text(encoding="utf-8"))
    lead, _, rest = body.partition("\n\n")
    return Guide(slug, title, " ".join(lead.split()), Markup(render(rest, {})))  # noqa: S704 - sanitized by render
