"""`make soak`: thousands of sales from simulated tablets while everything breaks.

`python -m tests.soak --sales 20000 --seed 7`; PostgreSQL first, then SQLite. It ends by itself: a
database that is not through in half an hour has failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.faults.proxy import seed_of_this_run
from tests.faults.story import tell

TABLETS = 8
SALES_BETWEEN_UPHEAVALS = 250
MOST_SECONDS = 1800


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--sales", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=seed_of_this_run())
    parser.add_argument("--engine", choices=["postgres", "sqlite"], action="append")
    options = parser.parse_args(arguments)
    different = 0
    for engine in options.engine or ["postgres", "sqlite"]:
        print(f"{time.strftime('%H:%M:%S')} {engine}, SEED={options.seed} ...", flush=True)
        story = tell(
            engine,
            sales=options.sales,
            seed=options.seed,
            tablets=TABLETS,
            most=20,
            calm=20,
            upheavals=max(3, options.sales // SALES_BETWEEN_UPHEAVALS),
            seconds=MOST_SECONDS,
        )
        print(f"{engine}, load {os.getloadavg()[0]:.1f}: {story}", flush=True)
        different += bool(story.differences())
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
