"""Static files: addressed by the hash of their content, served compressed and for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise


def init_app(app: Flask) -> None:
    """Give templates `asset(name)` and let WhiteNoise answer for those addresses."""
    folder = Path(app.static_folder or "")
    digest = _digest(folder)
    prefix = f"/static/{digest}"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix=prefix,
        max_age=365 * 86400,
        immutable_file_test=lambda *_: True,
    )

    def asset(name: str) -> str:
        """Return the address of a static file; it changes when any static file does."""
        return url_for("static", filename=f"{digest}/{name}")

    app.jinja_env.globals["asset"] = asset


@cache
def _digest(folder: Path) -> str:
    """Return a short hash over names and contents of all files in the folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]
