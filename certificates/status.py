"""The revocation list: Bitstring Status List v1.0, writing it, signing it, reading one entry."""

import base64
import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.contexts import CREDENTIALS_V2
from certificates.proof import Verdict, sign, verify, write_moment

LENGTH = 131_072  # the least the standard allows: one certificate among many says nothing about itself
BYTES = LENGTH // 8
MAX_ENCODED = 64 * 1024  # a list of random bits has 22 KiB
VALID = timedelta(days=14)
PURPOSE = "revocation"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Which bit of which list a certificate looks at; raise `ValueError` for an index outside of the list."""

    list_url: str
    index: int

    def __post_init__(self) -> None:
        _check_index(self.index)

    def to_json(self) -> dict[str, Any]:
        """Return the `credentialStatus` of a credential."""
        return {
            "id": f"{self.list_url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": PURPOSE,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }


@dataclass(frozen=True, slots=True)
class StatusList:
    """131,072 bits, none of which is ever cleared: a revocation is for good."""

    bits: bytes = bytes(BYTES)

    def __post_init__(self) -> None:
        if len(self.bits) != BYTES:
            raise ValueError(f"a status list has {BYTES} bytes")

    def revoke(self, index: int) -> Self:
        """Return the list with this bit set; asking twice changes nothing more."""
        _check_index(index)
        changed = bytearray(self.bits)
        changed[index // 8] |= 128 >> index % 8  # index 0 is the leftmost bit
        return type(self)(bytes(changed))

    def is_revoked(self, index: int) -> bool:
        """Say whether this bit is set."""
        _check_index(index)
        return bool(self.bits[index // 8] & 128 >> index % 8)

    def encode(self) -> str:
        """Return the `encodedList`: gzip, then multibase base64url; equal lists give equal texts."""
        packed = gzip.compress(self.bits, compresslevel=6, mtime=0)
        return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Return what `encode` wrote; raise `ValueError` for anything else, a zip bomb included."""
        if not text.startswith("u") or len(text) > MAX_ENCODED:
            raise ValueError("not an encoded status list")
        try:
            packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
            unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            bits = unpacker.decompress(packed, BYTES + 1)
        except (ValueError, zlib.error) as error:
            raise ValueError("not an encoded status list") from error
        if len(bits) != BYTES or not unpacker.eof or unpacker.unused_data:
            raise ValueError(f"a status list has {BYTES} bytes")
        return cls(bits)


def sign_status_list(
    statuses: StatusList, list_url: str, key: Ed25519PrivateKey, verification_method: str, now: datetime
) -> dict[str, Any]:
    """Return the signed list to serve at `list_url`, valid from now for 14 days.

    Its issuer is the DID of the verification method, which must be the issuer of every certificate that looks
    at it: verifiers refuse a list by somebody else.
    """
    unsigned = {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": verification_method.partition("#")[0],
        "validFrom": write_moment(now),
        "validUntil": write_moment(now + VALID),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,  # one text: 1EdTech's validator compares it as one
            "encodedList": statuses.encode(),
        },
    }
    return sign(unsigned, key, verification_method, now)


def is_revoked(
    document: Mapping[str, Any],
    entry: StatusEntry,
    issuer: str,
    keys: Mapping[str, Ed25519PublicKey],
    now: datetime,
) -> bool:
    """Read one entry of a signed list.

    Raise `ValueError` when that list cannot be relied on: not genuine, another's, of another address or
    purpose, not yet valid or run out. "Cannot tell" is never "not revoked".
    """
    if verify(document, keys) is not Verdict.GENUINE:
        raise ValueError("the status list is not genuine")
    subject = document.get("credentialSubject")
    try:
        told = (document["id"], document["issuer"], subject["type"], subject["statusPurpose"])  # type: ignore[index]
        since, until = (datetime.fromisoformat(document[name]) for name in ("validFrom", "validUntil"))
        encoded = str(subject["encodedList"])  # type: ignore[index]
    except (KeyError, TypeError) as error:
        raise ValueError("this is not a status list") from error
    if told != (entry.list_url, issuer, "BitstringStatusList", PURPOSE):
        raise ValueError("this is not the status list of the certificate")
    if not since <= now < until:
        raise ValueError(f"the status list is valid from {document['validFrom']} to {document['validUntil']}")
    return StatusList.decode(encoded).is_revoked(entry.index)


def _check_index(index: int) -> None:
    if not 0 <= index < LENGTH:
        raise ValueError(f"an index is from 0 to {LENGTH - 1}")
