"""Pages for people who work for a provider: the workshop."""

from flask import Blueprint

from lms.web.author import (
    approvals,
    awards,
    contributors,
    credit,
    details,
    gate,
    hooks,
    items,
    lessons,
    look,
    media,
    modules,
    objectives,
    preview,
    quiz,
    references,
    settings,
    witnesses,
)

bp = Blueprint("author", __name__)
for part in (
    approvals,
    awards,
    contributors,
    credit,
    details,
    gate,
    hooks,
    items,
    lessons,
    look,
    media,
    modules,
    objectives,
    preview,
    quiz,
    references,
    settings,
    witnesses,
):
    bp.register_blueprint(part.bp)
