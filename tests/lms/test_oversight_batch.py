"""Lists of codes: what is read, what is answered, what comes back harmless, and hostile files."""

import contextlib
import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text

from certificates import log as tree
from lms.awards.commands import revoke_award
from lms.awards.document import group_code, new_code
from lms.awards.head import read_head
from lms.awards.log import Prover, append_entry, check_entry
from lms.awards.models import Award, LogNode
from lms.awards.standing import standing_of
from lms.errors import Invalid
from lms.files import Shelf
from lms.oversight.batch import (
    CHUNK,
    MOST_BYTES,
    MOST_LINES,
    WORDS,
    Line,
    cells_of,
    check_batch,
    harmless,
    read_pasted,
    read_upload,
    to_csv,
    to_xlsx,
)
from lms.oversight.commands import begin_batch
from lms.oversight.models import Batch, Look
from tests.lms.test_awards import TAMPERING
from tests.make import SEAL

CODE = "7" + "K" * 25


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(str(tmp_path / "shelf"))


@pytest.fixture
def board(make):
    return make.board()


@pytest.fixture
def check(session, make, board, shelf, now):
    """Check these lines and return the finished batch."""

    def go(*lines, **by):
        batch = begin_batch(session, board, lines, "", by=make.user(**by).id, now=now)
        for _ in check_batch(session, shelf, make.seal, batch.id, now=now + timedelta(minutes=1)):
            pass
        return batch

    return go


def table_of(shelf, batch):
    with shelf.open(batch.csv_sha256) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"))))


# ---- Reading


def test_pasted_codes_are_parted_by_lines_and_commas():
    assert read_pasted(f"{CODE}\r\n\n {group_code(CODE)} , x;y\tz") == [CODE, group_code(CODE), "x", "y", "z"]


@pytest.mark.parametrize(
    "content",
    [
        f"Name,Certificate code\nAda,{CODE}\nBob,nonsense\n".encode(),
        f"\ufeffName;Certificate code\r\nAda;{CODE}\r\nBob;nonsense\r\n".encode(),
        f"Name\tCertificate code\nAda\t{CODE}\nBob\tnonsense\n".encode("utf-16"),
        workbook(["Name", "Certificate code"], ["Ada", CODE], [None, None], ["Bob", "nonsense"]),
    ],
)
def test_files_give_the_code_of_each_row(content):
    lines = read_upload(content)
    assert [line for line in lines if line] == [CODE, "Bob"]
    assert lines[:2] == ["", CODE]  # the heading is row 1


def test_a_row_has_the_number_it_has_in_the_file(session, make, shelf, check):
    csv_rows = f"Code\n{CODE}\n\nnonsense\n{CODE}\n\n\n"
    for lines in (
        read_upload(csv_rows.encode()),
        read_upload(workbook(["Code"], [CODE], [None], ["nonsense"], [CODE])),
        read_pasted(csv_rows.replace("Code", "")),
    ):
        batch = check(*lines)
        rows = table_of(shelf, batch)
        assert (batch.total, batch.done) == (3, 3)
        assert [row["Line"] for row in rows] == ["2", "4", "5"]
        assert rows[2]["Note"].startswith("The same code as in line 2.")
    assert read_pasted(f"{CODE}, x\n\ny") == [CODE, "x", "y"]


def test_rows_without_a_code_have_an_end_too():
    for read in (read_pasted, lambda text: read_upload(text.encode())):
        with pytest.raises(Invalid, match="goes on for more than"):
            read("\n" * 20_001 + "x")


def test_an_old_windows_file_is_read_too():
    assert read_upload("é,é".encode("cp1252")) == ["é"]


def test_a_first_row_that_is_a_code_is_no_heading():
    assert read_upload(f"{CODE}\n".encode()) == [CODE]


@pytest.mark.parametrize("read", [read_pasted, lambda text: read_upload(text.encode())])
def test_too_many_and_none_are_refused(read):
    with pytest.raises(Invalid):
        read("x\n" * (MOST_LINES + 1))
    with pytest.raises(Invalid):
        read(" \n")
    assert len(read("x\n" * MOST_LINES)) == MOST_LINES


BOMB = archive(**{"xl/worksheets/sheet1.xml": b"0" * (60 * 1024 * 1024)})
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
GOOD = workbook(["Code"], [CODE])


