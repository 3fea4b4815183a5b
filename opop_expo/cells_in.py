"""A cell of a spreadsheet as the text that a person would type for it."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import from_excel

MAX_CELL = 8_000
# A whole number that is longer was rounded by the spreadsheet, and so is what follows the point.
EXACT, EXACT_DIGITS = 10**15, 15

# Before what a cell cannot be read for, or only as a date. It is a sign that nobody types.
MARK = "\ue000"
TOO_LONG, FORMULA, ERROR, ROUNDED, DATED, APART = (f"{MARK}{kind}:" for kind in "lferda")

# How a number is shown, where that is no number as a person would type it.
DATE, PERCENT = "date", "%"
ZEROS = re.compile(r"0{2,}")
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def look_of(number: int, code: str | None) -> str:
    """How a number format shows a number: DATE, PERCENT, as many zeros as it fills up, or nothing.

    `number` is that of a built-in format where there is no `code`.
    """
    if code is None:
        # Of the built-in ones those of East Asia have no code here.
        if 27 <= number <= 36 or 50 <= number <= 58:
            return DATE
        code = BUILTIN_FORMATS.get(number, "General")
    if is_date_format(code):
        return DATE
    if PERCENT in QUOTED.sub("", code):
        return PERCENT
    zeros = ZEROS.fullmatch(code.split(";")[0])
    return zeros[0] if zeros else ""


def of_number(raw: str, *, look: str, epoch: Any) -> str:
    """A number as it is shown; a date is marked as one."""
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    if look == DATE and (date := _of_date(number, epoch)):
        return date
    if look == PERCENT:
        return f"{_plain(number * 100)}{PERCENT}"
    text = _plain(number)
    return text.zfill(len(look)) if look and text.isdigit() else text


def _of_date(number: float, epoch: Any) -> str:
    try:
        value = from_excel(number, epoch)
    except (OverflowError, ValueError):
        return ""
    if isinstance(value, dt.datetime):
        is_day = value.time() == dt.time()
        return f"{DATED}{value.date().isoformat() if is_day else value.isoformat(' ')}"
    return value.strftime("%H:%M") if isinstance(value, dt.time) else ""


def _plain(number: float) -> str:
    # 25000 × 1,1 is 27500,000000000004 in the file, and 27500 on the screen.
    if not number.is_integer():
        number = float(f"{number:.{EXACT_DIGITS}g}")
    if number.is_integer():
        return f"{int(number)}" if abs(number) < EXACT else f"{ROUNDED}{int(number)}"
    # With a comma, as Indonesia writes it, so that it never looks like thousands.
    return repr(number).replace(".", ",")


def joined(pieces: list[str], length: int) -> str:
    """The pieces of a text, of which no more than MAX_CELL signs were kept."""
    if length > MAX_CELL:
        return f"{TOO_LONG}{''.join(pieces)[:40]}"
    text = "".join(pieces)
    if "_x" in text:
        text = ESCAPED.sub(_unescaped, text)
    return text


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in "\t\n\r" or (sign >= " " and not "\ud800" <= sign <= "\udfff") else ""
