"""Recompute the hashes of all frozen results and say where one does not fit."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from outcomes.freezing import results_breaks
from outcomes.models import ResultsVersion


class Command(BaseCommand):
    """`manage.py verify_results`: exit status 1 when anything does not fit."""

    help = "Recompute the hash chain of each edition's frozen results."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            breaks = list(results_breaks())
        summary = f"{ResultsVersion.objects.count()} versions of results"
        for one in breaks:
            self.stderr.write(str(one))
        if breaks:
            raise CommandError(f"{summary}: {len(breaks)} breaks")
        self.stdout.write(self.style.SUCCESS(f"{summary}: whole"))
