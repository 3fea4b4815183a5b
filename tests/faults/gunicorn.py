"""One gunicorn: started, reloaded, stopped, and killed with or without its workers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 40
# As in the hall: what is measured or broken here is what is deployed there.
CONFIGURED = ["--config=deploy/gunicorn.conf.py"]
GUNICORN = [*CONFIGURED, "--workers=2"]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Gunicorn:
    """A gunicorn that keeps its port over restarts. `log` is the file it writes to."""

    def __init__(
        self, log: Path, environment: dict[str, str], options: Sequence[str] = GUNICORN
    ) -> None:
        self.log = log
        self.environment = environment
        self.options = options
        self.application = "opop_expo.wsgi"
        self.port = free_port()
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it without waiting."""
        with self.log.open("ab") as log:
            # In our own process group: whoever ends all of that ends it too.
            self._process = subprocess.Popen(
                [
                    *[sys.executable, "-m", "gunicorn", self.application],
                    *[f"--bind={HOST}:{self.port}", *self.options],
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.launch()
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"gunicorn does not start:\n{self.log_tail()}")
            time.sleep(0.05)

    def wait_until_it_serves(self) -> None:
        """Its master listens long before a worker is there to answer."""
        self.wait_until_it_answers()
        with socket.create_connection((HOST, self.port), START_SECONDS) as asked:
            asked.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b" 200 " in asked.recv(1024), self.log_tail()

    def stop(self) -> None:
        """End it: in peace first, then without asking."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """`kill -9` the master and every worker, as when the machine is gone."""
        if self._process is None:
            return
        workers = self.workers()
        self._process.kill()
        self._process.wait()
        for worker in workers:
            _kill(worker)
            self.kills += 1
        self._process = None

    def reload(self) -> None:
        """HUP: new workers with the code that lies there now; the old ones finish their work."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def workers(self) -> list[int]:
        """The processes that serve."""
        if self._process is None or self._process.poll() is not None:
            return []
        master = self._process.pid
        listed = Path(f"/proc/{master}/task/{master}/children")
        if listed.exists():
            return [int(pid) for pid in listed.read_text().split()]
        found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def kill_worker(self, chance: random.Random) -> None:
        """`kill -9` one worker, whatever it is doing. gunicorn starts another."""
        workers = self.workers()
        if workers:
            self.kills += _kill(chance.choice(workers))

    def kill_workers(self) -> list[int]:
        """`kill -9` all workers at once; which they were."""
        workers = self.workers()
        self.kills += sum(_kill(worker) for worker in workers)
        return workers

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0


def _kill(pid: int) -> bool:
    """Whether it was there to be killed."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
