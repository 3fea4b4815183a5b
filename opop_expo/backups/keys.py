"""After a restore no key and no version is given again: papers, tablets, browsers may name it."""

# ruff: noqa: S608, the statements are made of names that the database itself told

from __future__ import annotations

import time

from django.db import connection
from django.utils import timezone

from stands.catalogue_triggers import ALL
from stands.models import CatalogueChange

# More than are given between two backups.
SKIPPED = 100_000


def skip_keys() -> None:
    """Let every table count on from further ahead.

    A tablet sells an offer by its key. Were the key of an offer that was lost given to another,
    what the tablet sends again would be counted for goods of somebody else.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(format('%%I.%%I', schemaname, sequencename),"
                " COALESCE(last_value, 0) + %s) FROM pg_sequences"
                " WHERE schemaname = ANY (current_schemas(false))",
                [SKIPPED],
            )
            return
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master"
            " WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
            " AND name NOT IN (SELECT name FROM sqlite_sequence)"
        )
        cursor.execute(f"UPDATE sqlite_sequence SET seq = seq + {SKIPPED}")


def skip_versions() -> None:
    """Let the version of every edition's catalogue go on further ahead.

    Pages are kept under it, here and in browsers. Were a version of the time that is lost reached
    again, the page of that time would be shown. The step is the hour in milliseconds: of two
    restores of one backup, the later one is ahead of whatever came after the earlier one.
    """
    CatalogueChange.objects.create(edition=ALL, step=time.time_ns() // 1_000_000, at=timezone.now())
