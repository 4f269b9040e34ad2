"""What machines that read the web are told: where to look, where not, what there is, and whom to write to."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request, url_for

from lms.accreditation.catalogue import list_catalogued, list_teaching_providers
from lms.config import Settings
from lms.web.transaction import db

bp = Blueprint("crawlers", __name__)

CLOSED = ("/account/", "/learn", "/record", "/workshop", "/board", "/operator", "/catalogue?")
"""Nothing here is for search engines; certificates (`/c/`) say so themselves, which takes being read."""
DAY = 86400


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates `canonical_url`, the one address of a page whatever filters were added to it."""

    @app.context_processor
    def _canonical() -> dict[str, Any]:
        blueprint = (request.blueprints or ("",))[-1]
        return {"canonical_url": settings.public_url + request.path if blueprint == "public" else ""}


@bp.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {_absolute('.sitemap')}"]
    return _plain(lines)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    places = [_absolute(f"public.{name}") for name in ("home.show", "catalogue.show", "guides.show_all", "verify.ask")]
    places += [_absolute("public.providers.show", slug=slug) for slug, _ in list_teaching_providers(db())]
    modules = [
        (_absolute("public.modules.show", slug=slug), published.date().isoformat())
        for slug, published in list_catalogued(db())
    ]
    answer = make_response(render_template("public/sitemap.xml", places=places, modules=modules))
    answer.mimetype = "text/xml"
    return _for_a_day(answer)


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Answer as RFC 9116 asks; until when it holds has to be said: half a year from the first of the month."""
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _plain(
        [
            f"Contact: {_settings().security_contact}",
            f"Expires: {(month + timedelta(days=183)).isoformat().replace('+00:00', 'Z')}",
            "Preferred-Languages: en",
            f"Canonical: {_absolute('.security')}",
        ]
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _absolute(endpoint: str, **values: Any) -> str:
    return _settings().public_url + url_for(endpoint, **values)


def _plain(lines: list[str]) -> Response:
    answer = make_response("\n".join(lines) + "\n")
    answer.mimetype = "text/plain"
    return _for_a_day(answer)


def _for_a_day(answer: Response) -> Response:
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer
