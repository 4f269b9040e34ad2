"""Whatever is uploaded, by every way there is: an answer in words, soon, and nothing stored by half.

The parsers have tests of their own (`tests/certificates/test_carriers.py`, `tests/lms/test_oversight_batch.py`); here
the same kinds of files take the whole way through the routes, form, command, shelf and database.
"""

import hashlib
import io
import random
import struct
import time
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.modules.models import Media
from lms.oversight.commands import Plan, open_audit
from lms.oversight.models import AnswerFile, Batch, Subject
from tests.lms.web.author.test_media import CAPTIONS

SLOWEST = 25
"""Seconds, on a busy machine; what is bounded ends in 15."""
FIXTURES = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><rect width="9" height="9" fill="#123"/></svg>'


@cache
def picture(kind="PNG", size=(40, 30)):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    return file.getvalue()


@cache
def sheet():
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Code"])
    book.active.append(["9QTT V0C1 WEMX BQ66 D2VB TGQM PN"])
    book.save(file)
    return file.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, body):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@cache
def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b"<a>" * 60_000_000)
    return file.getvalue()


def film(box):
    """A film whose boxes lie in each other so often."""
    inner = b""
    for _ in range(box):
        inner = struct.pack(">I4s", len(inner) + 8, b"moov") + inner
    return struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + inner


HOSTILE = {
    "nothing": b"",
    "a zero": b"\0",
    "a wide picture": png(60_000, 60_000, zlib.compress(b"\0" * 1000)),
    "a picture that unpacks to much": png(8, 8, zlib.compress(b"\0" * 30_000_000)),
    "half a picture": picture()[: len(picture()) // 2],
    "a picture of no size": png(0, 0, b""),
    "a picture that says more than it has": png(5000, 5000, zlib.compress(b"")),
    "a moving picture": b"GIF89a" + b"\xff" * 40,
    "a sheet that unpacks to much": bomb(),
    "half a sheet": sheet()[:-200],
    "deep JSON": b"[" * 200_000,
    "deep JSON, closed": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "a long number": b'{"id": ' + b"9" * 100_000 + b"}",
    "a lone surrogate": b'{"id": "\\ud800", "@context": ["https://www.w3.org/ns/credentials/v2"]}',
    "not a number": b'{"id": NaN}',
    "a deep drawing": SVG.split(b"<rect")[0] + b"<g>" * 20_000 + b"</g>" * 20_000 + b"</svg>",
    "a drawing with entities": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
    "a drawing of no size": SVG.replace(b"40 30", b"NaN inf"),
    "a huge drawing": SVG.replace(b"40 30", b"1e308 1e308"),
    "a film of boxes": film(3000),
    "a film that lies": struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + struct.pack(">I4s", 0xFFFFFFFF, b"moov"),
    "a PDF that goes round": b"%PDF-1.7\n1 0 obj<</Type/Pages/Kids[1 0 R]/Parent 1 0 R>>endobj\ntrailer<</Root 1 0 R>>",
    "captions of nothing": b"WEBVTT\n\n" + b"00:00.000 --> 00:00.000\n" * 3000,
    "captions that run back": b"WEBVTT\n\n99:99:99.999 --> 00:00.000\nx\n",
    "a list of one long line": b"x" * 400_000,
    "a list with a zero": b"code\n9QTT\0V0C1\n\"=cmd|' /C calc'!A0\n",
    "two orders of bytes": b"\xff\xfe\xfe\xff" * 500,
}  # fmt: skip
NAMES = ["chart.png", "../../etc/passwd", "x" * 3000 + ".png", "a\0b.xlsx", "<b>.csv", "\u202egnp.exe", ""]


@pytest.fixture
def way(browser, make, app, settings):
    """Send a file by each way; says what was answered and looks whether something was left behind."""
    draft = make.draft(lessons=1, objectives=1, items=1)
    provider, board = draft.module.provider, make.board()
    film_row = make.media(draft, kind="video", content_type="video/mp4")
    author, member = make.member(provider, "author"), make.board_member(board)
    manager = make.member(provider, "manager")
    workshop = f"/workshop/modules/{draft.module.slug}/media"
    user = make.user()
    number = make.license(user).number
    today = datetime.now(UTC).date()
    plan = Plan("Yearly", today - timedelta(days=365), today, today + timedelta(days=30), [number])
    audit = open_audit(
        make.session, board, plan, by=member.id, public_url="https://credence.example", now=datetime.now(UTC)
    )
    subject_id = make.session.scalars(select(Subject.id).where(Subject.audit_id == audit.id)).one()
    ways = {
        "answer": (user, f"/record/audits/{subject_id}/note", "files"),
        "check": (None, "/verify/file", "file"),
        "batch": (member, f"/board/{board.slug}/batches", "file"),
        "media": (author, workshop, "file"),
        "captions": (author, f"{workshop}/{film_row.id}", "captions"),
        "logo": (manager, f"/workshop/providers/{provider.slug}/look", "logo"),
        "signature": (manager, f"/workshop/providers/{provider.slug}/look", "signature"),
    }
    shelf = Path(settings.media_url)

    def state():
        files = {path.name: path.stat().st_size for path in shelf.rglob("*") if path.is_file()}
        rows = {kind.__name__: make.session.scalars(select(kind.id)).all() for kind in (Media, Batch, AnswerFile)}
        looks = make.session.execute(select(type(provider).logo, type(provider).signature)).all()
        return files, rows, [tuple(row) for row in looks]

    def send(name, content, filename="upload.bin", **data):
        user, url, field = ways[name]
        with browser.client.session_transaction() as cookies:
            cookies.clear()
        if user is not None:
            browser.sign_in(user)
        make.session.expire_all()
        before, begun = state(), time.monotonic()
        # A body of bytes: the test client leaves the large ones that it makes itself open.
        boundary, body = encode_multipart({field: FileStorage(io.BytesIO(content), filename), "text": "Here.", **data})
        answer = browser.post(url, body, content_type=f"multipart/form-data; boundary={boundary}")
        took = time.monotonic() - begun
        make.session.expire_all()
        after = state()
        assert answer.status_code in (200, 303, 400, 413, 422), (name, answer.status_code)
        assert took < SLOWEST, (name, took)
        if answer.status_code in (400, 413, 422):
            assert "<main" in answer.text, "a page for a person"
            assert after == before, f"{name}: something was stored of what was refused"
        for sha256 in set(after[0]) - set(before[0]):
            stored = next(shelf.rglob(sha256)).read_bytes()
            assert hashlib.sha256(stored).hexdigest() == sha256
        return answer

    return send


TAKES_ALL = ("answer", "batch", "media", "captions", "logo", "signature")


def test_a_hostile_file_ends_in_words_by_every_way(way):
    for content in HOSTILE.values():
        for kind in TAKES_ALL:
            way(kind, content)


def test_hostile_files_at_the_public_check_end_in_words(way):
    for name in ("a zero", "a wide picture", "a sheet that unpacks to much", "deep JSON", "a long number",
                 "a lone surrogate", "a PDF that goes round", "a drawing with entities"):  # fmt: skip
        assert way("check", HOSTILE[name]).status_code in (200, 422), name


def test_a_hostile_name_does_nothing(way):
    for filename in NAMES:
        for kind, content in (
            ("media", picture()),
            ("batch", sheet()),
            ("logo", picture()),
            ("captions", CAPTIONS),
            ("answer", picture()),
        ):
            way(kind, content, filename, alt="\U0001f600")


def test_a_zero_in_a_text_is_refused_before_any_database_hears_of_it(way, browser, make):
    assert way("media", picture(), alt="zero \0").status_code == 400
    for url in ("/catalogue?q=a%00b", "/modules/a%00b", "/c/a%00b", "/verify?code=%00", "/catalogue?%00=1"):
        assert browser.get(url).status_code == 400, url
    assert browser.post("/account/login", {"email": "a\0@example.org", "password": "\0"}).status_code == 400


def spoil(content, chance):
    """Change a true file in a few places, or cut it, or put it together with itself."""
    spoiled = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(spoiled) + 1)
        spoiled[at : at + chance.choice((0, 1, 1, 4, 60))] = chance.randbytes(chance.choice((0, 1, 1, 4, 30)))
    if chance.random() < 0.3:
        del spoiled[chance.randrange(len(spoiled) + 1) :]
    return bytes(spoiled) if chance.random() < 0.8 else bytes(spoiled) + content


