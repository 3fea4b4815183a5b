"""Reads what a device sends field by field, and takes nothing for what it only looks like.

A tablet's sales and an outbox's items are read by the same rules: what cannot be read raises
TypeError, ValueError or OverflowError, and whoever reads says which field it was.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any, NoReturn

# What JavaScript counts exactly, and every database keeps.
MOST = 2**53 - 1
NO_OFFSET_MS = 2_000
MILLISECOND = dt.timedelta(milliseconds=1)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class UnreadableError(Exception):
    """The envelope is none, so nobody knows what came."""


def read_json(body: bytes) -> dict[str, Any]:
    """The body as a JSON object. Raises UnreadableError."""
    try:
        content = json.loads(body, parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("no JSON") from error
    if not isinstance(content, dict):
        raise UnreadableError("no object")
    return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return content


def clock_offset_ms(sent_at: dt.datetime, now: dt.datetime) -> int:
    """Server's clock less the device's, in milliseconds.

    Nought below two seconds: that is the way through the hall's network, and no clock.
    """
    offset = round((now - sent_at) / MILLISECOND)
    return 0 if abs(offset) < NO_OFFSET_MS else offset


def read_whole(value: Any) -> int:
    """A whole number that JavaScript counts exactly; true is none."""
    if type(value) is not int or abs(value) > MOST:
        raise TypeError("no whole number")
    return value


def read_count(value: Any, most: int = MOST) -> int:
    """A whole number from nought to `most`."""
    if not 0 <= read_whole(value) <= most:
        raise ValueError("out of range")
    return int(value)


def read_text(value: Any) -> str:
    """A text that every database can keep."""
    if not isinstance(value, str):
        raise TypeError("no text")
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("no database keeps a NUL or half of a character")
    return value


def strict_uuid(value: Any) -> uuid.UUID:
    """A UUID in the one way in which it is written."""
    text = read_text(value)
    found = uuid.UUID(text)
    if str(found) != text.lower():
        raise ValueError("a UUID is written with dashes")
    return found


def read_instant(value: Any) -> dt.datetime:
    """An instant with a time zone, in UTC."""
    if not INSTANT.fullmatch(read_text(value)):
        raise ValueError("no instant with a time zone")
    return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
