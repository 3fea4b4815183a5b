"""The portal as in production, on this machine and for one test: gunicorn, a database, tablets."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.gunicorn import GUNICORN, Gunicorn
from tests.faults.site import HOST, Site
from tests.postgres import Server, postgres_server
from tests.prepared import collected, migrated_postgres, migrated_sqlite

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence


class Portal(Site):
    """A running portal. `port` stays the same over restarts."""

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        postgres: Server | None,
        options: Sequence[str] = GUNICORN,
    ) -> None:
        super().__init__(folder, environment, postgres)
        self.gunicorn = Gunicorn(folder / "gunicorn.log", environment, options)
        self.port = self.gunicorn.port
        self.environment["CSRF_TRUSTED_ORIGINS"] = f"http://{HOST}:{self.port}"
        self.restarts = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    # --- gunicorn ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start gunicorn and wait until it answers."""
        self.gunicorn.start()

    def stop(self) -> None:
        """End gunicorn: in peace first, then without asking."""
        self.gunicorn.stop()

    def workers(self) -> list[int]:
        """The processes that serve."""
        return self.gunicorn.workers()

    def kill_worker(self, chance: random.Random) -> None:
        """`kill -9` one worker, whatever it is doing. gunicorn starts another."""
        self.gunicorn.kill_worker(chance)

    @property
    def kills(self) -> int:
        return self.gunicorn.kills

    def log_tail(self, lines: int = 40) -> str:
        return self.gunicorn.log_tail(lines)

    def restart_database(self) -> None:
        """Crash PostgreSQL and let it recover. SQLite has no server that could end."""
        if self.postgres is not None:
            self.postgres.restart()
            self.restarts += 1

    def forget_sessions_and_secret(self) -> None:
        """Start again under another SECRET_KEY, with nobody signed in."""
        self._books("forget")
        self.stop()
        self.environment["SECRET_KEY"] = secrets.token_urlsafe(50)
        self.start()


def engine_of_this_run() -> str:
    """The database of the pytest run we are in."""
    url = os.environ.get("DATABASE_URL", "")
    return "postgres" if url.startswith("postgres") else "sqlite"


def as_in_production(folder: Path, database: str, *, pages: bool) -> dict[str, str]:
    """The environment of a portal that keeps everything below that folder.

    `pages`: with static files, for a browser.
    """
    return os.environ | {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VOUCHER_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": database,
        # What tests/conftest.py wants of tests in one process goes no further.
        "DATABASE_CONN_MAX_AGE": "600",
        "DATABASE_LOCK_TIMEOUT_MS": "2000",
        "LOG_LEVEL": "INFO",
        "SECURE_SSL_REDIRECT": "0",
        "COOKIE_SECURE": "0",
        "MEDIA_ROOT": str(folder / "media"),
        "IMPORTS_ROOT": str(folder / "imports"),
        "PRIVATE_ROOT": str(folder / "private"),
        "STATIC_ROOT": collected() if pages else str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
        "TMPDIR": str(folder),
    }


@contextlib.contextmanager
def portal(
    engine: str,
    *,
    tablets: int,
    pages: bool = False,
    gunicorn: Sequence[str] = GUNICORN,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Portal]:
    """A portal on an own, durable database, with paired tablets, until the end of the block.

    `pages`: with static files, for a browser. `settings`: of PostgreSQL, where it is one.
    """
    with contextlib.ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="opop-faults-")))
        server = None
        if engine == "postgres":
            server = undo.enter_context(
                postgres_server(data=migrated_postgres(), settings=settings)
            )
        url = server.url if server else f"sqlite:///{shutil.copy(migrated_sqlite(), folder)}"
        environment = as_in_production(folder, url, pages=pages)
        running = Portal(folder, environment, server, gunicorn)
        running.prepare(tablets)
        undo.callback(running.stop)
        running.start()
        yield running
