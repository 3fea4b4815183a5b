"""A backup that is broken off: killed, told to stop, or left alone by its terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.test import override_settings

from opop_expo.backups.ending import end_in_order
from opop_expo.backups.manifest import backups_in
from opop_expo.backups.writing import alone_in, make_backup
from tests.opop_expo.backups import back_up, run

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Where backups go, beside a storage with one photo."""
    with override_settings(MEDIA_ROOT=tmp_path / "media", PRIVATE_ROOT=tmp_path / "private"):
        default_storage.save("photos/stan.png", ContentFile(b"PNG of a stand"))
        yield tmp_path / "backups"


def wait_for_the_photos(root: Path, child: int) -> None:
    """Until the run of that process has written its database, and not ended."""
    deadline = time.monotonic() + 60
    while not list(root.glob("*/media.tar")):
        assert time.monotonic() < deadline
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
        time.sleep(0.02)


def test_killed_run_leaves_nothing_that_looks_like_a_backup(root: Path) -> None:
    # A photo that nobody finishes writing: the run waits there, its database already written.
    endless = Path(settings.MEDIA_ROOT, "photos", "zz.png")
    os.mkfifo(endless)
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            with alone_in(root):
                make_backup(root)
        finally:
            os._exit(1)
    wait_for_the_photos(root, child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert list(root.glob("*/database.*"))
    assert backups_in(root) == []
    assert not list(root.glob("opop-*"))

    endless.unlink()
    folder = back_up(root, "--no-check")
    assert {path.name for path in root.iterdir()} == {folder.name, "last.json", ".lock"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_run_that_is_told_to_stop_puts_its_work_away(root: Path, number: signal.Signals) -> None:
    """By systemd, or by the terminal of an operator whose line has broken."""
    os.mkfifo(Path(settings.MEDIA_ROOT, "photos", "zz.png"))
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            run("backup", "--to", root)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        finally:
            os._exit(1)
    wait_for_the_photos(root, child)
    os.kill(child, number)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 128 + number
    assert {path.name for path in root.iterdir()} == {".lock"}


@pytest.mark.shown_alike
def test_run_that_is_to_outlive_its_terminal_does_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        end_in_order()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


STUBBORN = """
import time
from opop_expo.backups.ending import end_in_order
end_in_order()
try:
    print("at work", flush=True)
    time.sleep(60)
finally:
    print("putting away", flush=True)
    time.sleep(0.5)
    print("put away", flush=True)
"""


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_twice_it_goes_on_putting_away(second: signal.Signals) -> None:
    """The timers of a container tell it twice; what is half written is removed all the same."""
    command = [sys.executable, "-c", STUBBORN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "at work\n"
        child.send_signal(signal.SIGTERM)
        assert child.stdout.readline() == "putting away\n"
        child.send_signal(second)
        assert child.stdout.read() == "put away\n"
        assert child.wait() == 128 + signal.SIGTERM
