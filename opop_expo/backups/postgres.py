"""PostgreSQL: pg_dump and pg_restore, around a snapshot that the figures are read in as well."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from psycopg import IsolationLevel
from psycopg.sql import SQL, Identifier, Literal

from opop_expo.backups.databases import settings_with, using
from opop_expo.backups.errors import BackupError
from opop_expo.backups.parts import only_for_me

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg.sql import Composed

    from opop_expo.backups.databases import Settings

DEBIAN = "usr/lib/postgresql/*/bin"
LONGEST_NAME = 63
LEAVE_SECONDS = 20
# As libpq calls what Django's settings may say of a connection.
ENVIRONMENT = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
OPTIONS = {
    "host": "PGHOST",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
NO_CREATEDB = (
    "The role {role} may not create a database, and without one a backup can neither be proved "
    "nor restored. Once, as an administrator: ALTER ROLE {role} CREATEDB;"
)


class Postgres:
    """A database on a server, and further ones beside it."""

    kind = "postgresql"
    dump_name = "database.pgdump"

    def version(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0])

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Callable[[Path], None]]:
        """A transaction that sees one moment, and that pg_dump is told the name of."""
        settings = settings_with(isolation_level=IsolationLevel.REPEATABLE_READ)
        with using(settings), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            # It says nothing while pg_dump is at work, however long that takes.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            yield partial(self._dump, snapshot=cursor.fetchone()[0])

    def _dump(self, path: Path, *, snapshot: str) -> None:
        # Comments are left out: those of an extension belong to whoever installed it.
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
        options += ["--compress=4", f"--snapshot={snapshot}", f"--file={path}"]
        with only_for_me():
            _run("pg_dump", *options, settings=connection.settings_dict)

    @contextlib.contextmanager
    def scratch(self, root: Path) -> Iterator[Settings]:
        """Always of the same name for one folder of backups: one that a crash left is replaced."""
        place = f"{socket.gethostname()}:{root.resolve()}:{connection.settings_dict['NAME']}"
        name = f"opop_check_{hashlib.sha256(place.encode()).hexdigest()[:12]}"
        with self._new(name) as settings:
            yield settings

    @contextlib.contextmanager
    def successor(self, root: Path) -> Iterator[Settings]:
        with self._new(_beside("restored")) as settings:
            yield settings

    @contextlib.contextmanager
    def _new(self, name: str) -> Iterator[Settings]:
        """A database with this one's alphabet, dropped at the end if it still has its name."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper, rolname FROM pg_roles WHERE rolname = current_user"
            )
            may_create, role = cursor.fetchone()
            cursor.execute(
                "SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()"
            )
            collate, ctype = cursor.fetchone()
        if not may_create:
            raise BackupError(NO_CREATEDB.format(role=role))
        create = SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE {} LC_CTYPE {}"
        ).format(Identifier(name), Literal(collate), Literal(ctype))
        try:
            with _outside() as server:
                _drop(server, name)
                server.execute(create)
            yield settings_with(name)
        finally:
            with _outside() as server:
                _drop(server, name)

    def load(self, dump: Path, into: Settings) -> None:
        options = ["--exit-on-error", "--no-owner", "--no-privileges"]
        _run("pg_restore", *options, f"--dbname={into['NAME']}", str(dump), settings=into)
        with using(into), connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def take_over(self, successor: Settings) -> str:
        """Change the names of both in one transaction, when everybody has been sent away.

        Nobody can come back before, so that no sale is taken by a database that is then put aside.
        """
        name, kept = connection.settings_dict["NAME"], _beside("before")
        new = successor["NAME"]
        connection.close()
        with _outside() as server:
            server.execute(_allow(name, "false"))
            try:
                for one in (name, new):
                    _send_away(server, one)
                with server.transaction():
                    server.execute(_rename(name, kept))
                    server.execute(_rename(new, name))
            except BaseException:
                server.execute(_allow(name, "true"))
                raise
        return (
            f"the database of before is {kept} on the same server and takes no connections "
            f'(to look into it: ALTER DATABASE "{kept}" WITH ALLOW_CONNECTIONS true)'
        )


def _allow(name: str, whether: str) -> Composed:
    return SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS " + whether).format(Identifier(name))


def _rename(name: str, to: str) -> Composed:
    return SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(to))


def _beside(word: str) -> str:
    """A name for a database beside the present one that says what it is and since when."""
    tail = f"_{word}_{timezone.now():%Y%m%d_%H%M%S}"
    return f"{connection.settings_dict['NAME']:.{LONGEST_NAME - len(tail)}}{tail}"


@contextlib.contextmanager
def _outside() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the same server that is in nobody's way: in the database `postgres`."""
    params = connection.get_connection_params() | {"dbname": "postgres"}
    params.pop("cursor_factory", None)
    with psycopg.connect(**params, autocommit=True) as server:
        yield server


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    """Not WITH (FORCE), which would want to end autovacuum too."""
    drop = SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name))
    _send_away(server, name)
    server.execute(drop)


def _send_away(server: psycopg.Connection[Any], name: str) -> None:
    """End every connection to a database that nobody comes to anew, and see them gone.

    But for autovacuum's: those an administrator alone may end, and PostgreSQL ends them itself
    where a database is dropped or gets another name.
    """
    asked = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type <> 'autovacuum worker'"
    )
    deadline = time.monotonic() + LEAVE_SECONDS
    while True:
        row = server.execute(asked, [name]).fetchone()
        if row is None or not row[0]:
            return
        if time.monotonic() > deadline:
            raise BackupError(f"{row[0]} connections to {name} do not end: stop the portal.")
        time.sleep(0.05)


def find_program(name: str) -> str:
    """Where pg_dump or pg_restore lies: PG_BINDIR, the path, or Debian's newest. Or BackupError."""
    named = os.environ.get("PG_BINDIR")
    folders = sorted(Path("/").glob(DEBIAN), key=lambda one: _number(one.parent.name))
    candidates = [Path(named)] if named else list(reversed(folders))
    found = None if named else shutil.which(name)
    found = found or next((str(one / name) for one in candidates if (one / name).exists()), None)
    if found is None:
        raise BackupError(f"{name} is missing: install the package postgresql-client.")
    return found


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _run(program: str, *options: str, settings: Settings) -> None:
    """Run it on a database; nothing secret stands in its arguments, which everybody can read."""
    environment = {**os.environ, "PGDATABASE": settings["NAME"]}
    environment |= {
        variable: str(settings["OPTIONS"][key])
        for key, variable in OPTIONS.items()
        if settings["OPTIONS"].get(key)
    }
    # Where both say it, Django takes this one too.
    environment |= {
        variable: str(settings[key]) for key, variable in ENVIRONMENT.items() if settings.get(key)
    }
    done = subprocess.run(  # noqa: S603, a program of PostgreSQL's with options of our own
        [find_program(program), *options], env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackupError(f"{program} failed: {' '.join(said[:4]) or done.returncode}")
