"""How an audience's folder becomes one blueprint: a file with a `bp` is a part of it, dropping it in is enough."""

import sys
from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def audience(package: str) -> Blueprint:
    """Return the blueprint of a package, named like its folder, with those of its files joined to it."""
    joined = Blueprint(package.rpartition(".")[2], package)
    for info in iter_modules(sys.modules[package].__path__):
        part = getattr(import_module(f"{package}.{info.name}"), "bp", None)
        if part is not None:
            joined.register_blueprint(part)
    return joined
