"""The stamp on a file that was handed out: known again by its own bytes, whatever draws certificates today.

A design or the typesetter may change, and then nothing drawn today equals a file of years ago. The stamp is an Ed25519
signature over all other bytes of the file, in a place where readers of that format look for nothing.
"""

import base64
import re
import zlib
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.keys import write_multikey

SIGNED_AS = b"credence-stamp/1\n"
NAME = b"credence-stamp/1"
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
WORDS = rb"(z[1-9A-HJ-NP-Za-km-z]{40,60}) ([A-Za-z0-9+/]{86}==)"
# only where a stamp is put, at the very end: one that stands elsewhere is a part of the file like any other
PDF = re.compile(rb"%" + NAME + rb" " + WORDS + rb"\n(?=startxref\s+\d+\s+%%EOF\s*\Z)")
PNG = re.compile(
    rb"\x00\x00\x00.tEXt" + NAME + rb"\x00" + WORDS + rb".{4}(?=" + re.escape(PNG_END) + rb"\Z)", re.DOTALL
)
SVG = re.compile(rb"<!--" + NAME + rb" " + WORDS + rb"-->(?=</svg>\s*\Z)")
PLACES = {b"%PDF-": PDF, b"\x89PNG": PNG, b"<": SVG}
TAIL = 1024


def put_stamp(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return a PDF, PNG or SVG with the stamp of this key; the same file and key give the same bytes.

    Raise `ValueError` for what is none of them, or has a stamp already.
    """
    bare, name, _ = _take(content)
    if name or not any(content.startswith(head) for head in PLACES):
        raise ValueError("a stamp goes on a PDF, a PNG or an SVG, and only once")
    words = f"{write_multikey(key.public_key())} {base64.b64encode(key.sign(SIGNED_AS + bare)).decode()}".encode()
    if content.startswith(b"%PDF-"):
        # a comment after the cross-reference table: no offset in the file changes
        return _insert(content, content.rindex(b"startxref"), b"%" + NAME + b" " + words + b"\n")
    if content.startswith(b"\x89PNG"):
        body = b"tEXt" + NAME + b"\0" + words
        chunk = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        return _insert(content, content.rindex(PNG_END), chunk)
    return _insert(content, content.rindex(b"</svg>"), b"<!--" + NAME + b" " + words + b"-->")


def bare_of(content: bytes) -> bytes:
    """Return the file without its stamp, as it was drawn."""
    return _take(content)[0]


def has_stamp(content: bytes, keys: Iterable[Ed25519PublicKey]) -> bool:
    """Say whether the file bears a stamp of one of these keys, so that it is one that was handed out, byte for byte."""
    bare, name, signature = _take(content)
    for key in keys:
        if name == write_multikey(key).encode():
            try:
                key.verify(base64.b64decode(signature), SIGNED_AS + bare)
            except InvalidSignature:
                return False
            return True
    return False


def _take(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the file without its stamp, the key's name and the signature; both empty without one."""
    place = next((place for head, place in PLACES.items() if content.startswith(head)), None)
    found = place.search(content, max(0, len(content) - TAIL)) if place else None
    if found is None:
        return content, b"", b""
    bare = content[: found.start()] + content[found.end() :]
    return bare, found[1], found[2]


def _insert(content: bytes, at: int, words: bytes) -> bytes:
    return content[:at] + words + content[at:]
