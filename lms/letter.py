"""The HTML of a mail whose sender wrote words only: our frame, its paragraphs, its addresses as links."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

TEMPLATES = Path(__file__).parent.parent / "templates"
ADDRESS = re.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:)]")


def dress(subject: str, text: str, site: str) -> str:
    """Return the HTML of a mail. Lines stay lines, and what is not an address is text, whatever it holds. Pure.

    `site` is the address of the installation, for the foot.
    """
    paragraphs = [_linked(block) for block in re.split(r"\n\s*\n", text.strip())]
    return _letter().render(subject=subject, paragraphs=paragraphs, site=site)


def _linked(block: str) -> Markup:
    """Return a paragraph with its lines and links."""
    shown, end = Markup(), 0
    for found in ADDRESS.finditer(block):
        shown += escape(block[end : found.start()])
        shown += Markup('<a href="{0}" style="color:#0b5f63;overflow-wrap:anywhere">{0}</a>').format(found[0])
        end = found.end()
    return Markup("<br>").join((shown + escape(block[end:])).split("\n"))


@cache
def _letter() -> Template:
    """Return the template; the worker has no application whose templates it could use."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("mail/letter.html")
