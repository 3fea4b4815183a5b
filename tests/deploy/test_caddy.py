"""The Caddyfile does what the nginx site does: the same questions, the same answers."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.deploy.front import DEPLOY, HOST, make_certificate
from tests.deploy.nodes import (
    Node,
    announce,
    answering_nodes,
    ask,
    lay_files,
    reaches_no_node_before_it_is_whole,
    refusing_nodes,
)
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.shown_alike
FILE = DEPLOY / "Caddyfile"
START_SECONDS = 20


@dataclass
class Caddy:
    folder: Path
    https_port: int

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def log(self) -> list[dict[str, object]]:
        lines = (self.folder / "caddy.log").read_text().splitlines()
        return [json.loads(line) for line in lines if "handled request" in line]


def environment(folder: Path, port: int, nodes: Sequence[int]) -> dict[str, str]:
    return os.environ | {
        "OPOP_SITE": f"https://{HOST}:{port}",
        "OPOP_NODES": " ".join(f"127.0.0.1:{node}" for node in nodes),
        "OPOP_TLS": f"{folder}/cert.pem {folder}/key.pem",
        "OPOP_STATIC": str(folder / "static"),
        "OPOP_MEDIA": str(folder / "media"),
        "OPOP_PAGES": str(DEPLOY / "nginx" / "pages"),
        # It would write its own authority and its certificates there.
        "XDG_DATA_HOME": str(folder / "data"),
        "HOME": str(folder),
    }


@contextlib.contextmanager
def caddy(folder: Path, nodes: Sequence[int]) -> Iterator[Caddy]:
    """Caddy before nodes on these ports, until the end of the block."""
    port = free_port()
    make_certificate(folder)
    # Port 80 is not a test's to take.
    shipped = FILE.read_text().replace("admin off\n", "admin off\n\tauto_https disable_redirects\n")
    (folder / "Caddyfile").write_text(shipped)
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env=environment(folder, port, nodes),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((folder / "caddy.log").read_text())
            time.sleep(0.02)
        yield Caddy(folder, port)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caddy]:
    folder = tmp_path_factory.mktemp("caddy")
    lay_files(folder)
    with answering_nodes() as ports, caddy(folder, ports) as running:
        yield running


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caddy]:
    folder = tmp_path_factory.mktemp("alone")
    with refusing_nodes() as ports, caddy(folder, ports) as running:
        yield running


def test_shipped_file_is_valid(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    program = shutil.which("caddy") or "caddy"
    done = subprocess.run(
        [program, "validate", "--adapter", "caddyfile", "--config", str(FILE)],
        env=environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_body_bounds_are_those_of_the_settings() -> None:
    zip_and_fields = settings.PHOTO_ZIP_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    bounds = [zip_and_fields, settings.UPLOAD_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE]
    text = FILE.read_text()
    assert [int(most) for most in re.findall(r"Content-Length}\) > (\d{3,})`", text)] == bounds
    megabytes = [int(most) for most in re.findall(r"max_size (\d+)MiB", text)]
    assert [most * 1024 * 1024 for most in megabytes] == bounds


def test_words_where_no_node_answers(lonely: Caddy) -> None:
    page = ask(lonely, "/2020/")
    device = ask(lonely, "/kasir/tablet/penjualan/", "POST", b"{}")
    assert (page.status, page.headers["Retry-After"]) == (503, "3")
    assert "coba lagi sebentar lagi" in page.text
    assert (device.status, json.loads(device.text)) == (503, {"error": "busy"})
    assert device.headers["Content-Type"].startswith("application/json")


def test_too_much_is_refused_in_words_or_json(site: Caddy) -> None:
    much = b" " * (1024 * 1024 + 1)
    page = ask(site, "/2020/minat/", "POST", much)
    device = ask(site, "/kasir/tablet/kiriman/", "POST", much)
    assert (page.status, device.status) == (413, 413)
    assert "terlalu besar" in page.text
    assert json.loads(device.text) == {"error": "too_large"}
    assert ask(site, "/admin/impor/", "POST", much).status == 200
    assert announce(site, "/en/admin/impor/", settings.UPLOAD_MAX_BYTES + 1) == 413
    more = b" " * (settings.UPLOAD_MAX_BYTES + 1)
    assert ask(site, "/en/admin/impor/foto/", "POST", more).status == 200


def test_what_a_visitor_says_of_itself_does_not_reach_a_node(site: Caddy) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "jahat.example",
        "X-Request-ID": "mine",
        "Forwarded": "for=6.6.6.6",
    }
    headers = json.loads(ask(site, "/", headers=forged).text)["headers"]
    said = {name.title(): value for name, value in headers.items()}
    assert said["X-Forwarded-For"] == "127.0.0.1"
    assert said["X-Forwarded-Proto"] == "https"
    assert re.fullmatch(r"[0-9a-f-]{36}", said["X-Request-Id"])
    assert not {"X-Forwarded-Host", "Forwarded", "X-Real-Ip"} & said.keys()


def test_sale_is_never_sent_twice(tmp_path: Path) -> None:
    Node.seen.clear()
    with answering_nodes() as ports, caddy(tmp_path, ports) as site:
        assert ask(site, "/mati/", "POST", b"{}").status == 503
    assert Node.seen == ["POST /mati/"]


def test_log_holds_no_code_and_no_query(site: Caddy) -> None:
    paths = ["/kasir/pasang/ABCD2345/?k=geheim", "/en/nota/geheim/", "/2020/?x=geheim"]
    for path in paths:
        ask(site, path, headers={"Referer": "https://localhost/geheim"})
    deadline = time.monotonic() + 30
    while "/en/nota/***" not in str(site.log()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "/kasir/pasang/***" in str(site.log())
    text = (site.folder / "caddy.log").read_text()
    assert "geheim" not in text
    assert "ABCD2345" not in text


def test_files_are_served_without_a_node(site: Caddy) -> None:
    named = ask(site, "/static/css/a.0123456789ab.css")
    photo, page = ask(site, "/media/foto.webp"), ask(site, "/media/jahat.html")
    assert (named.status, named.text) == (200, "b{}")
    assert named.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert (photo.headers["Content-Type"], photo.text) == ("image/webp", "foto")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert ask(site, "/media/.rahasia").status == 404
    assert "headers" in json.loads(ask(site, "/static/css/lain.css").text)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/readyz/", "//readyz"])
def test_what_a_node_says_of_itself_is_for_no_stranger(site: Caddy, path: str) -> None:
    answer = ask(site, path)
    assert answer.status == 404
    assert "headers" not in answer.text


def test_body_that_drips_reaches_no_node_before_it_is_whole(site: Caddy) -> None:
    reaches_no_node_before_it_is_whole(site)
