"""The browser's session, signed as Flask signs it, by a signer that is made once and not twice a request."""

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Flask's sessions of one application; its secret does not change while it runs."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer of sessions, made on first use."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the session along, but never with what caches may keep for everybody: they would keep the cookie too."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Keep sessions by it."""
    app.session_interface = Cookies()
