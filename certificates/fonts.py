"""Which fonts certificates are set in, where their files lie, and which characters none of them has."""

import io
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from fontTools.ttLib import TTFont
from pymupdf_fonts import fontbuffers

from certificates.typesetter import list_fonts

# file name: the wheel's own short name; FiraGO has the many scripts, Noto Sans rarer Latin (ʾ, ṃ, ℠)
BUNDLED = {
    "FiraGO-Regular": "figo",
    "FiraGO-Bold": "figbo",
    "FiraGO-Italic": "figit",
    "FiraGO-BoldItalic": "figbi",
    "NotoSans-Regular": "notos",
    "NotoSans-Bold": "notosbo",
}
MEASURED = ("figo", "notos")  # the weights of a family have the same characters
CJK_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path("/usr/share/fonts/google-noto-sans-cjk-vf-fonts"),
    Path("/usr/local/share/fonts/noto-cjk"),
)
JOINERS = "\u200c\u200d\u200e\u200f"  # invisible but needed: Persian and Indic spelling, direction marks
VARIATION_SELECTORS = range(0xFE00, 0xFE10)


@dataclass(frozen=True, slots=True)
class FontShelf:
    """The folders typst reads fonts from; made by `FontShelf.build`, safe to share among threads."""

    folders: tuple[Path, ...]
    extra_folders: tuple[Path, ...] = ()

    @classmethod
    def build(cls, cache_folder: Path, extra_folders: Iterable[Path] = ()) -> "FontShelf":
        """Return a shelf whose bundled fonts lie in the cache folder, written there on first use.

        Any number of processes may build it at once: a file appears whole or not at all. Raise `OSError` when
        the folder cannot be written, `ValueError` when an extra folder is not there.
        """
        extra = tuple(extra_folders)
        for folder in extra:
            if not folder.is_dir():
                raise ValueError(f"there is no font folder {folder}")
        return cls((_write_bundled(cache_folder), *extra), extra)

    def uncovered(self, text: str) -> tuple[str, ...]:
        """Return the characters this shelf cannot draw; see `uncovered`."""
        return uncovered(text, self.extra_folders)

    def extra_families(self) -> tuple[str, ...]:
        """Return the families that only the extra folders bring, by name."""
        if not self.extra_folders:
            return ()
        ours, all_of_them = ({font.family for font in list_fonts(of)} for of in (self.folders[:1], self.folders))
        return tuple(sorted(all_of_them - ours))


def find_cjk_folders() -> tuple[Path, ...]:
    """Return those of the usual folders for Noto CJK that exist on this machine."""
    return tuple(folder for folder in CJK_FOLDERS if folder.is_dir())


def uncovered(text: str, extra_folders: Iterable[Path] = ()) -> tuple[str, ...]:
    """Return the characters that cannot be drawn, in order, each once; empty means the text can be set.

    The text is taken in NFC; a letter and its marks must be in one font together, else the marks are named.
    Controls (line ends too), direction overrides and unassigned code points are never covered. Only the
    wheel's fonts and the extra folders count, not what typst bundles: a rare sign it has may be named too.
    """
    fonts = (*_bundled_covers(), *_covers(tuple(extra_folders)))
    text = unicodedata.normalize("NFC", text)
    if all(ord(character) in fonts[0] and not _is_forbidden(character) for character in set(text)):
        return ()  # nearly every text: the first font has all of it
    missing: dict[str, None] = {}
    for cluster in _clusters(text):
        missing.update(dict.fromkeys(_lacking(cluster, fonts)))
    return tuple(missing)


def _lacking(cluster: str, fonts: tuple[frozenset[int], ...]) -> list[str]:
    forbidden = [character for character in cluster if _is_forbidden(character)]
    if forbidden:
        return forbidden
    needed = [character for character in cluster if not _is_invisible(character)]
    nowhere = [character for character in needed if not any(ord(character) in font for font in fonts)]
    if nowhere:
        return nowhere
    gaps = [[character for character in needed if ord(character) not in font] for font in fonts]
    return min(gaps, key=lambda gap: (cluster[0] in gap, len(gap)))


def _clusters(text: str) -> Iterator[str]:
    """Cut the text before every character that is neither a mark nor a joiner."""
    start = 0
    for at in range(1, len(text)):
        if not (unicodedata.category(text[at]).startswith("M") or _is_invisible(text[at])):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _is_forbidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or (category == "Cf" and character not in JOINERS)


def _is_invisible(character: str) -> bool:
    return character in JOINERS or ord(character) in VARIATION_SELECTORS


def _write_bundled(cache_folder: Path) -> Path:
    folder = cache_folder / f"pymupdf-fonts-{version('pymupdf-fonts')}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, short in BUNDLED.items():
        path = folder / f"{name}.ttf"
        if not path.exists():
            _write_whole(path, bytes(fontbuffers[short]()))
    return folder


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the path and rename, so that no other process ever reads half a font."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)  # mkstemp gives 0600; a second user of the cache must read it too
        part.replace(path)
    except BaseException:
        part.unlink()
        raise


@lru_cache(maxsize=1)
def _bundled_covers() -> tuple[frozenset[int], ...]:
    return tuple(_read_cover(fontbuffers[short](), 0) for short in MEASURED)


@lru_cache(maxsize=8)
def _covers(folders: tuple[Path, ...]) -> tuple[frozenset[int], ...]:
    """Return what each family of the folders has, if typst accepts its files; 0.1 s for a CJK family."""
    if not folders:
        return ()
    faces: dict[str, tuple[str, int]] = {}  # one face for each family
    for font in list_fonts(folders):
        if font.path is not None:  # else it comes with typst itself
            faces.setdefault(font.family, (font.path, font.number))
    return tuple(_read_cover(Path(path).read_bytes(), index) for path, index in faces.values())


def _read_cover(content: bytes, number: int) -> frozenset[int]:
    font = TTFont(io.BytesIO(content), fontNumber=number, lazy=True)
    cmap: dict[int, str] = font.getBestCmap() or {}
    return frozenset(cmap)
