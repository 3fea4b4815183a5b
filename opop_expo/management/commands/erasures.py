"""The list of what was erased for persons: written out, or erased again after a restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from events.models import Erasure
from opop_expo.privacy.erasures_file import lines
from opop_expo.privacy.replaying import replay

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py erasures > FILE`, and after a restore `manage.py erasures --replay FILE`."""

    help = "List the rows in which personal data was erased, or erase them again after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--replay", type=Path, metavar="FILE", help="erase again what this list names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["replay"]
        if path is None:
            for line in lines(Erasure.objects.all()):
                self.stdout.write(line, ending="")
            return
        try:
            with path.open(encoding="utf-8") as file:
                done, gone = replay(file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        self.stdout.write(f"Erased again: {done}. Not in this database: {gone}.")
