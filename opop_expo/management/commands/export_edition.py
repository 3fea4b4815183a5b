"""Write a closed edition as plain files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from opop_expo.export.exporting import ExportRefused, export_edition
from stands.models import Expo

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py export_edition 2020 out/`: any plain file server shows what is in the folder."""

    help = "Write a closed edition's public pages as plain files, with pictures and styles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", help="the edition's address, such as 2020")
        parser.add_argument("folder", type=Path, help="a folder that is empty or not there yet")

    def handle(self, *args: Any, edition: str, folder: Path, **options: Any) -> None:
        expo = Expo.objects.filter(slug=edition).first()
        if expo is None:
            slugs = ", ".join(Expo.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                _("Edisi %(slug)s tidak ada. Yang ada: %(slugs)s.")
                % {"slug": edition, "slugs": slugs or "–"}
            )
        try:
            done = export_edition(expo, folder.absolute())
        except ExportRefused as refused:
            raise CommandError(str(refused)) from None
        words = _("%(pages)s halaman, %(files)s berkas, %(size)s MB di %(folder)s")
        values = {
            "pages": done.pages,
            "files": done.files,
            "size": round(done.bytes / 1_000_000),
            "folder": folder,
        }
        self.stdout.write(self.style.SUCCESS(words % values))
