"""Certificate codes: making one, reading one that a person typed, and writing one for paper."""

import secrets
import unicodedata
from urllib.parse import unquote

# Crockford's base32: no I, L, O (they look like 1 and 0) and no U; codes are read off paper
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 128
LENGTH = 26
GROUP = 4
FIRST = ALPHABET[: 1 << (BITS - 5 * (LENGTH - 1))]  # 128 = 3 + 25 * 5, so the first character holds 3 bits
MEANT = (
    {character: character for character in ALPHABET}
    | {character.lower(): character for character in ALPHABET}
    | dict.fromkeys("Oo", "0")
    | dict.fromkeys("IiLl", "1")
)


def new_code() -> str:
    """Return 26 characters of Crockford base32 that hold exactly 128 random bits from the system."""
    number = secrets.randbits(BITS)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def read_code(typed: str) -> str:
    """Return the code a person meant: any case, spaces, dashes, O for 0, I or L for 1, or a verify URL.

    Raise `ValueError` with a sentence for that person when it cannot be a code: which character is wrong, or
    how many characters there were.
    """
    kept = [character for character in _end_of_url(typed) if not _is_gap(character)]
    for character in kept:
        if character not in MEANT:
            raise ValueError(f"{_show(character)} is never part of a code. {_hint(character)}")
    code = "".join(MEANT[character] for character in kept)
    if len(code) != LENGTH:
        raise ValueError(f"A code has {LENGTH} letters and digits in all; this one has {len(code)}.")
    if code[0] not in FIRST:
        raise ValueError(
            f"A code begins with a digit from {FIRST[0]} to {FIRST[-1]}; this one begins with “{code[0]}”."
        )
    return code


def group_code(code: str) -> str:
    """Write a code in groups of four with spaces between, as it is printed."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def _end_of_url(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed)
    if "/" not in text:
        return text
    path = text.partition("#")[0].partition("?")[0].strip().rstrip("/")
    return unquote(path.rpartition("/")[2]).removesuffix(".json")


def _is_gap(character: str) -> bool:
    # dashes, spaces, line ends, and the invisible characters that come along when a code is copied
    return unicodedata.category(character) in ("Pd", "Zs", "Zl", "Zp", "Cf") or character in "\t\n\r\v\f−_⁃"


def _show(character: str) -> str:
    return f"“{character}”" if character.isprintable() else f"The character U+{ord(character):04X}"


def _hint(character: str) -> str:
    if character in "Uu":
        return "It may be a V."
    return "Codes have only digits and the letters A to Z without U."
