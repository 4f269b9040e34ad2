"""Drawing a random sample of licensees so that anybody can draw it again; pure.

The procedure, `credence-sample/1`:

1. The pool is every license known here of the board's jurisdiction and professions, each written as
   `jurisdiction|CREDENTIAL|NUMBER` (capitals, letters and digits only), each once, sorted by code point.
2. Each line's ticket is SHA-256 over the UTF-8 bytes of `credence-sample/1`, a line feed, the seed, a line feed, and
   the line.
3. The sample is the lines with the smallest tickets, compared as bytes.

The seed, the size of the pool and the SHA-256 of its lines (joined by line feeds) are published with the audit.
A seed that was fixed in public before the draw, such as a lottery's numbers, shows that nobody chose.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NAME = "credence-sample/1"


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn, in the order of the tickets, and from what."""

    chosen: tuple[str, ...]
    pool_size: int
    pool_sha256: str


def squeeze(number: str) -> str:
    """Return a license number in the one spelling that numbers are compared in: capitals, letters and digits only."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", number).upper() if sign.isalnum())


def line_of(jurisdiction: str, credential: str, number: str) -> str:
    """Return the line a license has in the pool."""
    return f"{jurisdiction}|{squeeze(credential)}|{squeeze(number)}"


def ticket(seed: str, line: str) -> bytes:
    """Return the 32 bytes that decide."""
    return hashlib.sha256(f"{NAME}\n{seed}\n{line}".encode()).digest()


def draw(lines: Iterable[str], seed: str, size: int) -> Draw:
    """Draw that many lines; all of them when the pool is smaller. The order of the pool changes nothing."""
    pool: Sequence[str] = sorted(set(lines))
    chosen = sorted(pool, key=lambda line: ticket(seed, line))[:size]
    return Draw(tuple(chosen), len(pool), hashlib.sha256("\n".join(pool).encode()).hexdigest())
