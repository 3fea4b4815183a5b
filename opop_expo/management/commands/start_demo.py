"""Prepare the demo and serve it on this machine."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from opop_expo.accounts import DEMO_PASSWORD, make_demo_accounts, refuse_outside_demo
from opop_expo.example_edition import make_example_edition
from opop_expo.example_money import add_money
from opop_expo.example_notices import add_notices
from opop_expo.example_outcomes import add_outcomes
from opop_expo.example_visitors import add_visitors
from sales.tablet.pairing import make_code
from stands.closing_edition import close_edition
from stands.models import Expo

if TYPE_CHECKING:
    from pathlib import Path

    from django.core.management.base import CommandParser

    from opop_expo.accounts import DemoPeople

HOST = "127.0.0.1"
SOURCE = "2020"


class Command(BaseCommand):
    """`manage.py start_demo`, which `make run` calls. A second run keeps what was entered."""

    help = "Migrate, load the editions of data/, bring the example edition up to now, and serve it."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="only prepare")

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        refuse_outside_demo()
        if not no_serve:
            refuse_busy_port(port)
        settings.VAR_DIR.mkdir(exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        self.load_editions()
        self.stdout.write(_("Edisi contoh disiapkan …"))
        now = timezone.now()
        expo = make_example_edition(source=Expo.objects.get(slug=SOURCE), now=now)
        people = make_demo_accounts(expo)
        add_money(expo, now=now, actor=people.organiser)
        add_notices(expo, now=now, actor=people.organiser)
        add_visitors(expo, now=now, actor=people.organiser)
        add_outcomes(expo, now=now, actor=people.organiser)
        self.show_ways_in(expo, people, f"http://{HOST}:{port}")
        if not no_serve:
            self.serve(port)

    def load_editions(self) -> None:
        """Load what lies in data/, and close 2020, which was over long before this portal.

        Loaded again nothing of it changes. Files of a newer version that would change a closed
        edition are refused as a whole; the demo then starts with what there is.
        """
        source = Expo.objects.filter(slug=SOURCE).first()
        try:
            call_command("load_edition", *edition_folders(), stdout=self.stdout)
        except CommandError as refused:
            if source is None or not source.is_closed:
                raise
            self.stderr.write(str(refused))
            self.stderr.write(_("Edisi 2020 sudah ditutup: dipakai seperti yang sudah ada."))
            return
        if close_edition(Expo.objects.get(slug=SOURCE), actor=None):
            self.stdout.write(_("Edisi 2020 ditutup: isinya tetap seperti waktu terbit."))

    def show_ways_in(self, expo: Expo, people: DemoPeople, site: str) -> None:
        """Where a visitor, a keeper and an organiser go, and with which login."""
        rows = [
            (_("Pengunjung"), f"{site}/", ""),
            (_("Edisi 2020"), f"{site}/{SOURCE}/", ""),
            *(
                (_("Petugas stan"), f"{site}/kasir/", f"{keeper.user} ({keeper.stand})")
                for keeper in people.keepers
            ),
            *self.way_in_for_a_tablet(people, site),
            (_("Penjaga pintu"), f"{site}/hitung/", str(people.usher)),
            (_("Panitia"), f"{site}/admin/", str(people.organiser)),
            (_("Total harian"), f"{site}/admin/sales/harian/", str(people.organiser)),
        ]
        lasts = _("Tablet: kode berlaku 10 menit, sekali pakai; kode lain di %(site)s")
        self.stdout.write("")
        self.stdout.write(self.style.SUCCESS(_("%(name)s siap.") % {"name": expo.name}))
        for who, where, login in rows:
            self.stdout.write(f"  {who:<14}{where:<45}{login}".rstrip())
        self.stdout.write(_("  Kata sandi semua akun: %(password)s") % {"password": DEMO_PASSWORD})
        self.stdout.write("  " + lasts % {"site": f"{site}{reverse('tablets')}"})
        self.stdout.write("")

    def way_in_for_a_tablet(self, people: DemoPeople, site: str) -> list[tuple[str, str, str]]:
        """A code as the organiser makes it in the admin, for the first keeper's stand."""
        if not people.keepers:
            return []
        stand = people.keepers[0].stand
        _row, code = make_code(stand=stand, name="", actor=people.organiser)
        link = f"{site}{reverse('pairing_confirm', args=[code])}"
        return [(_("Tablet stan"), link, str(stand))]

    def serve(self, port: int) -> None:
        """Become the server: the same one as in production, so Ctrl-C ends it at once."""
        self.stdout.write(_("Berhenti dengan Ctrl-C."))
        self.stdout.flush()
        # The ways in stay in sight; LOG_LEVEL=INFO brings a line for every answer.
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        connections.close_all()
        os.execv(  # noqa: S606, our own interpreter, without a shell
            sys.executable,
            [
                sys.executable,
                "-m",
                "gunicorn",
                "opop_expo.wsgi",
                f"--bind={HOST}:{port}",
                "--threads=8",
                "--log-level=warning",
            ],
        )


def edition_folders() -> list[Path]:
    """The editions that lie in data/, the oldest first."""
    return sorted(file.parent for file in settings.BASE_DIR.glob("data/*/edition.csv"))


def refuse_busy_port(port: int) -> None:
    """Raise CommandError if something listens there already."""
    with socket.socket() as probe:
        # As the server will: a connection that is only just closing does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            raise CommandError(
                _("Port %(port)s sudah dipakai. Pilih yang lain: make run PORT=8001.")
                % {"port": port}
            ) from None
