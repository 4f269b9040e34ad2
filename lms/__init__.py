"""The application of Credence: `create_app` builds it and starts nothing; two calls share nothing."""

from pathlib import Path

from flask import Flask

from lms import cli, web
from lms.config import Settings

ROOT = Path(__file__).parent.parent


def create_app(settings: Settings) -> Flask:
    """Return the web application for these settings."""
    app = Flask("lms", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "lms" / "static"))
    web.init_app(app, settings)
    cli.init_app(app, settings)
    return app
