"""The fonts: what they cover, and how their files get into the cache folder."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from certificates import fonts
from certificates.fonts import FontShelf, find_cjk_folders, uncovered


def build(folder):
    shelf = FontShelf.build(folder)
    return sorted((path.name, path.stat().st_size) for path in shelf.folders[0].iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "Maria Lopez",
        "Zoë O’Brien-Łukasiewicz",
        "Nguyễn Thị Ánh",
        "Ελένη",
        "Ольга",
        "ليلى",
        "דנה",
        "प्रिया",
        "ʿAlī Ṣāliḥ",
        "",
    ],
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


def test_a_letter_written_in_parts_counts_as_whole(cjk_folder):
    assert uncovered("\u1100\u1173\u11b7", [cjk_folder]) == ()  # 금, which the font has, in jamo, which it lacks
    assert uncovered("\u1100", [cjk_folder]) == ("\u1100",)


def test_a_letter_and_its_mark_must_be_in_one_font(cjk_folder):
    assert uncovered("王", [cjk_folder]) == ()
    assert uncovered("王\u0323", [cjk_folder]) == ("\u0323",)


def test_an_extra_folder_adds_what_it_covers(cjk_folder, tmp_path):
    shelf = FontShelf.build(tmp_path, [cjk_folder])
    assert shelf.uncovered("王小明") == ()
    assert shelf.extra_families()


def test_every_family_of_a_collection_counts(tmp_path, shelf):
    collection = TTCollection()
    collection.fonts = [TTFont(shelf.folders[0] / f"{name}.ttf") for name in ("FiraGO-Regular", "NotoSans-Regular")]
    collection.save(tmp_path / "both.ttc")
    covers = fonts._covers((tmp_path,))
    assert len(covers) == 2
    assert [ord("ل") in cover for cover in covers].count(True) == 1
    assert [ord("℠") in cover for cover in covers].count(True) == 1


def test_a_file_typst_does_not_accept_covers_nothing(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert uncovered("王", [tmp_path]) == ("王",)


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
