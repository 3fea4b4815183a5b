"""What many tests begin with and what takes seconds to make: made once a run, and then copied.

`python -m tests.prepared` makes the database that every run needs, while pytest still collects.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres import postgres_server

if TYPE_CHECKING:
    from collections.abc import Callable

# The folder of a run, for all its processes; set by whoever leads the run.
FOLDER = "PREPARED_FOLDER"
MANAGE_SECONDS = 300


def migrated_sqlite() -> Path:
    """An SQLite file with all tables and nothing in them, to be copied."""
    return _once("migrated.sqlite3", lambda path: _migrate(f"sqlite:///{path}"))


def migrated_postgres() -> Path:
    """The data folder of a PostgreSQL that has ended, in whose `opop` all tables are; see
    `tests.postgres.postgres_server`."""

    def make(path: Path) -> None:
        with postgres_server(fast=True) as server:
            _migrate(server.url)
            server.shut_down(at_once=False)
            subprocess.run(["cp", "-a", server.folder / "data", path], check=True)

    return _once("postgres", make)


def collected() -> str:
    """A folder with the static files as they are served: the same for every portal of this run."""
    # Compressed and named by their content, which only production does.
    production = {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VOUCHER_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": "sqlite://:memory:",
    }
    made = _once(
        "static",
        lambda path: _manage("collectstatic", "--no-input", STATIC_ROOT=str(path), **production),
    )
    return str(made)


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """What has that name in the run's folder. Whoever asks first makes it, and others wait."""
    folder = _folder()
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            # Of its own, so that what a killed process left half done is nobody's.
            half = Path(tempfile.mkdtemp(dir=folder)) / name
            make(half)
            half.rename(made)
    return made


@functools.cache
def _folder() -> Path:
    """The run's own, or one for this process where nobody leads."""
    if FOLDER in os.environ:
        return Path(os.environ[FOLDER])
    folder = Path(tempfile.mkdtemp(prefix="opop-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _migrate(url: str) -> None:
    _manage("migrate", DEBUG="1", DATABASE_URL=url)


def _manage(*command: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity=0"],
        env=os.environ | environment,
        check=True,
        timeout=MANAGE_SECONDS,
    )


if __name__ == "__main__":
    migrated_sqlite()
