"""Checking thousands of codes at once: reading what was uploaded, asking in few statements, writing the answer.

What is uploaded is hostile until read: its size, its rows and what it unpacks to are bounded before anything parses it.
"""

import csv
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload

from lms.accreditation.credit import hours_text
from lms.awards import document
from lms.awards.keys import Seal
from lms.awards.log import Prover
from lms.awards.models import Award, Completion
from lms.awards.standing import Looked, standings_of
from lms.errors import Invalid
from lms.files import Shelf
from lms.learning.models import Enrollment
from lms.oversight.models import Batch, Look
from lms.terms import REVOCATION_REASONS

MOST_LINES = 10_000
MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 48 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS_READ = 20_000
"""A list may have empty rows between its codes, but not without end."""
LONGEST_LINE = 200
CHUNK = 500
NOTED = 100
"""How many lines that are not valid the page shows; the files have them all."""

TOO_LONG = f"The list goes on for more than {MOST_ROWS_READ:,} rows. Send only the codes."
UNREADABLE_SHEET = "This is not an XLSX file we can read. Save it anew from your spreadsheet, or as CSV."
TITLE_WORDS = ("code", "certificate", "credential", "number")
# What a spreadsheet takes for the beginning of a formula, the full-width signs included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")
SEPARATED = re.compile(r"([;\t]\s*)([=+@＝＋＠－-])")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the result. `state` is a standing, or `unreadable` for what cannot be a code; hours are exact text."""

    line: int
    input: str
    code: str
    state: str
    name: str = ""
    title: str = ""
    hours: str = ""
    completed: str = ""
    licenses: str = ""
    note: str = ""


COLUMNS = tuple(field.name for field in fields(Line))

WORDS = {
    "valid": "Valid",
    "revoked": "Revoked",
    "replaced": "Replaced",
    "not_found": "Not found",
    "unreadable": "Not a code",
    "cannot_check": "Cannot check",
}


# ---- Reading


def read_pasted(text: str) -> list[str]:
    """Return the lines of a pasted list: one code each, by line, comma, semicolon or tab; raises `Invalid`.

    Where no line has two codes, an empty one keeps its place, so that a line has the number it is seen at.
    """
    for sign in (",", ";", "\t"):
        text = text.replace(sign, ",")
    rows = text.splitlines()
    if len(rows) > MOST_ROWS_READ:
        raise Invalid(codes=TOO_LONG)
    lines = [[part.strip() for part in row.split(",") if part.strip()] for row in rows]
    if any(len(parts) > 1 for parts in lines):
        return _bounded((part for parts in lines for part in parts), "codes")
    return _bounded((parts[0] if parts else "" for parts in lines), "codes")


def read_upload(content: bytes) -> list[str]:
    """Return the code of each row of a CSV or XLSX file, told apart by their content; raises `Invalid`.

    A row's code is its first cell that reads as one, otherwise its first cell. A heading and an empty row are empty
    texts: they keep their place, so that a row has the number it has in a spreadsheet.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(file=f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Send only the column of codes.")
    rows = _sheet_rows(content) if content[:2] == b"PK" else _csv_rows(content)
    return _bounded(_codes_of(rows), "file")


def _bounded(lines: Iterable[str], field: str) -> list[str]:
    found: list[str] = []
    codes = last = 0
    for number, line in enumerate(lines, 1):
        if number > MOST_ROWS_READ:
            raise Invalid(**{field: TOO_LONG})
        found.append(line[:LONGEST_LINE])
        if not line:
            continue
        codes, last = codes + 1, number
        if codes > MOST_LINES:
            raise Invalid(**{field: f"At most {MOST_LINES:,} codes at once. Split the list."})
    if not codes:
        raise Invalid(**{field: "There is no code in it."})
    return found[:last]


def _codes_of(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    first = True
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells:
            yield ""
            continue
        code = next((cell for cell in cells if _is_code(cell)), None)
        heading = first and code is None and any(word in cell.casefold() for cell in cells for word in TITLE_WORDS)
        first = False
        yield "" if heading else code or cells[0]


def _is_code(text: str) -> bool:
    try:
        document.read_code(text[:LONGEST_LINE])
    except ValueError:
        return False
    return True


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    text = _decode(content)
    head = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Invalid(file="This file cannot be read as CSV. Save it anew, with one code in each row.") from error


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace").replace("\0", "")
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").replace("\0", "")


def _sheet_rows(content: bytes) -> Iterator[list[str]]:
    """Read the first sheet's rows one by one, after the archive was found harmless."""
    from openpyxl import load_workbook  # noqa: PLC0415 - 26 MB, which a web server needs for an upload alone

    _refuse_bombs(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        if not book.worksheets:
            raise Invalid(file=UNREADABLE_SHEET)
        for row in book.worksheets[0].iter_rows(max_col=50, values_only=True):
            yield ["" if cell is None else str(cell)[:LONGEST_LINE] for cell in row]
    except _BROKEN_SHEET as error:
        raise Invalid(file=UNREADABLE_SHEET) from error


# What openpyxl lets through from a file that is no good workbook; SyntaxError is what both XML parsers raise.
_BROKEN_SHEET = (
    zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, TypeError, LookupError,
    AttributeError, ArithmeticError, OSError, EOFError, RuntimeError, AssertionError,
)  # fmt: skip


def _refuse_bombs(content: bytes) -> None:
    """Unpack every part to nowhere, counting: what unpacks to too much, or declares entities, is refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise Invalid(file=UNREADABLE_SHEET)
            left = MOST_UNPACKED
            for part in archive.infolist():
                with archive.open(part) as stream:
                    tail = b""
                    while piece := stream.read(65536):
                        left -= len(piece)
                        if left < 0:
                            raise Invalid(file="This file unpacks to too much. Send only the column of codes.")
                        # UTF-16 has a zero byte between the letters
                        if b"<!DOCTYPE" in (plain := (tail + piece).replace(b"\0", b"")) or b"<!ENTITY" in plain:
                            raise Invalid(file=UNREADABLE_SHEET)
                        tail = piece[-32:]
    except _BROKEN_SHEET as error:
        raise Invalid(file=UNREADABLE_SHEET) from error


# ---- Checking


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result is read: the board's state, and the zone of who handed the list in."""

    jurisdiction: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Memory:
    """What a batch remembers: the line of each code so far, the code of each award found, what it read of the log."""

    seen: dict[str, int]
    looked: dict[int, str]
    log: Prover


def check_batch(session: Session, shelf: Shelf, seal: Seal, batch_id: int, *, now: datetime) -> Iterator[int]:
    """Check a batch, yielding after each part how many lines are done, so that the caller may commit the progress.

    The looks and the result are written with the last part: a worker that dies before it leaves nothing, and
    checking a finished batch again does nothing.
    """
    batch = session.get(Batch, batch_id, options=[joinedload(Batch.board), joinedload(Batch.user)])
    if batch is None or batch.finished_at is not None:
        return
    lines = [(number, line) for number, line in enumerate(batch.lines, 1) if line]
    place = Place(batch.board.jurisdiction, ZoneInfo(batch.user.time_zone))
    results: list[Line] = []
    memory = Memory({}, {}, Prover(session, seal))
    for at in range(0, batch.total, CHUNK):
        part = lines[at : at + CHUNK]
        results += _check_part(session, seal, part, place, memory)
        batch.done = at + len(part)
        session.flush()
        yield batch.done
    _write_looks(session, batch, memory.looked, now)
    batch.counts = dict(Counter(line.state for line in results))
    batch.noted = [asdict(line) for line in results if line.state != "valid"][:NOTED]
    rows = [cells_of(line) for line in results]
    batch.csv_sha256 = shelf.put(to_csv(rows))
    batch.xlsx_sha256 = shelf.put(to_xlsx(rows))
    batch.finished_at = now
    session.flush()
    yield batch.total


def _check_part(
    session: Session,
    seal: Seal,
    lines: Sequence[tuple[int, str]],
    place: Place,
    memory: Memory,
) -> list[Line]:
    """Return the results of some lines, each given with its number."""
    read: list[tuple[str, str]] = []
    for _, line in lines:
        try:
            read.append((document.read_code(line), ""))
        except ValueError as error:
            read.append(("", str(error)))
    found = standings_of(session, {code for code, _ in read if code}, seal, memory.log)
    results = []
    for (number, given), (code, problem) in zip(lines, read, strict=True):
        result = _line(number, given, code, problem, found.get(code), place)
        if code in memory.seen:
            result = replace(result, note=f"The same code as in line {memory.seen[code]}. {result.note}".strip())
        elif code:
            memory.seen[code] = number
        if code in found:
            memory.looked[found[code].award.id] = code
        results.append(result)
    return results


def _line(number: int, given: str, code: str, problem: str, looked: Looked | None, place: Place) -> Line:
    if not code:
        return Line(number, given, "", "unreadable", note=problem)
    if looked is None:
        return Line(number, given, code, "not_found", note="Check the typing. Not found does not mean forged.")
    standing, certificate = looked.standing, looked.standing.certificate
    if certificate is None:
        return Line(number, given, code, "cannot_check", note="Our records of it do not agree. Do not rely on it.")
    note = certificate.notice
    if standing.revoked_at is not None:
        reason = "" if standing.state == "replaced" else f": {REVOCATION_REASONS.get(standing.reason, '').lower()}"
        then = standing.revoked_at.astimezone(place.zone)
        note = f"{WORDS[standing.state]} on {then.day} {then:%B %Y, %H:%M %Z}{reason}"
    # Whoever holds a certificate may keep name and licenses off the public page, but not from their own board.
    ours = any(held.jurisdiction == place.jurisdiction for held in certificate.licenses)
    named = ours or not standing.withheld
    licenses = "; ".join(f"{held.jurisdiction} {held.spoken}" for held in certificate.licenses)
    return Line(
        number,
        given,
        code,
        standing.state,
        name=certificate.holder_name if named else "(withheld)",
        title=certificate.title,
        hours="; ".join(f"{hours_text(row.hours, row.unit)} ({row.accreditor})" for row in certificate.credits),
        completed=certificate.completed_on.isoformat(),
        licenses=licenses if named else "",
        note=note,
    )


def _write_looks(session: Session, batch: Batch, looked: dict[int, str], now: datetime) -> None:
    """Write down every certificate that was found, once, so that its holder sees it."""
    stamp = {"board_id": batch.board_id, "user_id": batch.user_id, "looked_at": now, "kind": "batch"}
    ids = sorted(looked)
    for at in range(0, len(ids), CHUNK):
        holders = session.execute(
            select(Award.id, Enrollment.user_id)
            .join(Completion, Completion.id == Award.completion_id)
            .join(Enrollment, Enrollment.id == Completion.enrollment_id)
            .where(Award.id.in_(ids[at : at + CHUNK]))
        )
        rows = [
            {**stamp, "outcome": "allowed", "asked": looked[award_id], "award_id": award_id, "about_id": user_id}
            for award_id, user_id in holders
        ]
        session.execute(insert(Look), rows)


# ---- Writing


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before what could begin one. Pure."""
    plain = text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
    plain = SEPARATED.sub(r"\1'\2", plain)  # where a semicolon parts the columns, what follows one begins a cell
    return f"'{plain}" if text.startswith(FORMULA) or plain.lstrip().startswith(FORMULA) else plain


def cells_of(line: Line) -> list[Any]:
    """Return a line as both files have it: a number and harmless texts."""
    rest = (line.name, line.title, line.hours, line.completed, line.licenses, line.note)
    return [line.line, harmless(line.input), line.code, WORDS[line.state], *map(harmless, rest)]


def to_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the result as CSV in UTF-8 with the mark that spreadsheets know it by."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.capitalize() for column in COLUMNS])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the result as a workbook of one sheet, every cell a number or a text."""
    from openpyxl import Workbook  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Certificates")
    sheet.append([column.capitalize() for column in COLUMNS])
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
