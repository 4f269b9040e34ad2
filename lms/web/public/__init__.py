"""Pages for anyone: home, catalogue, module pages, providers, verification."""

from flask import Blueprint

from lms.web.public import catalogue, home, media, modules, providers, verify

bp = Blueprint("public", __name__)
for part in (catalogue, home, media, modules, providers, verify):
    bp.register_blueprint(part.bp)
