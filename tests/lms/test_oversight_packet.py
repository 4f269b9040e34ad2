"""The audit packet: what is in it, that it is the same every time, and its signature."""

import base64
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pymupdf
import pytest
from cryptography.exceptions import InvalidSignature

from certificates.__main__ import main
from certificates.keys import keys_of, new_key
from certificates.packet import SIGNED_AS, check_packet
from certificates.stamp import bare_of, put_stamp
from lms.awards.anew import sign_anew
from lms.awards.commands import revoke_award
from lms.awards.document import open_shelf
from lms.awards.keys import Struck
from lms.files import Shelf
from lms.oversight.commands import ask_packet
from lms.oversight.packet import Tools, make_packet, renew_packets
from lms.people.models import License
from lms.worker import Errand, carry_batch, carry_packet


class NoSeek(io.BytesIO):
    """A file that is only written forward."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def tools(make, settings):
    return Tools(Shelf(settings.media_url), open_shelf(settings.data_dir, settings.font_dirs), make.seal)


@pytest.fixture
def pack(session, tools, now):
    """Make a packet and return its row and its files."""

    def go(user, held, days=YEAR):
        packet = ask_packet(session, user.id, held.id, *days, now=now)
        list(make_packet(session, tools, packet.id, now=now + timedelta(minutes=1)))
        with tools.shelf.open(packet.sha256) as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            return packet, {name: archive.read(name) for name in archive.namelist()}

    return go


@pytest.fixture
def learned(session, make, now):
    """Somebody with a certificate that stands and one that was revoked."""
    user = make.user(name="Ada <b>Lovelace</b>")
    held = make.license(user)
    kept, revoked = make.award(user), make.award(user)
    revoke_award(session, revoked, reason="misconduct", note="x", by=user.id, seal=make.seal, now=now)
    return user, held, kept, revoked


def test_a_packet_holds_what_a_board_asks_for(pack, learned):
    user, held, kept, revoked = learned
    packet, files = pack(user, held)
    edition = kept.completion.enrollment.edition
    course = f"courses/{edition.module.slug}-edition-1.html"
    assert {f"certificates/{kept.code}.pdf", f"credentials/{revoked.code}.json", course, "cover.csv"} < set(files)
    assert files[f"certificates/{kept.code}.pdf"].startswith(b"%PDF")
    assert files[f"credentials/{kept.code}.json"] == kept.credential.encode()
    assert (packet.certificates, packet.problem, packet.done, packet.total) == (2, "", 3, 3)
    sheet = files[course].decode()
    for words in (
        "Describe the thing number 1.",
        "Doctor author",
        "DEMO-0001",
        "1 January 2026 to 31 December 2027",
        "6000",
    ):
        assert words in sheet, words
    cover = files["cover.html"].decode()
    assert "Ada &lt;b&gt;Lovelace" in cover
    assert "<b>" not in cover
    assert held.number in cover
    assert "Revoked" in cover
    for link in re.findall('href="([^"]+)"', cover):
        assert link in files
    assert files["cover.csv"].decode("utf-8-sig").count("\n") >= 3


def test_a_number_typed_into_a_profile_opens_nobody_elses_certificates(session, make, pack, learned):
    _, held, kept, _ = learned
    other = make.user()
    typed = License(
        user_id=other.id, jurisdiction=held.jurisdiction, profession=held.profession, credential=held.credential,
        number=f"{held.number}/",
    )  # fmt: skip
    session.add(typed)
    session.flush()
    packet, files = pack(other, typed)
    assert packet.certificates == 0
    assert not [name for name in files if kept.code in name]


def test_hours_of_a_revoked_certificate_do_not_count(pack, learned):
    user, held, *_ = learned
    cover = pack(user, held)[1]["cover.html"].decode()
    assert "<td>All topics</td><td>DEMO</td><td>1 demo hour</td>" in cover


def test_the_manifest_names_every_file_and_is_signed(make, pack, learned):
    user, held, _, revoked = learned
    _, files = pack(user, held)
    manifest = json.loads(files["manifest.json"])
    inside = set(files) - {"manifest.json", "manifest.sig.json", "cover.pdf"}
    assert manifest["files"] == {name: hashlib.sha256(files[name]).hexdigest() for name in inside}
    assert manifest["certificates"][revoked.code]["state"] == "revoked"
    proof = json.loads(files["manifest.sig.json"])
    signature = base64.b64decode(proof["signature"])
    key = make.seal.key.public_key()
    key.verify(signature, SIGNED_AS + files["manifest.json"])
    with pytest.raises(InvalidSignature):
        key.verify(signature, SIGNED_AS + files["manifest.json"].replace(b"revoked", b"valid"))
    assert proof["key"] == make.seal.method("")


def test_the_same_packet_is_the_same_bytes(pack, learned):
    user, held, *_ = learned
    assert pack(user, held)[0].sha256 == pack(user, held)[0].sha256


def test_an_empty_period_says_so(pack, learned):
    user, held, *_ = learned
    packet, files = pack(user, held, (date(2020, 1, 1), date(2020, 12, 31)))
    assert packet.certificates == 0
    assert "No certificate" in files["cover.html"].decode()


def test_progress_moves_and_a_made_packet_stays(session, tools, learned, now):
    user, held, *_ = learned
    packet = ask_packet(session, user.id, held.id, *YEAR, now=now)
    assert list(make_packet(session, tools, packet.id, now=now)) == [0, 1, 2, 3]
    made = (packet.made_at, packet.sha256)
    assert list(make_packet(session, tools, packet.id, now=now + timedelta(days=1))) == []
    assert (packet.made_at, packet.sha256) == made
    assert list(make_packet(session, tools, 10**6, now=now)) == []


def test_what_cannot_be_printed_is_said_and_the_rest_is_there(monkeypatch, pack, learned):
    user, held, kept, _ = learned

    def broken(*_, **__):
        raise ValueError("no font has it")

    monkeypatch.setattr("lms.oversight.packet.forms.draw", broken)
    packet, files = pack(user, held)
    assert "no font has it" in packet.problem
    assert f"credentials/{kept.code}.json" in files


def test_statements_do_not_grow_with_the_certificates(session, make, tools, statements, now):
    counts = []
    for many in (1, 4):
        user = make.user()
        held = make.license(user)
        for _ in range(many):
            make.award(user)
        packet = ask_packet(session, user.id, held.id, *YEAR, now=now)
        session.expire_all()
        statements.clear()
        list(make_packet(session, tools, packet.id, now=now))
        counts.append(sum(statement.startswith("SELECT") for statement in statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("carry", [carry_batch, carry_packet])
def test_a_worker_finds_nothing_to_do_for_what_is_gone(engine, settings, now, carry):
    errand = Errand(1, "x", {"batch_id": 10**6, "packet_id": 10**6}, now, 1)
    assert carry(engine, settings, errand, now) == []


@pytest.fixture
def checked(tmp_path, make, capsys):
    """Check a packet as anybody would, with nothing but the issuer's did.json; return exit code and words."""

    def go(files):
        (tmp_path / "packet.zip").write_bytes(repack(files))
        (tmp_path / "did.json").write_text(json.dumps(make.seal.did_document()))
        code = main(["verify", str(tmp_path / "packet.zip"), "--keys", str(tmp_path / "did.json")])
        return code, capsys.readouterr().out

    return go


