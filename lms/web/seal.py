"""The installation's seal as requests use it: read anew when the key file changes, so a rotation needs no restart."""

from typing import cast

from flask import current_app

from lms.awards.keys import FILE, Seal, open_seal


def seal() -> Seal:
    """Return the keys certificates are signed with; raises `ValueError` when their file is damaged."""
    settings = current_app.extensions["settings"]
    path = settings.data_dir / FILE
    written = path.stat().st_mtime_ns if path.exists() else 0
    held = current_app.extensions.get("seal")
    if held is None or held[0] != written:
        made = open_seal(settings.data_dir, settings.public_url)
        held = current_app.extensions["seal"] = (path.stat().st_mtime_ns, made)
    return cast("Seal", held[1])
