"""The code on a voucher: made at random, read as people type it, kept only as an HMAC."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from django.conf import settings

# Crockford's base32, and the further signs that a remainder of 37 needs. U stands nowhere else.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SIGNS = f"{ALPHABET}*~$=U"
BITS = 65
LENGTH = 13
BETWEEN = re.compile(r"[\s\-–.]+")
# Nothing that a tablet sends as a code is longer; what is longer is none.
MOST_SIGNS = 100


def new_code() -> str:
    """65 random bits as 13 signs, and a check sign behind them.

    Drawn again where the check sign is one of `*~$=`: a keyboard on glass hides them, and a QR code
    grows by them. 33 of 37 draws are kept.
    """
    while True:
        number = secrets.randbits(BITS)
        check = _check_sign(number)
        if check.isalnum():
            signs = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
            return signs + check


def as_printed(code: str) -> str:
    """A code in groups, easier to read out: `7Q2KM-9X4ZT-0BFC`."""
    return f"{code[:5]}-{code[5:10]}-{code[10:]}"


def as_meant(typed: str) -> str:
    """The code that was meant, whatever case, spaces and dashes; empty if it cannot be one."""
    code = _plain(typed)
    if len(code) != LENGTH + 1 or not set(code[:-1]) <= set(ALPHABET):
        return ""
    number = 0
    for sign in code[:-1]:
        number = number * 32 + ALPHABET.index(sign)
    return code if code[-1] == _check_sign(number) else ""


def hmac_of(typed: str) -> str:
    """What the database knows of a code, in hexadecimal: without the key it cannot be made.

    Text that cannot be a code has one as well. Nobody has it, so it is found nowhere.
    """
    meant = as_meant(typed) or f"no code: {_plain(typed[:MOST_SIGNS])}"
    return hmac.new(settings.VOUCHER_KEY.encode(), meant.encode(), hashlib.sha256).hexdigest()


def _plain(typed: str) -> str:
    signs = BETWEEN.sub("", typed[:MOST_SIGNS]).upper()
    return signs.translate(str.maketrans("OIL", "011"))


def _check_sign(number: int) -> str:
    return CHECK_SIGNS[number % 37]
