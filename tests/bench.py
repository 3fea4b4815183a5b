"""`make bench BENCH=till`: the pages and the sale of the plain form against a constant view.

gunicorn and a durable PostgreSQL on this machine, the loaded 2020 edition, one request at a time.
The rounds go through all pages in turn, so that a slow moment of the machine meets all of them
alike; read the ratios, not the milliseconds.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.faults.gunicorn import CONFIGURED, free_port
from tests.postgres import throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 60
WARM_UP = 5
PASSWORD = "kata sandi bench"
STAND = "A01"

PREPARE = f"""
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from opop_expo.roles import ORGANISER, sync_groups
from opop_expo.example_edition import make_example_edition
from sales.models import Cashier
from stands.models import Expo, Offer, Stand
call_command("migrate", verbosity=0)
call_command("load_edition", "data/2020", verbosity=0, stdout=open("/dev/null", "w"))
expo = make_example_edition(source=Expo.objects.get(slug="2020"), now=timezone.now())
sync_groups()
stand = Stand.objects.get(expo=expo, code="{STAND}")
stand.offers.update(stock=None)
keeper = User.objects.create_user("aminah", password="{PASSWORD}")
keeper.groups.set(keeper.groups.model.objects.filter(name="Keeper"))
Cashier.objects.create(stand=stand, name="Aminah", user=keeper)
citra = User.objects.create_user("citra", password="{PASSWORD}", is_staff=True)
citra.groups.set(citra.groups.model.objects.filter(name=ORGANISER))
call_command("collectstatic", interactive=False, verbosity=0)
"""


@dataclass
class Client:
    """One browser: a kept-alive connection with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, int, float]:
        """Status, text, number of statements, seconds."""
        status, content, queries, seconds = self.ask_bytes(path, form)
        return status, content.decode(), queries, seconds

    def ask_bytes(
        self, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, bytes, int, float]:
        """Status, body, number of statements, seconds."""
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
        started = time.perf_counter()
        self.connection.request("GET" if form is None else "POST", path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return response.status, content, int(response.headers.get("X-Queries", 0)), seconds

    def sign_in(self, name: str) -> Client:
        """The same browser after the login."""
        self.ask("/masuk/")
        status, _text, _queries, _seconds = self.ask(
            "/masuk/", {"username": name, "password": PASSWORD}
        )
        if status != 302:
            raise SystemExit(f"login of {name} answered {status}")
        return self


@contextmanager
def served(database_url: str) -> Iterator[int]:
    """gunicorn with one worker on a free port, its data prepared; the port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="opop-bench-") as folder:
        environment = os.environ | {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VOUCHER_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": database_url,
            "SECURE_SSL_REDIRECT": "0",
            "COOKIE_SECURE": "0",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "DJANGO_SETTINGS_MODULE": "tests.bench_settings",
        }
        subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True)
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "opop_expo.wsgi",
                f"--bind=127.0.0.1:{port}",
                *CONFIGURED,
                "--workers=1",
                "--log-level=warning",
            ],
            env=environment,
        )
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(port: int) -> None:
    """Until something answers there, half a minute at most."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("gunicorn did not start")


def five_lines(page: str) -> dict[str, str]:
    """A sale of up to five lines from the till's own form, as a keeper would fill it in."""
    prices = dict(re.findall(r'name="price-(\d+)" value="(\d+)"', page))
    form = {"uuid": str(uuid.uuid4()), "method": "cash", "tendered": ""}
    for offer, price in list(prices.items())[:5]:
        form |= {f"qty-{offer}": "1", f"price-{offer}": price}
    return form


def main() -> None:
    """Measure and print a line a page."""
    with throwaway_postgres() as url, served(url) as port:
        anybody, keeper, organiser = (
            Client(port),
            Client(port).sign_in("aminah"),
            Client(port).sign_in("citra"),
        )
        edition = time.strftime("/%Y-contoh/")
        pages: dict[str, tuple[Client, str]] = {
            "constant": (anybody, "/tetap/"),
            "home": (anybody, edition),
            "stands": (anybody, f"{edition}stan/"),
            "stand": (anybody, f"{edition}stan/{STAND}/"),
            "products": (anybody, f"{edition}produk/"),
            "pesantren": (anybody, f"{edition}pesantren/"),
            "constant, signed in": (keeper, "/tetap-masuk/"),
            "till": (keeper, "/kasir/"),
            "sale of 5 lines": (keeper, "/kasir/"),
            "daily totals": (organiser, "/admin/sales/harian/"),
        }
        till_page = keeper.ask("/kasir/")[1]
        seconds: dict[str, list[float]] = {name: [] for name in pages}
        queries: dict[str, int] = {}
        for number in range(WARM_UP + ROUNDS):
            for name, (client, path) in pages.items():
                form = five_lines(till_page) if name.startswith("sale") else None
                status, _text, sent, took = client.ask(path, form)
                if status != (302 if form else 200):
                    raise SystemExit(f"{name} answered {status}")
                queries[name] = sent
                if number >= WARM_UP:
                    seconds[name].append(took)
    report(seconds, queries)


def report(seconds: dict[str, list[float]], queries: dict[str, int]) -> None:
    """Print medians, their ratio to the constant view of the same frame, and statements."""
    print(f"{ROUNDS} rounds, one request at a time, gunicorn and PostgreSQL on this machine")
    print(f"{'page':<22}{'median ms':>10}{'p95 ms':>9}{'ratio':>8}{'statements':>12}")
    base = 0.0
    for name, took in seconds.items():
        median = statistics.median(took)
        if name.startswith("constant"):
            base = median
        p95 = statistics.quantiles(took, n=20)[18]
        print(
            f"{name:<22}{median * 1000:>10.1f}{p95 * 1000:>9.1f}"
            f"{median / base:>8.1f}{queries[name]:>12}"
        )


if __name__ == "__main__":
    main()
