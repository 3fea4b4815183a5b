"""Where many stands wait for the ledger in vain, most threads of a process stay free."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError

from sales.tablet import crowd
from sales.tablet.crowd import Crowd, CrowdedError

pytestmark = pytest.mark.shown_alike


@pytest.fixture
def at_the_ledger() -> Crowd:
    return Crowd()


def wait_in_vain(at_the_ledger: Crowd, stand: int) -> None:
    """Wait for a lock until the database says that it takes too long."""
    with pytest.raises(OperationalError), at_the_ledger.place_for(stand):
        raise OperationalError from psycopg.errors.LockNotAvailable()


def may_two_go(at_the_ledger: Crowd) -> bool:
    with at_the_ledger.place_for(8):
        try:
            with at_the_ledger.place_for(9):
                return True
        except CrowdedError:
            return False


def test_everybody_goes_as_long_as_nobody_waits_in_vain(at_the_ledger: Crowd) -> None:
    assert may_two_go(at_the_ledger)


def test_one_stand_that_is_locked_stops_nobody_else(at_the_ledger: Crowd) -> None:
    wait_in_vain(at_the_ledger, 1)
    wait_in_vain(at_the_ledger, 1)

    assert may_two_go(at_the_ledger)


def test_of_many_that_wait_in_vain_one_goes_on_trying(at_the_ledger: Crowd) -> None:
    wait_in_vain(at_the_ledger, 1)
    wait_in_vain(at_the_ledger, 2)

    assert not may_two_go(at_the_ledger)


def test_who_gets_through_opens_the_way_for_all(at_the_ledger: Crowd) -> None:
    wait_in_vain(at_the_ledger, 1)
    wait_in_vain(at_the_ledger, 2)
    with at_the_ledger.place_for(3):
        pass

    assert may_two_go(at_the_ledger)


def test_waiting_in_vain_is_forgotten(
    at_the_ledger: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_in_vain(at_the_ledger, 1)
    wait_in_vain(at_the_ledger, 2)
    monkeypatch.setattr(crowd, "SECONDS", 0)

    assert may_two_go(at_the_ledger)


def test_another_error_is_nobodys_waiting(at_the_ledger: Crowd) -> None:
    for stand in (1, 2):
        with pytest.raises(OperationalError), at_the_ledger.place_for(stand):
            raise OperationalError("server closed the connection unexpectedly")

    assert may_two_go(at_the_ledger)