def with_part(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as read, zipfile.ZipFile(out, "w") as made:
        for info in read.infolist():
            made.writestr(info.filename, content if info.filename == name else read.read(info.filename))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (MOST_BYTES + 1),
        b"PK\x03\x04 and nothing",
        BOMB,
        archive(**{f"part{number}": b"" for number in range(201)}),
        archive(hello=b"no workbook"),
        with_part("xl/worksheets/sheet1.xml", ENTITIES),
        with_part("xl/worksheets/sheet1.xml", ENTITIES.decode().encode("utf-16")),
        with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"),
        with_part("xl/workbook.xml", b"<workbook/>"),
        with_part("xl/_rels/workbook.xml.rels", b"\0\1\2"),
        GOOD[: len(GOOD) // 2],
        workbook(*([None],) * 19_999, ["x"], *([None],) * 20),
    ],
    ids=range(12),
)
def test_hostile_files_end_in_a_plain_message(content):
    with pytest.raises(Invalid) as refused:
        read_upload(content)
    assert set(refused.value.problems) == {"file"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe"]), st.integers(0, len(GOOD)))
def test_no_bytes_break_the_reader(noise, head, at):
    for content in (head + noise, GOOD[:at] + noise + GOOD[at + len(noise) :]):
        with contextlib.suppress(Invalid):
            assert all(isinstance(line, str) for line in read_upload(content))


# ---- Checking


def test_each_line_is_answered_in_its_order(session, make, shelf, check, board, now):
    user = make.user(name="=HYPERLINK(1)")
    make.license(user, number="LMFT9")
    good, revoked, damaged = make.award(user), make.award(user), make.award(user)
    revoke_award(session, revoked, reason="misconduct", note="x", by=user.id, seal=make.seal, now=now)
    other = session.execute(insert(Award).values(copy_of(damaged, code=CODE))).inserted_primary_key
    batch = check(good.code, "=cmd|' /C calc'!A0", revoked.code.lower(), "0" * 26, group_code(good.code), CODE)
    rows = table_of(shelf, batch)
    assert [row["State"] for row in rows] == ["Valid", "Not a code", "Revoked", "Not found", "Valid", "Cannot check"]
    assert rows[0]["Name"] == "'=HYPERLINK(1)"
    assert (rows[0]["Hours"], rows[0]["Licenses"]) == ("1 demo hour (DEMO)", "US-CA LMFT9")
    assert rows[0]["Completed"] == good.completion.completed_on.isoformat()
    assert rows[1]["Input"] == "'=cmd|' /C calc'!A0"
    assert "misconduct" in rows[2]["Note"]
    assert rows[4]["Note"].startswith("The same code as in line 1.")
    assert batch.counts == {"valid": 2, "unreadable": 1, "revoked": 1, "not_found": 1, "cannot_check": 1}
    assert [line["line"] for line in batch.noted] == [2, 3, 4, 6]
    looks = session.execute(select(Look.award_id, Look.about_id).where(Look.board_id == board.id)).all()
    assert sorted(looks) == sorted((key, user.id) for key in (good.id, revoked.id, other[0]))


def test_a_revocation_is_dated_in_the_zone_of_who_asks(session, make, check, shelf):
    award = make.award()
    night = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
    revoke_award(session, award, reason="misconduct", note="x", by=make.user().id, seal=make.seal, now=night)
    (row,) = table_of(shelf, check(award.code, time_zone="America/Los_Angeles"))
    assert row["Note"] == "Revoked on 28 February 2026, 19:30 PST: misconduct"


@pytest.mark.parametrize(("table", "change", "words"), TAMPERING)
def test_a_batch_is_as_hard_to_fool_as_the_verify_page(session, make, check, shelf, table, change, words):
    award, other = make.award(), make.award()
    codes = award.code, other.code
    if session.get_bind().dialect.name == "sqlite":
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        for (name,) in session.execute(text(triggers), {"table": table}).all():
            session.execute(text(f"DROP TRIGGER {name}"))
        zeros = "zeroblob(32)"
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        zeros = f"'\\x{bytes(32).hex()}'"
    where = {"awards": f"id = {award.id}", "log_entries": f'"index" = {award.log_index}'}.get(table, "true")
    done = change.format(zeros="0" * 64, code=CODE, bytes=zeros)
    session.execute(text(f"UPDATE {table} SET {done} WHERE {where}"))
    session.expire_all()
    rows = table_of(shelf, check(CODE if "code =" in change else codes[0]))
    assert rows[0]["State"] == standing_word(session, make, rows[0]["Code"]) == "Cannot check"


def standing_word(session, make, code):
    return WORDS[standing_of(session, code, make.seal).state]


def copy_of(award, **changes):
    """A row like that award's with a place of its own."""
    row = {column.key: getattr(award, column.key) for column in Award.__table__.columns if column.key != "id"}
    return row | {"credential_sha256": changes["code"].ljust(64, "0"), "log_index": 10**6, "status_index": 1, **changes}


def test_nothing_of_a_workbook_is_a_formula():
    line = Line(1, "=1+1", "", "unreadable", name="\t@SUM(A1)", note="-x")
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([cells_of(line)]))).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert [cell.value for cell in sheet[2]][:2] == [1, "'=1+1"]
    assert b"'=1+1" in to_csv([cells_of(line)])


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "|x", "%x"])
def test_what_could_begin_a_formula_is_made_harmless(text):
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
@pytest.mark.parametrize("before", [";", "; ", "\t"])
def test_what_follows_a_separator_begins_no_formula_either(before, sign):
    assert f"{before}{sign}" not in harmless(f"Maya{before}{sign}cmd|'/c calc'!A0;x")


