"""Messages whose end two servers could see at different places, and TLS of before: refused.

Each message carries another request where one of two readings has a body. It is asked of nginx and
of gunicorn alone, which make one request of it or none, and of Caddy, which reads some of them as
two: whatever a proxy reads, the node behind it reads the same.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import time
import warnings
from typing import TYPE_CHECKING

import pytest

from tests.deploy.front import DEPLOY, HOST, Front, front
from tests.deploy.nodes import Node, answering_nodes
from tests.deploy.test_caddy import caddy
from tests.faults.gunicorn import Gunicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.deploy.nodes import Site

pytestmark = pytest.mark.shown_alike

HIDDEN = b"GET /terselip/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + HIDDEN
WHOLE = str(len(HIDDEN)).encode()
# Heads behind `POST /2020/minat/ HTTP/1.1` and Host, and what follows them.
MESSAGES = {
    "length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked", CHUNKED),
    "chunks and length": (
        b"Transfer-Encoding: chunked\r\nContent-Length: " + str(len(CHUNKED)).encode(),
        CHUNKED,
    ),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: " + WHOLE, HIDDEN),
    "a list of lengths": (b"Content-Length: 0, " + WHOLE, HIDDEN),
    "a length with a sign": (b"Content-Length: +" + WHOLE, HIDDEN),
    "a hexadecimal length": (b"Content-Length: 0x0", HIDDEN),
    "a negative length": (b"Content-Length: -1", HIDDEN),
    "a space before the colon": (b"Content-Length : " + WHOLE, HIDDEN),
    "chunks by another name": (b"Transfer-Encoding: xchunked", CHUNKED),
    "chunks behind a tab": (b"Transfer-Encoding:\x0bchunked", CHUNKED),
    "chunks twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", CHUNKED),
    "chunks, then something": (b"Transfer-Encoding: chunked, identity", CHUNKED),
    "a space before chunks' colon": (b"Transfer-Encoding : chunked\r\nContent-Length: 4", CHUNKED),
    "a chunk of no number": (b"Transfer-Encoding: chunked", b"0x5\r\n" + CHUNKED),
    "a chunk of a negative number": (b"Transfer-Encoding: chunked", b"-5\r\n" + CHUNKED),
    "a folded line": (b"X-A: b\r\n Content-Length: " + WHOLE, HIDDEN),
    "a nul": (b"X-A: \x00\r\nContent-Length: 4", CHUNKED),
}
REFUSALS = {b"400", b"501", b"503"}
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


def exchange(
    client: socket.socket,
    head: bytes,
    body: bytes,
    *,
    path: bytes = b"/2020/minat/",
    owed: Callable[[], int] = lambda: 0,
) -> list[bytes]:
    """Send it, and all statuses that come until the other end hangs up or says no more.

    So many answers as are `owed` may take their time, since a busy machine does.
    """
    client.settimeout(0.5)
    until = time.monotonic() + 10
    first = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\n"
    client.sendall(first + head + b"\r\n\r\n" + body)
    heard = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while True:
            try:
                said = client.recv(65_536)
            except TimeoutError:
                if len(STATUS.findall(heard)) < owed() and time.monotonic() < until:
                    continue
                break
            if not said:
                break
            heard += said
    return STATUS.findall(heard)


@contextlib.contextmanager
def over_tls(site: Site) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection((HOST, site.https_port), 5) as plain,
        site.trust().wrap_socket(plain, server_hostname=HOST) as client,
    ):
        yield client


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp(request.param)
    with answering_nodes() as ports:
        running = front(folder, nodes=ports) if request.param == "nginx" else caddy(folder, ports)
        with running as there:
            yield there


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    folder = tmp_path_factory.mktemp("node")
    environment = os.environ | {"DATABASE_URL": "sqlite://:memory:", "WEB_WORKERS": "1"}
    running = Gunicorn(
        folder / "node.log", environment, [f"--config={DEPLOY / 'gunicorn.conf.py'}"]
    )
    running.start()
    running.wait_until_it_serves()
    yield running
    running.stop()


@pytest.mark.parametrize("what", MESSAGES)
def test_node_reads_as_many_requests_as_the_proxy(site: Site, what: str) -> None:
    # A name of its own: what the message before was refused for may reach a node a little later.
    path = f"/2020/minat/?pesan={list(MESSAGES).index(what)}"
    Node.seen.clear()

    def seen() -> int:
        return sum(one in (f"POST {path}", "GET /terselip/") for one in Node.seen)

    with over_tls(site) as client:
        statuses = exchange(
            client, *MESSAGES[what], path=path.encode(), owed=lambda: max(1, seen())
        )
    # Each that reached a node was answered to who sent it, and no other did.
    assert seen() <= len(statuses)
    assert {*statuses} <= REFUSALS | {b"200"}
    if isinstance(site, Front):
        assert "GET /terselip/" not in Node.seen


def test_gunicorn_makes_one_request_of_it_or_none(node: Gunicorn) -> None:
    for what, (head, body) in MESSAGES.items():
        with socket.create_connection((HOST, node.port), 5) as client:
            statuses = exchange(client, head, body, path=b"/livez")
        assert len(statuses) == 1 or {*statuses[1:]} <= REFUSALS, (what, statuses)


def test_no_header_says_which_page_is_meant(node: Gunicorn) -> None:
    """gunicorn takes both from whom it trusts, and the proxy speaks from this machine."""
    for header in (b"SCRIPT_NAME: /pesantren", b"PATH_INFO: /livez", b"Script-Name: /pesantren"):
        with socket.create_connection((HOST, node.port), 5) as client:
            head = header + b"\r\nContent-Length: 0"
            assert exchange(client, head, b"", path=b"/pesantren/livez", owed=lambda: 1) == [b"404"]


def test_second_request_would_be_seen(site: Site, node: Gunicorn) -> None:
    """The control: two whole requests behind each other are two."""
    Node.seen.clear()
    with over_tls(site) as client:
        assert len(exchange(client, b"Content-Length: 0", HIDDEN, owed=lambda: 2)) == 2
    assert Node.seen == ["POST /2020/minat/", "GET /terselip/"]
    with socket.create_connection((HOST, node.port), 5) as client:
        behind = HIDDEN.replace(b"/terselip/", b"/livez")
        length = b"Content-Length: 0"
        assert len(exchange(client, length, behind, path=b"/livez", owed=lambda: 2)) == 2


# --- TLS ------------------------------------------------------------------------------------------


def speaks(site: Site, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> str:
    """The cipher that is agreed on with a client that speaks this version alone; empty: none."""
    context = site.trust()
    with warnings.catch_warnings():
        # Of the versions of before, which is what they are asked for.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = version
        context.minimum_version = version
    context.set_ciphers(ciphers)
    try:
        with (
            socket.create_connection((HOST, site.https_port), 5) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as client,
        ):
            agreed = client.cipher()
    except (ssl.SSLError, ConnectionResetError):
        return ""
    return agreed[0] if agreed else ""


def test_versions_of_before_are_not_spoken(site: Site) -> None:
    assert speaks(site, ssl.TLSVersion.TLSv1) == ""
    assert speaks(site, ssl.TLSVersion.TLSv1_1) == ""
    assert speaks(site, ssl.TLSVersion.TLSv1_2).startswith("ECDHE-")
    assert speaks(site, ssl.TLSVersion.TLSv1_3).startswith("TLS_")


@pytest.mark.parametrize(
    ("ciphers", "agreed"),
    [
        ("ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA", ""),
        ("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384", ""),
        (
            "ECDHE-ECDSA-AES128-CCM8:ECDHE-ECDSA-CAMELLIA128-SHA256:ECDHE-ECDSA-ARIA128-GCM-SHA256",
            "",
        ),
        ("ECDHE-ECDSA-NULL-SHA:AECDH-AES128-SHA:eNULL:aNULL", ""),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ],
)
def test_only_ciphers_that_authenticate_and_forget_their_keys(
    site: Site, ciphers: str, agreed: str
) -> None:
    assert speaks(site, ssl.TLSVersion.TLSv1_2, f"{ciphers}:@SECLEVEL=0") == agreed
