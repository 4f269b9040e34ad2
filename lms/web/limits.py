"""How often one address may try: sign-in, reset, and codes that do not exist."""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, request
from flask_limiter import Limiter
from limits import parse_many

from lms.config import Settings
from lms.errors import NotFound

View = TypeVar("View", bound=Callable[..., Any])

ONE_LINE = 64
"""Bits of an IPv6 address that name a line: whoever has one has all addresses behind it, 2 to the 64th of them."""


def get_caller() -> str:
    """Return who asks: the IPv4 address, or the network of the IPv6 address that one subscriber has whole."""
    told = request.remote_addr or "127.0.0.1"
    try:
        address = ip_address(told)
    except ValueError:  # a socket of this machine has none
        return told
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address), ONE_LINE), strict=False))


limiter = Limiter(key_func=get_caller, strategy="moving-window")

SIGN_IN = "10 per minute; 100 per hour"
MAILS = "5 per minute; 20 per hour"
MISSES = "30 per minute; 300 per hour"


def init_app(app: Flask, settings: Settings) -> None:
    """Count in memory embedded, in Redis on many machines."""
    app.config.update(
        RATELIMIT_ENABLED=settings.rate_limits,
        # The counting library has its own word for a Redis behind a socket.
        RATELIMIT_STORAGE_URI=settings.redis_url.replace("unix:", "redis+unix:", 1) or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
    # A view that is limited asks by itself, and there is no limit for all of them: nothing to look for on every page.
    if settings.rate_limits:
        app.before_request_funcs[None].remove(limiter._check_request_limit)  # noqa: SLF001


def count(limit: str, scope: str, who: str = "") -> None:
    """Count one try of `who` (the caller's address, if nobody is named) at the scope; one too many is a 429.

    For pages that are not ours to decorate; our own views use `limiter.limit(...)`.
    """
    if current_app.config["RATELIMIT_ENABLED"]:
        who = who or get_caller()
        within = [limiter.limiter.hit(item, scope, who) for item in parse_many(limit)]  # each counts every try
        if not all(within):
            abort(429)


def count_misses(view: View) -> View:
    """Count what the view does not find, and nothing else.

    Hits are free, also for whoever missed often: a board behind one address checks hundreds a day. Misses are what
    guessing is made of; one too many is a 429.
    """

    @wraps(view)
    def counted(*args: Any, **kwargs: Any) -> Any:
        try:
            answer = view(*args, **kwargs)
        except NotFound:
            count(MISSES, "codes")
            raise
        if getattr(answer, "status_code", 200) == 404:
            count(MISSES, "codes")
        return answer

    return cast("View", counted)
