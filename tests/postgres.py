"""A PostgreSQL server that lives as long as one command and leaves nothing behind.

    python -m tests.postgres --fast -- pytest tests/sales

The command finds the server in `DATABASE_URL`. Data, log and socket lie in one folder that only
the server's user may enter, so that no password and no TCP port is needed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

MISSING = (
    "No PostgreSQL server programs (initdb, postgres) found: install the package 'postgresql', "
    "or name their folder in PG_BINDIR."
)
START_SECONDS = 60
STOP_SECONDS = 20
# macOS has no C.UTF-8 in the releases still in use.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
# Folders of Debian, Homebrew on either processor, Fedora and Postgres.app.
USUAL_FOLDERS = [
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/pgsql-*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
]
STOPPING_SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


class PostgresError(Exception):
    """The server is missing or does not start; the message is written for the person running it."""


class Stopped(BaseException):
    """A signal asked the process to end. No `Exception`, so that nothing catches it by the way."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def find_bindir() -> Path | None:
    """Return the folder that holds both `initdb` and `postgres`, or None."""
    named = os.environ.get("PG_BINDIR")
    if named:
        return _complete(Path(named))
    on_path = shutil.which("initdb")
    # A link in /usr/local/bin leads to the folder where `postgres` lies beside it.
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for pattern in USUAL_FOLDERS:
        candidates += sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
    return next((folder for folder in candidates if _complete(folder)), None)


@contextlib.contextmanager
def throwaway_postgres(*, fast: bool = False, data: Path | None = None) -> Iterator[str]:
    """Start a server, give its `DATABASE_URL`, and delete all of it on every way out.

    `fast` gives up durability: right for tests, wrong for measuring what a sale costs. While the
    server lives, SIGTERM, SIGINT and SIGHUP raise `Stopped` in the main thread. `data`: see
    `postgres_server`.
    """
    with postgres_server(fast=fast, data=data) as server:
        yield server.url


def deployed_settings() -> dict[str, str]:
    """What an operator gives PostgreSQL."""
    file = Path(__file__).parents[1] / "deploy" / "postgresql.conf"
    pairs = (
        line.partition("=") for line in file.read_text().splitlines() if line[:1] not in ("", "#")
    )
    return {name.strip(): value.strip() for name, _is, value in pairs}


class Server:
    """A running server that can be restarted under its clients."""

    def __init__(
        self,
        folder: Path,
        command: list[str],
        user: pwd.struct_passwd | None,
        signals: _Signals,
    ) -> None:
        self.folder = folder
        # Two slashes: django-environ then reads a socket's folder. The port is named because
        # a PGPORT in the environment would win otherwise.
        self.url = f"postgres://postgres@:5432/{folder}/opop"
        self._command = command
        self._user = user
        self._signals = signals
        self.start()

    def start(self) -> None:
        with self._signals.held():
            self.process = _popen(self._command, self.folder, self._user)

    def stop(self) -> None:
        _stop(self.process)

    def restart(self) -> None:
        """End it as a power cut would (an 'immediate' shutdown), and let it recover."""
        self.shut_down(at_once=True)
        self.start_again()

    def shut_down(self, *, at_once: bool) -> None:
        """A 'fast' shutdown sends the clients away; at once ('immediate') is as a power cut."""
        _signal(self.process, signal.SIGQUIT if at_once else signal.SIGINT, group=False)
        self.process.wait(STOP_SECONDS)

    def start_again(self) -> None:
        """Start it and wait until it has recovered."""
        self.start()
        self.connect().close()

    def revive(self) -> None:
        """Start it if it has ended by itself, as whoever watches over it would."""
        if self.process.poll() is not None:
            self.start()
        self.connect().close()

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection as soon as it takes one; each statement is a transaction of its own."""
        return _connect_when_ready(self.process, self.folder, database)


@contextlib.contextmanager
def postgres_server(
    *,
    fast: bool = False,
    parent: Path | None = None,
    data: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start a server as `throwaway_postgres` does, and give it so that it can be restarted.

    Its folder is made in `parent`; `settings` go beside those of every server of the tests. With
    `data` it begins with a copy of the data folder of another that has ended, and with its `opop`.
    """
    bindir = find_bindir()
    if bindir is None:
        raise PostgresError(MISSING)
    user = _unprivileged_user()
    with stopping_signals_raise() as signals, contextlib.ExitStack() as undo:
        # Whatever is made is written down for undoing before a signal can get in between.
        with signals.held():
            # Not $TMPDIR: a socket's path may have 107 characters at most.
            usual = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp is private
            folder = Path(tempfile.mkdtemp(prefix="opop-pg-", dir=parent or usual))
            undo.callback(shutil.rmtree, folder, ignore_errors=True)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        command = _initdb_command(bindir, fast=fast)
        if data is not None:
            command = ["cp", "-a", str(data), str(folder / "data")]
        with signals.held():
            # A copy keeps its owner, which only root can give it.
            making = _popen(command, folder, user if data is None else None)
            undo.callback(_kill, making, group=True)
        if making.wait() != 0:
            raise PostgresError(f"{command[0]} failed:\n{_log_tail(folder)}")
        with signals.held():
            command = _server_command(bindir, folder, fast=fast, more=settings or {})
            server = Server(folder, command, user, signals)
            undo.callback(server.stop)
        undo.callback(signals.hold)  # runs first: nothing interrupts the undoing
        with _connect_when_ready(server.process, folder) as connection:
            if data is None:
                connection.execute("CREATE DATABASE opop")
        yield server


