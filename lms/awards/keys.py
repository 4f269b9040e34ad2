"""The installation's keys: kept in one private file of the data folder, rotated by a command, never in the database."""

import base64
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certificates.keys import did_document, did_web, key_id, key_pem, load_key, new_key, write_multikey
from certificates.log import Vkey

FILE = "keys.json"
LOCK = "keys.lock"


@dataclass(frozen=True, slots=True)
class Struck:
    """A key that fell into other hands: nothing it signed after `since` says by itself who made it."""

    key: Ed25519PublicKey
    since: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """What certificates are issued with: where people reach us, the key in use, all keys that vouch, the log's key.

    `listed` holds public keys, the one in use first; a retired key stays in it, a compromised one stands in `struck`.
    `blind` is the secret by which license numbers are indexed; `retired` are keys that sign nothing new.
    Under `former` hosts certificates were issued before we moved. Where `names_lists`, the log's head was once signed
    as it is today, so a head that is not is none of ours.
    """

    public_url: str
    key: Ed25519PrivateKey
    listed: tuple[Ed25519PublicKey, ...]
    log_key: Ed25519PrivateKey
    blind: bytes
    struck: tuple[Struck, ...] = ()
    retired: tuple[Ed25519PrivateKey, ...] = ()
    former: tuple[str, ...] = ()
    names_lists: bool = False

    @property
    def host(self) -> str:
        """The host with its port, as DIDs and the log name it."""
        return self.public_url.split("://", 1)[1]

    def did(self, provider_slug: str = "") -> str:
        """Return the DID of a provider, or of the installation itself."""
        return did_web(self.host, "p", provider_slug) if provider_slug else did_web(self.host)

    def dids(self, provider_slug: str) -> tuple[str, ...]:
        """Return the DID of a provider, and those it had under former hosts."""
        return (self.did(provider_slug), *(did_web(host, "p", provider_slug) for host in self.former))

    def did_document(self, provider_slug: str = "") -> dict[str, Any]:
        """Return the document that vouches for the listed keys."""
        return did_document(self.did(provider_slug), self.listed)

    def method(self, provider_slug: str) -> str:
        """Return the id of the key in use, as a proof of that provider names it."""
        return key_id(self.did(provider_slug), self.key.public_key())

    def vouches_for(self, method: str) -> bool:
        """Say whether a key that a certificate names is still listed."""
        return method.partition("#")[2] in {write_multikey(key) for key in self.listed}

    def stamp_key(self, method: str) -> Ed25519PrivateKey:
        """Return the key that stamps files of a certificate: the one it names, so that they stay the same bytes.

        Where that one is not at hand any more, the key in use.
        """
        multikey = method.partition("#")[2]
        return next((key for key in self.retired if write_multikey(key.public_key()) == multikey), self.key)

    def struck_since(self, method: str) -> datetime | None:
        """Return from when on a key that a certificate names was in other hands; none for any other key."""
        multikey = method.partition("#")[2]
        return next((row.since for row in self.struck if write_multikey(row.key) == multikey), None)

    def methods(self, provider_slug: str, keys: Iterable[Ed25519PublicKey]) -> dict[str, Ed25519PublicKey]:
        """Return keys by the ids under which proofs of that provider name them, former hosts included."""
        dids = self.dids(provider_slug)
        return {key_id(did, key): key for key in keys for did in dids}

    @property
    def vkey(self) -> Vkey:
        """The key that verifies the log's checkpoints."""
        return self.vkeys[0]

    @property
    def vkeys(self) -> tuple[Vkey, ...]:
        """The same key, also under the names that the log had on former hosts."""
        public = self.log_key.public_key().public_bytes_raw()
        return tuple(Vkey(f"{host}/log", public) for host in (self.host, *self.former))


def fresh_seal(public_url: str) -> Seal:
    """Return a seal with new keys that is written nowhere."""
    key = new_key()
    return Seal(public_url, key, (key.public_key(),), new_key(), secrets.token_bytes(32))


