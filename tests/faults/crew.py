"""Tablets in several processes, each behind a network that breaks: one could not drive them."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.proxy import Fault, fault_proxy
from tests.faults.tablet import Account, NoAnswerError, Tablet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from tests.faults.books import Paired

PROCESSES = 2
BATCH = 100  # static/js/till/tablet/outbox.js
# So many at once: one customer after the other, or a shift without a network.
BURSTS = [1, 1, 2, 5, 20, 60, 100]
CLOCK_JUMPS = 1 / 1_000

# Of a process of the crew: how many were taken, of all processes together.
_taken: Any = None


@dataclass
class Shift:
    """What one process brought home."""

    accounts: list[Account]
    faults: Counter[Fault]


class Crew:
    """Processes that sell in the background until each tablet has sold its share."""

    def __init__(self, paired: Sequence[Paired], *, port: int, seed: int, sales: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._taken = context.Value("q", 0)
        self._pool = ProcessPoolExecutor(
            PROCESSES, mp_context=context, initializer=_begin, initargs=(self._taken,)
        )
        share, more = divmod(sales, len(paired))
        shares = [(one, share + (number < more)) for number, one in enumerate(paired)]
        self._shifts: list[Future[Shift]] = [
            self._pool.submit(work, shares[number::PROCESSES], port, f"{seed} {number}")
            for number in range(PROCESSES)
        ]

    @property
    def taken(self) -> int:
        """How many sales were acknowledged."""
        return int(self._taken.value)

    @property
    def is_through(self) -> bool:
        return all(one.done() for one in self._shifts)

    def come_home(self) -> tuple[list[Account], Counter[Fault]]:
        """What all of them did."""
        shifts = [one.result() for one in self._shifts]
        self._pool.shutdown()
        accounts = [account for shift in shifts for account in shift.accounts]
        return accounts, sum((shift.faults for shift in shifts), Counter[Fault]())


def _begin(taken: Any) -> None:
    global _taken
    _taken = taken


def work(shares: list[tuple[Paired, int]], port: int, seed: str) -> Shift:
    """Sell and send in this process."""
    chance = random.Random(seed)
    with fault_proxy(port, seed=chance.randrange(1_000_000), calm=20) as proxy:
        tablets = [
            Tablet(
                paired,
                port=proxy.port,
                seed=chance.randrange(1_000_000),
                batch=(1, BATCH),
                all_that_waits=True,
                clock_jumps=CLOCK_JUMPS,
            )
            for paired, _share in shares
        ]
        asyncio.run(_all(tablets, [share for _paired, share in shares]))
        return Shift([one.account() for one in tablets], Counter(proxy.done))


async def _all(tablets: list[Tablet], shares: list[int]) -> None:
    async with asyncio.TaskGroup() as group:
        for tablet, share in zip(tablets, shares, strict=True):
            group.create_task(_sell(tablet, share))
            group.create_task(tablet.deliver(is_done=_has_made(tablet, share)))
        counting = group.create_task(_count(tablets))
        while any(
            len(one.made) < share or one.outbox for one, share in zip(tablets, shares, strict=True)
        ):
            await asyncio.sleep(0.05)
        counting.cancel()


def _has_made(tablet: Tablet, share: int) -> Callable[[], bool]:
    return lambda: len(tablet.made) >= share


async def _sell(tablet: Tablet, share: int) -> None:
    with suppress(NoAnswerError):
        await tablet.contact()
    while len(tablet.made) < share:
        for _ in range(min(tablet.random.choice(BURSTS), share - len(tablet.made))):
            tablet.sell()
        # Nobody has more hands than two.
        while len(tablet.outbox) > BATCH:
            await asyncio.sleep(0.005)
        await asyncio.sleep(tablet.random.uniform(0, 0.02))


async def _count(tablets: list[Tablet]) -> None:
    """Tell the others how far we are."""
    told = 0
    while True:
        taken = sum(one.answers.total() for one in tablets)
        with _taken.get_lock():
            _taken.value += taken - told
        told = taken
        await asyncio.sleep(0.05)
