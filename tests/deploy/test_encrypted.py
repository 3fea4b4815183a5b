"""Database, Redis and mail over TLS: whoever cannot show the right certificate gets nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import redis
from django.core import mail
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from opop_expo.settings import env
from tests.deploy.front import make_certificate
from tests.faults.gunicorn import free_port
from tests.postgres import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# Of this machine, and in no certificate: those are for `localhost` and 127.0.0.1.
PLACE = "127.0.0.77"
START_SECONDS = 10


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of somebody else who calls themselves `localhost`."""
    folder = tmp_path_factory.mktemp("other")
    make_certificate(folder)
    return folder / "cert.pem"


# --- PostgreSQL -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database() -> Iterator[Path]:
    """A server that speaks TLS at PLACE; its certificate."""
    with postgres_server(fast=True, settings={"listen_addresses": PLACE}) as server:
        data = server.folder / "data"
        make_certificate(data)
        owner = data.stat()
        for name in ("cert.pem", "key.pem"):
            os.chown(data / name, owner.st_uid, owner.st_gid)
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("hostssl all all 127.0.0.0/8 trust\n")
        with server.connect() as desk:
            desk.execute("ALTER SYSTEM SET ssl_cert_file = 'cert.pem'")
            desk.execute("ALTER SYSTEM SET ssl_key_file = 'key.pem'")
            desk.execute("ALTER SYSTEM SET ssl = on")
            desk.execute("SELECT pg_reload_conf()")
        yield data / "cert.pem"


def encryption(options: str, host: str = "localhost") -> tuple[bool, str]:
    """Whether a connection by such a DATABASE_URL is encrypted, and how."""
    url = f"postgres://postgres@{host}:5432/opop?hostaddr={PLACE}&{options}"
    connection = ConnectionHandler({"default": env.db_url_config(url)})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            found: tuple[bool, str] = cursor.fetchone()
            return found
    finally:
        connection.close()


def test_database_is_spoken_to_where_its_certificate_is_the_one_named(
    database: Path, other: Path
) -> None:
    checked = "sslmode=verify-full&sslrootcert="
    deadline = time.monotonic() + START_SECONDS
    while True:
        # It reads its settings again in its own time.
        with contextlib.suppress(OperationalError):
            assert encryption(f"{checked}{database}") == (True, "TLSv1.3")
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(OperationalError, match="certificate verify failed"):
        encryption(f"{checked}{other}")
    with pytest.raises(OperationalError, match="does not match host name"):
        encryption(f"{checked}{database}", host="lain.localhost")
    # The control: who asks for less gets it.
    assert encryption("sslmode=require", host="lain.localhost")[0]


# --- Redis ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A Redis that speaks TLS alone; its port and certificate."""
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    make_certificate(folder)
    process = subprocess.Popen(
        [
            *[shutil.which("redis-server") or "redis-server", "--bind", "127.0.0.1", PLACE],
            *["--port", "0", "--tls-port", str(port), "--save", "", "--appendonly", "no"],
            *["--tls-cert-file", "cert.pem", "--tls-key-file", "key.pem"],
            *["--tls-ca-cert-file", "cert.pem", "--tls-auth-clients", "no"],
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "redis-server does not start"
            assert time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.02)
        yield port, folder / "cert.pem"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def ping(url: str) -> bool:
    """Whether the portal's cache reaches a Redis by such a CACHE_URL."""
    cache: Any = RedisCache(url, {})
    client = cache._cache.get_client()
    try:
        return bool(client.ping())
    finally:
        client.connection_pool.disconnect()


def test_redis_is_spoken_to_where_its_certificate_is_the_one_named(
    cache: tuple[int, Path], other: Path
) -> None:
    port, certificate = cache
    assert ping(f"rediss://localhost:{port}/0?ssl_ca_certs={certificate}")
    for place, trusted in (("localhost", other), (PLACE, certificate)):
        with pytest.raises(redis.exceptions.ConnectionError, match="certificate verify failed"):
            ping(f"rediss://{place}:{port}/0?ssl_ca_certs={trusted}")
    with pytest.raises(redis.exceptions.ConnectionError, match="certificate verify failed"):
        ping(f"rediss://localhost:{port}/0")


# --- mail -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """Says who it is over TLS and takes nothing; its port."""
    make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(START_SECONDS)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    plain, _from = listening.accept()
                    with (
                        contextlib.suppress(OSError),
                        context.wrap_socket(plain, server_side=True) as client,
                    ):
                        client.sendall(b"220 surat\r\n")
                        while client.recv(1_000):
                            client.sendall(b"250 surat\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def greet(host: str, port: int) -> bool | None:
    """Whether the portal's mail reaches a server by such an EMAIL_URL."""
    said = env.email_url_config(f"smtp+ssl://{host}:{port}")
    connection = mail.get_connection(
        said["EMAIL_BACKEND"],
        host=said["EMAIL_HOST"],
        port=said["EMAIL_PORT"],
        use_ssl=said["EMAIL_USE_SSL"],
    )
    try:
        return bool(connection.open())
    finally:
        connection.close()


def test_mail_goes_where_the_certificate_is_one_that_this_machine_trusts(
    tmp_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tmp_path) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            greet("localhost", port)
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        with pytest.raises(ssl.SSLCertVerificationError):
            greet("localhost", port)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert greet("localhost", port)
