"""Signing a JSON-LD document and checking the signature: W3C Data Integrity, cryptosuite eddsa-rdfc-2022.

What may never enter: a document of unknown origin on its way to the canonicaliser without the bounds below.
"""

import hashlib
import json
import math
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld  # type: ignore[import-untyped]
from pyld.canon import URDNA2015  # type: ignore[import-untyped]

from certificates.contexts import offline_loader
from certificates.keys import read_base58, write_base58
from certificates.statements import write_proof_statements, write_statements

Loader = Callable[[str, object], dict[str, Any]]

CRYPTOSUITE = "eddsa-rdfc-2022"
# Canonicalising takes factorial time in the number of blank nodes that look alike: 7 of them cost 6 seconds, and
# PyLD knows no limit. A certificate has none that look alike, but for the same license named twice.
MAX_ALIKE = 4
MAX_BLANK_NODES = 512
MAX_BYTES = 128 * 1024
MAX_DEPTH = 12
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
NOWHERE = "relative:"  # with no base of ours PyLD invents http://example.org/base/
PLAIN_TERM = re.compile(r"[A-Za-z0-9]+")
PROOF_FIELDS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
# JavaScript and Python escape the other control characters differently in N-Quads
UNSIGNABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_pyld = threading.Lock()  # PyLD's caches break when two threads canonicalise at once


class Verdict(StrEnum):
    """What `verify` found; only `GENUINE` is good news."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown_key"


def sign(
    document: Mapping[str, Any], key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> dict[str, Any]:
    """Return a copy of the document with its proof (an array of one), checked before it is handed over.

    PyLD writes what is signed; what is checked is the copy as it will be stored and read, by statements that are
    written without PyLD. Raise `ValueError` for what must not be signed: a proof already there, another's document,
    a term that no context or no table of ours defines, a relative address, a control character, a number of more
    than two decimals, anything over the bounds of this file.
    """
    if "proof" in document:
        raise ValueError("the document has a proof already")
    if verification_method.partition("#")[0] != issuer_of(document):
        raise ValueError("the key is not one of the document's issuer")
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": write_moment(created),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    proof["proofValue"] = "z" + write_base58(key.sign(_digest(document, proof)))
    signed: dict[str, Any] = json.loads(serialise({**document, "proof": [proof]}))
    if not _signs(signed, key.public_key()):
        raise AssertionError("a document we signed does not verify")
    return signed


def verify(
    document: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey], issued_sha256: str | None = None
) -> Verdict:
    """Say whether a listed key of the document's issuer signed it; `keys` are by id, as `keys_of` gives them.

    Only for documents of our own: give the `jcs_sha256` that was stored or logged when it was issued, and a
    document with another one is ALTERED before anything is canonicalised. Without it the signature speaks
    alone, and that signature does not notice reordered arrays. Foreign JSON may come here only offline, on the
    checker's own machine; the bounds of this file then keep the time to a second, and what exceeds them is
    ALTERED, for we never sign such a thing.
    """
    if issued_sha256 is not None and not _has_sha256(document, issued_sha256):
        return Verdict.ALTERED
    proof = _only_proof(document)
    if proof is None:
        return Verdict.UNSIGNED
    method = proof["verificationMethod"]
    if method not in keys or method.partition("#")[0] != issuer_of(document):
        return Verdict.UNKNOWN_KEY
    try:
        signature = read_base58(proof["proofValue"].removeprefix("z"))
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        keys[method].verify(signature, _digest(unsigned, proof))
    except (ValueError, InvalidSignature):
        return Verdict.ALTERED
    return Verdict.GENUINE


def serialise(document: Mapping[str, Any]) -> bytes:
    """Return the exact bytes to store and to serve: JSON in the canonical form of RFC 8785 (JCS).

    Raise `ValueError` for what has no such form: lone surrogates, NaN, integers beyond 2^53, absurd nesting.
    """
    try:
        return rfc8785.dumps(dict(document))
    except RecursionError as error:
        raise ValueError("the document is nested too deeply") from error


def jcs_sha256(document: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of the bytes of `serialise`: it notices every change, array order included."""
    return hashlib.sha256(serialise(document)).hexdigest()


def write_moment(moment: datetime) -> str:
    """Write a moment in UTC to the second, "2026-11-21T18:00:00Z"; raise `ValueError` without a time zone."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def issuer_of(document: Mapping[str, Any]) -> object:
    """Return the id of the issuer a document names, whatever stands there; `None` without one."""
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _signs(signed: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    """Say whether the proof is this key's over the statements that `certificates.statements` writes."""
    (proof,) = signed["proof"]
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    parts = (write_proof_statements(proof), write_statements(unsigned))
    try:
        key.verify(
            read_base58(proof["proofValue"].removeprefix("z")),
            b"".join(hashlib.sha256(part).digest() for part in parts),
        )
    except InvalidSignature:
        return False
    return True


def _has_sha256(document: Mapping[str, Any], issued: str) -> bool:
    try:
        return jcs_sha256(document) == issued
    except ValueError:
        return False


