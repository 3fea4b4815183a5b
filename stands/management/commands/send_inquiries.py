"""Send the mails of inquiries that could not go out at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from stands.inquiry_mail import send_waiting


class Command(BaseCommand):
    """`manage.py send_inquiries`: let a timer run it every five minutes."""

    help = "Send the mails of inquiries that are still owed."

    def handle(self, *args: Any, **options: Any) -> None:
        sent, failed = send_waiting()
        self.stdout.write(
            _("Surat minat: %(sent)s terkirim, %(failed)s belum.")
            % {"sent": sent, "failed": failed}
        )
