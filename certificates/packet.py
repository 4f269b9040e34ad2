"""Is this audit packet what was put together? Its signature, its files and their credentials, checked offline.

What may never enter: whether a certificate stands today. The packet says how each stood when it was made.
"""

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates import proof
from certificates.carriers import read_file, read_json
from certificates.keys import key_id
from certificates.sandbox import Unreadable
from certificates.stamp import has_stamp
from certificates.verify import Check, Report, Result

SIGNED_AS = b"credence-manifest/1\n"
MANIFEST, SIGNATURE, COVER = "manifest.json", "manifest.sig.json", "cover.pdf"
MOST_FILES = 5_000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_BYTES = 200 * 1024 * 1024
MOST_LISTED = 4 * 1024 * 1024
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Packet:
    manifest: bytes
    listed: Mapping[str, Any]
    signature: Mapping[str, Any]
    files: Mapping[str, bytes]


def is_packet(content: bytes) -> bool:
    """Say whether a file is a ZIP with a manifest in it."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {MANIFEST, SIGNATURE} <= set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def sign_manifest(manifest: bytes, key: Ed25519PrivateKey, method: str) -> bytes:
    """Return `manifest.sig.json`: the signature over a manifest, with the id of the key."""
    return json.dumps(
        {
            "algorithm": "Ed25519",
            "key": method,
            "sha256": hashlib.sha256(manifest).hexdigest(),
            "signature": base64.b64encode(key.sign(SIGNED_AS + manifest)).decode(),
            "signed": "credence-manifest/1, a line feed, and the bytes of manifest.json",
        },
        indent=2,
        sort_keys=True,
    ).encode()


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of these files; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def check_packet(content: bytes, keys: Mapping[str, Ed25519PublicKey]) -> Report:
    """Say whether a packet is what the holder of one of these keys put together; it never raises.

    `keys` are by id, as the `did.json` of the installation lists them. The certificates in it are signed by its
    providers, with the same keys.
    """
    try:
        packet = _open(content)
    except Unreadable as error:
        return Report(Result.UNREADABLE, str(error))
    signed = _check_signature(packet, keys)
    checks = (signed, *_check_files(packet), *_check_cover(packet, keys), *_check_credentials(packet, keys))
    if signed.passed is None:
        return Report(Result.CANNOT_CHECK, f"It cannot be said who made this packet: {signed.words}", checks=checks)
    bad = next((check for check in checks if check.passed is False), None)
    if bad is signed and signed.name == "stranger":
        return Report(Result.NOT_OURS, signed.words, checks=checks)
    if bad:
        return Report(Result.ALTERED, f"ALTERED: {bad.words}", checks=checks)
    listed = packet.listed
    many = len(listed["certificates"])
    return Report(
        Result.IDENTICAL,
        f"GENUINE: this is what was put together on {str(listed.get('made', ''))[:10]} for "
        f"{listed.get('holder', '')}: {many} certificate{'' if many == 1 else 's'}. Whether each still stands says "
        "its own page.",
        standing="valid",
        checks=checks,
    )


def _open(content: bytes) -> _Packet:
    try:
        files = dict(_unpack(content))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("This archive is damaged: it could not be unpacked.") from None
    if not {MANIFEST, SIGNATURE} <= files.keys():
        raise Unreadable("This archive is no audit packet: it has no signed manifest.")
    manifest = files.pop(MANIFEST)
    listed = read_json(manifest, MOST_LISTED)
    hashes, certificates = listed.get("files"), listed.get("certificates")
    if not isinstance(hashes, dict) or not isinstance(certificates, dict):
        raise Unreadable("The manifest of this archive is not that of an audit packet.")
    return _Packet(manifest, listed, read_json(files.pop(SIGNATURE)), files)


def _unpack(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        if len(infos) > MOST_FILES or len(set(names)) != len(names):
            raise Unreadable("This archive has too many files for an audit packet, or one of them twice.")
        if not _is_all_listed(content, infos, archive.start_dir):
            raise Unreadable(
                "This archive has something in it that it does not list, so programs unpack it differently."
            )
        left = MOST_UNPACKED
        for info in infos:
            with archive.open(info) as file:
                parts = []
                while part := file.read(BLOCK):  # not what the archive says of itself: what comes out
                    left -= len(part)
                    if left < 0:
                        raise Unreadable("This archive unpacks to far more than an audit packet.")
                    parts.append(part)
            yield info.filename, b"".join(parts)


def _is_all_listed(content: bytes, infos: list[zipfile.ZipInfo], end: int) -> bool:
    """Whether nothing stands between the files: programs that read an archive from its front would find that too."""
    at = 0
    spare: tuple[int, ...] = (0,)
    for info in sorted(infos, key=lambda info: info.header_offset):
        head = content[info.header_offset : info.header_offset + 30]
        packed = int.from_bytes(head[18:22], "little")
        follows = bool(info.flag_bits & 8)  # its size stands behind it
        if info.header_offset - at not in spare or (packed != info.compress_size and not (follows and not packed)):
            return False
        names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        at = info.header_offset + 30 + names + info.compress_size
        spare = (12, 16, 20, 24) if follows else (0,)
    return end - at in spare


def _check_signature(packet: _Packet, keys: Mapping[str, Ed25519PublicKey]) -> Check:
    if not keys:
        return Check("signature", None, "there are no keys of the issuer to check it with; name its did.json.")
    name = packet.signature.get("key")
    if not isinstance(name, str) or name not in keys:
        return Check("stranger", False, "This packet is not signed with a key that the issuer lists today.")
    try:
        signature = base64.b64decode(str(packet.signature.get("signature")), validate=True)
        keys[name].verify(signature, SIGNED_AS + packet.manifest)
    except (binascii.Error, ValueError, InvalidSignature):
        return Check("signature", False, "the signature does not belong to this manifest.")
    return Check("signature", True, "The manifest is signed by the issuer.")


def _check_files(packet: _Packet) -> Iterator[Check]:
    listed = packet.listed["files"]
    there = {name: hashlib.sha256(content).hexdigest() for name, content in packet.files.items() if name != COVER}
    wrong = sorted(name for name in listed.keys() & there.keys() if listed[name] != there[name])
    for words, names in (
        ("changed", wrong),
        ("missing", sorted(listed.keys() - there.keys())),
        ("added", sorted(there.keys() - listed.keys())),
    ):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield Check("files", False, f"{words} in this packet: {names[0]}{more}.")
            return
    yield Check("files", True, f"All {len(listed)} files are those of the manifest.")


def _check_cover(packet: _Packet, keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Check]:
    cover = packet.files.get(COVER)
    if cover is None:
        return
    if not keys or has_stamp(cover, keys.values()) is False:
        yield Check("cover", False if keys else None, "the cover sheet is not the one that was put in.")
        return
    try:
        said = re.sub(r"\s", "", read_file(cover).text)
    except Unreadable as error:
        yield Check("cover", None, str(error))
        return
    own = hashlib.sha256(packet.manifest).hexdigest()
    words = "The cover sheet names this manifest." if own in said else "the cover sheet belongs to another packet."
    yield Check("cover", own in said, words)


def _check_credentials(packet: _Packet, keys: Mapping[str, Ed25519PublicKey]) -> Iterator[Check]:
    """Check each signed credential: the providers are issuers of their own, with the keys of the installation."""
    good = 0
    for code, row in sorted(packet.listed["certificates"].items()):
        content = packet.files.get(f"credentials/{code}.json", b"")
        try:
            document = read_json(content)
            issuer = str(document["issuer"]["id"])
            expected = row["credential_sha256"]
            own = {key_id(issuer, key): key for key in keys.values()}
            genuine = proof.verify(document, own, expected) is proof.Verdict.GENUINE
        except (Unreadable, KeyError, TypeError):
            genuine = False
        if not genuine and keys:
            yield Check("credentials", False, f"the credential of certificate {code} is not one of the issuer.")
            return
        good += genuine
    if keys:
        yield Check("credentials", True, f"All {good} credentials are signed by their providers.")


def signer_of(content: bytes) -> str:
    """Return the id of the key that a packet says signed it; raise `Unreadable` for what is none."""
    return str(_open(content).signature.get("key", ""))
