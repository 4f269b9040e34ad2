"""The fonts: what they cover, and how their files get into the cache folder."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pymupdf
import pytest

from certificates import fonts
from certificates.fonts import FontShelf, find_cjk_folders, uncovered


def build(folder):
    shelf = FontShelf.build(folder)
    return sorted((path.name, path.stat().st_size) for path in shelf.folders[0].iterdir())


@pytest.fixture(scope="session")
def cjk_folder(tmp_path_factory):
    """A folder with pymupdf's own CJK font, as a machine with Noto CJK would have."""
    folder = tmp_path_factory.mktemp("cjk")
    (folder / "fallback.ttf").write_bytes(pymupdf.Font("cjk").buffer)
    return folder


@pytest.mark.parametrize(
    "name",
    ["Maria Lopez", "Zoë O’Brien-Łukasiewicz", "Nguyễn Thị Ánh", "Ελένη", "Ольга", "ليلى", "דנה", "प्रिया", "ʿAlī Ṣāliḥ", ""],
)
def test_the_bundled_fonts_cover_the_common_scripts(name):
    assert uncovered(name) == ()


def test_what_no_font_has_is_named_in_order_and_once():
    assert uncovered("王 Anna 小 王") == ("王", "小")


@pytest.mark.parametrize("character", ["\x00", "\x07", "\n", "\t", "\x7f", "\u202e", "\u2028", "\ufeff", "\ue000"])
def test_controls_and_overrides_are_never_covered(character):
    assert uncovered(f"A{character}b") == (character,)


def test_marks_are_taken_with_their_letter():
    assert uncovered("e\u0301 o\u0302\u0301") == ()
    assert uncovered("مریم\u200cخانم") == ()
    assert uncovered("e\u20e3") == ("\u20e3",)


def test_a_letter_and_its_mark_must_be_in_one_font(cjk_folder):
    assert uncovered("王", [cjk_folder]) == ()
    assert uncovered("王\u0323", [cjk_folder]) == ("\u0323",)


def test_an_extra_folder_adds_what_it_covers(cjk_folder, tmp_path):
    shelf = FontShelf.build(tmp_path, [cjk_folder])
    assert shelf.uncovered("王小明") == ()
    assert shelf.extra_families()


def test_a_collection_of_fonts_is_read_whole(tmp_path, shelf):
    from fontTools.ttLib import TTCollection, TTFont  # noqa: PLC0415 only this test makes a collection

    collection = TTCollection()
    collection.fonts = [
        TTFont(shelf.folders[0] / "FiraGO-Regular.ttf"),
        TTFont(shelf.folders[0] / "NotoSans-Regular.ttf"),
    ]
    collection.save(tmp_path / "both.ttc")
    firago, noto = fonts._covers_of_file(tmp_path / "both.ttc")
    assert ord("ل") in firago and ord("ل") not in noto and ord("ʿ") in noto


def test_the_cache_is_written_once_and_whole(tmp_path):
    first = build(tmp_path)
    assert [name for name, _ in first] == [f"{name}.ttf" for name in sorted(fonts.BUNDLED)]
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.ttf")}
    assert build(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.ttf")} == stamps


def test_many_processes_may_build_the_same_shelf(tmp_path):
    with get_context("spawn").Pool(4) as pool:
        results = pool.map(build, [tmp_path] * 4)
    wanted = build(tmp_path)
    assert len(wanted) == len(fonts.BUNDLED)
    for result in results:
        assert [entry for entry in result if not entry[0].startswith(".")] == wanted


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(fonts.os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        FontShelf.build(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no font folder"):
        FontShelf.build(tmp_path, [tmp_path / "nowhere"])


def test_only_cjk_folders_that_exist_are_found():
    assert all(isinstance(folder, Path) and folder.is_dir() for folder in find_cjk_folders())


def test_uncovered_may_be_asked_by_threads():
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(uncovered, ["王 Anna"] * 64)) == {("王",)}
