"""People before a door, and the network breaks all the time: none is lost, none doubled."""

from __future__ import annotations

import os

import pytest

from tests.faults.proxy import FAULTS, seed_of_this_run
from tests.faults.queue import receive
from tests.faults.server import engine_of_this_run

# `make queue` lets 5.000 in.
PEOPLE = int(os.environ.get("PEOPLE_AT_THE_DOOR") or 200)


@pytest.mark.story
def test_people_under_faults_are_all_there_once() -> None:
    evening = receive(engine_of_this_run(), people=PEOPLE, seed=seed_of_this_run())
    print(evening)
    assert (evening.lost, evening.doubled) == ([], []), str(evening)
    assert len(evening.came.counted) == PEOPLE
    assert evening.came.withdrawn == sum(device.undone for device in evening.devices)
    # What nobody could take stayed on its device, and held nobody up.
    assert [len(device.refused) for device in evening.devices] == [1] * len(evening.devices)
    assert set(evening.faults) == set(FAULTS)
    assert evening.kills == 2


@pytest.mark.long
def test_without_lasting_uuids_the_same_faults_double_people() -> None:
    """The negative control: the faults bite, and the UUID is what makes a repeat harmless."""
    evening = receive(
        engine_of_this_run(), people=90, seed=seed_of_this_run(), kills=0, forgetful=True
    )
    print(evening)
    assert evening.lost == []
    assert evening.doubled
    # A ticket is one person even then: the database says so.
    assert all(name.startswith("Datang saja") for name in evening.doubled)
