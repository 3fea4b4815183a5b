"""What an outbox sends, read item by item: one that is none costs nobody else anything."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User

from programme.outbox import Answer, Item, Status, read_batch
from stands.strict_json import UnreadableError

NOW = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)
KEY = "7c1c2b6e-1f7f-4a6e-9d2c-0d5a6a8c2f11"


@pytest.fixture(autouse=True)
def _at_ten() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def read(*items: Any, sent_at: Any = "2026-11-26T03:00:00Z") -> list[Item | Answer]:
    body = json.dumps({"sent_at": sent_at, "items": list(items)}).encode()
    return read_batch(body, user=User(username="aminah")).items


def item(**more: Any) -> dict[str, Any]:
    return {"uuid": KEY, "device_at": "2026-11-26T02:59:00.000Z", "clock_offset_ms": 0} | more


def test_an_item_has_its_time_by_the_clock_that_was_measured_then() -> None:
    [one] = read(item(clock_offset_ms=-60_000))
    assert isinstance(one, Item)
    assert (one.uuid, one.at) == (uuid.UUID(KEY), NOW - dt.timedelta(minutes=2))


def test_where_none_was_measured_the_time_of_sending_tells() -> None:
    # A phone that is two hours behind, and does not know.
    [one] = read(
        item(device_at="2026-11-26T00:59:00Z", clock_offset_ms=None),
        sent_at="2026-11-26T01:00:00Z",
    )
    assert isinstance(one, Item)
    assert one.at == NOW - dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("device_at", "reason"),
    [
        ("2026-11-26T03:06:00Z", "masa depan (26/11/2026 10.06 WIB)"),
        ("2026-10-27T02:00:00Z", "lebih dari 30 hari lalu (27/10/2026 09.00 WIB)"),
        ("1970-01-01T00:00:00Z", "lebih dari 30 hari lalu"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_its_reason(device_at: str, reason: str) -> None:
    [answer] = read(item(device_at=device_at))
    assert isinstance(answer, Answer)
    assert answer.status == Status.REFUSED
    assert reason in answer.message


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "x",
        [],
        {},
        item(uuid=None),
        item(uuid=KEY.replace("-", "")),
        item(uuid="../" + KEY),
        item(device_at="2026-11-26T02:59:00"),
        item(device_at="kemarin"),
        item(device_at=1_764_000_000),
        item(clock_offset_ms="0"),
        item(clock_offset_ms=True),
        item(clock_offset_ms=2**60),
        item(device_at="0001-01-01T00:00:00Z", clock_offset_ms=-(2**52)),
    ],
)
def test_what_is_none_is_refused_and_the_next_is_read(bad: Any) -> None:
    first, second = read(bad, item())
    assert isinstance(first, Answer)
    assert first.status == Status.REFUSED
    assert isinstance(second, Item)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"items": []}',
        b'{"items": [], "sent_at": "x"}',
        b'{"sent_at": "2026-11-26T03:00:00Z"}',
        b'{"sent_at": "2026-11-26T03:00:00Z", "items": {}}',
        b'{"sent_at": "2026-11-26T03:00:00Z", "items": [], "items": []}',
        b'{"sent_at": "2026-11-26T03:00:00Z", "items": [' + b"1," * 100 + b"1]}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_request_of_an_outbox_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_batch(body, user=User(username="aminah"))
