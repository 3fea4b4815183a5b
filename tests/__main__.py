"""Run the whole suite twice, on SQLite and on a PostgreSQL of its own: `python -m tests`.

Arguments go to pytest. This process and not a shell leads both runs, so that a signal from outside
reaches the database server's end.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests import prepared
from tests.postgres import (
    PostgresError,
    Stopped,
    run,
    stopping_signals_raise,
    throwaway_postgres,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Two more than there are processors, since browsers and servers are often waited for. More than
# four would ask the database server for more connections than it gives.
WORKERS = min(4, (os.cpu_count() or 1) + 2)
PYTEST = [
    sys.executable,
    "-m",
    "pytest",
    "-n",
    str(WORKERS),
    # A file whole, so that what it prepares for all its tests is prepared once; in the order of
    # tests/conftest.py.
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
]


def main(arguments: list[str]) -> int:
    """Run both; the status is that of the first run that failed, and pytest prints last."""
    try:
        with stopping_signals_raise(), tempfile.TemporaryDirectory(prefix="opop-test-") as folder:
            # Here and not in conftest.py, so that nothing of it is left when pytest is killed.
            os.environ["SQLITE_TEST_PATH"] = str(Path(folder, "test.sqlite3"))
            os.environ[prepared.FOLDER] = folder
            # Some hundred processes of Python follow, and each would compile the portal anew.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            with sqlite_is_prepared():
                return run_both([*PYTEST, *arguments])
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stop:
        return 128 + stop.signal_number


@contextlib.contextmanager
def sqlite_is_prepared() -> Iterator[None]:
    """Make what the first run begins with while pytest still collects."""
    child = subprocess.Popen([sys.executable, "-m", "tests.prepared"])
    try:
        yield
    finally:
        child.kill()
        child.wait()


def run_both(command: list[str]) -> int:
    print("Tests on SQLite", flush=True)
    os.environ.pop("DATABASE_URL", None)
    started = time.monotonic()
    sqlite = run(command)
    verdict = "passed" if sqlite == 0 else f"failed, exit status {sqlite}"
    # The second run repeats this above its last line, where it is not overlooked.
    earlier = os.environ.get("EARLIER_RESULTS", "")
    report = f"pytest on SQLite: {verdict}, {time.monotonic() - started:.0f} s"
    os.environ["EARLIER_RESULTS"] = f"{earlier}\n{report}".strip()

    print("\nTests on PostgreSQL", flush=True)
    with throwaway_postgres(fast=True, data=prepared.migrated_postgres()) as url:
        os.environ["DATABASE_IS_MIGRATED"] = "1"
        return run(command, url) or sqlite


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
