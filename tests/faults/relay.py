"""A line to PostgreSQL that can go dead without a word, as when a machine or a cable is gone."""

from __future__ import annotations

import contextlib
import ctypes
import selectors
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
CHUNK = 64 * 1024
# A packet filter of one instruction, 'take 0 bytes': the kernel drops what arrives, and neither
# confirms nor refuses it.
_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
SO_ATTACH_FILTER = 26


class Relay:
    """Passes on what comes to `port` to a server's socket, until its lines are cut."""

    def __init__(self, target: Path) -> None:
        self.target = str(target)
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._other: dict[socket.socket, socket.socket] = {}
        self._dead: list[socket.socket] = []
        self._guard = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    @property
    def lines(self) -> int:
        """How many are connected just now."""
        with self._guard:
            return len(self._other) // 2

    def go_dead(self) -> int:
        """Everything that is connected now is swallowed from here on; how many lines that were."""
        with self._guard:
            lines = [one for one in self._other if one.family == socket.AF_INET]
            for line in lines:
                program = struct.pack("HxxxxxxP", 1, ctypes.addressof(_NOTHING))
                line.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
                self._dead += [line, self._other[line]]
                for one in (line, self._other[line]):
                    self._selector.unregister(one)
                    del self._other[one]
            return len(lines)

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port)).close()
        self._thread.join()
        for one in (*self._other, *self._dead, self._listener):
            one.close()
        self._selector.close()

    def _run(self) -> None:
        while self._open:
            for key, _events in self._selector.select(0.5):
                with self._guard:
                    if key.fileobj is self._listener:
                        self._take()
                    elif key.fileobj in self._other:
                        self._pass_on(key.fileobj)

    def _take(self) -> None:
        client, _address = self._listener.accept()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.target)
        except OSError:
            client.close()
            server.close()
            return
        for one, other in ((client, server), (server, client)):
            self._other[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        other = self._other[one]
        try:
            chunk = one.recv(CHUNK)
            other.sendall(chunk)
        except OSError:
            chunk = b""
        if not chunk:
            for end in (one, other):
                self._selector.unregister(end)
                del self._other[end]
                end.close()


@contextlib.contextmanager
def relay(target: Path) -> Iterator[Relay]:
    """A relay to the Unix socket at that path, until the end of the block."""
    between = Relay(target)
    between._thread.start()
    try:
        yield between
    finally:
        between.close()
