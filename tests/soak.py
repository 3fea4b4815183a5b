"""`make soak`: sales from simulated tablets while everything breaks, as many as one likes.

`python -m tests.soak --sales 1000000 --each 100000 --seed 7`. PostgreSQL behind nginx and two
nodes, and a tenth of it on SQLite behind one gunicorn. In between, at random: workers and a node
killed, reloads, restarts and crashes of the database, a node's and the tablets' clocks set, prices
changed; and on the way to the portal delays, cut requests, cut and swallowed answers, resets,
refusals. Each run has a database and a seed of its own, and ends by itself or fails.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.crew import Crew
from tests.faults.hall import Hall, hall
from tests.faults.proxy import seed_of_this_run
from tests.faults.server import Portal, portal
from tests.faults.story import differences
from tests.faults.wrong_clock import WrongClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.gunicorn import Gunicorn

TABLETS = 16
SALES_BETWEEN_UPHEAVALS = 1_000
# Of a run: what is not through in the time of a tenth of the usual pace has failed.
LEAST_A_SECOND = 20
AT_LEAST_SECONDS = 600
CLOCKS = [dt.timedelta(hours=2), dt.timedelta(days=-1), dt.timedelta(days=1), None]


@dataclass(frozen=True)
class Run:
    """How one run ended."""

    operations: int
    lost: int
    doubled: int
    different: int


class Trouble:
    """Breaks something at random, by a seed: each kind comes up however short the run is."""

    def __init__(
        self, there: Hall | Portal, nodes: list[Gunicorn], clock: WrongClock, seed: int
    ) -> None:
        self.there = there
        self.nodes = nodes
        self.clock = clock
        self.random = random.Random(f"{seed} trouble")
        self.done: Counter[str] = Counter()
        self._pack: list[Callable[[], None]] = []

    def happen(self) -> None:
        """The next of a shuffled pack."""
        if not self._pack:
            self._pack = [*[self.kill_worker] * 4, self.reload, self.set_clock, self.kill_node]
            if self.there.postgres is not None:
                self._pack += [self.crash, self.restart]
            self.random.shuffle(self._pack)
        one = self._pack.pop()
        self.done[one.__name__.replace("_", " ")] += 1
        one()

    def kill_worker(self) -> None:
        self.random.choice(self.nodes).kill_worker(self.random)

    def kill_node(self) -> None:
        """`kill -9` of all of it; it is started again at once, and takes its time."""
        node = self.random.choice(self.nodes)
        node.kill()
        node.launch()

    def reload(self) -> None:
        node = self.random.choice(self.nodes)
        if node.workers():
            node.reload()

    def set_clock(self) -> None:
        """Of the last node, while it runs."""
        self.clock.jump(self.random.choice(CLOCKS))

    def crash(self) -> None:
        assert self.there.postgres is not None
        self.there.postgres.restart()

    def restart(self) -> None:
        assert self.there.postgres is not None
        self.there.postgres.shut_down(at_once=False)
        self.there.postgres.start_again()


@contextlib.contextmanager
def place(engine: str) -> Iterator[tuple[Hall | Portal, list[Gunicorn], WrongClock]]:
    """Where it happens: what tablets reach, its nodes, and the clock of the last of them."""
    if engine == "postgres":
        with hall(tablets=TABLETS, WEB_WORKERS="2") as there:
            yield there, there.nodes, there.give_clock(there.nodes[-1])
    else:
        with portal(engine, tablets=TABLETS) as alone:
            # One machine has one clock: only those of the tablets jump.
            yield alone, [alone.gunicorn], WrongClock(alone.folder)


def soak(engine: str, *, sales: int, seed: int) -> Run:
    """One run, told in a few lines."""
    with place(engine) as (there, nodes, clock):
        goods = there.read_books().left
        trouble = Trouble(there, nodes, clock, seed)
        began = time.monotonic()
        last = began + AT_LEAST_SECONDS + sales / LEAST_A_SECOND
        crew = Crew(there.paired, port=there.port, seed=seed, sales=sales)
        wanted, half = SALES_BETWEEN_UPHEAVALS, sales // 2
        while not crew.is_through:
            if crew.taken >= wanted:
                wanted += SALES_BETWEEN_UPHEAVALS
                trouble.happen()
            if half and crew.taken >= half:
                half = 0
                there.change_offers(there.stands[0])
            if time.monotonic() > last:
                raise TimeoutError(f"SEED={seed}: {crew.taken} of {sales} sales only")
            time.sleep(0.01)
        accounts, faults = crew.come_home()
        seconds = time.monotonic() - began
        books = there.read_books()
    found = differences(accounts, books, goods)
    known = books.sales.keys() | books.training.keys()
    made = [one for account in accounts for one in account.made]
    lost = sum(one.uuid not in known for one in made)
    run = Run(len(made), lost, len(known) - (len(made) - lost), len(found))
    answers = sum((one.answers for one in accounts), Counter[int]())
    troubles = sum((one.troubles for one in accounts), Counter[str]())
    network = ", ".join(f"{one.value} {n}" for one, n in sorted(faults.items(), key=str))
    print(
        f"{engine} SEED={seed}: {run.operations} operations in {seconds:.0f} s"
        f" ({run.operations / seconds:.0f}/s), load {os.getloadavg()[0]:.1f}:"
        f" {run.lost} lost, {run.doubled} doubled",
        f"  broken on purpose: {dict(sorted(trouble.done.items()))}",
        f"  network: {network}",
        f"  answers: {dict(sorted(answers.items()))}; none: {dict(troubles.most_common(8))}",
        f"  flags: {books.flags}, days: {books.days}, breaks: {len(books.breaks)}",
        *(f"  DIFFERENCE {one}" for one in found),
        sep="\n",
        flush=True,
    )
    return run


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--sales", type=int, default=20_000, help="on PostgreSQL")
    parser.add_argument("--each", type=int, default=100_000, help="sales of one run at most")
    parser.add_argument("--seed", type=int, default=seed_of_this_run(), help="of the first run")
    parser.add_argument("--engine", choices=["postgres", "sqlite"], action="append")
    options = parser.parse_args(arguments)
    runs: list[Run] = []
    for engine in options.engine or ["postgres", "sqlite"]:
        left = options.sales if engine == "postgres" or options.engine else options.sales // 10
        while left > 0:
            some = min(left, options.each)
            runs.append(soak(engine, sales=some, seed=options.seed + len(runs)))
            left -= some
    lost, doubled = sum(run.lost for run in runs), sum(run.doubled for run in runs)
    last = options.seed + len(runs) - 1
    print(
        f"{sum(run.operations for run in runs)} operations in {len(runs)} runs, seeds"
        f" {options.seed} to {last}: {lost} lost, {doubled} doubled",
        flush=True,
    )
    return 1 if any(run.lost or run.doubled or run.different for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
