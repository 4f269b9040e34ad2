"""Pages for who runs the place: health, mail, outbox, people, providers, approvals, boards."""

from flask import Blueprint

from lms.web.operator import approvals, boards, mail, outbox, overview, people, providers

bp = Blueprint("operator", __name__)
for part in (overview, mail, outbox, people, providers, approvals, boards):
    bp.register_blueprint(part.bp)