def open_seal(folder: Path, public_url: str) -> Seal:
    """Return the installation's seal; on first use its keys are made, readable by their owner alone.

    Raises `ValueError` for a file that was damaged: without its keys nothing may be issued.
    """
    ring = _read(folder) if (folder / FILE).exists() else _begin(folder)
    try:
        struck = tuple(
            Struck(
                load_key(row["pem"].encode()).public_key(),
                datetime.fromisoformat(row.get("since") or row["compromised"]),
            )
            for row in ring["keys"]
            if row["compromised"]
        )
        keys = [row for row in ring["keys"] if not row["compromised"]]
        own = [load_key(row["pem"].encode()) for row in keys]
        active = next(key for key, row in zip(own, keys, strict=True) if not row["retired"])
        listed = sorted((key.public_key() for key in own), key=lambda key: key != active.public_key())
        log_key = load_key(ring["log"].encode())
        blind = base64.b64decode(ring["blind"])
        retired = tuple(key for key in own if key is not active)
        former = tuple(str(host) for host in ring.get("former", ()))
        names_lists = bool(ring.get("names_lists"))
        return Seal(public_url, active, tuple(listed), log_key, blind, struck, retired, former, names_lists)
    except (KeyError, TypeError, StopIteration, ValueError) as error:
        raise ValueError(f"{folder / FILE} is damaged; restore it from a backup") from error


def listed_keys(seal: Seal) -> list[str]:
    """Return the Multikeys that vouch, the one in use first."""
    return [write_multikey(key) for key in seal.listed]


def note_former_host(folder: Path, host: str) -> None:
    """Write down that certificates were issued under another host, and that this is known; twice is once."""
    with _changing(folder) as ring:
        ring["former"] = sorted({*ring.get("former", ()), host})


def note_signed_head(folder: Path) -> None:
    """Write down that the head of the log is signed as it is today, so that no other one is ever adopted again.

    In the key file: whoever has the database could wipe the head's signature, and we would sign whatever is under it.
    """
    with _changing(folder) as ring:
        ring["names_lists"] = True


def rotate_key(folder: Path, *, now: datetime) -> str:
    """Begin to sign with a new key and return its Multikey; the old one stays listed, so old certificates verify."""
    key = new_key()
    with _changing(folder) as ring:
        for row in ring["keys"]:
            row["retired"] = row["retired"] or now.isoformat()
        ring["keys"].append(_row(key))
    return write_multikey(key.public_key())


def compromise_key(folder: Path, name: str, *, since: datetime, now: datetime) -> str:
    """Strike a key from the documents that vouch; verifiers elsewhere refuse everything it signed from now on.

    `name` is a Multikey or the id of a key in a DID document; `since` is when the key may have fallen into other hands
    first, and asking again may only make it earlier. When it was the key in use, a new one is made. Returns the
    Multikey in use afterwards; raises `ValueError` for a key that is not ours and for a moment to come.
    """
    if since > now:
        raise ValueError("the day the key fell into other hands is yet to come")
    multikey = name.rpartition("#")[2]
    with _changing(folder) as ring:
        rows = [row for row in ring["keys"] if _multikey(row) == multikey]
        if not rows:
            raise ValueError("there is no such key")
        known = rows[0].get("since") or rows[0]["compromised"]
        rows[0]["since"] = min(since, datetime.fromisoformat(known) if known else since).isoformat()
        rows[0]["compromised"] = rows[0]["compromised"] or now.isoformat()
        rows[0]["retired"] = rows[0]["retired"] or now.isoformat()
        if all(row["retired"] for row in ring["keys"]):
            ring["keys"].append(_row(new_key()))
        return _multikey(next(row for row in ring["keys"] if not row["retired"]))


def _multikey(row: Mapping[str, str]) -> str:
    return write_multikey(load_key(row["pem"].encode()).public_key())


def _row(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"pem": key_pem(key).decode(), "retired": "", "compromised": ""}


@contextmanager
def _changing(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the keys to change and write them down, one command after the other: a key that is lost signs no more."""
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring = _read(folder)
        yield ring
        _write(folder, ring)


def _read(folder: Path) -> dict[str, Any]:
    try:
        ring = dict(json.loads((folder / FILE).read_text()))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{folder / FILE} is damaged; restore it from a backup") from error
    return ring


def _begin(folder: Path) -> dict[str, Any]:
    ring = {
        "keys": [_row(new_key())],
        "log": key_pem(new_key()).decode(),
        "blind": base64.b64encode(secrets.token_bytes(32)).decode(),
        "names_lists": True,
    }
    try:
        _write(folder, ring, new=True)
    except FileExistsError:  # another process was faster: then its keys count
        return _read(folder)
    return ring


def _write(folder: Path, ring: dict[str, Any], *, new: bool = False) -> None:
    """Write the file whole or not at all."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="keys.")  # mkstemp makes it 0600
    with os.fdopen(descriptor, "w") as file:
        json.dump(ring, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        if new:
            os.link(name, folder / FILE)
        else:
            Path(name).replace(folder / FILE)
    finally:
        Path(name).unlink(missing_ok=True)
