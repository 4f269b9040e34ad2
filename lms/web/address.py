"""The one address people reach us by: links, redirects and passkeys are built from it, never from the Host header."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from lms.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PublicAddress:
    """Says to the application that it was asked at PUBLIC_URL, whatever the request claims.

    So nobody can have a link in one of our mails lead elsewhere by asking for it under another host name.
    """

    def __init__(self, app: "WSGIApplication", public_url: str) -> None:
        self.app = app
        self.address = urlsplit(public_url)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on under our own address."""
        environ["HTTP_HOST"] = self.address.netloc
        environ["wsgi.url_scheme"] = self.address.scheme
        return self.app(environ, start_response)


def init_app(app: Flask, settings: Settings) -> None:
    """Put the address in front of everything that reads it."""
    app.wsgi_app = PublicAddress(app.wsgi_app, settings.public_url)  # type: ignore[method-assign]
