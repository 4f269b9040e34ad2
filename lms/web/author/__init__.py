"""Pages for people who work for a provider: the workshop."""

from flask import Blueprint

from lms.web.author import (
    approvals,
    awards,
    contributors,
    credit,
    details,
    gate,
    items,
    lessons,
    media,
    modules,
    objectives,
    preview,
    quiz,
    references,
    settings,
)

bp = Blueprint("author", __name__)
for part in (
    awards,
    modules,
    details,
    objectives,
    lessons,
    contributors,
    references,
    media,
    items,
    quiz,
    preview,
    credit,
    gate,
    approvals,
    settings,
):
    bp.register_blueprint(part.bp)
