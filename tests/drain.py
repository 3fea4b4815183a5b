"""`make drain`: 64 tablets come back into the network with 500 unsent sales each.

gunicorn and a durable PostgreSQL on this machine, and the tablets beside them. It ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter

from tests.faults.gunicorn import GUNICORN
from tests.faults.server import Portal, portal
from tests.faults.story import differences
from tests.faults.tablet import Tablet

TABLETS = 64
SALES = 500
LIMIT_SECONDS = 90
MOST_SECONDS = 600
PATIENCE = 20  # as in static/js/till/tablet/protocol.js


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drain", description=__doc__)
    parser.add_argument("--tablets", type=int, default=TABLETS)
    parser.add_argument("--sales", type=int, default=SALES, help="unsent on each tablet")
    parser.add_argument("--batch", type=int, default=100, help="sales in one request")
    parser.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--gunicorn", default=" ".join(GUNICORN), help="its options")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with portal(
        options.engine, tablets=options.tablets, gunicorn=options.gunicorn.split()
    ) as there:
        goods = there.read_books().left
        tablets = [
            Tablet(
                paired,
                port=there.port,
                seed=options.seed,
                batch=(options.batch, options.batch),
                patience=PATIENCE,
                reversals=0,
            )
            for paired in there.paired
        ]
        for tablet in tablets:
            for _ in range(options.sales):
                tablet.sell()
        load = os.getloadavg()[0]
        lines = [len(json.loads(one.raw)["lines"]) for tablet in tablets for one in tablet.made]
        print(
            f"{options.tablets} tablets with {options.sales} sales each, "
            f"{statistics.fmean(lines):.2f} lines on average, batches of {options.batch}, "
            f"{options.engine}, "
            f"gunicorn {options.gunicorn}, load before {load:.2f}",
            flush=True,
        )
        return _drain(there, tablets, goods)


def _drain(there: Portal, tablets: list[Tablet], goods: dict[str, int | None]) -> int:
    started, busy = time.perf_counter(), time.process_time()
    asyncio.run(_all(tablets))
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    made = sum(len(tablet.made) for tablet in tablets)
    batches = [wait for tablet in tablets for _number, wait in tablet.waits]
    sales = [wait for tablet in tablets for number, wait in tablet.waits for _ in range(number)]
    troubles: Counter[str] = Counter()
    answers: Counter[int] = Counter()
    for tablet in tablets:
        troubles.update(tablet.troubles)
        answers.update(tablet.answers)
    print(f"{made} sales in {seconds:.1f} s: {made / seconds:.0f}/s")
    print(f"acknowledged after (a batch) {_spread(batches)}; (a sale) {_spread(sales)}")
    print(f"answers {dict(answers)}, 503 and no answer {dict(troubles)}")
    print(f"the tablets themselves: {busy:.1f} s of processor time", flush=True)
    found = differences([one.account() for one in tablets], there.read_books(), goods)
    print("\n".join(found) or "0 lost, 0 doubled, ledger whole, every rupiah and number in place")
    return 1 if found or seconds > LIMIT_SECONDS else 0


async def _all(tablets: list[Tablet]) -> None:
    async with asyncio.timeout(MOST_SECONDS), asyncio.TaskGroup() as group:
        for tablet in tablets:
            group.create_task(tablet.deliver(is_done=lambda: True))


def _spread(waits: list[float]) -> str:
    p50, p95 = (statistics.quantiles(waits, n=20)[index] for index in (9, 18))
    return f"p50 {p50:.2f} s, p95 {p95:.2f} s, max {max(waits):.2f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
