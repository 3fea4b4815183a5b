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


def read(
    *items: Any, sent_at: Any = "2026-11-26T03:00:00Z", ages: Any = None
) -> list[Item | Answer]:
    body = json.dumps({"sent_at": sent_at, "items": list(items), "ages": ages}).encode()
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
    "device_at",
    [
        "2026-11-26T03:06:00Z",
        "2026-10-27T02:00:00Z",
        "1970-01-01T00:00:00Z",
        "2038-01-19T03:14:07Z",
    ],
)
@pytest.mark.parametrize("offset", [0, None])
def test_a_time_that_cannot_be_is_taken_for_the_latest_that_can(
    device_at: str, offset: int | None
) -> None:
    """The battery was empty, and somebody set the clock between the door and the network."""
    ages = [90 * 60_000, 0, None]
    first, second, third = read(*[item(device_at=device_at, clock_offset_ms=offset)] * 3, ages=ages)
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert isinstance(third, Item)
    assert [one.at for one in (first, second, third)] == [NOW - dt.timedelta(minutes=90), NOW, NOW]
    assert {one.is_guessed for one in (first, second, third)} == {True}


def test_a_clock_that_is_believed_is_not_corrected_by_the_age() -> None:
    [one] = read(item(), ages=[3_600_000])
    assert isinstance(one, Item)
    assert (one.at, one.is_guessed) == (NOW - dt.timedelta(minutes=1), False)


@pytest.mark.parametrize(
    "ages", [None, "x", {}, [], [-1], ["1"], [True], [1.5], [2**60], [10**30], [1, 2]]
)
def test_an_age_that_is_none_loses_nothing(ages: Any) -> None:
    [one] = read(item(device_at="1970-01-01T00:00:00Z"), ages=ages)
    assert isinstance(one, Item)
    assert (one.at, one.is_guessed) == (NOW, True)


def test_no_age_reaches_further_back_than_a_clock_is_believed() -> None:
    [one] = read(item(device_at="1970-01-01T00:00:00Z"), ages=[2**53 - 1])
    assert isinstance(one, Item)
    assert one.at == NOW - dt.timedelta(days=30)


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
