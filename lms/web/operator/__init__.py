"""Pages for who runs the place: providers, people, mail, outbox."""

from flask import Blueprint

from lms.web.operator import overview

bp = Blueprint("operator", __name__)
for part in (overview,):
    bp.register_blueprint(part.bp)
