"""The mails that were written to files instead of being sent: what they say, with nothing of theirs running here.

A link that opens somebody's account is shown only where this is the demonstration on one's own machine: there this
page is how one reads one's mail. Anywhere else an operator could take over any account by it, a board's too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import nh3
from flask import Blueprint, current_app, render_template
from markupsafe import Markup

from lms.config import Settings
from lms.errors import NotFound
from lms.web.pages import Page, page_number

bp = Blueprint("mail", __name__, url_prefix="/operator/mail")

NAME = re.compile(r"\d{8}T\d{12}-\d{8,}\.eml")
MAILS_A_PAGE = 50
# Flask-Security's tokens have dots in them, and begin with one where they are long enough to be packed; a link somebody
# shared has its secret in the query.
SECRET = re.compile(r"(?<=[^/]/)\.?[\w-]{16,}(?:\.[\w-]{2,}){1,3}|(?<=[?&]k=)[\w-]{16,}|(?<=token=)[\w.-]{16,}")
HIDDEN = "hidden"
# No picture, no style, no form: what is left cannot call anybody.
CLEANER = nh3.Cleaner(
    tags={"p", "h2", "h3", "ul", "ol", "li", "a", "strong", "em", "br", "blockquote"},
    clean_content_tags={"title", "style", "script"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail file: its head, its text, and its HTML with everything foreign taken out."""

    name: str
    to: str
    subject: str
    date: datetime
    text: str
    html: Markup
    masked: bool
    """Whether a secret was taken out of it."""


@bp.get("")
def show_all() -> str:
    names = sorted((path.name for path in _files()), reverse=True)
    page = Page(len(names), page_number(), MAILS_A_PAGE)
    shown = [_read(name) for name in names[page.offset : page.offset + page.size]]
    settings: Settings = current_app.extensions["settings"]
    return render_template("operator/mails.html", letters=shown, page=page, by_smtp=bool(settings.smtp_url))


@bp.get("/<name>")
def show(name: str) -> str:
    return render_template("operator/mail.html", letter=_read(name))


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.data_dir / "mail"


def _files() -> Iterator[Path]:
    return (path for path in _folder().glob("*.eml") if NAME.fullmatch(path.name))


def _read(name: str) -> Letter:
    if not NAME.fullmatch(name):
        raise NotFound("There is no such mail.")
    try:
        content = (_folder() / name).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("There is no such mail.") from error
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    text, html = _part(message, "plain"), _part(message, "html")
    masked = not _shows_secrets() and bool(SECRET.search(text) or SECRET.search(html))
    if masked:
        text, html = SECRET.sub(HIDDEN, text), SECRET.sub(HIDDEN, html)
    html = re.sub(r"<(/?)h1\b", r"<\1h3", html)  # the page has its own
    return Letter(
        name=name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=parsedate_to_datetime(str(message["Date"])),
        text=text,
        html=Markup(CLEANER.clean(html)),  # noqa: S704 - made safe in this very line
        masked=masked,
    )


def _shows_secrets() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return settings.demo and not settings.smtp_url and settings.local


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
