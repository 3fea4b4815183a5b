"""The portal as a visitor meets it: production settings, static files by content, compressed."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from tests.bench import wait_for
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

PREPARE = """
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from opop_expo.example_edition import make_example_edition
from stands.models import Expo
call_command("migrate", verbosity=0)
call_command("load_edition", "data/2020", verbosity=0, stdout=open("/dev/null", "w"))
make_example_edition(source=Expo.objects.get(slug="2020"), now=timezone.now())
call_command("collectstatic", interactive=False, verbosity=0)
"""


@contextmanager
def served(prepare: str = "", log: IO[str] | None = None, **settings: str) -> Iterator[str]:
    """gunicorn over the 2020 and the example edition on SQLite; its address.

    What is in `prepare` runs once they are there; further settings are the environment's.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="opop-audit-") as folder:
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": f"sqlite:///{folder}/opop.sqlite3",
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
            **settings,
        }
        subprocess.run([sys.executable, "-c", PREPARE + prepare], env=environment, check=True)
        server = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", "tests.audit.proxy:application"],
                *[f"--bind=127.0.0.1:{port}", "--threads=8", "--log-level=warning"],
            ],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)
