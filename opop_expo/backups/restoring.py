"""Puts a backup back: into a new place, proved there, and only then in the present one's stead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db import Error as DatabaseError
from django.db import OperationalError, connection
from django.db.models import Count, Max, Sum
from django.utils import translation

from events.log import log_event
from events.models import Event
from opop_expo.backups.checking import NAMED, fill_and_prove, refuse_foreign
from opop_expo.backups.databases import Engine, Settings, engine_in_use, using
from opop_expo.backups.errors import DATABASE_ERRORS, BackupError, HalfRestoredError
from opop_expo.backups.keys import skip_keys, skip_versions
from opop_expo.backups.manifest import Manifest, read_backup
from opop_expo.backups.stored_files import ARCHIVES, put_back
from opop_expo.privacy.erasures_file import known_erasures
from opop_expo.privacy.replaying import replay
from sales.models import Sale
from sales.proof.verifying import Proof, verify_ledger
from sales.renumbering import BEGIN, numbers_given, skip_numbers
from sales.tablet.epochs import ask_all_again

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many sales are asked for by their keys at once.
ASKED = 500


@dataclass(frozen=True)
class Present:
    """What the database in use holds before; `is_readable` False: nobody knows."""

    is_readable: bool
    sales: int = 0
    last_at: dt.datetime | None = None

    @property
    def is_in_the_way(self) -> bool:
        """Whether something would be lost that must be lost on purpose only."""
        return self.sales > 0 or not self.is_readable

    def __str__(self) -> str:
        if not self.is_readable:
            return "The database in use cannot be read"
        last = (
            f", the last received at {self.last_at:%Y-%m-%d %H:%M:%S} UTC" if self.last_at else ""
        )
        return f"The database in use holds {self.sales} sales{last}"


@dataclass(frozen=True)
class Missing:
    """What the database of before held and the restored one does not, by edition and stand."""

    stand: str
    sales: int
    rupiah: int


@dataclass(frozen=True)
class Restored:
    """What was done, and what was found."""

    manifest: Manifest
    before: Present
    missing: list[Missing]
    files_stored: int
    files_there: int
    tablets: int
    # Data of persons that were erased since the backup.
    erased_again: int
    kept: str
    problems: list[str]
    proof: Proof


def restore(
    folder: Path, *, overwrite: bool = False, accept_breaks: bool = False, processes: int = 1
) -> Restored:
    """Put the backup in the place of the database in use. Raises BackupError: nothing was changed.

    HalfRestoredError is the one that says otherwise. Of the files, those that are missing are
    stored; none is removed.
    """
    manifest = read_backup(folder)
    engine = engine_in_use()
    refuse_foreign(folder, manifest, engine)
    before = look_at_present()
    if before.is_in_the_way and not overwrite:
        raise BackupError(
            f"{before}; the backup holds {manifest.entries} of {manifest.at}. Say --overwrite to "
            "put it in that place all the same; the database of before is then kept beside it."
        )
    ready = _change_places(folder, manifest, engine, before, accept_breaks, processes)
    return _finish(folder, manifest, before, ready, processes)


@dataclass
class _Ready:
    """What was found while the new database was made ready; `kept` None: it is not in use yet."""

    problems: list[str]
    missing: list[Missing]
    tablets: int
    erased_again: int
    kept: str | None = None


def _change_places(
    folder: Path,
    manifest: Manifest,
    engine: Engine,
    before: Present,
    accept_breaks: bool,
    processes: int,
) -> _Ready:
    """Fill and prove a new database, and put it in the place. BackupError: nothing was changed."""
    place = Path(str(connection.settings_dict["NAME"])).parent
    ready: _Ready | None = None
    try:
        with engine.successor(place) as successor:
            _entries, _stands, problems = fill_and_prove(
                folder, manifest, engine, successor, processes=processes
            )
            if problems and not accept_breaks:
                raise BackupError(
                    f"Not restored, the database in use is as it was: "
                    f"{'; '.join(problems[:NAMED])}. "
                    "Say --accept-breaks if this is the best that there is."
                )
            ready = _make_ready(folder, manifest, before, successor, problems)
            ready.kept = engine.take_over(successor)
    except (OSError, *DATABASE_ERRORS) as error:
        if ready is None or ready.kept is None:
            raise BackupError(f"Not restored, the database in use is as it was: {error}") from error
        ready.problems.append(f"restored, and what was made for it is still there: {error}")
    return ready


def _make_ready(
    folder: Path, manifest: Manifest, before: Present, successor: Settings, problems: list[str]
) -> _Ready:
    """Let nothing of the time that is lost be shown, given or printed a second time."""
    missing = list(_missing(before, successor))
    erased = known_erasures(is_readable=before.is_readable)
    given = numbers_given() if before.is_readable else {}
    with using(successor):
        skip_keys()
        skip_versions()
        begin = skip_numbers(given)
        tablets = ask_all_again()
        erased_again, _gone = replay(erased)
        log_event(
            Event.Kind.BACKUP_RESTORED,
            folder.name,
            data={
                "entries": manifest.entries,
                "as_of": manifest.at,
                "commit": manifest.commit,
                BEGIN: begin,
            },
        )
    return _Ready(problems, missing, tablets, erased_again)


def _finish(
    folder: Path, manifest: Manifest, before: Present, ready: _Ready, processes: int
) -> Restored:
    """Files and proof. Raises HalfRestoredError: from here on the database is the restored one."""
    done = "kept pages"
    try:
        for cache in caches.all(initialized_only=False):
            cache.clear()
        done = "files"
        stored = [put_back(folder / name, alias) for name, alias in _archives(manifest)]
        done = "proof of the ledger"
        with translation.override("en"):
            proof = verify_ledger(processes=processes)
    except (OSError, BackupError, *DATABASE_ERRORS) as error:
        kept = f"; {ready.kept}" if ready.kept else ""
        raise HalfRestoredError(
            f"The database was replaced by that of {manifest.at}{kept}. What comes after it did "
            f"not end well ({done}): {error}. Run verify_ledger; files that are missing are put "
            "back by restoring once more with --overwrite."
        ) from error
    return Restored(
        manifest=manifest,
        before=before,
        missing=ready.missing,
        files_stored=sum(new for new, _there in stored),
        files_there=sum(there for _new, there in stored),
        tablets=ready.tablets,
        erased_again=ready.erased_again,
        kept=ready.kept or "",
        problems=ready.problems,
        proof=proof,
    )


def _archives(manifest: Manifest) -> Iterator[tuple[str, str]]:
    return ((name, ARCHIVES[name]) for name in manifest.files)


def look_at_present() -> Present:
    """What the default connection's database holds. Raises BackupError where there is none."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} cannot be opened: {error} "
            "If it is gone, create an empty one of that name first."
        ) from error
    except DatabaseError:
        return Present(is_readable=False)
    try:
        if Sale._meta.db_table not in connection.introspection.table_names():
            return Present(is_readable=True)
        found = Sale.objects.aggregate(sales=Count("pk"), last=Max("received_at"))
    except DatabaseError:
        return Present(is_readable=False)
    return Present(is_readable=True, sales=found["sales"], last_at=found["last"])


def _missing(before: Present, successor: Settings) -> Iterator[Missing]:
    """Which sales of the database in use the successor does not have, summed by stand."""
    if not before.sales:
        return
    keys = Sale.objects.order_by().values_list("pk", flat=True)
    with using(successor):
        there = set(keys)
    gone = [key for key in keys.iterator() if key not in there]
    sums: dict[str, tuple[int, int]] = {}
    for start in range(0, len(gone), ASKED):
        rows = (
            Sale.objects.filter(pk__in=gone[start : start + ASKED])
            .order_by()
            .values_list("stand__expo__slug", "stand__code")
            .annotate(sales=Count("pk"), rupiah=Sum("total_rupiah"))
        )
        for slug, code, sales, rupiah in rows:
            before_, sum_ = sums.get(f"{slug} {code}", (0, 0))
            sums[f"{slug} {code}"] = (before_ + sales, sum_ + rupiah)
    for stand, (sales, rupiah) in sorted(sums.items()):
        yield Missing(stand, sales, rupiah)