def repack(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_anybody_can_check_a_packet_without_us(pack, learned, checked):
    user, held, kept, _ = learned
    _, files = pack(user, held)
    code, words = checked(files)
    assert (code, words.split(":")[0]) == (0, "GENUINE"), words
    assert "2 certificates" in words
    pdf, name = f"certificates/{kept.code}.pdf", "courses/x.html"
    manifest = files["manifest.json"].replace(b"revoked", b"valid")
    other_cover = put_stamp(bare_of(files["cover.pdf"]), new_key())
    for change, told in (
        ({pdf: files[pdf][:-9] + b"x" + files[pdf][-8:]}, "changed in this packet"),
        ({name: b"<p>20 hours</p>"}, "added in this packet"),
        ({pdf: None}, "missing in this packet"),
        ({"manifest.json": manifest}, "does not belong to this manifest"),
        ({"cover.pdf": other_cover}, "cover sheet is not the one"),
        ({"manifest.sig.json": files["manifest.sig.json"].replace(b"z6Mk", b"z6Mx")}, "not signed with a key"),
    ):
        changed = {key: content for key, content in {**files, **change}.items() if content is not None}
        code, words = checked(changed)
        assert (code, told in words) == (3 if "z6Mx" in str(change) else 1, True), words


def test_the_cover_of_another_packet_is_noticed(pack, learned, checked):
    user, held, *_ = learned
    files, other = pack(user, held)[1], pack(user, held, (date(2020, 1, 1), date(2020, 12, 31)))[1]
    code, words = checked({**files, "cover.pdf": other["cover.pdf"]})
    assert (code, "belongs to another packet" in words) == (1, True), words


def test_what_is_no_packet_or_hostile_ends_in_words(checked, tmp_path):
    bomb = {"manifest.json": b"{}", "manifest.sig.json": b"{}"}
    assert checked({"a.txt": b"x"})[0] == 3
    code, words = checked(bomb)
    assert (code, "not that of an audit packet" in words) == (3, True)
    nested = {"manifest.json": b'{"files": {}, "certificates": {"x": 1}}', "manifest.sig.json": b'{"key": 1}'}
    assert checked(nested)[0] == 3
    assert check_packet(b"PK\x03\x04 and nothing", {}).result.value == "unreadable"
    assert check_packet(repack(nested), {}).result.value == "cannot_check"
    # programs that unpack from the front would find what stands before the listed files
    hidden = repack({"certificates/other.pdf": b"%PDF-"}).partition(b"PK\1\2")[0]
    assert "does not list" in check_packet(hidden + repack(nested), {}).sentence
    streamed = NoSeek()  # sizes stand behind each file then
    with zipfile.ZipFile(streamed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in nested.items():
            archive.writestr(name, content)
    assert check_packet(streamed.getvalue(), {}).result.value == "cannot_check"


def test_the_cover_sheet_says_what_a_board_asks_first(pack, learned):
    user, held, kept, _ = learned
    _, files = pack(user, held)
    with pymupdf.open(stream=files["cover.pdf"]) as document:
        text = " ".join("".join(page.get_text() for page in document).split())
        attached = document.embfile_get("manifest.json")
    title = kept.completion.enrollment.edition.title
    for words in (user.name, held.number, "California", title, "1 demo hour", "DEMO-0001", "Revoked", "All topics"):
        assert words in text, words
    assert hashlib.sha256(files["manifest.json"]).hexdigest() in text
    assert attached == files["manifest.json"]
    assert b"pdfuaid" in files["cover.pdf"]
    assert kept.code not in text  # a reader of files would take the sheet for the certificate


def test_packets_that_a_struck_key_signed_are_put_together_anew(session, make, pack, learned, tools, now):
    user, held, *_ = learned
    packet, _ = pack(user, held)
    assert renew_packets(session, tools.shelf, make.seal, now=now) == 0
    key = new_key()
    seal = replace(make.seal, key=key, listed=(key.public_key(),), struck=(Struck(make.seal.key.public_key(), now),))
    assert renew_packets(session, tools.shelf, seal, now=now) == 1
    assert renew_packets(session, tools.shelf, seal, now=now) == 0
    assert packet.made_at is None
    list(sign_anew(session, seal, clock=lambda: now + timedelta(hours=1)))
    list(make_packet(session, replace(tools, seal=seal), packet.id, now=now + timedelta(hours=2)))
    with tools.shelf.open(packet.sha256) as file:
        report = check_packet(file.read(), keys_of(seal.did_document()))
    assert report.result.value == "identical", report
