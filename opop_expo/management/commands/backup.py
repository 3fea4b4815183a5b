"""Write a backup of everything that the portal keeps, and prove it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opop_expo.backups.checking import Check, check_backup
from opop_expo.backups.ending import end_in_order
from opop_expo.backups.errors import BackupError
from opop_expo.backups.manifest import NOT_IN_IT, read_manifest, size_of
from opop_expo.backups.retention import let_go
from opop_expo.backups.status import note_backup
from opop_expo.backups.writing import alone_in, make_backup
from opop_expo.privacy.erasures_file import complete_file

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

# The name of a run that led to no backup.
NONE = "-"


class Command(BaseCommand):
    """`manage.py backup`: exit status 1 unless a backup was written and found whole."""

    help = (
        "Write a backup of the database, media and private documents into a folder of its own, "
        "restore it into a scratch database, and prove the ledger there. Safe while tills sell."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            default=Path(str(settings.BACKUP_ROOT)),
            help="the folder of the backups (default: BACKUP_ROOT)",
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            help="afterwards remove all but the newest so many; what stays besides is the last "
            "verified one of each of seven days, and what holds more sales than the newest",
        )
        parser.add_argument(
            "--database-only",
            action="store_true",
            help="leave out media and private documents, such as where a bucket keeps them itself",
        )
        parser.add_argument(
            "--no-check", action="store_true", help="only write it; prove it later by --check"
        )
        parser.add_argument(
            "--check", type=Path, metavar="BACKUP", help="write nothing; prove this one"
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=max(1, (os.cpu_count() or 1) // 2),
            help="how many stands are proved at once (default: half as many as processors)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        end_in_order()
        if options["check"]:
            self._check_one(options["check"], options["processes"])
            return
        root: Path = options["to"]
        started = time.monotonic()
        name, size = NONE, 0
        try:
            with alone_in(root):
                self._complete_list()
                folder = make_backup(root, with_files=not options["database_only"])
                name, size = folder.name, size_of(folder)
                self._say_written(folder, time.monotonic() - started)
                check = None
                if not options["no_check"]:
                    check = check_backup(folder, processes=options["processes"])
                    self._say_checked(check)
                problem = _problem(check)
                note_backup(
                    root,
                    name,
                    verified=bool(check and check.verified),
                    size=size,
                    seconds=round(time.monotonic() - started, 1),
                    problem=problem,
                )
                for gone in let_go(root, keep=options["keep"]):
                    self.stdout.write(f"removed {gone}")
        except (BackupError, OSError) as error:
            self._note_failure(root, name, size, str(error))
            raise CommandError(str(error)) from error
        self.stdout.write(NOT_IN_IT)
        if problem and not options["no_check"]:
            raise CommandError(problem)

    def _complete_list(self) -> None:
        """Whoever withdrew since is on the list too, should it be all that is left of this day."""
        try:
            complete_file()
        except OSError as error:
            self.stderr.write(f"The list of erasures could not be completed: {error}")

    def _check_one(self, folder: Path, processes: int) -> None:
        try:
            with alone_in(folder.parent):
                check = check_backup(folder, processes=processes)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self._say_checked(check)
        if not check.verified:
            raise CommandError(_problem(check))

    def _say_written(self, folder: Path, seconds: float) -> None:
        manifest = read_manifest(folder)
        files = sum(manifest.files.values())
        self.stdout.write(
            f"{folder}: {manifest.entries} ledger entries, {files} files, "
            f"{size_of(folder) / 1e6:.1f} MB, {seconds:.1f} s"
        )
        if not manifest.files:
            self.stdout.write("Media and private documents are not in it (--database-only).")
        for missing in manifest.missing_files:
            self.stderr.write(f"The database names {missing}, and no storage has it.")

    def _say_checked(self, check: Check) -> None:
        if check.verified:
            self.stdout.write(
                self.style.SUCCESS(
                    f"restored into a scratch database: {check.entries} entries at {check.stands} "
                    f"stands are whole, all figures as in the manifest, {check.seconds:.1f} s"
                )
            )
        for problem in check.problems:
            self.stderr.write(problem)

    def _note_failure(self, root: Path, name: str, size: int, problem: str) -> None:
        """As far as that is possible: the disk may be full, or the database gone."""
        try:
            note_backup(root, name, verified=False, size=size, seconds=0, problem=problem)
        except Exception as error:
            self.stderr.write(f"Nor could this be written down: {error}")


def _problem(check: Check | None) -> str:
    if check is None:
        return "It was not restored for a proof yet (--no-check)."
    return "" if check.verified else f"The backup is NOT whole: {check.problems[0]}"
