"""Make the sizes of photos that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from pesantren.photo_making import make_missing

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py make_renditions`: after files were copied by hand, or a saving was broken off."""

    help = "Make what pages and print show of each photo, where it is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="make all of them anew")

    def handle(self, *args: Any, **options: Any) -> None:
        done, unread = make_missing(anew=options["all"])
        self.stdout.write(
            _("Ukuran foto: %(count)s foto disiapkan.") % {"count": done - len(unread)}
        )
        for name in unread:
            self.stderr.write(self.style.WARNING(_("%(name)s tidak terbaca.") % {"name": name}))
