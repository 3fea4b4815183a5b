"""One story: tablets sell and send while everything breaks, then the books are read."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tests.faults.proxy import Fault, FaultProxy, fault_proxy
from tests.faults.server import Portal, portal
from tests.faults.tablet import Account, NoAnswerError, Tablet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.faults.books import Books

K = TypeVar("K")

# Of the simulated tablets one has a clock a day ahead, one a day behind.
CLOCKS = [dt.timedelta(), dt.timedelta(days=1), dt.timedelta(days=-1), dt.timedelta(seconds=40)]


@dataclass(frozen=True)
class Story:
    """How it ended. `lost` and `doubled` are numbers of sales."""

    seed: int
    seconds: float
    tablets: list[Tablet]
    books: Books
    goods: dict[str, int | None]  # what lay on the shelves at the beginning
    faults: Counter[Fault]
    kills: int
    restarts: int
    server_log: str

    @property
    def made(self) -> int:
        return sum(len(tablet.made) for tablet in self.tablets)

    @property
    def lost(self) -> list[str]:
        there = self.books.sales.keys() | self.books.training.keys()
        return [
            one.number for tablet in self.tablets for one in tablet.made if one.uuid not in there
        ]

    @property
    def doubled(self) -> int:
        """How many more entries the ledger has than sales were made."""
        return len(self.books.sales) + len(self.books.training) - (self.made - len(self.lost))

    def differences(self) -> list[str]:
        """Everything in which the portal's books are not those of the tablets."""
        accounts = [tablet.account() for tablet in self.tablets]
        return differences(accounts, self.books, self.goods)

    def __str__(self) -> str:
        answers = _together(tablet.answers for tablet in self.tablets)
        troubles = _together(tablet.troubles for tablet in self.tablets)
        faults = ", ".join(
            f"{fault.value} {n}" for fault, n in sorted(self.faults.items(), key=str)
        )
        return "\n".join(
            [
                f"FAULT_SEED={self.seed}: {self.made} sales in {self.seconds:.1f} s "
                f"({self.made / self.seconds:.0f}/s), "
                f"{len(self.lost)} lost, {self.doubled} doubled",
                f"  faults: {faults}",
                f"  workers killed: {self.kills}, database restarts: {self.restarts}",
                f"  answers: {dict(sorted(answers.items()))}",
                f"  without an answer: {dict(troubles.most_common(8))}",
                f"  flags: {self.books.flags}, days: {self.books.days}",
                *(f"  DIFFERENCE {one}" for one in self.differences()),
            ]
        )


def differences(
    accounts: Sequence[Account], books: Books, goods: dict[str, int | None]
) -> list[str]:
    """Everything in which the portal's books are not those of the tablets, told briefly.

    `goods`: what lay on the shelves at the beginning.
    """
    made = [one for account in accounts for one in account.made]
    sold = _together(account.sold for account in accounts)
    pairs: dict[str, tuple[object, object]] = {
        "sales": (
            {one.uuid: (one.number, one.total_rupiah) for one in made if not one.training},
            books.sales,
        ),
        "training": (
            {one.uuid: (one.number, one.total_rupiah) for one in made if one.training},
            books.training,
        ),
        "total": (
            sum(one.total_rupiah for one in made if not one.training),
            sum(books.totals.values()),
        ),
        "methods": (
            _without_zero(_together(account.methods for account in accounts)),
            _without_zero(books.methods),
        ),
        # In the order in which they were printed, each once.
        "numbers": (
            {account.prefix: [one.number for one in account.made] for account in accounts},
            books.numbers,
        ),
        "left": (
            {key: None if left is None else left - sold[int(key)] for key, left in goods.items()},
            books.left,
        ),
        "e-receipts": (sum(one.total_rupiah > 0 for one in made), books.receipts),
        "held": ({}, books.held),
        "refused": (0, sum(account.refused for account in accounts)),
        "breaks": ([], books.breaks),
    }
    return [
        f"{name}: {_apart(ours, theirs)}"
        for name, (ours, theirs) in pairs.items()
        if ours != theirs
    ]


