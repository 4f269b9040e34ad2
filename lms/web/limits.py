"""How often one address may try: sign-in, reset, and codes that do not exist."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lms.config import Settings

limiter = Limiter(key_func=get_remote_address, strategy="moving-window")

SIGN_IN = "10 per minute; 100 per hour"
MAILS = "5 per minute; 20 per hour"
MISSES = "30 per minute; 300 per hour"


def init_app(app: Flask, settings: Settings) -> None:
    """Count in memory embedded, in Redis on many machines."""
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
