"""The portal's own time is the database's, and stays it when the clock of a node is set."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from stands import server_clock
from stands.server_clock import server_now

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def of_the_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CLOCK_OF_DATABASE = True
    monkeypatch.setattr(server_clock, "_known", None)


def off(at: dt.datetime) -> float:
    """Seconds between that and what the database says."""
    if connection.vendor != "postgresql":
        return (timezone.now() - at).total_seconds()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return (now - at).total_seconds()


def test_it_is_asked_for_once_and_followed(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(connection.vendor == "postgresql"):
        times = [server_now() for _ in range(3)]

    assert times == sorted(times)
    assert abs(off(times[-1])) < 1


@pytest.mark.parametrize("hours", [2, -24])
def test_a_node_whose_clock_is_set_keeps_the_portals_time(hours: int) -> None:
    server_now()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=hours)):
        ours = [server_now(), server_now()]
        # SQLite has no machine but this one, so that its clock is the portal's.
        assert [abs(off(one)) < 1 for one in ours] == [True, True]

    assert abs(off(server_now())) < 1


def test_a_clock_that_is_off_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    if connection.vendor != "postgresql":
        # One machine, one clock.
        assert (abs(off(server_now())) < 1, caplog.messages) == (True, [])
        return
    server_now()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        for _time in range(3):
            server_now()
    told = [one for one in caplog.messages if "clock of this node" in one]
    assert told == ["The clock of this node is 7200 s off the database's"]
