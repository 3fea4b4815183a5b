"""What becomes of a text that a person wants erased where nothing else may ever change.

A hash covers not the text but its seal: SHA-256 over the text, its column and the hash of the entry
before. Erased, the text makes room for its own seal, so the hash of the entry stays the same and
anybody can still recompute it; the database allows that replacement and no other
(events.append_only).
"""

from __future__ import annotations

import hashlib
import re

# Stands where something was erased.
ERASED = "[dihapus]"
_SEALED = re.compile(r"\[dihapus ([0-9a-f]{64})\]")
# Of a text that has become its seal, as SQL asks for it: `[dihapus ` and 64 digits.
SEALED_START = "[dihapus "
SEALED_LENGTH = len(SEALED_START) + 64 + 1


def seal_of(previous_hash: str, column: str, text: str) -> str:
    """What stands for a text in a hash: nothing for none, its seal also once it is erased."""
    if not text:
        return ""
    found = _SEALED.fullmatch(text)
    if found is not None:
        return found[1]
    return hashlib.sha256(f"{previous_hash}:{column}:{text}".encode()).hexdigest()


def looks_sealed(text: str) -> bool:
    """Whether a typed text would be taken for the seal of another."""
    return text.lstrip().startswith(SEALED_START)


def as_text(text: str) -> str:
    """A text that looks like a seal as one that does not; every other as it is."""
    return text.replace("[", "(", 1) if looks_sealed(text) else text


def erased_text(previous_hash: str, column: str, text: str) -> str:
    """What a sealed text becomes when it is erased; the same again where it was before."""
    return f"{SEALED_START}{seal_of(previous_hash, column, text)}]"


def is_erased(text: str) -> bool:
    """Whether a text is no more than the seal of what stood there."""
    return _SEALED.fullmatch(text) is not None
