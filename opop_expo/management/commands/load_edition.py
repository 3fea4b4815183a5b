"""Load an edition from its CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opop_expo.edition_files import EditionRefused
from opop_expo.edition_loading import load_edition

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from opop_expo.edition_loading import FileCount


class Command(BaseCommand):
    """`manage.py load_edition data/2020`: exit status 1, and nothing written, when a row is bad."""

    help = "Load an edition (makers, products, stands, offers) from the CSV files in a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="for example data/2020")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            loaded = load_edition(folder, tell=self.tell)
        except EditionRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            count = len(refusal.problems)
            raise CommandError(
                ngettext(
                    "%(count)s kesalahan. Tidak ada yang disimpan.",
                    "%(count)s kesalahan. Tidak ada yang disimpan.",
                    count,
                )
                % {"count": count}
            ) from None
        self.stdout.write(_("Gambar produk: %(count)s digambar.") % {"count": loaded.pictures})
        call_command("make_renditions", stdout=self.stdout, stderr=self.stderr)
        result = (
            _("Edisi %(slug)s selesai dimuat.")
            if loaded.changed_anything
            else _("Edisi %(slug)s sudah sama, tidak ada yang diubah.")
        )
        self.stdout.write(self.style.SUCCESS(result % {"slug": loaded.expo.slug}))

    def tell(self, count: FileCount) -> None:
        """One line a file, as soon as it is through, and one for each row that went missing."""
        self.stdout.write(
            _("%(file)-16s %(new)5d baru %(changed)5d berubah %(same)5d sama")
            % {"file": count.file, "new": count.new, "changed": count.changed, "same": count.same}
        )
        for key in count.gone:
            self.stdout.write(
                self.style.WARNING(
                    _("  %(key)s tidak ada lagi di berkas; datanya dibiarkan.") % {"key": key}
                )
            )
        self.stdout.flush()
