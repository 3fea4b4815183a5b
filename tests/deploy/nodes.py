"""Nodes that say what reached them, to look at the proxy before them."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.deploy.front import HOST

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Protocol

    class Site(Protocol):
        """A proxy that can be asked over TLS."""

        https_port: int

        def trust(self) -> ssl.SSLContext: ...


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


def ask(
    site: Site,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    connection = http.client.HTTPSConnection(HOST, site.https_port, context=site.trust())
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def announce(site: Site, path: str, length: int) -> int:
    """Say that so much will come and send nothing of it; the status of the answer."""
    connection = http.client.HTTPSConnection(HOST, site.https_port, context=site.trust())
    try:
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def drip(site: Site, path: str, method: str = "POST", length: int = 9) -> ssl.SSLSocket:
    """A request as it is written here, of which the body is announced and does not come."""
    plain = socket.create_connection((HOST, site.https_port), 10)
    client = site.trust().wrap_socket(plain, server_hostname=HOST)
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {length}\r\n\r\n"
    client.sendall(head.encode())
    return client


class Node(http.server.BaseHTTPRequestHandler):
    """Says what reached it, and dies over the path /mati/. Of /sama/ there may be
    copies; browsers may keep /peta/ too."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/mati/":
            self.close_connection = True
            return
        told = {"path": self.path, "headers": dict(self.headers), "bytes": len(body)}
        said = json.dumps(told).encode()
        self.send_response(503 if self.path == "/sibuk/" else 200)
        self.send_header("Content-Length", str(len(said)))
        if self.path.startswith("/peta/"):
            self.send_header("Cache-Control", "public, max-age=3600")
        if self.path.startswith("/sama/"):
            self.send_header("X-Accel-Expires", "1")
            self.send_header("X-Request-ID", self.headers["X-Request-ID"])
            self.send_header("Vary", "HX-Request, Accept-Encoding")
            self.send_header("ETag", 'W/"satu"')
            self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who asked may have gone meanwhile
            self.wfile.write(said)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: nginx keeps the log."""


def reaches_no_node_before_it_is_whole(site: Site) -> None:
    """Send the body of a sale in two parts, and look at the nodes between them."""
    Node.seen.clear()
    with drip(site, "/kasir/tablet/penjualan/") as client:
        client.sendall(b"sedikit")
        time.sleep(0.3)
        assert Node.seen == []
        client.sendall(b"an")
        assert client.recv(1_000).startswith(b"HTTP/1.1 200")
    assert Node.seen == ["POST /kasir/tablet/penjualan/"]


@contextlib.contextmanager
def answering_nodes() -> Iterator[list[int]]:
    """Two nodes; their ports."""
    nodes = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Node) for _ in range(2)]
    for node in nodes:
        node.daemon_threads = True
        threading.Thread(target=node.serve_forever, daemon=True).start()
    try:
        yield [node.server_port for node in nodes]
    finally:
        for node in nodes:
            node.shutdown()
            node.server_close()


@contextlib.contextmanager
def refusing_nodes() -> Iterator[list[int]]:
    """Two ports where nobody answers, held so that no other process gets them meanwhile."""
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        yield [one.getsockname()[1] for one in (first, second)]


def lay_files(folder: Path) -> None:
    """Static files and photos, with what nobody should see among them."""
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "css" / "a.0123456789ab.css").write_text("b{}")
    (folder / "media").mkdir()
    (folder / "media" / "foto.webp").write_text("foto")
    (folder / "media" / "jahat.html").write_text("<script>")
    (folder / "media" / ".rahasia").write_text("no")
