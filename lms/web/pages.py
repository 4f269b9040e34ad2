"""Long lists in pages: which one is asked for, and the links to its neighbours."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

MOST_PAGES = 1_000_000


def page_number() -> int:
    """Return the page asked for as `?page=`; anything that is none is the first."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of `total` rows, as the macro `pager` draws it."""

    total: int
    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def text(self) -> str:
        """Say "21 to 40 of 63", or "6 in all" where one page holds them."""
        if self.offset >= self.total:
            return f"none of {self.total}" if self.total else "none"
        if self.total <= self.size:
            return f"{self.total} in all"
        return f"{self.offset + 1} to {min(self.offset + self.size, self.total)} of {self.total}"

    @property
    def previous_url(self) -> str | None:
        """The page before, with the same filters."""
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """The page after, with the same filters."""
        return self._url(self.number + 1) if self.offset + self.size < self.total else None

    def _url(self, number: int) -> str:
        assert request.endpoint is not None
        values: dict[str, Any] = {key: values for key, values in request.args.lists() if key != "page"}
        return url_for(request.endpoint, **{**values, **(request.view_args or {}), "page": number})