def _apart(ours: object, theirs: object) -> str:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        rows = [f"{key}: tablet {ours.get(key)}, portal {theirs.get(key)}"[:300] for key in keys]
        return f"{len(keys)} differ, such as {'; '.join(rows[:3])}"
    return f"tablets {str(ours)[:300]}, portal {str(theirs)[:300]}"


def tell(
    engine: str,
    *,
    sales: int,
    seed: int,
    tablets: int = 4,
    most: int = 12,  # sales in a batch
    calm: int = 8,
    upheavals: int = 3,
    seconds: float = 80,
    forgetful: bool = False,
) -> Story:
    """Sell so many under faults and read the books. `upheavals`: kills, and crashes of PostgreSQL.

    Raises TimeoutError when the tablets are not through within `seconds`.
    """
    with portal(engine, tablets=tablets) as running:
        goods = running.read_books().left
        started = time.monotonic()
        with fault_proxy(running.port, seed=seed, calm=calm) as proxy:
            people = [
                Tablet(
                    paired,
                    port=proxy.port,
                    seed=seed,
                    batch=(1, most),
                    clock_ahead=CLOCKS[number % len(CLOCKS)],
                    forgetful=forgetful,
                )
                for number, paired in enumerate(running.paired)
            ]
            # In a thread of its own: in pytest's an event loop of Playwright may be running.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(
                    asyncio.run, _sell(people, running, proxy, sales, upheavals, seconds)
                ).result()
        took = time.monotonic() - started
        return Story(
            seed=seed,
            seconds=took,
            tablets=people,
            books=running.read_books(),
            goods=goods,
            faults=Counter(proxy.done),
            kills=running.kills,
            restarts=running.restarts,
            server_log=running.log_tail(),
        )


async def _sell(
    people: list[Tablet],
    running: Portal,
    proxy: FaultProxy,
    sales: int,
    upheavals: int,
    seconds: float,
) -> None:
    """All tablets at once, and the upheavals at even distances between the first and last sale."""
    for person in people:
        with suppress(NoAnswerError):
            await person.contact()

    def through() -> int:
        return sum(sum(person.answers.values()) for person in people)

    changed = asyncio.Event()
    if not upheavals:
        changed.set()
    async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
        for number, person in enumerate(people):
            share = sales // len(people) + (number < sales % len(people))
            group.create_task(_work(person, share, changed))
        chance = random.Random(proxy.random.random())
        for number in range(1, upheavals + 1):
            while through() < sales * number / (upheavals + 1):
                await asyncio.sleep(0.01)
            running.kill_worker(chance)
            if number == (upheavals + 1) // 2:
                await asyncio.to_thread(running.change_offers, running.stands[0])
                changed.set()
                await asyncio.to_thread(running.restart_database)
            elif number % 4 == 0:
                await asyncio.to_thread(running.restart_database)


async def _work(person: Tablet, share: int, changed: asyncio.Event) -> None:
    """Sell so many, faster than they can be sent at times, and send them meanwhile.

    The last quarter is sold after the prices changed, however long that took.
    """
    sender = asyncio.create_task(person.deliver(is_done=lambda: len(person.made) >= share))
    try:
        for number in range(share):
            if number == share * 3 // 4:
                await changed.wait()
            person.sell()
            if person.random.random() < 0.3:
                await asyncio.sleep(person.random.uniform(0, 0.05))
        await sender
    finally:
        sender.cancel()


def _together(counts: Iterable[Counter[K]]) -> Counter[K]:
    """Their sum, with what is below zero."""
    total: Counter[K] = Counter()
    for one in counts:
        total.update(one)
    return total


def _without_zero(amounts: dict[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in amounts.items() if amount}
