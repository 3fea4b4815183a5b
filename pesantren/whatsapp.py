"""WhatsApp numbers of makers: as people write them, as they are kept, and the link that opens one.

Kept as wa.me wants it: 62, then the number without its first zero.
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.http import urlencode
from django.utils.translation import gettext as _

# Mobile numbers in Indonesia: 08 and eight to eleven digits more (Kominfo, FTP Nasional 2000).
MOBILE = re.compile(r"628[1-9][0-9]{7,10}")
# What people put between digits.
BETWEEN = re.compile(r"[\s().\-–]+")


def normal_number(text: str) -> str:
    """`0812-3456 7890`, `+62 812…` or `62812…` as `6281234567890`; empty for nothing.

    Raises ValidationError for anything but one mobile number of Indonesia.
    """
    digits = BETWEEN.sub("", text)
    if not digits:
        return ""
    if re.search(r"[^0-9+]", digits) or "+" in digits[1:]:
        raise ValidationError(
            _("Tulis satu nomor saja, dengan angka: 0812-3456-7890."), code="not_a_number"
        )
    digits = digits.removeprefix("+").removeprefix("00")
    if digits.startswith("620"):
        digits = f"62{digits[3:]}"  # +62 (0)812
    elif digits.startswith("0"):
        digits = f"62{digits[1:]}"
    elif digits.startswith("8"):
        digits = f"62{digits}"
    if not digits.startswith("62"):
        raise ValidationError(
            _("Ini bukan nomor Indonesia. Tulis yang dimulai 08 atau +62."), code="abroad"
        )
    if not digits.startswith("628"):
        raise ValidationError(
            _("Ini bukan nomor ponsel. Nomor WhatsApp dimulai 08 atau +62 8."), code="not_mobile"
        )
    check_number(digits)
    return digits


def check_number(number: str) -> None:
    """Raise ValidationError for a number that is not kept as wa.me wants it."""
    if not MOBILE.fullmatch(number):
        raise ValidationError(
            _("Nomor ini terlalu pendek, terlalu panjang, atau salah ketik. Periksa lagi."),
            code="wrong_length",
        )


def shown_number(number: str) -> str:
    """As people in Indonesia read it aloud: `0812-3456-7890`."""
    local = f"0{number.removeprefix('62')}"
    return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)


def chat_address(number: str, text: str) -> str:
    """The address that opens a chat with that number, the text already written."""
    return f"https://wa.me/{number}?{urlencode({'text': text})}"
