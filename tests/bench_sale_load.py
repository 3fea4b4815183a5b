"""The load of `make bench-sale`: tablets in a process of their own, each over a kept connection.

Told line by line on its standard input what to send and for how long; answers each with a line.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import selectors
import socket
import sys
import time
import uuid
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

HOST = "127.0.0.1"
LINES = 5
BATCH = 50
PATHS = {
    "sale": "/kasir/tablet/penjualan/",
    "batch": "/kasir/tablet/kiriman/",
    "plain": "/jual-saja/",
}
WANTED = {"sale": 201, "batch": 200, "plain": 201}


@dataclass
class Seller:
    """A paired tablet with an endless queue before it."""

    port: int
    credential: str
    storage_id: str
    prefix: str
    goods: list[tuple[int, int]]
    cashier_id: int
    counter: int = 0
    seconds: list[float] = field(default_factory=list)
    sent_bytes: int = 0
    got_bytes: int = 0

    def __post_init__(self) -> None:
        self.shelf = cycle(self.goods)
        self.socket = socket.create_connection((HOST, self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = 0.0
        self.wanted = b""

    def sale(self) -> dict[str, Any]:
        """A sale of five lines, as the tablet builds it."""
        self.counter += 1
        goods = list(islice(self.shelf, LINES))
        total = sum(price for _offer, price in goods)
        return {
            "kind": "sale",
            "uuid": str(uuid.uuid4()),
            "number": f"{self.prefix}-{self.counter:04d}",
            "device_at": _now(),
            "clock_offset_ms": 0,
            "cashier_id": self.cashier_id,
            "lines": [
                {"offer_id": offer, "quantity": 1, "unit_price_rupiah": price}
                for offer, price in goods
            ],
            "payments": [{"method": "cash", "amount_rupiah": total, "tendered_rupiah": total}],
            "note": "",
            "training": False,
            "receipt_token": base64.urlsafe_b64encode(os.urandom(16)).decode()[:22],
        }

    def send(self, kind: str) -> None:
        """The next request of this kind."""
        content: dict[str, Any] = (
            {"sales": [self.sale() for _ in range(BATCH)]}
            if kind == "batch"
            else {"sale": self.sale()}
        )
        envelope = {
            "sent_at": _now(),
            "storage_id": self.storage_id,
            "app_version": "bench",
            "storage_persists": True,
            "tills": {self.prefix: {"last": self.counter, "unsent": 0}},
        }
        body = json.dumps(envelope | content, separators=(",", ":")).encode()
        head = (
            f"POST {PATHS[kind]} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n"
            f"Cookie: opop_till={self.credential}\r\nX-Opop-Till: 1\r\nX-Opop-Language: id\r\n"
            f"Origin: http://{HOST}:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        request = head.encode() + body
        self.wanted = str(WANTED[kind]).encode()
        self.sent_bytes += len(request)
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> None:
        """The whole answer. Raises SystemExit where it is not the one that was wanted."""
        answer = self.socket.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._more()
        self.seconds.append(time.perf_counter() - self.started)
        self.got_bytes += len(head) + 4 + len(body)
        status = head[9:12]
        refused = status != self.wanted or b'"status": "held"' in body or b'"flags": ["' in body
        if refused:
            raise SystemExit(f"answered {status.decode()}: {body[:300].decode()}")

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise SystemExit("the server hung up")
        return more


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def round_of(sellers: list[Seller], kind: str, seconds: float) -> dict[str, Any]:
    """All of them at once for so long; each sends as soon as it was answered."""
    with selectors.DefaultSelector() as waiting:
        for seller in sellers:
            seller.seconds, seller.sent_bytes, seller.got_bytes = [], 0, 0
            waiting.register(seller.socket, selectors.EVENT_READ, seller)
        begin = time.perf_counter()
        for seller in sellers:
            seller.send(kind)
        open_requests = len(sellers)
        while open_requests:
            for ready, _events in waiting.select(timeout=30) or _nobody():
                ready.data.receive()
                if time.perf_counter() - begin < seconds:
                    ready.data.send(kind)
                else:
                    open_requests -= 1
        took = time.perf_counter() - begin
    return {
        "took": took,
        "waits": [wait for seller in sellers for wait in seller.seconds],
        "sent_bytes": sum(seller.sent_bytes for seller in sellers),
        "got_bytes": sum(seller.got_bytes for seller in sellers),
    }


def _nobody() -> list[Any]:
    raise SystemExit("no answer for 30 seconds")


def main() -> None:
    """Sellers come with the first line, rounds with those after it."""
    sellers = [Seller(**one) for one in json.loads(sys.stdin.readline())]
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        some = sellers[: told.get("sellers", len(sellers))]
        print(json.dumps(round_of(some, told["kind"], told["seconds"])), flush=True)


if __name__ == "__main__":
    main()
