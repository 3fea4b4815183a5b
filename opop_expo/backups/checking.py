"""Proves a backup: restores it into a scratch database, and compares what is there then."""

from __future__ import annotations

import json
import os
import tarfile
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation

from opop_expo.backups.databases import Engine, Settings, engine_in_use, using
from opop_expo.backups.errors import DATABASE_ERRORS, BackupError
from opop_expo.backups.facts import read_facts, unknown_migrations
from opop_expo.backups.manifest import CHECK, Manifest, read_backup
from opop_expo.backups.parts import only_for_me, to_disk
from opop_expo.backups.stored_files import ARCHIVES, refuse_archive
from sales.proof.verifying import verify_ledger

if TYPE_CHECKING:
    from pathlib import Path

# So many things that do not fit are told.
NAMED = 5


@dataclass(frozen=True)
class Check:
    """What came of restoring a backup into a scratch database."""

    verified: bool
    at: str
    seconds: float
    entries: int
    stands: int
    problems: list[str]


def check_backup(folder: Path, *, processes: int = 1) -> Check:
    """Restore it beside the database in use, prove the ledger there, and write down what came.

    The scratch database is gone afterwards, whatever came. Raises BackupError where the backup
    cannot be read, or no scratch database be made.
    """
    started = time.monotonic()
    manifest = read_backup(folder)
    engine = engine_in_use()
    refuse_foreign(folder, manifest, engine)
    problems = _broken_archives(folder, manifest)
    try:
        with engine.scratch(folder.parent) as scratch:
            entries, stands, found = fill_and_prove(
                folder, manifest, engine, scratch, processes=processes
            )
    except (OSError, *DATABASE_ERRORS) as error:
        raise BackupError(f"{folder} could not be restored for a proof: {error}") from error
    problems += found
    check = Check(
        verified=not problems,
        at=timezone.now().isoformat(),
        seconds=round(time.monotonic() - started, 1),
        entries=entries,
        stands=stands,
        problems=problems[:NAMED],
    )
    _write(folder, check)
    return check


def fill_and_prove(
    folder: Path, manifest: Manifest, engine: Engine, place: Settings, *, processes: int
) -> tuple[int, int, list[str]]:
    """Load a backup into an empty database, bring it up to this code, and prove what is there.

    The number of ledger entries and of stands, and what does not fit.
    """
    engine.load(folder / engine.dump_name, place)
    with using(place):
        found = [f"restored, {one}" for one in manifest.facts.differences(read_facts())]
        if _is_older():
            # What an older version wrote is proved as this one reads it.
            call_command("migrate", verbosity=0, interactive=False)
        with translation.override("en"):
            proof = verify_ledger(processes=processes)
    found += [f"ledger, {one}" for one in proof.breaks]
    if proof.entries != manifest.entries:
        found.append(f"ledger, {proof.entries} entries in place of {manifest.entries}")
    return proof.entries, proof.stands, found


def _is_older() -> bool:
    """Whether this code has migrations that the default connection's database has not."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_foreign(folder: Path, manifest: Manifest, engine: Engine) -> None:
    """Raise BackupError where this database, or this code, is not one that can take it.

    Nor are its archives, if they hold anything but files of the storages.
    """
    if manifest.database != engine.kind:
        raise BackupError(
            f"{folder} is a backup of {manifest.database}, and DATABASE_URL leads to "
            f"{engine.kind}. A backup goes back into the kind of database that it came from."
        )
    unknown = unknown_migrations(manifest.facts.migrations)
    if unknown:
        raise BackupError(
            f"{folder} was made by a newer version (it has {', '.join(unknown[:NAMED])}, which "
            "this code has not): install that version first."
        )
    for name in manifest.files:
        if name not in ARCHIVES:
            raise BackupError(f"{folder} names {name!r}, which is no archive of a backup.")
        refuse_archive(folder / name)


def _broken_archives(folder: Path, manifest: Manifest) -> list[str]:
    """Archives that hold another number of files than the manifest says."""
    problems = []
    for name, count in manifest.files.items():
        with tarfile.open(folder / name) as tar:
            there = sum(1 for _entry in tar)
        if there != count:
            problems.append(f"{name} holds {there} files in place of {count}")
    return problems


def _write(folder: Path, check: Check) -> None:
    partial = folder / f".{CHECK}-{os.getpid()}"
    with only_for_me():
        partial.write_text(f"{json.dumps(asdict(check), indent=1)}\n")
    to_disk(partial)
    partial.rename(folder / CHECK)
    to_disk(folder)