def _only_proof(document: Mapping[str, Any]) -> dict[str, str] | None:
    proofs = document.get("proof")
    if not isinstance(proofs, list) or len(proofs) != 1 or not isinstance(proofs[0], dict):
        return None
    proof = proofs[0]
    if set(proof) != PROOF_FIELDS or not all(isinstance(value, str) for value in proof.values()):
        return None
    ours = proof["type"] == "DataIntegrityProof" and proof["cryptosuite"] == CRYPTOSUITE
    return proof if ours and proof["proofPurpose"] == "assertionMethod" and proof["proofValue"][:1] == "z" else None


def _digest(document: Mapping[str, Any], proof: Mapping[str, str], loader: Loader = offline_loader) -> bytes:
    # vc-di-eddsa 3.2.4: the hash of the proof's own terms first, read in the document's contexts
    terms = {name: value for name, value in proof.items() if name != "proofValue"}
    _refuse_unsignable(document)
    with _pyld:
        return b"".join(
            hashlib.sha256(_canonical(part, loader)).digest()
            for part in ({"@context": document.get("@context"), **terms}, dict(document))
        )


def _canonical(document: dict[str, Any], loader: Loader) -> bytes:
    """Return the document's N-Quads in the order of RDFC-1.0; the caller holds `_pyld`."""
    try:
        quads = _SafeProcessor(_refuse_undefined).to_rdf(document, {"documentLoader": loader, "base": NOWHERE})
    except jsonld.JsonLdError as error:
        raise ValueError(f"not JSON-LD that we sign: {error.type}") from error
    _refuse_lookalikes(quads)
    return str(URDNA2015().main(quads, {"format": "application/n-quads"})).encode()


class _SafeProcessor(jsonld.JsonLdProcessor):  # type: ignore[misc]
    """PyLD with the safe mode it lacks: it completes relative addresses, JavaScript's verifiers refuse them."""

    def expand(self, input_: Any, options: Any) -> Any:
        expanded = super().expand(input_, options)
        for address in _addresses(expanded):
            if address.startswith(NOWHERE) or not ABSOLUTE.fullmatch(address):
                raise ValueError(f"{address!r} is not an absolute address")
        return expanded


def _refuse_undefined(term: str | None) -> None:
    # PyLD drops what no context defines, silently: the JSON would say more than the signature covers
    raise ValueError(f"no context defines {term!r}")


def _addresses(expanded: Any) -> Iterator[str]:
    if isinstance(expanded, list):
        for item in expanded:
            yield from _addresses(item)
    elif isinstance(expanded, dict):
        for name, value in expanded.items():
            if name in {"@id", "@type"}:
                yield from [value] if isinstance(value, str) else value
            elif name != "@value":
                yield from _addresses(value)


def _refuse_lookalikes(quads: Mapping[str, list[dict[str, Any]]]) -> None:
    """Raise `ValueError` where the canonicaliser would have to try permutations of more than a few nodes."""
    if set(quads) != {"@default"}:
        raise ValueError("a document of ours has one graph")
    seen: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for quad in quads["@default"]:
        for role in ("subject", "object"):
            if quad[role]["type"] == "blank node":
                other = quad["object" if role == "subject" else "subject"]
                known = "_" if other["type"] == "blank node" else repr(sorted(other.items()))
                seen[quad[role]["value"]].append((role, quad["predicate"]["value"], known))
    if len(seen) > MAX_BLANK_NODES:
        raise ValueError(f"more than {MAX_BLANK_NODES} unnamed things in one document")
    alike = Counter(tuple(sorted(facts)) for facts in seen.values())
    if alike and max(alike.values()) > MAX_ALIKE:
        raise ValueError(f"more than {MAX_ALIKE} things in one document look alike")


def _refuse_unsignable(document: Mapping[str, Any]) -> None:
    if any(depth > MAX_DEPTH for depth, _ in _values(document)):
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if len(serialise(document)) > MAX_BYTES:
        raise ValueError(f"longer than {MAX_BYTES} bytes")
    for depth, value in _values(document):
        if isinstance(value, dict) and not all(PLAIN_TERM.fullmatch(name) for name in value.keys() - _contexts(depth)):
            # a fact under its full IRI has the same signature, and readers of JSON would miss it
            raise ValueError("a member whose name is not a plain term")
        if value is None:
            raise ValueError("a member that says nothing")
        if isinstance(value, str) and UNSIGNABLE.search(value):
            raise ValueError("a control character in a text")
        if isinstance(value, float) and not (math.isfinite(value) and round(value, 2) == value):
            raise ValueError(f"{value} has more than two decimals")


def _contexts(depth: int) -> set[str]:
    return set() if depth else {"@context"}


def _values(value: Any) -> Iterator[tuple[int, Any]]:
    """Return every value with its depth, without recursion, and no deeper than just beyond the limit."""
    waiting = [(0, value)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        if depth <= MAX_DEPTH and isinstance(value, dict | list):
            waiting += [(depth + 1, inner) for inner in (value.values() if isinstance(value, dict) else value)]
