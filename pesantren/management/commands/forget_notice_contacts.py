"""Forget contacts on old notices and answers, as the form promises."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from pesantren.noticing import KEPT_FOR, forget_contacts


class Command(BaseCommand):
    """`manage.py forget_notice_contacts`: let a timer run it once a day."""

    help = "Remove contacts of participants' notices and answers that are a year old."

    def handle(self, *args: Any, **options: Any) -> None:
        count = forget_contacts(timezone.now() - KEPT_FOR)
        self.stdout.write(_("Kontak pada kabar peserta yang dihapus: %(n)s.") % {"n": count})
