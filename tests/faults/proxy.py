"""A proxy between tablet and portal that breaks exchanges by a seeded plan, and counts how."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import struct
import threading
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
CHUNK = 64 * 1024
WAIT_SECONDS = 10


class Fault(Enum):
    """What may happen to one exchange of request and response."""

    NONE = "none"
    DELAY = "delay"
    CUT_REQUEST = "cut request"  # the portal gets its first bytes only
    CUT_RESPONSE = "cut response"  # the portal has answered, the tablet gets the first bytes
    SWALLOW = "swallow response"  # the portal has answered, the tablet hears nothing of it
    RESET = "reset"  # the request is on its way, and the connection is torn down
    REFUSE = "refuse"  # no new connection for a while, and this one ends


FAULTS = [fault for fault in Fault if fault is not Fault.NONE]


def seed_of_this_run() -> int:
    """FAULT_SEED, or one by chance. Printed by whoever uses it, so that a run can be repeated."""
    return int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))


class FaultProxy:
    """Listens on a port of its own and passes everything on to `upstream`, faults aside.

    The plan is a row of shuffled packs, each with every fault once and `calm` quiet exchanges, so
    that each kind comes up however short the run is.
    """

    def __init__(self, upstream: int, *, seed: int, calm: int = 8) -> None:
        self.upstream = upstream
        self.random = random.Random(seed)
        self.pack: list[Fault] = []
        self.calm = calm
        self.active = True  # False: everything passes
        self.port = 0
        self.done: Counter[Fault] = Counter()
        self.loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server:
            self._server.close()
            self._server = None
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)
        await asyncio.sleep(0.01)  # a transport closes its socket in a later turn of the loop

    def plug_in(self) -> None:
        """Let tablets reach the portal again. From another thread, as the next one."""
        asyncio.run_coroutine_threadsafe(self.open(), self.loop).result(WAIT_SECONDS)

    def unplug(self) -> None:
        """No network: nobody gets in, and whoever was in is out."""
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result(WAIT_SECONDS)

    def _draw(self) -> Fault:
        if not self.active:
            return Fault.NONE
        if not self.pack:
            self.pack = [*FAULTS, *[Fault.NONE] * self.calm]
            self.random.shuffle(self.pack)
        return self.pack.pop()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        link = _Link(self, to_client)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await link.run(client)
        to_client.transport.abort()
        self._links.discard(task)

    async def refuse_for_a_while(self) -> None:
        """Nobody gets in until a fraction of a second has passed."""
        if self._server:
            self._server.close()
            self._server = None
            await asyncio.sleep(self.random.uniform(0.05, 0.3))
            await self.open()


class _Link:
    """One connection of a tablet. HTTP/1.1 without pipelining: bytes after an answer ask anew."""

    def __init__(self, proxy: FaultProxy, to_client: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.to_client = to_client
        self.fault = Fault.NONE
        self.answered = True

    async def run(self, client: asyncio.StreamReader) -> None:
        portal, to_portal = await asyncio.open_connection(HOST, self.proxy.upstream)
        ways = [
            asyncio.create_task(self._requests(client, to_portal)),
            asyncio.create_task(self._responses(portal)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_portal.transport.abort()
        if self.fault is Fault.REFUSE:
            self.to_client.transport.abort()
            await self.proxy.refuse_for_a_while()

    async def _requests(
        self, client: asyncio.StreamReader, to_portal: asyncio.StreamWriter
    ) -> None:
        chance, done = self.proxy.random, self.proxy.done
        while chunk := await client.read(CHUNK):
            if self.answered:
                self.answered, self.fault = False, self.proxy._draw()
            if self.fault is Fault.DELAY:
                done[self.fault] += 1
                await asyncio.sleep(chance.uniform(0.02, 0.3))
                self.fault = Fault.NONE
            elif self.fault is Fault.REFUSE:
                done[self.fault] += 1
                return
            elif self.fault is Fault.CUT_REQUEST:
                done[self.fault] += 1
                chunk = chunk[: chance.randrange(len(chunk))]
            to_portal.write(chunk)
            await to_portal.drain()
            if self.fault is Fault.CUT_REQUEST:
                return
            if self.fault is Fault.RESET:
                done[self.fault] += 1
                self._tear_down()
                return

    async def _responses(self, portal: asyncio.StreamReader) -> None:
        chance, done = self.proxy.random, self.proxy.done
        while chunk := await portal.read(CHUNK):
            self.answered = True
            if self.fault in {Fault.SWALLOW, Fault.CUT_RESPONSE}:
                done[self.fault] += 1
                if self.fault is Fault.CUT_RESPONSE:
                    self.to_client.write(chunk[: chance.randrange(len(chunk))])
                    await self.to_client.drain()
                return
            self.to_client.write(chunk)
            await self.to_client.drain()

    def _tear_down(self) -> None:
        """Close with RST in place of FIN."""
        sock: socket.socket = self.to_client.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def fault_proxy(upstream: int, *, seed: int, calm: int = 8) -> Iterator[FaultProxy]:
    """A proxy before that port, in a thread of its own, until the end of the block."""
    proxy = FaultProxy(upstream, seed=seed, calm=calm)
    thread = threading.Thread(target=proxy.loop.run_forever, name="fault proxy", daemon=True)
    thread.start()
    try:
        proxy.plug_in()
        yield proxy
    finally:
        proxy.unplug()
        proxy.loop.call_soon_threadsafe(proxy.loop.stop)
        thread.join(WAIT_SECONDS)
        proxy.loop.close()
