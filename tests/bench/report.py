"""The figures as tables: for the terminal, for docs/performance.md and for the README."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

AIMS = {
    "issue_cpu_ms": ("Issue a certificate (sign, store, log)", "CPU ms", 25),
    "pdf_cpu_ms": ("Draw a PDF, with its database work", "CPU ms", 25),
    "batch_seconds": ("Check 10,000 codes", "s", 5),
    "batch_cpu_seconds": ("of which CPU of ours", "s", None),
    "append_cpu_ms": ("Append to the log", "CPU ms", None),
    "start_seconds": ("Second start to first answer", "s", 3),
    "fresh_worker_mb": ("Web worker after its start", "MB", 120),
    "worker_mb": ("Web worker after all pages", "MB", 120),
    "drawing_mb": ("The process that draws, after all pages", "MB", None),
    "whole_mb": ("All processes together, after all pages", "MB", None),
    "million_verify": ("Verify page with 1,000,000 certificates, times that with 1,000", "x", 1.2),
    "million_append": ("Append with 1,000,000 entries, times that with 1,000", "x", 1.2),
    "million_issue": ("Issue with 1,000,000 certificates, times that with 1,000", "x", None),
}
LONG_HEAD = (
    "| Page | bytes | statements | ours, ms CPU | bare, ms CPU | ratio of CPU | ours, per s | bare, per s "
    "| ratio of answers per s (min-max) | aim | compressed, ms CPU |"
)
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def long_tables(found: Mapping[str, Any]) -> str:
    """Return everything, as Markdown."""
    lines = [f"Measured on {found['day']}, Python {found['python']}, {found['machine']}.", ""]
    for name, told in found["databases"].items():
        lines += [
            f"**{DATABASES[name]}**", "",
            LONG_HEAD, "|---" * 11 + "|",
            *(_long_row(page) for page in told["pages"]), "",
        ]  # fmt: skip
    return "\n".join([*lines, *_other(found)])


def _long_row(page: Mapping[str, Any]) -> str:
    ours, bare = page["ours"], page["bare"]
    cells = [
        page["title"], f"{page['bytes']:,}", page["statements"], f"{ours['cpu_ms']:.2f}", f"{bare['cpu_ms']:.2f}",
        f"{page['cpu_ratio']:.2f}", f"{ours['rate']:.0f}", f"{bare['rate']:.0f}",
        f"{page['ratio']:.2f} ({page['least']:.2f}-{page['most']:.2f})",
        page["aim"] if page["compared"] else "", f"{page['compressed_cpu_ms']:.2f}",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def short_table(found: Mapping[str, Any]) -> str:
    """Return the dozen lines of the README: how much of the bare route's speed each page keeps."""
    databases = found["databases"]
    lines = [f"| Page | {' | '.join(DATABASES[name] for name in databases)} |", f"|---|{'---|' * len(databases)}"]
    for at, page in enumerate(next(iter(databases.values()))["pages"]):
        rows = [told["pages"][at] for told in databases.values()]
        if page["compared"]:
            cells = [f"{row['cpu_ratio']:.2f} ({row['ours']['cpu_ms']:.1f} ms)" for row in rows]
            lines.append(f"| {page['title']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _other(found: Mapping[str, Any]) -> list[str]:
    databases = found["databases"]
    lines = [
        f"| What | unit | {' | '.join(DATABASES[name] for name in databases)} | aim |",
        f"|---|---|{'---|' * len(databases)}---|",
    ]
    for key, (what, unit, aim) in AIMS.items():
        values = [told["other"].get(key) for told in databases.values()]
        if any(value is not None for value in values):
            cells = ["" if value is None else f"{value:.2f}" for value in values]
            lines.append(f"| {what} | {unit} | {' | '.join(cells)} | {'' if aim is None else f'below {aim}'} |")
    return lines


def put(path: Path, name: str, text: str) -> None:
    """Write the text between the marks `<!-- name -->` and `<!-- /name -->` of a file."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    old = path.read_text()
    new, count = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n{end}", old, flags=re.DOTALL)
    if not count:
        raise RuntimeError(f"{path} has no place {begin}")
    path.write_text(new)


def plain(table: str) -> str:
    """Return a Markdown table with its columns under each other, for a terminal."""
    done: list[str] = []
    rows: list[list[str]] = []
    for line in [*table.split("\n"), ""]:
        if line.startswith("|"):
            rows += [] if line.startswith("|---") else [[cell.strip() for cell in line.strip("|").split(" | ")]]
            continue
        done += _align(rows)
        rows = []
        done.append(line)
    return "\n".join(done)


def _align(rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