def run(command: Sequence[str], url: str | None = None, *, patience: float = 10) -> int:
    """Run a command, with the database's address if there is one; return its exit status.

    When `Stopped` is raised the command is told too; after `patience` seconds it is killed.
    """
    # At a terminal the command stays in the terminal's own group (a debugger must be able to read),
    # and Ctrl-C reaches it without us. Elsewhere it leads a group, so that all of it can be ended.
    at_terminal = sys.stdin is not None and sys.stdin.isatty()
    child = subprocess.Popen(
        command,
        env=os.environ if url is None else {**os.environ, "DATABASE_URL": url},
        process_group=None if at_terminal else 0,
    )
    try:
        status = child.wait()
    except Stopped as stop:
        if not (at_terminal and stop.signal_number == signal.SIGINT):
            _signal(child, stop.signal_number, group=not at_terminal)
        # Its own children may have something to clean up, such as a server like ours.
        deadline = time.monotonic() + patience
        while _lives(child, group=not at_terminal) and time.monotonic() < deadline:
            time.sleep(0.02)
        raise
    finally:
        _kill(child, group=not at_terminal)
    return status if status >= 0 else 128 - status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is that of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="give up durability (fsync off)")
    parser.add_argument("command", nargs="+", help="the command, after --")
    options = parser.parse_args(arguments)
    try:
        with throwaway_postgres(fast=options.fast) as url:
            return run(options.command, url)
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stop:
        return 128 + stop.signal_number


def _complete(folder: Path) -> Path | None:
    if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
        return folder
    return None


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root, whom it refuses; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresError("PostgreSQL refuses to run as root, and there is no user 'nobody'.")


def _popen(
    command: list[str], folder: Path, user: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": LOCALE, "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            # Out of reach of Ctrl-C: the tests need the server until they have ended.
            start_new_session=True,
        )


def _initdb_command(bindir: Path, *, fast: bool) -> list[str]:
    command = [str(bindir / "initdb"), "--pgdata=data", "--username=postgres", "--auth=trust"]
    return [*command, "--encoding=UTF8", f"--locale={LOCALE}", *(["--no-sync"] if fast else [])]


def _server_command(
    bindir: Path, folder: Path, *, fast: bool, more: Mapping[str, str]
) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "port": "5432",
        "max_connections": "200",
        "timezone": "UTC",
    }
    if fast:
        settings |= dict.fromkeys(["fsync", "synchronous_commit", "full_page_writes"], "off")
    settings |= more
    command = [str(bindir / "postgres"), "-D", "data"]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _connect_when_ready(
    server: subprocess.Popen[bytes], folder: Path, database: str = "postgres"
) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(
                host=str(folder), port=5432, user="postgres", dbname=database, autocommit=True
            )
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL does not start: {error}\n{_log_tail(folder)}"
                ) from error
            time.sleep(0.05)


def _log_tail(folder: Path) -> str:
    lines = (folder / "server.log").read_text(errors="replace").splitlines()
    return "\n".join(lines[-20:])


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server: 'fast' first (it sends its clients away), then without asking."""
    for how in (signal.SIGINT, signal.SIGQUIT):
        if server.poll() is None:
            _signal(server, how, group=False)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(STOP_SECONDS)
    _kill(server, group=True)


def _kill(process: subprocess.Popen[bytes], *, group: bool) -> None:
    """Kill a process that did not end by itself and, if it leads a group, what is left of that."""
    if group or process.poll() is None:
        _signal(process, signal.SIGKILL, group=group)
    process.wait()


def _lives(process: subprocess.Popen[bytes], *, group: bool) -> bool:
    if process.poll() is None:
        return True
    if not group:
        return False
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal(process: subprocess.Popen[bytes], number: int, *, group: bool) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)


class _Signals:
    """Raises `Stopped` at the first stopping signal, at once or as soon as nobody holds it."""

    def __init__(self) -> None:
        self.holders = 0
        self.received: int | None = None
        self.raised = False

    def handle(self, number: int, _frame: FrameType | None = None) -> None:
        if self.received is None:
            self.received = number
        self.raise_if_due()

    def raise_if_due(self) -> None:
        # Once only: a second Ctrl-C must not interrupt the cleaning up.
        if self.received is not None and not self.holders and not self.raised:
            self.raised = True
            raise Stopped(self.received)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let no signal interrupt what is inside; it is raised right after."""
        self.holders += 1
        try:
            yield
        finally:
            self.holders -= 1
        self.raise_if_due()

    def hold(self) -> None:
        """Let no signal interrupt from here on."""
        self.holders += 1


@contextlib.contextmanager
def stopping_signals_raise() -> Iterator[_Signals]:
    """Let SIGTERM, SIGINT and SIGHUP raise `Stopped` in what is inside."""
    signals = _Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals  # only the main thread may set handlers
        return
    before = {number: signal.signal(number, signals.handle) for number in STOPPING_SIGNALS}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    # What came while the server was being stopped.
    signals.holders = 0
    signals.raise_if_due()


if __name__ == "__main__":
    sys.exit(main())