def test_what_is_harmless_stays():
    assert harmless("Ada O’Neill 1-2=3") == "Ada O’Neill 1-2=3"


def test_progress_moves_by_parts_and_statements_do_not_grow(session, make, shelf, board, statements, now):
    lines = [new_code() for _ in range(CHUNK * 3)]
    batch = begin_batch(session, board, lines, "list.csv", by=make.user().id, now=now)
    statements.clear()
    seen = [(done, batch.done) for done in check_batch(session, shelf, make.seal, batch.id, now=now)]
    assert seen == [(500, 500), (1000, 1000), (1500, 1500), (1500, 1500)]
    assert sum(statement.startswith("SELECT") and "FROM awards" in statement for statement in statements) == 3
    assert batch.finished_at == now
    assert len(batch.noted) == 100


def test_a_finished_batch_is_not_checked_again(session, make, shelf, check, now):
    user = make.user()
    batch = check(make.award(user).code)
    looks = session.scalar(select(func.count(Look.id)))
    assert list(check_batch(session, shelf, make.seal, batch.id, now=now)) == []
    assert list(check_batch(session, shelf, make.seal, 10**6, now=now)) == []
    assert session.scalar(select(func.count(Look.id))) == looks


def test_a_worker_that_dies_leaves_no_look_and_starts_over(session, make, shelf, board, now):
    award = make.award(make.user())
    batch = begin_batch(session, board, [award.code] * (CHUNK + 1), "", by=make.user().id, now=now)
    half = check_batch(session, shelf, make.seal, batch.id, now=now)
    next(half)
    half.close()
    assert session.scalar(select(func.count(Look.id)).where(Look.board_id == board.id)) == 0
    assert list(check_batch(session, shelf, make.seal, batch.id, now=now))[-1] == CHUNK + 1
    assert session.get_one(Batch, batch.id).counts == {"valid": CHUNK + 1}


def test_an_empty_batch_is_refused(session, make, board, now):
    with pytest.raises(Invalid):
        begin_batch(session, board, [], "", by=make.user().id, now=now)


@pytest.mark.parametrize("size", [1, 2, 7, 8, 13])
def test_many_entries_are_proven_as_one_is(session, now, size):
    leaves = []
    for number in range(size):
        entry = tree.Entry("issue", f"{number:064x}", now)
        append_entry(session, SEAL, entry)
        leaves.append(tree.write_entry(entry).decode())
    prover = Prover(session, SEAL)
    with pytest.raises(ValueError, match="nothing"):
        prover.check(0, leaves[0])
    prover.read(range(size))
    for index, leaf in enumerate(leaves):
        prover.check(index, leaf)
        check_entry(session, read_head(session, SEAL), index, leaf)
        for ask in (prover.check, partial(check_entry, session, read_head(session, SEAL))):
            with pytest.raises(ValueError, match="changed"):
                ask(index, leaf + "x")
            with pytest.raises(ValueError, match="reach"):
                ask(size, leaf)
    append_entry(session, SEAL, tree.Entry("issue", "f" * 64, now))
    prover.read([size, 0, 10**9])
    prover.check(0, leaves[0])
    for place in session.execute(select(LogNode.level, LogNode.index)).all():
        damaged = Prover(session, SEAL)
        damaged.read(range(size))
        if tuple(place) in damaged._nodes:
            damaged._nodes[tuple(place)] = bytes(32)
            with pytest.raises(ValueError, match="changed"):
                [damaged.check(index, leaf) for index, leaf in enumerate(leaves)]
