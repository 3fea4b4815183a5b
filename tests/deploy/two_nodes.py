"""Two web nodes that share a database, a cache and an object store, and nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING

from django.test.client import encode_multipart

from tests.deploy.front import DEPLOY
from tests.deploy.redis_server import redis_server
from tests.faults.gunicorn import free_port
from tests.postgres import postgres_server
from tests.prepared import collected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 90
PASSWORD = "kopi-lanang-jember-2026"
STORE_KEYS = {"S3_ACCESS_KEY": "kunci", "S3_SECRET_KEY": "rahasia", "S3_REGION": "us-east-1"}
# An organiser, an edition that sells, and one product without a photo.
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("sync_groups", verbosity=0)
from django.contrib.auth.models import User
User.objects.create_superuser("citra", "citra@expo.example", "{PASSWORD}")
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
expo = make_running_expo()
product = make_product(name="Kopi Lanang", slug="kopi-lanang")
make_offer(stand=make_stand(expo=expo, code="A1"), product=product)
import boto3, os
store = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], region_name="us-east-1",
    aws_access_key_id="kunci", aws_secret_access_key="rahasia")
for bucket in ("foto", "rahasia"):
    store.create_bucket(Bucket=bucket)
import json
store.put_bucket_policy(Bucket="foto", Policy=json.dumps({{"Version": "2012-10-17", "Statement": [
    {{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::foto/*"}}]}}))
print(expo.slug)
"""


@dataclass
class Pair:
    """Two running nodes; `edition` is the slug of the one that they show."""

    ports: list[int]
    folders: list[Path]
    edition: str
    store: str
    environment: dict[str, str]


class Browser:
    """Somebody with cookies, who asks one node or the other."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), _NoRedirect()
        )

    def ask(
        self, node: int, path: str, form: dict[str, object] | None = None
    ) -> tuple[int, str, str]:
        """Status, text and where it leads; a form gets the token of the page at its address."""
        headers = {}
        data = None
        if form is not None:
            token = next((one.value for one in self.cookies if "csrftoken" in one.name), "") or ""
            data = encode_multipart("batas", {"csrfmiddlewaretoken": token, **form})
            headers["Content-Type"] = "multipart/form-data; boundary=batas"
        address = f"http://localhost:{self.pair.ports[node]}{path}"
        request = urllib.request.Request(address, data, headers)
        try:
            with self.opener.open(request, timeout=60) as response:
                return response.status, response.read().decode(), ""
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers.get("Location", "")

    def sign_in(self, node: int) -> None:
        self.ask(node, "/masuk/")
        said = self.ask(node, "/masuk/", {"username": "citra", "password": PASSWORD})
        assert said[0] == 302, re.sub(r"\s+", " ", said[1])[-1500:]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


@contextlib.contextmanager
def two_nodes(folder: Path) -> Iterator[Pair]:
    """Both nodes with a PostgreSQL, a Redis and an object store of their own for the test."""
    ports, store_port = [free_port(), free_port()], free_port()
    store = f"http://127.0.0.1:{store_port}"
    with contextlib.ExitStack() as undo:
        postgres = undo.enter_context(postgres_server(fast=True))
        redis = undo.enter_context(redis_server(folder))
        environment = (
            os.environ
            | STORE_KEYS
            | {
                "DEBUG": "0",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "VOUCHER_KEY": secrets.token_urlsafe(50),
                "ALLOWED_HOSTS": "localhost",
                "DATABASE_URL": postgres.url,
                "CACHE_URL": redis.url,
                "S3_ENDPOINT": store,
                "MEDIA_BUCKET": "foto",
                "PRIVATE_BUCKET": "rahasia",
                "SECURE_SSL_REDIRECT": "0",
                "COOKIE_SECURE": "0",
                "SECOND_FACTOR": "off",
                "STATIC_ROOT": collected(),
                "DJANGO_SETTINGS_MODULE": "opop_expo.settings",
                "WEB_WORKERS": "1",
                "CSRF_TRUSTED_ORIGINS": ",".join(f"http://localhost:{port}" for port in ports),
            }
        )
        _start(undo, folder, ["-m", "moto.server", "-p", str(store_port)], environment)
        _wait(store)
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE],
            env=environment,
            cwd=DEPLOY.parent,
            capture_output=True,
            text=True,
        )
        assert prepared.returncode == 0, prepared.stderr[-3000:]
        folders = []
        for number, port in enumerate(ports):
            own = folder / f"node{number}"
            own.mkdir()
            folders.append(own)
            # Folders of its own, which nobody must need.
            of_node = {f"{name}_ROOT": str(own / name) for name in ("MEDIA", "PRIVATE", "IMPORTS")}
            command = ["-m", "gunicorn", "--config=deploy/gunicorn.conf.py", "opop_expo.wsgi"]
            its = environment | of_node | {"WEB_BIND": f"127.0.0.1:{port}"}
            its |= {"ERASURES_FILE": str(folder / "erasures.jsonl")}
            _start(undo, own, command, its)
        for port in ports:
            _wait(f"http://localhost:{port}/livez")
        yield Pair(ports, folders, prepared.stdout.split()[-1], store, environment)


def _start(
    undo: contextlib.ExitStack, folder: Path, command: list[str], environment: dict[str, str]
) -> None:
    log = undo.enter_context((folder / "log").open("wb"))
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        cwd=DEPLOY.parent,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    undo.callback(process.wait, 30)
    undo.callback(process.terminate)


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310, our own
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
