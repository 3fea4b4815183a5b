"""Write docs/privacy.md from the register of personal data."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from opop_expo.privacy.describing import PAGE, description


class Command(BaseCommand):
    """`manage.py describe_privacy`, after a change of the register."""

    help = "Write docs/privacy.md from the register of personal data."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(description(), encoding="utf-8")
        self.stdout.write(f"{PAGE} written")
