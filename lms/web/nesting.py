"""JSON that is nested absurdly deep: Python's reader gives up on it, and what cannot be read is no request of ours."""

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider


class Shallow(DefaultJSONProvider):
    """Flask's reader of JSON, which calls what it cannot read one thing: 400 for whoever sent it."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what the text says, or raise `ValueError`."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def init_app(app: Flask) -> None:
    """Read every request by it; Flask-Security, which comes later, makes its own reader of this class."""
    app.json_provider_class = Shallow
    app.json = Shallow(app)
