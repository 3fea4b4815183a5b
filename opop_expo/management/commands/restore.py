"""Put a backup back in the place of the database in use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opop_expo.backups.ending import end_in_order
from opop_expo.backups.errors import BackupError
from opop_expo.backups.manifest import NOT_IN_IT
from opop_expo.backups.restoring import Restored, restore
from opop_expo.backups.writing import no_other_in

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

MOST_NAMED = 20


class Command(BaseCommand):
    """`manage.py restore BACKUP`: exit status 1 where it was refused, or the ledger breaks."""

    help = (
        "Restore a backup: its sums and version are looked at first, it is proved in a new place, "
        "and only then it takes the place of the database in use. Stop the portal before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder of the backup")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="also where the database in use holds sales; it is kept beside the new one",
        )
        parser.add_argument(
            "--accept-breaks",
            action="store_true",
            help="also where the backup's own ledger breaks or its figures differ",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="how many stands are proved at once (default: as many as there are processors)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        end_in_order()
        folder: Path = options["backup"].resolve()
        try:
            # A run of the timer would let backups go meanwhile, this one among them.
            with no_other_in(Path(str(settings.BACKUP_ROOT))):
                done = restore(
                    folder,
                    overwrite=options["overwrite"],
                    accept_breaks=options["accept_breaks"],
                    processes=options["processes"],
                )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self._say(done)
        if done.proof.breaks:
            raise CommandError(f"restored, and the ledger has {done.proof.count} breaks")

    def _say(self, done: Restored) -> None:
        say = self.stdout.write
        say(
            f"restored as of {done.manifest.at}: {done.proof.entries} entries at "
            f"{done.proof.stands} stands, {done.files_stored} files stored, "
            f"{done.files_there} were there"
        )
        if done.kept:
            say(done.kept)
        for problem in done.problems:
            self.stderr.write(problem)
        if not done.proof.breaks:
            say(self.style.SUCCESS("the ledger is whole"))
        for found in done.proof.breaks[:MOST_NAMED]:
            self.stderr.write(str(found))
        self._say_missing(done)
        say(
            f"{done.tablets} tablets send again what they sent in the last days, as soon as they "
            "reach the portal; 'Kasir dan tablet' shows when each was heard and what it still has."
        )
        say(f"{done.erased_again} erasures of personal data were made again")
        say(NOT_IN_IT)

    def _say_missing(self, done: Restored) -> None:
        if not done.before.is_readable or not done.before.sales:
            self.stdout.write(
                f"Whatever was recorded after {done.manifest.at} is not in it; how much, nobody "
                "can tell from here."
            )
            return
        count = sum(one.sales for one in done.missing)
        rupiah = sum(one.rupiah for one in done.missing)
        if not count:
            self.stdout.write("no sale of the database of before is missing")
            return
        self.stdout.write(
            self.style.WARNING(
                f"MISSING: {count} sales of the database of before, {rupiah} rupiah, are not in it"
            )
        )
        for one in done.missing[:MOST_NAMED]:
            self.stdout.write(f"  {one.stand}: {one.sales} sales, {one.rupiah} rupiah")
        if len(done.missing) > MOST_NAMED:
            self.stdout.write(f"  and {len(done.missing) - MOST_NAMED} stands more")
