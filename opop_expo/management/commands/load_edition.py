"""Load editions from their CSV files."""

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

    from opop_expo.edition_loading import FileCount, Loaded


class Command(BaseCommand):
    """`manage.py load_edition data/2019 data/2020`.

    Exit status 1 when a row is bad: then nothing of its edition is written, nor of those after it.
    """

    help = "Load editions (makers, products, stands, offers, claims) from folders of CSV files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folders", type=Path, nargs="+", help="for example data/2020")

    def handle(self, *args: Any, folders: list[Path], **options: Any) -> None:
        all_loaded = [self.load(folder) for folder in folders]
        count = sum(loaded.pictures for loaded in all_loaded)
        self.stdout.write(_("Gambar produk: %(count)s digambar.") % {"count": count})
        call_command("make_renditions", stdout=self.stdout, stderr=self.stderr)
        for loaded in all_loaded:
            result = (
                _("Edisi %(slug)s selesai dimuat.")
                if loaded.changed_anything
                else _("Edisi %(slug)s sudah sama, tidak ada yang diubah.")
            )
            self.stdout.write(self.style.SUCCESS(result % {"slug": loaded.expo.slug}))

    def load(self, folder: Path) -> Loaded:
        """Load one of them, or say everything that is wrong with it."""
        try:
            return load_edition(folder, tell=self.tell)
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
