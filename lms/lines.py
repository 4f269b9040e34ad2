"""One-line texts as people type them, and the characters that hide or turn what a line says; not its length."""

import unicodedata
from collections.abc import Iterable, Mapping

JOINERS = "\u200c\u200d"
"""Zero-width joiner and non-joiner: Persian and Indic words are spelled with them."""

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def list_hidden(text: str) -> list[str]:
    """Return the control, format and unassigned characters of a text, each once; joiners inside words are none."""
    found = [
        letter
        for at, letter in enumerate(text)
        if unicodedata.category(letter) in HIDDEN and not (letter in JOINERS and _inside_word(text, at))
    ]
    return list(dict.fromkeys(found))


def why_not_a_line(text: str) -> str:
    """Return why the text cannot stand on one line as it is, naming the characters, or nothing."""
    hidden = list_hidden(text)
    return f"This has characters that nobody can see: {name_all(hidden)}. Type it anew." if hidden else ""


def name_all(characters: Iterable[str]) -> str:
    """Return the characters as a person can look them up, such as `U+202E (right-to-left override)`; ten at most."""
    names = [_name(character) for character in characters]
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def is_plain(text: str) -> bool:
    """Whether the text has only the characters of an American typewriter."""
    return text.isascii() and text.isprintable()


def list_wrong_lines(texts: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what is wrong with those of the texts that are lines, by name."""
    return {name: why for name in names if (why := why_not_a_line(texts.get(name, "")))}


def _name(character: str) -> str:
    shown = f"{character} " if character.isprintable() and not character.isspace() else ""
    name = unicodedata.name(character, "").lower()
    return f"{shown}U+{ord(character):04X}" + (f" ({name})" if name else "")


def _inside_word(text: str, at: int) -> bool:
    around = (text[at - 1 : at], text[at + 1 : at + 2])
    return all(letter and unicodedata.category(letter)[0] in "LM" for letter in around)
