"""Pages for people who work for a provider: the workshop."""

from flask import Blueprint

from lms.web.author import modules

bp = Blueprint("author", __name__)
for part in (modules,):
    bp.register_blueprint(part.bp)
