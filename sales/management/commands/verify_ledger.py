"""Recompute the whole ledger and say where it breaks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from sales.proof.verifying import verify_ledger

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py verify_ledger`: exit status 1 when anything does not fit."""

    help = "Recompute every stand's hash chain and sums, and say where the ledger first breaks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--processes",
            type=int,
            default=os.cpu_count() or 1,
            help="how many stands are looked at at once (default: as many as there are processors)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            proof = verify_ledger(processes=options["processes"])
        summary = f"{proof.entries} entries at {proof.stands} stands"
        if not proof.breaks:
            self.stdout.write(self.style.SUCCESS(f"{summary}: whole"))
            return
        named = proof.breaks if options["verbosity"] > 1 else proof.breaks[:1]
        for one in named:
            self.stderr.write(str(one))
        rest = proof.count - len(named)
        if rest:
            hint = "" if options["verbosity"] > 1 else " (-v 2 names more)"
            self.stderr.write(f"and {rest} more{hint}")
        raise CommandError(f"{summary}: {proof.count} breaks")
