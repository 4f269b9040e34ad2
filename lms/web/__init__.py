"""The only part that knows of requests; `init_app` joins its pieces in the order a request meets them."""

from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.config import Settings
from lms.web import (
    account,
    address,
    api,
    assets,
    auth,
    author,
    board,
    bodies,
    compression,
    cookies,
    drawing,
    errors,
    headers,
    hints,
    learner,
    limits,
    navigation,
    nesting,
    numbers,
    operator,
    public,
    text,
    transaction,
    zeros,
)
from lms.web.public import crawlers
from lms.worker import open_queue


def init_app(app: Flask, settings: Settings) -> None:
    """Join settings, session, guard, pages and headers to the application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.testing,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions["settings"] = settings
    drawing.init_app(app)
    app.extensions["queue"] = open_queue(settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    address.init_app(app, settings)
    cookies.init_app(app)
    numbers.init_app(app)
    zeros.init_app(app)
    nesting.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    transaction.init_app(app, settings)
    limits.init_app(app, settings)
    api.exempt(CSRFProtect(app))
    account.init_app(app, settings)
    auth.init_app(app)
    navigation.init_app(app)
    hints.init_app(app)
    errors.init_app(app)
    text.init_app(app)
    for audience in (public, account, learner, author, board, operator, api):
        app.register_blueprint(audience.bp)
    crawlers.init_app(app, settings)
    headers.init_app(app, settings)
    compression.init_app(app)
    bodies.init_app(app, settings)
    assets.init_app(app, settings)
