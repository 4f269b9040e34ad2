"""The canonical statements of a document of ours, written without JSON-LD: the second opinion on what is signed.

PyLD reads the contexts and writes what a signature covers; this file knows beforehand what the terms of our documents
mean and writes the same in a tenth of the time. `proof.sign` lets each check the other: what they write differently is
not issued. `lms/static/proof.js` is the same for browsers. What stands in no table here is refused, never guessed.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from certificates.contexts import CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS

XSD = "http://www.w3.org/2001/XMLSchema#"
BADGE_XSD = "https://www.w3.org/2001/XMLSchema#"  # as Open Badges writes it
SECURITY = "https://w3id.org/security#"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
BADGE = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCHEMA = "https://schema.org/"
CREDENTIALS = "https://www.w3.org/2018/credentials#"
STATUS = "https://www.w3.org/ns/credentials/status#"

CONTEXTS = ([CREDENTIALS_V2], [CREDENTIALS_V2, OPEN_BADGES, OPEN_BADGES_EXTENSIONS])
WORDS = {
    CREDENTIALS: "credentialSchema credentialStatus credentialSubject evidence issuer validFrom validUntil",
    STATUS: "encodedList statusListCredential statusListIndex statusPurpose",
    SCHEMA: (
        "description email genre name streetAddress targetDescription targetFramework targetName targetUrl url value"
    ),
    BADGE: (
        "achievement achievementType activityEndDate address alignment awardedDate creditsAvailable creditsEarned "
        "hashed humanCode identifier identifierType identityHash identityType narrative official otherIdentifier phone "
        "result resultDescription resultType targetCode targetType valueMax version"
    ),
}
KINDS = {
    CREDENTIALS: "VerifiableCredential",
    STATUS: "BitstringStatusList BitstringStatusListCredential BitstringStatusListEntry",
    BADGE: (
        "Achievement AchievementSubject Address Evidence IdentifierEntry IdentityObject OpenBadgeCredential Profile "
        "Result ResultDescription"
    ),
}


def _spread(table: Mapping[str, str]) -> dict[str, str]:
    return {name: f"<{base}{name}>" for base, names in table.items() for name in names.split()}


TERMS = {**_spread(WORDS), "criteria": f"<{BADGE}Criteria>", "tag": f"<{SCHEMA}keywords>"}
TYPES = {
    **_spread(KINDS),
    "Alignment": f"<{SCHEMA}AlignmentObject>",
    "1EdTechJsonSchemaValidator2019": (
        "<https://purl.imsglobal.org/spec/vccs/v1p0/context.json#1EdTechJsonSchemaValidator2019>"
    ),
}
DATATYPES = {
    "activityEndDate": f"{BADGE_XSD}date",
    "awardedDate": "xsd:dateTime",  # so it stands in that context
    "creditsAvailable": f"{BADGE_XSD}float",
    "creditsEarned": f"{BADGE_XSD}float",
    "encodedList": f"{SECURITY}multibase",
    "hashed": f"{BADGE_XSD}boolean",
    "resultDescription": f"{BADGE_XSD}anyURI",
    "targetUrl": f"{BADGE_XSD}anyURI",
    "url": f"{BADGE_XSD}anyURI",
    "validFrom": f"{XSD}dateTime",
    "validUntil": f"{XSD}dateTime",
}
ADDRESSES = frozenset({"issuer", "statusListCredential"})
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Node = str | int
"""An address between angle brackets, or the number of a node that has none."""


def write_statements(document: Mapping[str, Any]) -> bytes:
    """Return the N-Quads of an unsigned document of ours in the order of RDFC-1.0.

    Raise `ValueError` for a document that is built otherwise: other contexts, a term or a type of no table, a node
    without an address below another one, which the short way to canonical names used here could not tell apart.
    """
    if document.get("@context") not in CONTEXTS:
        raise ValueError("the contexts are not those of our documents")
    told = list(_tell(document, _address(document.get("id")), iter(range(1, 1_000_000))))
    about: dict[Node, list[str]] = {}
    for subject, term, value in told:
        for node in {subject, value}:
            if isinstance(node, int):
                about.setdefault(node, []).append(_line(subject, term, value, {node: "_:a"}))
    hashes = {
        node: hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()  # RDFC-1.0 4.6: the hash of first degree
        for node, lines in about.items()
    }
    alike: dict[str, int] = {}
    for hash_ in hashes.values():
        alike[hash_] = alike.get(hash_, 0) + 1
    # Those that look alike come last, and which of them is which makes no difference: they say the same.
    ordered = sorted(hashes, key=lambda node: (alike[hashes[node]] > 1, hashes[node]))
    names = {node: f"_:c14n{at}" for at, node in enumerate(ordered)}
    return "".join(sorted({_line(*statement, names) for statement in told})).encode()


def write_proof_statements(proof: Mapping[str, str]) -> bytes:
    """Return the N-Quads of a proof's own terms (vc-di-eddsa 3.2.5), in the order of RDFC-1.0."""
    terms = (
        f"<http://purl.org/dc/terms/created> {_quoted(proof['created'])}^^<{XSD}dateTime>",
        f"{RDF_TYPE} <{SECURITY}DataIntegrityProof>",
        f"<{SECURITY}cryptosuite> {_quoted(proof['cryptosuite'])}^^<{SECURITY}cryptosuiteString>",
        f"<{SECURITY}proofPurpose> <{SECURITY}assertionMethod>",
        f"<{SECURITY}verificationMethod> {_address(proof['verificationMethod'])}",
    )
    return "".join(f"_:c14n0 {term} .\n" for term in terms).encode()


