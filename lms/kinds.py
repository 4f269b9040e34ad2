"""How the folders with one file per kind are read: dropping in a file is enough."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


def discover(package: ModuleType) -> dict[str, Any]:
    """Return the `KIND` of every module in the package by its `name`, in the order of their names.

    Raises `RuntimeError` when a file has no `KIND` or two share a name.
    """
    found: dict[str, Any] = {}
    for info in iter_modules(package.__path__):
        kind = getattr(import_module(f"{package.__name__}.{info.name}"), "KIND", None)
        if kind is None:
            raise RuntimeError(f"{package.__name__}.{info.name} has no KIND")
        if kind.name in found:
            raise RuntimeError(f"two kinds are called {kind.name}")
        found[kind.name] = kind
    return dict(sorted(found.items()))
