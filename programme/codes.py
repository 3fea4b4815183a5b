"""Codes on tickets and certificates: too long to guess, and safe to read out and to type."""

from __future__ import annotations

import re
import secrets

# Crockford's base 32: no I, L, O or U. Sixteen signs are 80 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
# The last part of an address, where a whole one was scanned.
IN_ADDRESS = re.compile(r"/(?:tiket|sertifikat)/([^/?#]+)", re.ASCII)


def new_code() -> str:
    """A code that nobody has had."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """The code in what was typed or scanned, as it is kept; "" where there is none."""
    found = IN_ADDRESS.search(text)
    code = re.sub(r"[\s\-]", "", found[1] if found else text).upper().translate(MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def in_groups(code: str) -> str:
    """The code as people read it: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
