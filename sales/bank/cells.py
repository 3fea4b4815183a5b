"""One cell of a bank's file: an amount, a date, an hour, in all the ways that banks write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from stands.clock import WIB, business_date

MAX_DIGITS = 13

# --- amounts ------------------------------------------------------------------------------------

COMES_IN = {"CR", "C", "K", "KR", "KREDIT", "CREDIT", "IN", "MASUK", "+"}
GOES_OUT = {"DB", "D", "DR", "DEBIT", "DEBET", "OUT", "KELUAR", "-", "−"}
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


def read_amount(text: str) -> int:
    """Whole rupiah from `25.000,00`, `25,000.00`, `25000`, `Rp 25.000`, `(25.000)`, `25.000 DB`.

    Raises ValueError, for sen as well: a payment at a till has none.
    """
    left = re.sub(r"(?<=\d)[.,][-–]+$", "", text.upper().strip())  # Rp 25.000,-
    # Some banks say twice that it went out: -25.000 DB.
    goes_out = False
    ending = re.search(r"[\d)]\s*(CR|DB|DR|C|D|K)\.?$", left)
    if ending:
        goes_out = ending[1] in GOES_OUT
        left = left[: ending.start(1)].strip()
    if left.startswith("(") and left.endswith(")"):
        goes_out, left = True, left[1:-1].strip()
    left = re.sub(r"^([+\-−]?)\s*(?:RP|IDR)\.?\s*", r"\1", left).replace(" ", "")
    if left[:1] in "-−" or left[-1:] in "-−":
        goes_out, left = True, left.strip("-−")
    left = left.removeprefix("+")
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", left):
        raise ValueError(text)
    return -_whole(left) if goes_out else _whole(left)


def is_amount(cell: str) -> bool:
    """Whether it reads as an amount, and not as nothing."""
    try:
        return bool(read_amount(cell))
    except ValueError:
        return False


def _whole(text: str) -> int:
    """The number in digits with dots and commas."""
    whole, sen = text, ""
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        both = "." in text and "," in text
        alone = text.count(text[last]) == 1
        if alone and (both or len(text) - last - 1 != 3):
            whole, sen = text[:last], text[last + 1 :]
    if sen.strip("0") or len(sen) > 4:
        raise ValueError(text)
    if not whole.isdigit() and not GROUPED.fullmatch(whole):
        raise ValueError(text)
    digits = re.sub(r"\D", "", whole)
    if len(digits) > MAX_DIGITS:
        raise ValueError(text)
    return int(digits)


# --- dates --------------------------------------------------------------------------------------

TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:[.,]\d+)?"
REST = rf"(?:[T ,]+{TIME}\s*(?P<half>AM|PM)?\s*(?P<zone>Z|WIB|[+-]\d\d:?\d\d)?)?$"
DATE_PATTERNS = [
    re.compile(pattern + REST, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
        r"(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})",
        r"(?P<d>\d{1,2})[-/ ](?P<month>[A-Za-z]{3,9})[-/, ]+(?P<y>\d{4}|\d{2})",
        r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})",
        r"(?P<d>\d{1,2})[-/ ](?P<month>[A-Za-z]{3,9})",
    )
]
CLOCK = re.compile(rf"{TIME}\s*(?P<half>AM|PM)?(?:\s*WIB)?$", re.IGNORECASE)
PACKED_CLOCK = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})$")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("jan",),
            ("feb", "peb"),
            ("mar",),
            ("apr",),
            ("mei", "may"),
            ("jun",),
            ("jul",),
            ("agu", "aug", "ags"),
            ("sep",),
            ("okt", "oct"),
            ("nov", "nop"),
            ("des", "dec"),
        ],
        start=1,
    )
    for name in names
}


def is_date(cell: str) -> bool:
    """Whether it has the form of a date."""
    return any(pattern.match(cell) for pattern in DATE_PATTERNS)


def read_date(
    text: str, *, around: dt.date, month_first: bool = False
) -> tuple[dt.date, dt.datetime | None]:
    """The date, and the instant where the cell says the hour. Raises ValueError.

    A date without its year lies as close as can be to `around`. An hour is WIB unless it says more.
    """
    for pattern in DATE_PATTERNS:
        found = pattern.match(text)
        if found is None:
            continue
        part = found.groupdict()
        day, month = _day_and_month(part, month_first)
        date = _dated(part.get("y"), month, day, around)
        if part["hour"] is None:
            return date, None
        at = dt.datetime.combine(date, _time(part), _zone(part["zone"]))
        return business_date(at), at
    raise ValueError(text)


def read_time(text: str) -> dt.time:
    """The hour of a column of its own. Raises ValueError."""
    found = CLOCK.match(text) or PACKED_CLOCK.match(text)
    if found is None:
        raise ValueError(text)
    return _time({"half": None, **found.groupdict()})


def _day_and_month(part: dict[str, Any], month_first: bool) -> tuple[int, int]:
    if part.get("month"):
        month = MONTHS.get(part["month"][:3].casefold())
        if month is None:
            raise ValueError(part["month"])
        return int(part["d"]), month
    if part.get("m"):
        return int(part["d"]), int(part["m"])
    a, b = int(part["a"]), int(part["b"])
    return (b, a) if month_first else (a, b)


def _dated(year: str | None, month: int, day: int, around: dt.date) -> dt.date:
    if year is not None:
        date = dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        if not 2000 <= date.year < 2100:
            raise ValueError(year)
        return date
    dates = []
    for other in (around.year - 1, around.year, around.year + 1):
        try:
            dates.append(dt.date(other, month, day))
        except ValueError:
            continue  # 29 February
    return min(dates, key=lambda date: abs(date - around)) if dates else dt.date(1, month, day)


def _time(part: dict[str, Any]) -> dt.time:
    hour = int(part["hour"])
    half = (part["half"] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half == "PM" else 0)
    return dt.time(hour, int(part["minute"]), int(part["second"] or 0))


def _zone(text: str | None) -> dt.tzinfo:
    if text is None or text.upper() == "WIB":
        return WIB
    if text.upper() == "Z":
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    span = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-span if text[0] == "-" else span)
