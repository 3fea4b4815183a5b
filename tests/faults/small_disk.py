"""A disk so small that a test can fill it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 1024 * 1024


class SmallDisk:
    """A folder on a file system of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Without one byte of room inside the block."""
        try:
            self._fill()
            assert self.is_full
            yield
        finally:
            self._ballast.unlink(missing_ok=True)

    def _fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (PIECE, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)

    @property
    def is_full(self) -> bool:
        probe = self.folder / "probe"
        try:
            probe.write_bytes(b"\0")
        except OSError as error:
            return error.errno == errno.ENOSPC
        finally:
            with contextlib.suppress(OSError):
                probe.unlink()
        return False


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """A disk of that size until the end of the block. Only root may make one."""
    folder = Path(tempfile.mkdtemp(prefix="opop-disk-"))
    # CI has a user who may become root.
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size={megabytes}m,mode=0755,uid={os.getuid()},gid={os.getgid()}"
    command = [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        folder.rmdir()
        pytest.fail(f"No small disk without root (or sudo that asks nothing): {done.stderr}")
    try:
        yield SmallDisk(folder)
    finally:
        # Even where something still writes there.
        subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
