"""The OpenAPI 3.1 document: each operation described once, for machines and for the page about the API.

Bounds come from the views that keep them; a test asks every route, every status and every answer whether it is so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.awards.answer import SCHEMA
from lms.terms import REVOCATION_REASONS
from lms.web.api.batch import LONGEST, MOST
from lms.web.api.certificates import LIST
from lms.web.api.revocations import MOST as MOST_SIZE
from lms.web.api.revocations import SCHEMA as REVOCATIONS

JSON = "application/json"
PROBLEM = "application/problem+json"
ATOM = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the address or the query."""

    name: str
    meaning: str
    place: str = "query"
    required: bool = False
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to ask. `answers` gives for each status its meaning, and for each content type its schema by name."""

    method: str
    path: str
    name: str
    title: str
    text: str
    answers: Mapping[int, tuple[str, Mapping[str, str]]]
    parameters: tuple[Parameter, ...] = ()
    scope: str = ""
    """What a token must be made for; empty where no token is needed."""
    body: str = ""


CODE = Parameter(
    "code", "The certificate's code; capitals, spaces and dashes do not matter.", "path", True, {"type": "string"}
)
SINCE = Parameter(
    "since", "Only what was revoked at or after this moment.", schema={"type": "string", "format": "date-time"}
)
SIZE = Parameter(
    "size",
    "Only what was entered after the log had this size: “log_size” of your last answer.",
    schema={"type": "integer", "minimum": 0, "maximum": MOST_SIZE},
)
REFUSED = {PROBLEM: "Problem"}
ALWAYS = {
    400: ("The request cannot be read: the body is not JSON, or a text holds a zero character.", REFUSED),
    429: ("Too many requests; wait a minute.", REFUSED),
}
WRONG = {422: ("A parameter or member cannot be read; “errors” says which.", REFUSED)}
TOKEN = {
    401: ("No token, or one that is no longer good.", REFUSED),
    403: ("The token was not made for this.", REFUSED),
}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get",
        "/api/v1/certificates/{code}",
        "verifyOne",
        "Check one certificate",
        "Says how a certificate stands and everything it says, taken from the signed document. Open to everyone.",
        {
            200: ("It is known; the result says whether it stands.", {JSON: "Answer"}),
            404: ("There is no such certificate.", {JSON: "Answer", PROBLEM: "Problem"}),
            503: ("Nothing can be said at the moment. Treat it as unverified.", {JSON: "Answer"}),
            **ALWAYS,
        },
        (CODE,),
    ),
    Operation(
        "post",
        "/api/v1/verify",
        "verifyMany",
        f"Check up to {MOST} certificates",
        "Answers each code as if it had been asked for alone, in the order given.",
        {
            200: ("One answer for each code.", {JSON: "Answers"}),
            415: ("The body is not sent as application/json.", REFUSED),
            **TOKEN,
            **WRONG,
            **ALWAYS,
        },
        scope="verify",
        body="Codes",
    ),
    Operation(
        "get",
        "/api/v1/certificates",
        "listByLicense",
        "List a licensee's certificates",
        "For licensees of your own board's jurisdiction and professions; any other number is answered with an empty "
        "list. Every request is written down, and the licensee sees it.",
        {200: ("Oldest first.", {JSON: "Answers"}), **TOKEN, **WRONG, **ALWAYS},
        (
            Parameter(
                "number",
                "The full license number; capitals, spaces and punctuation do not matter.",
                required=True,
                schema={"type": "string", "minLength": 1, "maxLength": 40, "pattern": "[A-Za-z0-9]"},
            ),
            Parameter(
                "credential",
                "The license's letters, such as LMFT, where two licenses have the number.",
                schema={"type": "string", "maxLength": 20},
            ),
            Parameter("since", "Completed on this day or later.", schema={"type": "string", "format": "date"}),
        ),
        scope="list",
    ),
    Operation(
        "get",
        "/api/v1/certificates/{code}/bundle",
        "bundle",
        "Everything it takes to check a certificate without us",
        "The signed credential, the issuer's DID document, the status list, and the proof that the log holds it. "
        "By a link that the holder shared, or for the board whose licensee it names (then it is written down).",
        {
            200: ("The bundle.", {JSON: "Bundle"}),
            **TOKEN,
            404: ("There is no such certificate, or it is not open to you.", REFUSED),
            **ALWAYS,
        },
        (CODE, Parameter("k", "The key at the end of a shared link; then no token is needed.")),
        scope="list",
    ),
    Operation(
        "get",
        "/api/v1/revocations",
        "revocations",
        "What was revoked",
        "In the order of the public log, at most 500 at a time. It names nobody: look for the SHA-256 of a code you "
        "hold, written without spaces and in capitals.",
        {200: ("Oldest first; the address in “next” leads to the rest.", {JSON: "Revocations"}), **WRONG, **ALWAYS},
        (SINCE, SIZE),
    ),
    Operation(
        "get",
        "/api/v1/revocations.atom",
        "revocationsFeed",
        "What was revoked, as an Atom feed",
        "The same for a feed reader.",
        {200: ("An Atom feed.", {ATOM: "Text"}), **WRONG, **ALWAYS},
        (SINCE, SIZE),
    ),
)


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def _null_or(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _thing(members: Mapping[str, Any], *, optional: frozenset[str] = frozenset(), text: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "properties": dict(members),
        "required": [name for name in members if name not in optional],
        "additionalProperties": False,
    }
    return made | ({"description": text} if text else {})


def _many(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": dict(schema), **more}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


MOMENT, DAY = _text(format="date-time"), _text(format="date")
SHA256 = _text(pattern="^[0-9a-f]{64}$")
PROVIDER = _thing(
    {name: _text() for name in ("name", "address", "telephone", "email", "website", "signatory")},
)
CREDIT = _thing(
    {
        "accreditor": _text(),
        "unit": _text(),
        "hours": _text(description="Exact, as text."),
        "topics": {"type": "object", "additionalProperties": _text()},
        "also_qualifies": _many(_text()),
        "provider_number": _text(),
        "approved_from": DAY,
        "approved_to": DAY,
        "statement": _text(),
    }
)
WITHHELD = {
    "name": _text(),
    "licenses": _many(_thing({"jurisdiction": _text(), "credential": _text(), "number": _text()})),
    "format": _text(),
    "location": _text(),
    "authors": _many(_text()),
    "credits": _many(CREDIT),
    "replaces_an_earlier_certificate": {"type": "boolean"},
}
CERTIFICATE = _thing(
    {
        "code": _text(),
        "activity": _text(),
        "activity_code": _text(),
        "edition": {"type": "integer"},
        "completed": DAY,
        "time_zone": _text(),
        "issued": MOMENT,
        "notice": _text(),
        "provider": PROVIDER,
        **WITHHELD,
    },
    optional=frozenset(WITHHELD),
    text="What is printed on the certificate. With disclosure match the holder keeps name, licenses and credits "
    "back: compare them on the certificate's page.",
)
PROOF = _thing(
    {
        "credential_sha256": SHA256,
        "key": _text(),
        "log_index": {"type": "integer"},
        "signed_anew_at": _null_or(MOMENT),
        "key_struck": {"type": "boolean"},
    },
    text="The document that vouches today. It was signed anew where the key before it fell into other hands; with "
    "key_struck that is still to come, and the log vouches meanwhile.",
)
ANSWER = _thing(
    {
        "schema": {"const": SCHEMA},
        "checked_at": MOMENT,
        "result": {"enum": ["valid", "revoked", "replaced", "unknown", "cannot_check"]},
        "hint": _text(description="Why this cannot be a code; else empty."),
        "disclosure": {"enum": ["full", "match"]},
        "certificate": _null_or(_ref("Certificate")),
        "revocation": _null_or(_thing({"at": MOMENT, "reason": {"enum": list(REVOCATION_REASONS)}})),
        "proof": _null_or(PROOF),
        "urls": _thing({"page": _null_or(_text()), "log_checkpoint": _text(), "how_to_check_independently": _text()}),
    },
    text="How a certificate stands. Only valid counts.",
)
SCHEMAS: dict[str, Any] = {
    "Answer": ANSWER,
    "Answers": _thing({"schema": {"const": LIST}, "checked_at": MOMENT, "results": _many(_ref("Answer"))}),
    "Bundle": _thing(
        {
            **{name: {"type": "object"} for name in ("credential", "did", "status_list", "log")},
            "earlier": _many({"type": "object"}),
            "revocation": {"type": "object"},
        },
        optional=frozenset({"earlier", "revocation"}),
        text="What an independent verifier needs; earlier proves documents from before it was signed anew, revocation "
        "the log's entry that says when and why it stands no more.",
    ),
    "Certificate": CERTIFICATE,
    "Codes": _thing({"codes": _many(_text(minLength=1, maxLength=LONGEST), minItems=1, maxItems=MOST)}),
    "Problem": _thing(
        {
            "type": _text(),
            "title": _text(),
            "status": {"type": "integer"},
            "detail": _text(),
            "errors": {"type": "object", "additionalProperties": _text()},
        },
        optional=frozenset({"errors"}),
        text="RFC 9457.",
    ),
    "Revocations": _thing(
        {
            "schema": {"const": REVOCATIONS},
            "log_size": {"type": "integer"},
            "revocations": _many(
                _thing(
                    {
                        "log_index": {"type": "integer"},
                        "revoked_at": MOMENT,
                        "reason": {"enum": list(REVOCATION_REASONS)},
                        "code_sha256": SHA256,
                        "credential_sha256": SHA256,
                    }
                )
            ),
            "next": _null_or(_text()),
        }
    ),
    "Text": _text(),
}


def openapi(public_url: str) -> dict[str, Any]:
    """Return the document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credence",
            "version": "1",
            "description": "Whether a certificate stands, for programs. Times are in UTC.",
        },
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.title,
        "description": operation.text,
        "security": [{"token": []}, {}] if operation.name == "bundle" else [{"token": []}] if operation.scope else [],
        "parameters": [
            {
                "name": parameter.name,
                "in": parameter.place,
                "description": parameter.meaning,
                "required": parameter.required,
                "schema": dict(parameter.schema),
            }
            for parameter in operation.parameters
        ],
        "responses": {
            str(status): {
                "description": meaning,
                "content": {kind: {"schema": _ref(schema)} for kind, schema in kinds.items()},
            }
            for status, (meaning, kinds) in sorted(operation.answers.items())
        },
    }
    if operation.body:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(operation.body)}}}
    return made