TRUE = {
    "png": picture(),
    "jpeg": picture("JPEG"),
    "webp": picture("WEBP"),
    "svg": SVG,
    "xlsx": sheet(),
    "csv": b"Code;Name\n9QTTV0C1WEMXBQ66D2VBTGQMPN;Ada\n\"x\ny\";z\n",
    "vtt": CAPTIONS,
    "mp4": film(2),
    "json": b'{"id": "https://x.example/c/9QTTV0C1WEMXBQ66D2VBTGQMPN/credential", "a": [1, {"b": null}]}',
}  # fmt: skip


@given(st.sampled_from(sorted(TRUE)), st.integers(0, 2**32), st.sampled_from(TAKES_ALL))
@settings(FIXTURES, max_examples=60)
def test_a_spoiled_file_ends_in_words(way, kind, seed, by):
    way(by, spoil(TRUE[kind], random.Random(seed)))


@given(st.binary(max_size=600), st.sampled_from(TAKES_ALL))
@settings(FIXTURES, max_examples=30)
def test_any_bytes_end_in_words(way, content, by):
    way(by, content)


@pytest.mark.parametrize("kind", ["pdf", "png", "svg", "json"])
def test_a_spoiled_certificate_is_never_called_identical(way, make, browser, kind):
    """A true file, changed in a few places that matter to it: altered, not ours, unreadable, but never "identical"."""
    user = make.user()
    award = make.award(user)
    whole = browser.sign_in(user).get(f"/record/certificates/{award.code}.{kind}").data
    assert "Identical to what was issued" in way("check", whole).text
    for content in (whole[: len(whole) * 2 // 3], whole.replace(b"Person", b"Parson")):
        assert "Identical to what was issued" not in way("check", content).text or content == whole
    page = way("check", spoil(whole, random.Random(kind))).text
    assert "byte for byte" not in page
