"""Write docs/environment.md, the list of everything that may be set from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opop_expo.deployment.reference import WordsMissingError, written

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`write_environment`, and `write_environment --check` for `make check`."""

    help = "Write docs/environment.md from the settings and their words."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, fail if it differs"
        )

    def handle(self, *arguments: Any, check: bool, **options: Any) -> None:
        try:
            text = written()
        except WordsMissingError as error:
            raise CommandError(str(error)) from None
        page = Path(settings.BASE_DIR, "docs", "environment.md")
        is_same = page.exists() and page.read_text(encoding="utf-8") == text
        if check and not is_same:
            raise CommandError("docs/environment.md is old: run manage.py write_environment.")
        if not check and not is_same:
            page.write_text(text, encoding="utf-8")
            self.stdout.write("docs/environment.md written")
