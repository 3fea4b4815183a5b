"""Forget who wrote old inquiries, as the form promises."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from stands.inquiring import KEPT_FOR, anonymise
from stands.models import Inquiry

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """`manage.py anonymise_inquiries`: let a timer run it once a day."""

    help = "Remove names, contacts and messages of inquiries that nobody has touched for a year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=KEPT_FOR.days, help="other than a year")

    def handle(self, *args: Any, **options: Any) -> None:
        before = timezone.now() - dt.timedelta(days=options["days"])
        count = anonymise(Inquiry.objects.to_forget(before))
        self.stdout.write(_("Minat kerja sama yang dihapus data dirinya: %(n)s.") % {"n": count})
