"""Ed25519 keys, how they are written (Multikey), and the did:web documents that list them."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LONGEST_BASE58 = 128  # decoding takes quadratic time; a signature has 88 characters
ED25519_PUBLIC = b"\xed\x01"  # multicodec ed25519-pub, as a varint
SEED_BYTES = 32
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
DID_WEB = re.compile(r"did:web:([A-Za-z0-9.-]+(?:%3A[0-9]{1,5})?)((?::[A-Za-z0-9._~%-]+)*)")


def new_key() -> Ed25519PrivateKey:
    """Return a new key from the system's randomness."""
    return Ed25519PrivateKey.generate()


def load_key(secret: bytes) -> Ed25519PrivateKey:
    """Read a raw seed of 32 bytes or an unencrypted PEM; raise `ValueError` for anything else."""
    if len(secret) == SEED_BYTES:
        return Ed25519PrivateKey.from_private_bytes(secret)
    try:
        key = load_pem_private_key(secret, password=None)
    except (ValueError, TypeError) as error:  # TypeError: it wants a password
        raise ValueError("a key is a seed of 32 bytes or an unencrypted PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the key in this PEM is not Ed25519")  # noqa: TRY004 one error for all that is wrong
    return key


def key_pem(key: Ed25519PrivateKey) -> bytes:
    """Write a key as PEM (PKCS 8, not encrypted: whoever stores it guards it)."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_multikey(key: Ed25519PublicKey) -> str:
    """Write a public key as `publicKeyMultibase`, "z6Mk..." (W3C Controlled Identifiers, Multikey)."""
    return _multikey_of(key.public_bytes_raw())


@lru_cache(maxsize=64)  # asked of the same few keys for every certificate that is checked
def _multikey_of(raw: bytes) -> str:
    return "z" + write_base58(ED25519_PUBLIC + raw)


def read_multikey(text: str) -> Ed25519PublicKey:
    """Return the key that `write_multikey` wrote; raise `ValueError` for anything else."""
    raw = read_base58(text.removeprefix("z")) if text.startswith("z") else b""
    if not raw.startswith(ED25519_PUBLIC) or len(raw) != len(ED25519_PUBLIC) + SEED_BYTES:
        raise ValueError("not an Ed25519 Multikey")
    return Ed25519PublicKey.from_public_bytes(raw.removeprefix(ED25519_PUBLIC))


def did_web(host: str, *path: str) -> str:
    """Return the did:web of a host, with its port if it has one, and a path: `did:web:host:p:slug`.

    Raise `ValueError` for what is no host (upper case and a scheme included) or an empty part of the path.
    """
    if not HOST.fullmatch(host):
        raise ValueError(f"{host!r} is not a host")
    if not all(path):
        raise ValueError("a part of the path is empty")
    return ":".join(["did:web", host.replace(":", "%3A"), *(quote(part, safe="") for part in path)])


def did_url(did: str) -> str:
    """Return where a did:web is published, `did.json` included; raise `ValueError` for another kind of DID."""
    match = DID_WEB.fullmatch(did)
    if not match:
        raise ValueError(f"{did!r} is not a did:web")
    host, path = unquote(match[1]), match[2].replace(":", "/")
    return f"https://{host}{path or '/.well-known'}/did.json"


def key_id(did: str, key: Ed25519PublicKey) -> str:
    """Return the full DID URL by which a proof names its key: the fragment is the key itself."""
    return f"{did}#{write_multikey(key)}"


def did_document(did: str, keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """Return the document that vouches for the given keys, the one in use first.

    Retired keys stay in the list, or every certificate they signed fails; a compromised key is left out, and
    then they do. Verifiers ignore dates on a key, so there are none.
    """
    ids = [key_id(did, key) for key in keys]
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": [
            {"id": name, "type": "Multikey", "controller": did, "publicKeyMultibase": write_multikey(key)}
            for name, key in zip(ids, keys, strict=True)
        ],
        "assertionMethod": ids,  # texts, full URLs: 1EdTech's validator reads nothing else
    }


def keys_of(document: Mapping[str, Any]) -> dict[str, Ed25519PublicKey]:
    """Return the keys a DID document lists for assertions, by their ids; raise `ValueError` where it is not sound.

    Sound means: each key is listed in both places, is controlled by the document's own DID, and has itself as
    the fragment of its id.
    """
    try:
        did, methods, asserted = document["id"], document["verificationMethod"], document["assertionMethod"]
        keys = {method["id"]: read_multikey(method["publicKeyMultibase"]) for method in methods}
        own = all(method["type"] == "Multikey" and method["controller"] == did for method in methods)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a DID document of ours") from error
    if not own or sorted(keys) != sorted(asserted):
        raise ValueError("this DID document lists a key that is not its own")
    if any(name != key_id(did, key) for name, key in keys.items()):
        raise ValueError("this DID document names a key by another key")
    return keys


def write_base58(data: bytes) -> str:
    """Write bytes in Bitcoin's base58 (draft-msporny-base58-03), without a multibase prefix."""
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return BASE58[0] * zeros + digits


def read_base58(text: str) -> bytes:
    """Return what `write_base58` wrote; raise `ValueError` for a foreign character or more than 128 of them."""
    if len(text) > LONGEST_BASE58:
        raise ValueError(f"base58 of more than {LONGEST_BASE58} characters")
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)  # raises ValueError
    zeros = len(text) - len(text.lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
