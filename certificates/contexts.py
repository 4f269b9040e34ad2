"""The JSON-LD contexts our documents name: read from an installed package, pinned, never fetched."""

import hashlib
import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

PACKAGE = "openbadgeslib"
FOLDER = "openbadgeslib/ob3/contexts"
# A context that changes under its address changes what our signatures mean, so each is known by its SHA-256.
PINNED = {
    CREDENTIALS_V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: ("ob-v3p0-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    OPEN_BADGES_EXTENSIONS: (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
}


@cache
def read_contexts() -> dict[str, dict[str, Any]]:
    """Return every context by its address; raise `RuntimeError` when a file is not the pinned one."""
    # located, not imported: the package's own start-up is of no use here
    folder = Path(str(distribution(PACKAGE).locate_file(FOLDER)))
    return {url: _read(folder / name, sha256) for url, (name, sha256) in PINNED.items()}


def offline_loader(url: str, _options: object = None) -> dict[str, Any]:
    """Answer PyLD's question for a document; raise `LookupError` for every address that is not pinned."""
    contexts = read_contexts()
    if url not in contexts:
        raise LookupError(f"{url} is not one of our contexts, and nothing is fetched")
    # "static" tells PyLD to keep what it made of the context, which halves the time of a signature
    return {"contextUrl": None, "documentUrl": url, "document": contexts[url], "tag": "static"}


def _read(path: Path, sha256: str) -> dict[str, Any]:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RuntimeError(f"{path} is not the context that was pinned: install the locked {PACKAGE}")
    context: dict[str, Any] = json.loads(content)
    return context
