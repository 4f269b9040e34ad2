"""Numbers in addresses: never larger than a row's number can be, so that no address makes a database stumble."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """What `<int:...>` takes: up to `LARGEST`. A larger number names nothing, so it is not found."""

    regex = r"\d{1,10}"

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - the name that Werkzeug gives it
        super().__init__(map, **{"max": LARGEST, **options})


def init_app(app: Flask) -> None:
    """Put it in the place of Werkzeug's own, before the first address is added."""
    app.url_map.converters["int"] = RowNumber
