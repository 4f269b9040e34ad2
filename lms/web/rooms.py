"""Pages that a provider's managers and a board's members have alike: whose room it is, and how its pages are joined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from lms.boards.models import Board
from lms.providers.models import Provider
from lms.web.navigation import Link

Route = tuple[str, Callable[..., Response], tuple[str, ...]]
"""An address below the room's, the view that is handed the room, and the methods it answers."""


@dataclass(frozen=True, slots=True)
class Room:
    """An audience's place for one provider or board: the way back up, and the links between its sides."""

    audience: str
    owner: Board | Provider
    home: tuple[str, str]
    tabs: Sequence[Link]

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of one of its pages, such as `hooks.show`."""
        return url_for(f"{self.audience}.{endpoint}", slug=self.owner.slug, **values)

    def page(self, name: str, **values: Any) -> str:
        """Draw one of its pages."""
        return render_template(f"rooms/{name}.html", room=self, **values)


def join(name: str, prefix: str, enter: Callable[[str], Room], routes: Sequence[Route]) -> Blueprint:
    """Return the pages at that address for whoever `enter` lets into the room of a slug."""
    bp = Blueprint(name, __name__, url_prefix=prefix)
    for address, view, methods in routes:
        bp.add_url_rule(address, view_func=_within(enter, view), methods=methods)
    return bp


def _within(enter: Callable[[str], Room], view: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(view)
    def entered(slug: str, **values: Any) -> Response:
        return view(enter(slug), **values)

    return entered
