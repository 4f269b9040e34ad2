"""Where this application keeps uploaded files."""

from flask import current_app

from lms.config import Settings
from lms.files import Shelf


def shelf() -> Shelf:
    """Return the shelf that the settings name."""
    settings: Settings = current_app.extensions["settings"]
    return Shelf(settings.media_url)
