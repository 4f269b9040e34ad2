"""A row of the access table: an address, who may, and how it is asked."""

from dataclasses import dataclass, field

ROLES = frozenset({"visitor", "learner", "stranger", "author", "reviewer", "manager", "foreigner", "board", "operator"})
"""`stranger` is another learner, `foreigner` an author of another provider."""

EVERYBODY = ROLES
SIGNED_IN = ROLES - {"visitor"}
WORKSHOP = frozenset({"author", "reviewer", "manager"})
"""Whoever works for the provider of the world's module."""


@dataclass(frozen=True, slots=True)
class Row:
    """`url` is filled from the world by name; POST sends `data`. Allowed is not 401, 403, 404 or the sign-in."""

    url: str
    allowed: frozenset[str] | set[str]
    method: str = "GET"
    data: dict[str, str] = field(default_factory=dict)
