"""Pages go over the wire compressed, and not at all when the browser has them already.

Compressing a page that shows both a secret and something a stranger chose tells the stranger about the secret by the
page's length (BREACH). Our only secret in pages is the forgery token, and a stranger's only way in is a link: the
query of a GET (a POST from elsewhere brings no cookie). So a page with a token that was asked for with a query is sent
as it is; the token is signed anew every second besides, and a link from elsewhere opens no page in the background,
because the session's cookie is `SameSite=Lax`.
"""

import gzip

import brotli
from flask import Flask, Response, g, request

from lms.web.headers import cache_rule

SMALLEST = 500
"""Below this many bytes nothing is won."""
TYPES = ("text/", "application/json", "application/ld+json", "application/manifest+json", "image/svg+xml")
ENCODINGS = ("br", "gzip")


def init_app(app: Flask) -> None:
    """Mark pages as private and fresh, let browsers ask whether they changed, and compress what is text."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    # Whoever signs out on a shared computer leaves no pages behind that need no asking.
    response.headers.setdefault("Cache-Control", cache_rule())
    if response.direct_passthrough or response.is_streamed or not (response.mimetype or "").startswith(TYPES):
        return response
    if "Vary" in response.headers:
        response.vary.add("Accept-Encoding")
    else:
        response.headers.add("Vary", "Accept-Encoding")
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        if _may_return(response):
            response.add_etag(weak=True)
        if "If-None-Match" in request.headers and response.get_etag()[0]:
            response.make_conditional(request)
    if response.status_code == 304 or not _may_compress(response):
        return response
    encoding = request.accept_encodings.best_match(ENCODINGS)
    if encoding:
        response.set_data(_compress(response.get_data(), encoding))
        response.headers["Content-Encoding"] = encoding
    return response


def _compress(data: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=5))
    return gzip.compress(data, compresslevel=6, mtime=0)


def _has_token() -> bool:
    return "csrf_token" in g


def _may_return(response: Response) -> bool:
    """Whether the same page may come again: a token is new each second, and `no-store` means it."""
    return not _has_token() and "no-store" not in response.headers["Cache-Control"]


def _may_compress(response: Response) -> bool:
    small = len(response.get_data()) < SMALLEST
    told = _has_token() and bool(request.query_string)
    return not (small or told or "Content-Encoding" in response.headers or "Content-Range" in response.headers)
