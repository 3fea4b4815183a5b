"""Visitors who open pages at a fixed pace, whether or not the portal answers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.words import complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Visit:
    """One page asked for. Status 0: the connection was lost before the answer was whole."""

    address: str
    began: float
    seconds: float
    status: int


@dataclass
class Visitors:
    """An open loop: so many a second, each over a connection of its own."""

    port: int
    addresses: Sequence[str]
    a_second: float = 20
    visits: list[Visit] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def come(self, *, is_done: Callable[[], bool]) -> None:
        """Come until it is done; those who are inside are waited for."""
        inside: set[asyncio.Task[None]] = set()
        start = time.monotonic()
        for number, address in enumerate(itertools.cycle(self.addresses)):
            await asyncio.sleep(max(0, start + number / self.a_second - time.monotonic()))
            if is_done():
                break
            one = asyncio.create_task(self._visit(address))
            inside.add(one)
            one.add_done_callback(inside.discard)
        await asyncio.gather(*inside)

    async def _visit(self, address: str) -> None:
        began = time.monotonic()
        status = 0
        with contextlib.suppress(OSError, EOFError, ValueError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                status, headers, body = await get(self.port, address)
            self.complaints += complaints(address, status, headers, body)
        self.visits.append(Visit(address, began, time.monotonic() - began, status))


async def get(port: int, address: str) -> tuple[int, dict[str, str], bytes]:
    """Ask for a page over a fresh connection. Raises OSError or EOFError where it breaks."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        head = f"GET {address} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _colon, value in (one.partition(":") for one in rest)
        }
        if headers.get("transfer-encoding") == "chunked":
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(int(headers["content-length"]))
        return int(first.split()[1]), headers, body
    finally:
        writer.transport.abort()


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
