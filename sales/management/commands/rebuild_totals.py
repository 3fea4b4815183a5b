"""Write the running totals anew from the ledger."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sales.totals.running import rebuild_all


class Command(BaseCommand):
    """`manage.py rebuild_totals`: safe while sales go on; a stand's wait while it is summed."""

    help = "Write the running totals anew from the ledger, stand by stand."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(self.style.SUCCESS(f"{rebuild_all()} running totals"))
