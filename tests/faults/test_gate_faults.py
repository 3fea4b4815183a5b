"""Taps at a gate reach the portal once each, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.gates import Phone, tap_at_once
from tests.faults.proxy import FAULTS, fault_proxy, seed_of_this_run
from tests.faults.server import Portal, engine_of_this_run, portal

if TYPE_CHECKING:
    from tests.faults.proxy import FaultProxy

PHONES, TAPS = 4, 100
MODULE = "tests.faults.gates"


def story(there: Portal, proxy: FaultProxy, *, seed: int, **more: Any) -> list[Phone]:
    """Phones tap through the proxy until all of it was taken; a worker is killed meanwhile."""
    prepared = json.loads(there.run("-m", MODULE, "prepare", str(PHONES)))
    phones = [
        Phone(session, prepared["gate"], proxy.port, f"{seed} {number}", **more)
        for number, session in enumerate(prepared["sessions"])
    ]
    kills = [threading.Timer(after, there.kill_worker, [random.Random(seed)]) for after in (1, 2)]
    for kill in kills:
        kill.start()
    # In a thread of its own: in pytest's an event loop of Playwright may be running.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, within_a_minute(phones)).result()
    for kill in kills:
        kill.join()
    return phones


async def within_a_minute(phones: list[Phone]) -> None:
    await asyncio.wait_for(tap_at_once(phones, TAPS), 60)


def held(there: Portal) -> Any:
    return json.loads(there.run("-m", MODULE, "read"))


@pytest.mark.story
def test_taps_of_four_phones_under_faults_are_all_there_once() -> None:
    seed = seed_of_this_run()
    with portal(engine_of_this_run(), tablets=0) as there:
        with fault_proxy(there.port, seed=seed, calm=3) as proxy:
            phones = story(there, proxy, seed=seed)
        book = held(there)
    made = {key: step for phone in phones for key, step in phone.made.items()}
    print(f"seed {seed}: {len(made)} taps, {sum(p.failures for p in phones)} without an answer")
    assert len(made) == PHONES * TAPS
    assert [one for phone in phones for one in phone.refused] == []
    assert book["rows"] == made
    assert book["people"] == sum(made.values())
    assert set(proxy.done) == set(FAULTS)
    assert there.kills


@pytest.mark.long
def test_without_lasting_numbers_the_same_faults_double_taps() -> None:
    """The negative control: the faults bite, and the UUID is what makes a repeat harmless."""
    seed = seed_of_this_run()
    with portal(engine_of_this_run(), tablets=0) as there:
        with fault_proxy(there.port, seed=seed, calm=3) as proxy:
            phones = story(there, proxy, seed=seed, forgetful=True)
        book = held(there)
    taps = sum(step > 0 for phone in phones for step in phone.made.values())
    assert sum(step > 0 for step in book["rows"].values()) > taps
