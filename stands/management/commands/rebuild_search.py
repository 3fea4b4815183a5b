"""Write the index of the search anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from stands import search_index


class Command(BaseCommand):
    """`manage.py rebuild_search`: never needed, since a search reads what changed by itself."""

    help = "Write the index of the search anew from the catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        count = search_index.rebuild()
        self.stdout.write(_("Indeks pencarian: %(count)s entri.") % {"count": count})
