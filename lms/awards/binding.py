"""Binding an audit packet: its manifest, the signature, the cover sheet with the manifest's hash, the ZIP."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from certificates.cover import Cover, Line, Sum, draw_cover
from certificates.fonts import FontShelf
from certificates.packet import COVER, MANIFEST, SIGNATURE, pack, sign_manifest, signer_of
from certificates.sandbox import Unreadable
from certificates.stamp import put_stamp
from lms.awards.keys import Seal

__all__ = ["Cover", "Line", "Sum", "bind", "cover_of", "is_vouched", "manifest_of"]


def manifest_of(files: Mapping[str, bytes], heading: Mapping[str, Any]) -> bytes:
    """Return the manifest: the heading, and the SHA-256 of every file."""
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    return json.dumps({**heading, "files": hashes}, indent=2, ensure_ascii=False, sort_keys=True).encode()


def cover_of(cover: Cover, manifest: bytes, seal: Seal, fonts: FontShelf, *, made: datetime) -> bytes:
    """Return the cover sheet for this manifest, stamped; raises `ValueError` for characters that no font has."""
    told = replace(
        cover,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        keys_url=f"{seal.public_url}/.well-known/did.json",
        verify_url=f"{seal.public_url}/verify",
    )
    return put_stamp(draw_cover(told, manifest, fonts, made), seal.key)


def bind(files: Mapping[str, bytes], manifest: bytes, cover: bytes, seal: Seal) -> bytes:
    """Return the ZIP of the files with their signed manifest and, if there is one, the cover sheet."""
    signed = {MANIFEST: manifest, SIGNATURE: sign_manifest(manifest, seal.key, seal.method(""))}
    return pack({**files, **signed, **({COVER: cover} if cover else {})})


def is_vouched(content: bytes, seal: Seal) -> bool:
    """Say whether the key that signed a packet is still listed."""
    try:
        return seal.vouches_for(signer_of(content))
    except Unreadable:
        return False
