"""Recompute the whole ledger and say where it breaks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sales.verifying import verify_ledger


class Command(BaseCommand):
    """`manage.py verify_ledger`: exit status 1 when anything does not fit."""

    help = "Recompute every stand's hash chain and sums, and say where the ledger breaks."

    def handle(self, *args: Any, **options: Any) -> None:
        proof = verify_ledger()
        for one in proof.breaks:
            self.stderr.write(str(one))
        summary = f"{proof.entries} entries at {proof.stands} stands"
        if proof.breaks:
            raise CommandError(f"{summary}: {len(proof.breaks)} breaks")
        self.stdout.write(self.style.SUCCESS(f"{summary}: whole"))
