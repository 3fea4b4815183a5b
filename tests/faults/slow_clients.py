"""Clients that take their time: heads and bodies that drip, and answers that nobody reads."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
EACH_SECONDS = 0.2
KINDS = {
    # A head that never ends: each turn adds a letter to the name of a header.
    "head": "GET / HTTP/1.1\r\nHost: {host}\r\nX-",
    # A body that is announced and comes letter by letter, where tablets send their sales.
    "body": (
        "POST /kasir/tablet/penjualan/ HTTP/1.1\r\nHost: {host}\r\n"
        "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
    ),
    # Page after page is asked for over one connection, and none is taken.
    "answer": "GET /2026-uji/produk/ HTTP/1.1\r\nHost: {host}\r\n\r\n" * 20,
}


class SlowClients:
    """Some dozens of each kind, until they are sent away. Whom the portal sent away is counted."""

    def __init__(self, port: int, of_each: int) -> None:
        self.clients: dict[str, list[socket.socket]] = {
            kind: [_call(port, words) for _one in range(of_each)] for kind, words in KINDS.items()
        }
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._drip, name="slow clients", daemon=True)
        self._thread.start()

    def _drip(self) -> None:
        while not self._end.wait(EACH_SECONDS):
            for kind in ("head", "body"):
                for client in self.clients[kind]:
                    with contextlib.suppress(OSError):
                        client.send(b"a")

    def waiting(self) -> dict[str, int]:
        """How many still hold what they took: no answer has come, and none was hung up on."""
        return {
            kind: sum(_hears_nothing(client) for client in self.clients[kind])
            for kind in ("head", "body")
        }

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        for clients in self.clients.values():
            for client in clients:
                client.close()


def _call(port: int, words: str) -> socket.socket:
    client = socket.socket()
    # So little room that an answer stays where it is.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((HOST, port))
    client.sendall(words.format(host=f"{HOST}:{port}").encode())
    return client


def _hears_nothing(client: socket.socket) -> bool:
    try:
        client.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextlib.contextmanager
def slow_clients(port: int, *, of_each: int) -> Iterator[SlowClients]:
    """So many of each kind at the portal, until the end of the block."""
    slow = SlowClients(port, of_each)
    try:
        yield slow
    finally:
        slow.close()
