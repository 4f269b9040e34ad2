"""The picture that stands for a module where its address is shared; drawn once, then kept as a file."""

import hashlib
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, current_app, request

from lms.accreditation.catalogue import get_offer
from lms.awards.document import open_shelf, typeset
from lms.modules.outline import reading_minutes
from lms.web.text import local_day, plural
from lms.web.transaction import db

bp = Blueprint("cover", __name__)

SOURCE = Path(__file__).with_name("cover.typ")
WIDTH, HEIGHT = 1200, 630


@bp.get("/modules/<slug>/share.png")
def show(slug: str) -> Response:
    edition = get_offer(db(), slug, day=local_day(datetime.now(UTC))).edition
    minutes = plural(reading_minutes(edition.words, edition.media_seconds), "minute")
    facts = {
        "title": edition.title,
        "about": f"Continuing education for mental-health professionals, {minutes}",
        "provider": edition.module.provider.name,
    }
    settings = current_app.extensions["settings"]
    fonts = open_shelf(settings.data_dir, settings.font_dirs).folders
    content = draw_once(facts, settings.data_dir / "covers", fonts)
    answer = Response(content, mimetype="image/png")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    answer.set_etag(hashlib.sha256(content).hexdigest())
    return answer.make_conditional(request)  # type: ignore[return-value]  # werkzeug's own type, the same object


def draw_once(facts: dict[str, str], folder: Path, fonts: tuple[Path, ...]) -> bytes:
    """Return the PNG of these facts, from the folder where it was drawn before; any number of processes may ask."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    path = folder / f"{hashlib.sha256(SOURCE.read_bytes() + text.encode()).hexdigest()}.png"
    if path.exists():
        return path.read_bytes()
    drawn = typeset(SOURCE, fonts, {"facts": text}, "png", ppi=72)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
        part.write(drawn)
    Path(part.name).replace(path)  # whole or not at all
    return drawn
