"""`flask <noun> <verb>`: parses, opens one transaction, calls the command the web calls, prints one line."""

from flask import Flask

from lms.config import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Register the nouns."""
    del app, settings
