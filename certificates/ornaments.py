"""Draws the ornaments of the classic design into SVG files beside it: `python -m certificates.ornaments`."""

import re
import tempfile
from pathlib import Path

from certificates.design import FOLDER
from certificates.fonts import FontShelf
from certificates.typesetter import typeset

SOURCE = "_ornaments.typ"
FILES = {"_classic-us-letter.svg": "us-letter", "_classic-a4.svg": "a4", "_seal.svg": "seal"}
# what SVG takes for granted anyway
DEFAULTS = re.compile(r' (stroke-linecap="butt"|stroke-linejoin="miter"|stroke-miterlimit="4"|fill-rule="nonzero")')
LONG_NUMBER = re.compile(r"-?[0-9]+\.[0-9]{4,}")


def draw_ornament(file: str, shelf: FontShelf) -> bytes:
    """Return the SVG of one of `FILES`, its numbers rounded to a thousandth of a point; the same bytes every time."""
    drawn = typeset(FOLDER / SOURCE, shelf.folders, {"ornament": FILES[file]}, "svg")
    text = DEFAULTS.sub("", drawn.decode())
    return LONG_NUMBER.sub(lambda number: f"{float(number[0]):.3f}", text).encode()


def main() -> None:
    """Write every ornament anew."""
    with tempfile.TemporaryDirectory() as cache:
        shelf = FontShelf.build(Path(cache))
        for file in FILES:
            (FOLDER / file).write_bytes(draw_ornament(file, shelf))


if __name__ == "__main__":
    main()
