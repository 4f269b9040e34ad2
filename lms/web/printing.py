"""Which texts no certificate can print, in words for whoever can put them right."""

from collections.abc import Iterable

from flask import current_app

from lms.awards.document import Printed, unprintable
from lms.lines import name_all


def list_unprintable(texts: Iterable[Printed]) -> list[tuple[Printed, str]]:
    """Return each text that holds characters no font of certificates has, and a sentence naming them."""
    settings = current_app.extensions["settings"]
    found = []
    for text in texts:
        if missing := unprintable(text.text, settings.data_dir, settings.font_dirs):
            sentence = f"{text.where} has characters that no certificate can print: {name_all(missing)}."
            found.append((text, sentence))
    return found