def _tell(node: Mapping[str, Any], subject: Node, numbers: Iterator[int]) -> Iterator[tuple[Node, str, Node]]:
    """Yield what an object says as subject, predicate and object."""
    for term, value in node.items():
        if term in ("id", "@context"):
            continue
        if term != "type" and term not in TERMS:
            raise ValueError(f"the table knows no term {term!r}")
        for item in value if isinstance(value, list) else (value,):
            if term == "type":
                if item not in TYPES:
                    raise ValueError(f"the table knows no type {item!r}")
                yield subject, RDF_TYPE, TYPES[item]
            elif isinstance(item, dict):
                inner: Node = _address(item["id"]) if "id" in item else next(numbers)
                if isinstance(subject, int) and isinstance(inner, int):
                    raise ValueError("a thing without an address below another one")
                yield subject, TERMS[term], inner
                yield from _tell(item, inner, numbers)
            else:
                yield subject, TERMS[term], _address(item) if term in ADDRESSES else _literal(term, item)


def _line(subject: Node, term: str, value: Node, names: Mapping[Node, str]) -> str:
    return f"{names.get(subject, subject)} {term} {names.get(value, value)} .\n"


def _address(text: Any) -> str:
    if not isinstance(text, str) or not ABSOLUTE.fullmatch(text):
        raise ValueError(f"{text!r} is not an absolute address")
    return f"<{text}>"


def _literal(term: str, value: Any) -> str:
    if isinstance(value, bool):
        value = json.dumps(value)
    elif isinstance(value, int | float):
        value = _number(value)
    elif not isinstance(value, str):
        raise ValueError(f"{value!r} is no text, number or truth")  # noqa: TRY004 - a document, not an argument
    datatype = DATATYPES.get(term)
    return f"{_quoted(value)}^^<{datatype}>" if datatype else _quoted(value)


def _number(value: float) -> str:
    """Return a number as RDF writes it (JSON-LD 1.1 API, 8.6): `2`, or `1.5E0` where it is no whole one."""
    if float(value).is_integer():
        return str(int(value))
    digits, _, power = f"{value:.15e}".partition("e")
    whole, _, rest = digits.partition(".")
    return f"{whole}.{rest.rstrip('0') or '0'}E{int(power)}"


def _quoted(text: str) -> str:
    return f'"{text.translate(ESCAPES)}"'
