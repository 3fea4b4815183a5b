"""The throw-away PostgreSQL leaves no process and no file behind, however it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import environ
import psycopg
import pytest

from tests.postgres import PostgresError, Stopped, run, throwaway_postgres

# Each starts a server of its own.
pytestmark = pytest.mark.shown_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

START = [sys.executable, "-m", "tests.postgres", "--fast", "--", sys.executable, "-c"]
# Tells where the database is and which process we are.
TELL = "import os; print(os.environ['DATABASE_URL'], os.getpid(), flush=True)"


def test_server_answers_and_is_gone_afterwards() -> None:
    with throwaway_postgres(fast=True) as url:
        folder = folder_of(url)
        server = server_pid(folder)
        with psycopg.connect(host=str(folder), user="postgres", dbname="opop") as connection:
            row = connection.execute("SHOW server_encoding").fetchone()

    assert row == ("UTF8",)
    assert not folder.exists()
    assert not alive(server)


def test_server_syncs_to_disk_unless_fast_is_asked_for() -> None:
    with throwaway_postgres() as url:
        folder = folder_of(url)
        with psycopg.connect(host=str(folder), user="postgres", dbname="opop") as connection:
            settings = [
                connection.execute(f"SHOW {name}").fetchone()
                for name in ("fsync", "synchronous_commit", "full_page_writes")
            ]

    assert settings == [("on",), ("on",), ("on",)]


def test_server_is_gone_after_an_exception() -> None:
    urls = []

    def fail() -> None:
        with throwaway_postgres(fast=True) as url:
            urls.append(url)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert [folder_of(url).exists() for url in urls] == [False]


def test_command_gives_its_exit_status_and_server_is_gone() -> None:
    done = subprocess.run([*START, f"{TELL}; raise SystemExit(7)"], capture_output=True, text=True)

    assert done.returncode == 7
    assert not folder_of(done.stdout.split()[0]).exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_stops_command_and_server(how: signal.Signals) -> None:
    with started(f"{TELL}; import time; time.sleep(600)") as (process, folder, server, child):
        process.send_signal(how)
        status = process.wait(30)

    assert status == 128 + how
    assert not folder.exists()
    assert not alive(server)
    assert not alive(child)


def test_more_signals_do_not_interrupt_the_stopping() -> None:
    with started(f"{TELL}; import time; time.sleep(600)") as (process, folder, server, child):
        while process.poll() is None:
            process.terminate()
            time.sleep(0.005)

    assert not folder.exists()
    assert not alive(server)
    assert not alive(child)


def test_signal_kills_a_command_that_does_not_listen(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = (
        "import os, pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(ready)!r}).write_text(str(os.getpid())); time.sleep(600)"
    )
    Thread(target=terminate_us_when_exists, args=[ready]).start()

    with pytest.raises(Stopped), throwaway_postgres(fast=True) as url:
        run([sys.executable, "-c", deaf], url, patience=0.2)

    assert not folder_of(url).exists()
    assert not alive(int(ready.read_text()))


def test_missing_programs_are_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", "/nonexistent")

    with pytest.raises(PostgresError, match="install the package 'postgresql'"):
        throwaway_postgres().__enter__()


@contextlib.contextmanager
def started(code: str) -> Iterator[tuple[subprocess.Popen[str], Path, int, int]]:
    """Run Python code under the command; give the process, the folder and both process ids."""
    with subprocess.Popen(
        [*START, code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url, child = process.stdout.readline().split()
        folder = folder_of(url)
        yield process, folder, server_pid(folder), int(child)


def terminate_us_when_exists(path: Path) -> None:
    while not (path.exists() and path.read_text()):
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGTERM)


def folder_of(url: str) -> Path:
    """Return the server's folder as django-environ reads it from the address."""
    return Path(environ.Env.db_url_config(url)["HOST"])


def server_pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def alive(pid: int) -> bool:
    """Whether a process runs. One that ended but was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
