"""The bodies of requests are here as a whole before the application is asked: who sends slowly holds up few threads.

The server hands a request to a thread as soon as its head is there, and the thread waits for the rest of the body. So
four phones on a bad line, or one person with four sockets, could keep everybody from every page. Only some of the
threads may wait for a body at a time; the others go on answering.
"""

from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_content_length

from lms.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEPT_FREE = 2
"""Threads that never wait for a body, where there are more."""
PATIENCE = 0.25
"""Seconds to wait for a turn: bodies that come at once take their turns in less."""
IN_MEMORY = 512 * 1024
PIECE = 64 * 1024
FULL = (
    "Several files are being received at the moment. Please try again in a few seconds; go back to find what you typed."
)


class WholeBodies:
    """Reads each body before passing the request on, at most `at_once` of them at a time; others get a 503."""

    def __init__(self, app: "WSGIApplication", at_once: int, most: int) -> None:
        self.app = app
        self.most = most
        self.turns = BoundedSemaphore(at_once)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on with its body; one that is too long is passed on unread, to be refused."""
        expected = get_content_length(environ)
        chunked = environ.get("HTTP_TRANSFER_ENCODING") == "chunked"
        if not (chunked or expected) or (expected or 0) > self.most:
            return self.app(environ, start_response)
        if not self.turns.acquire(timeout=PATIENCE):
            return Response(FULL, 503, {"Retry-After": "5", "Cache-Control": "no-store"})(environ, start_response)
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:  # until the view has answered; what it keeps it copies
            try:
                missing = self._read(environ["wsgi.input"], body, expected)
            finally:
                self.turns.release()
            if expected and missing:  # half a form would be taken for a form with fewer answers
                return Response("The request ended too early.", 400)(environ, start_response)
            body.seek(0)
            environ["wsgi.input"] = body
            return self.app(environ, start_response)

    def _read(self, coming: IO[bytes], body: IO[bytes], expected: int | None) -> int:
        """Copy what comes, no more than a byte beyond what the application would take; return how much did not come."""
        left = self.most + 1 if expected is None else expected
        while left and (piece := coming.read(min(PIECE, left))):
            body.write(piece)
            left -= len(piece)
        return left


def init_app(app: Flask, settings: Settings) -> None:
    """Put it in front of everything that reads a body."""
    at_once = max(1, settings.threads - KEPT_FREE)
    most = app.config["MAX_CONTENT_LENGTH"]
    app.wsgi_app = WholeBodies(app.wsgi_app, at_once, most)  # type: ignore[method-assign]
