"""Static files: addressed by the hash of their content, compressed once, served for ever."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from lms.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates `asset(name)` and let WhiteNoise answer for those addresses."""
    source = Path(app.static_folder or "")
    digest = _digest(source)
    folder = source if settings.testing else _publish(source, settings.data_dir / "static" / digest)
    prefix = f"{app.static_url_path}/{digest}"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix=prefix,
        max_age=365 * 86400,
        immutable_file_test=lambda *_: True,
    )

    def asset(name: str) -> str:
        """Return the address of a static file; it changes when any static file does."""
        return f"{prefix}/{name}"

    app.jinja_env.globals["asset"] = asset


@cache
def _digest(folder: Path) -> str:
    """Return a short hash over names and contents of all files in the folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]


def _publish(source: Path, target: Path) -> Path:
    """Copy the files with their compressed twins; several processes may start at once, the folder appears whole."""
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent)) / "static"
    shutil.copytree(source, fresh)
    compressor = Compressor(quiet=True)
    for path in [path for path in fresh.rglob("*") if path.is_file() and compressor.should_compress(path.name)]:
        compressor.compress(str(path))
    try:
        os.rename(fresh, target)  # noqa: PTH104 - fails where another process was faster; then its copy counts
    except OSError:
        if not target.is_dir():
            raise
    shutil.rmtree(fresh.parent)
    return target
