"""Pages for anyone: home, catalogue, module pages, providers, verification."""

from flask import Blueprint

from lms.web.public import (
    catalogue,
    check,
    cover,
    crawlers,
    guides,
    home,
    media,
    modules,
    packets,
    proofs,
    providers,
    sharing,
    verify,
)

bp = Blueprint("public", __name__)
PARTS = (
    catalogue,
    check,
    cover,
    crawlers,
    guides,
    home,
    media,
    modules,
    packets,
    proofs,
    providers,
    sharing,
    verify,
)
for part in PARTS:
    bp.register_blueprint(part.bp)
