"""Statements that take long are told with the id of their request, and without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from opop_expo.health.slow_queries import Watch
from tests.ledger import make_shop
from tests.log_lines import written

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_slow_statement_is_told_with_its_request_and_without_values(
    client: Client, settings: Any
) -> None:
    make_shop()
    settings.SLOW_QUERY_MS = 0.000_001
    with written() as log:
        response = client.get("/2026-uji/stan/A1/")
    slow = log.by("opop.slow")
    [line] = log.by("opop.access")
    assert line["queries"] == len(slow) > 0
    assert {one["request_id"] for one in slow} == {response["X-Request-ID"]}
    assert all(one["ms"] >= 0 and "SELECT" in one["sql"] for one in slow)
    assert "2026-uji" not in str([one["sql"] for one in slow])


def test_value_written_into_a_statement_by_hand_is_left_out() -> None:
    with (
        written() as log,
        connection.execute_wrapper(Watch(0)),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 'Aminah', 'it''s', %s", ["budi"])
    [line] = log.by("opop.slow")
    assert line["sql"] == "SELECT '***', '***', %s"


def test_quick_statements_are_counted_and_not_told(client: Client, settings: Any) -> None:
    make_shop()
    settings.SLOW_QUERY_MS = 60_000
    with written() as log:
        client.get("/2026-uji/stan/A1/")
    assert not log.by("opop.slow")
    assert log.by("opop.access")[0]["queries"] > 0


def test_nothing_is_watched_unless_asked_for(client: Client, settings: Any) -> None:
    settings.SLOW_QUERY_MS = 0
    with written() as log:
        client.get("/2026-uji/stan/")
    assert "queries" not in log.by("opop.access")[0]
