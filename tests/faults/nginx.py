"""nginx as in deploy/nginx, before nodes on this machine, for tablets that speak no TLS."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.deploy.front import command, fill, forget_copies
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
START_SECONDS = 20
STOP_SECONDS = 10

SITE = """
listen {host}:{port};
server_name {host};
set $opop_static {static};
set $opop_media {media};
set $opop_pages {folder}/pages;
set $opop_hsts "";
access_log {folder}/access.log opop;
"""


class Nginx:
    """A running nginx in a folder of its own, where it logs as well."""

    def __init__(self, folder: Path, nodes: Sequence[int], *, static: str, media: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        fill(folder, nodes=nodes, https_port=self.port, http_port=free_port())
        site = SITE.format(host=HOST, port=self.port, static=static, media=media, folder=folder)
        (folder / "opop" / "site.conf").write_text(site)

    def start(self) -> None:
        self._process = subprocess.Popen(command(self.folder), stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not (self.folder / "nginx.pid").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "error.log").read_text()
                raise AssertionError(f"nginx does not start:\n{said}")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        forget_copies(self.folder)
