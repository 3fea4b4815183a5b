"""Backups as on a machine: by a role that owns its database and is no administrator."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connection

from opop_expo.backups.databases import using
from opop_expo.backups.postgres import Postgres
from tests.postgres import Server, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opop_expo.backups.databases import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# It is cleared up so slowly that whoever does it is still there when they are looked for.
MANY_LINES = (
    "CREATE TABLE lines WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)"
    " AS SELECT repeat('x', 200) FROM generate_series(1, 40000)"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server(fast=True, settings={"autovacuum_naptime": "1s"}) as running:
        with running.connect() as administrator:
            administrator.execute("CREATE ROLE opop LOGIN CREATEDB")
        yield running


@pytest.fixture
def hall(server: Server) -> Iterator[Settings]:
    """The database in use, as its owner reaches it."""
    present = connection.settings_dict
    settings: dict[str, Any] = present | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "hall",
        "HOST": str(server.folder),
        "PORT": 5432,
        "USER": "opop",
        "PASSWORD": "",
        "OPTIONS": {},
    }
    with server.connect() as administrator:
        administrator.execute("CREATE DATABASE hall OWNER opop")
    try:
        with using(settings):
            yield settings
    finally:
        with server.connect() as administrator:
            administrator.execute("DROP DATABASE hall WITH (FORCE)")


def vacuumed(server: Server, name: str) -> None:
    """Rows of which many are dead, and wait until PostgreSQL has begun to clear them away."""
    with psycopg.connect(
        host=str(server.folder), port=5432, user="opop", dbname=name, autocommit=True
    ) as owner:
        owner.execute(MANY_LINES)
        owner.execute("DELETE FROM lines")
    with server.connect() as administrator:
        deadline = time.monotonic() + 30
        while "autovacuum worker" not in there(administrator, name):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def there(administrator: psycopg.Connection[Any], name: str) -> set[str]:
    """The kinds of processes that are at work in a database."""
    asked = "SELECT backend_type FROM pg_stat_activity WHERE datname = %s"
    return {kind for (kind,) in administrator.execute(asked, [name])}


def names(server: Server) -> set[str]:
    with server.connect() as administrator:
        return {name for (name,) in administrator.execute("SELECT datname FROM pg_database")}


def test_scratch_database_goes_although_postgresql_clears_it_up(
    server: Server, hall: Settings, tmp_path: Path
) -> None:
    with Postgres().scratch(tmp_path) as scratch:
        vacuumed(server, scratch["NAME"])
    assert scratch["NAME"] not in names(server)


def test_databases_change_places_although_postgresql_clears_both_up(
    server: Server, hall: Settings, tmp_path: Path
) -> None:
    engine = Postgres()
    with engine.successor(tmp_path) as successor:
        for name in (hall["NAME"], successor["NAME"]):
            vacuumed(server, name)
        engine.take_over(successor)
    assert successor["NAME"] not in names(server)
