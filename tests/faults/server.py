"""The portal as in production, on this machine and for one test: gunicorn, a database, tablets."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.books import Books, Paired
from tests.postgres import Server, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 20
BOOKS_SECONDS = 300
# As docs/hall-server.md recommends for a machine with two cores.
GUNICORN = ["--workers=2", "--threads=4", "--keep-alive=30", "--log-level=info"]


class Portal:
    """A running portal. `port` stays the same over restarts."""

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        postgres: Server | None,
        options: Sequence[str] = GUNICORN,
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.postgres = postgres
        self.paired: list[Paired] = []
        self.stands: list[str] = []
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self.environment["CSRF_TRUSTED_ORIGINS"] = f"http://{HOST}:{self.port}"
        self.options = options
        self.kills = 0
        self.restarts = 0
        self._gunicorn: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    # --- gunicorn ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start gunicorn and wait until it answers."""
        with (self.folder / "gunicorn.log").open("ab") as log:
            # In our own process group: whoever ends all of that ends it too.
            self._gunicorn = subprocess.Popen(
                [
                    *[sys.executable, "-m", "gunicorn", "opop_expo.wsgi"],
                    *[f"--bind={HOST}:{self.port}", "--no-control-socket", *self.options],
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._gunicorn.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"gunicorn does not start:\n{self.log_tail()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End gunicorn: in peace first, then without asking."""
        gunicorn = self._gunicorn
        if gunicorn is None:
            return
        workers = self.workers()
        gunicorn.terminate()
        try:
            gunicorn.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            gunicorn.kill()
            gunicorn.wait()
            for worker in workers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
        self._gunicorn = None

    def workers(self) -> list[int]:
        """The processes that serve."""
        if self._gunicorn is None or self._gunicorn.poll() is not None:
            return []
        master = self._gunicorn.pid
        listed = Path(f"/proc/{master}/task/{master}/children")
        if listed.exists():
            return [int(pid) for pid in listed.read_text().split()]
        found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def kill_worker(self, chance: random.Random) -> None:
        """`kill -9` one worker, whatever it is doing. gunicorn starts another."""
        workers = self.workers()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
                self.kills += 1

    def restart_database(self) -> None:
        """Crash PostgreSQL and let it recover. SQLite has no server that could end."""
        if self.postgres is not None:
            self.postgres.restart()
            self.restarts += 1

    def log_tail(self, lines: int = 40) -> str:
        log = self.folder / "gunicorn.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    # --- what it holds ----------------------------------------------------------------------------

    def prepare(self, tablets: int) -> None:
        """Migrate, and pair so many tablets, two at a stand."""
        self.paired = [
            Paired(**one | {"goods": [(offer, price) for offer, price in one["goods"]]})
            for one in self._books("prepare", str(tablets))
        ]
        self.stands = sorted({one.stand for one in self.paired})

    def pairing_code(self, stand: str) -> str:
        """What an organiser reads out at that stand."""
        return str(self._books("code", stand))

    def revoke_tablets(self, stand: str) -> None:
        """An organiser takes every credential of that stand back."""
        self._books("revoke", stand)

    def forget_sessions_and_secret(self) -> None:
        """Start again under another SECRET_KEY, with nobody signed in."""
        self._books("forget")
        self.stop()
        self.environment["SECRET_KEY"] = secrets.token_urlsafe(50)
        self.start()

    def rename_stand(self, stand: str) -> None:
        """A1 becomes Z1."""
        self._books("rename", stand)

    def change_offers(self, stand: str) -> None:
        """Raise the first price and withdraw the second offer without any tablet knowing."""
        self._books("change", stand)

    def read_books(self) -> Books:
        said = self._books("read")
        for name in ("sales", "training"):
            said[name] = {key: (number, total) for key, (number, total) in said[name].items()}
        return Books(**said)

    def manage(self, *command: str) -> str:
        """Run `manage.py` against this portal; what it printed."""
        return self.run("manage.py", *command)

    def _books(self, *arguments: str) -> Any:
        return json.loads(self.run("-m", "tests.faults.books", *arguments))

    def run(self, *arguments: str) -> str:
        """Run Python with these arguments in the environment of this portal; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=BOOKS_SECONDS,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        return done.stdout


def engine_of_this_run() -> str:
    """The database of the pytest run we are in."""
    url = os.environ.get("DATABASE_URL", "")
    return "postgres" if url.startswith("postgres") else "sqlite"


@functools.cache
def collected() -> str:
    """A folder with the static files as they are served: the same for every portal of this run."""
    folder = tempfile.TemporaryDirectory(prefix="opop-static-")
    atexit.register(folder.cleanup)
    # Compressed and named by their content, which only production does.
    environment = os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VOUCHER_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": "sqlite://:memory:",
        "STATIC_ROOT": folder.name,
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(command, env=environment, check=True, timeout=BOOKS_SECONDS)
    return folder.name


@contextlib.contextmanager
def portal(
    engine: str,
    *,
    tablets: int,
    pages: bool = False,
    gunicorn: Sequence[str] = GUNICORN,
) -> Iterator[Portal]:
    """A portal on an own, durable database, with paired tablets, until the end of the block.

    `pages`: with static files, for a browser.
    """
    with contextlib.ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="opop-faults-")))
        server = undo.enter_context(postgres_server()) if engine == "postgres" else None
        url = server.url if server else f"sqlite:///{folder / 'opop.sqlite3'}"
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": url,
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "MEDIA_ROOT": str(folder / "media"),
            "STATIC_ROOT": collected() if pages else str(folder / "static"),
            "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
            "TMPDIR": str(folder),
        }
        running = Portal(folder, environment, server, gunicorn)
        running.prepare(tablets)
        undo.callback(running.stop)
        running.start()
        yield running
