"""Where this application keeps uploaded files."""

from typing import cast

from flask import current_app

from lms.config import Settings
from lms.files import Shelf


def shelf() -> Shelf:
    """Return the shelf that the settings name, opened on first use."""
    settings: Settings = current_app.extensions["settings"]
    if "shelf" not in current_app.extensions:
        current_app.extensions["shelf"] = Shelf(settings.media_url)
    return cast("Shelf", current_app.extensions["shelf"])
