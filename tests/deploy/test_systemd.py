"""The units as systemd itself reads them: no mistake in any, and little that any of them may do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.front import DEPLOY

pytestmark = pytest.mark.shown_alike
UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
MOST_EXPOSED = 2.0


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, with the first instance of each template and a Python that is there."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    python = Path(sys.executable).parent
    for path in folder.glob("*.*"):
        if path.is_file():
            text = path.read_text().replace("/opt/opop/.venv/bin", str(python))
            path.write_text(text)
            if "@." in path.name:
                path.rename(path.with_name(path.name.replace("@.", "@1.")))
    return folder


def analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments],
        # The colon keeps the machine's own units, which ours wait for.
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{units}:", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_systemd_finds_no_mistake(units: Path) -> None:
    paths = [str(path) for path in units.glob("opop-*.*") if path.is_file()]
    done = analyze(units, "verify", "--man=no", *paths)
    assert len(paths) > 6
    # Units of the machine that runs the test may have mistakes of their own.
    assert [line for line in done.stderr.splitlines() if "opop" in line] == []


@pytest.mark.parametrize("service", SERVICES)
def test_service_may_do_little(units: Path, service: str) -> None:
    done = analyze(units, "security", "--offline=true", service.replace("@.", "@1."))
    exposed = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposed is not None, done.stderr
    assert float(exposed[1]) <= MOST_EXPOSED, done.stdout


def test_somebody_hears_of_what_failed_and_the_alarm_itself_rings_none() -> None:
    ringing = "\nOnFailure=opop-alarm@%N.service\n"
    texts = {name: (UNITS / name).read_text() for name in SERVICES}
    assert len(texts) == 6
    silent = {name for name, text in texts.items() if ringing not in text}
    assert silent == {"opop-alarm@.service"}


def test_day_ends_at_night_in_the_hall_wherever_the_machine_believes_to_be(units: Path) -> None:
    timer = (UNITS / "opop-daily.timer").read_text()
    [at] = re.findall(r"^OnCalendar=(.+)$", timer, re.MULTILINE)
    done = analyze(units, "calendar", at)
    # As deploy/timers has it in a container.
    assert re.search(r"(Next elapse|\(in UTC\)): .* 20:20:00 UTC", done.stdout), done.stdout


def test_nodes_listen_where_the_proxy_asks() -> None:
    socket = (UNITS / "opop-web@.socket").read_text()
    nodes = (DEPLOY / "nginx" / "opop" / "nodes.conf").read_text()
    assert "ListenStream=127.0.0.1:800%i" in socket
    assert re.findall(r"server (\S+)", nodes) == ["127.0.0.1:8001", "127.0.0.1:8002"]


def test_stopping_waits_longer_than_workers_may_take() -> None:
    service = (UNITS / "opop-web@.service").read_text()
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text()
    patience = re.search(r"TimeoutStopSec=(\d+)", service)
    graceful = re.search(r"^graceful_timeout = (\d+)$", gunicorn, re.MULTILINE)
    assert patience is not None
    assert graceful is not None
    assert int(patience[1]) > int(graceful[1])
