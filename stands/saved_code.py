"""What a visitor saved, as a short code: in the address that is shared, and in the cookie.

The keys of products and of stands are sorted, and of each the distance to the one before is written
in as few bytes as it needs. Two bytes in front tell a code that was cut off, mistyped or made for
another edition. Thirty of ten thousand products are about 60 letters.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from typing import NamedTuple

# A list of two digits; more than anybody walks to, and a QR code of it can still be scanned.
MOST = 99
LARGEST_KEY = 2**63 - 1
LONGEST_CODE = 2_000
_CHECK_BYTES = 2


class Key(NamedTuple):
    """One thing that is saved: a product `p` or a stand `s`, under its number."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


PRODUCT, STAND = "p", "s"


class UnreadableCodeError(Exception):
    """No list of this edition: cut off, mistyped, or made up."""


def key_from(text: str) -> Key | None:
    """The key that is written `p12` or `s3`; None for anything else."""
    kind, number = text[:1], text[1:]
    if kind not in (PRODUCT, STAND) or not (number.isascii() and number.isdecimal()):
        return None
    if len(number) > len(str(LARGEST_KEY)) or not 0 < int(number) <= LARGEST_KEY:
        return None
    return Key(kind, int(number))


def code_of(keys: Iterable[Key], *, edition: str) -> str:
    """The code of these keys at one edition, whatever their order; empty for none."""
    chosen = set(keys)
    if not chosen:
        return ""
    body = bytearray()
    for kind in (PRODUCT, STAND):
        numbers = sorted(key.number for key in chosen if key.kind == kind)
        _write(body, len(numbers))
        before = 0
        for number in numbers:
            _write(body, number - before)
            before = number
    return base64.urlsafe_b64encode(_check(body, edition) + body).rstrip(b"=").decode()


def keys_of(code: str, *, edition: str) -> frozenset[Key]:
    """The keys of a code; raises UnreadableCodeError."""
    if not code:
        return frozenset()
    if len(code) > LONGEST_CODE or not code.isascii():
        raise UnreadableCodeError
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableCodeError from None
    body = raw[_CHECK_BYTES:]
    if raw[:_CHECK_BYTES] != _check(body, edition):
        raise UnreadableCodeError
    numbers = iter(body)
    keys: set[Key] = set()
    for kind in (PRODUCT, STAND):
        number = 0
        for _place in range(_read(numbers, most=MOST - len(keys))):
            number += _read(numbers, most=LARGEST_KEY - number)
            keys.add(Key(kind, number))
    if next(numbers, None) is not None:
        raise UnreadableCodeError
    return frozenset(keys)


def _check(body: bytes | bytearray, edition: str) -> bytes:
    return (zlib.crc32(body, zlib.crc32(edition.encode())) & 0xFFFF).to_bytes(_CHECK_BYTES)


def _write(body: bytearray, number: int) -> None:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    while number > 0x7F:
        body.append(number & 0x7F | 0x80)
        number >>= 7
    body.append(number)


def _read(numbers: Iterable[int], *, most: int) -> int:
    number = shift = 0
    for byte in numbers:
        number |= (byte & 0x7F) << shift
        if number > most:
            break
        if not byte & 0x80:
            return number
        shift += 7
    raise UnreadableCodeError
