"""Forget what is past its time, and again what was erased and came back after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from opop_expo.privacy.forgetting import forget_old
from opop_expo.privacy.replaying import replay_late

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py forget_old`: let a timer run it once a day; repeated it does no more."""

    help = "Erase personal data that is past its time. The ledger's figures never change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be erased, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # First, so that what is told below is said of what stays.
        again = 0 if options["dry_run"] else replay_late()
        if again:
            self.stdout.write(f"Erased again: {again}.")
        done = forget_old(dry_run=options["dry_run"])
        for one in done:
            if one.count:
                self.stdout.write(f"{one.old.key}: {one.count}")
        total = sum(one.count for one in done)
        would = "Would be forgotten" if options["dry_run"] else "Forgotten"
        self.stdout.write(f"{would}: {total}.")
