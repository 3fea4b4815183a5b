"""The compose file and the scripts, as far as they can be read without a machine to run them on."""

from __future__ import annotations

import os
import re
import subprocess
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.deploy.front import DEPLOY
from tests.postgres import deployed_settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shown_alike
BASE = DEPLOY.parent
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_proxy_asks_the_web_nodes_of_the_file() -> None:
    nodes = (DEPLOY / "nginx" / "compose-nodes.conf").read_text()
    asked = re.findall(r"^server (\w+):8000 ", nodes, re.MULTILINE)
    assert asked == [name for name in COMPOSE["services"] if name.startswith("web")]


def test_proxy_finds_a_node_that_was_made_anew() -> None:
    nodes = (DEPLOY / "nginx" / "compose-nodes.conf").read_text()
    assert re.findall(r"^server .+:8000 (\w+) ", nodes, re.MULTILINE) == ["resolve"] * 2
    # Known outside nginx's commercial version since 1.27.3, and only for a zone.
    version = COMPOSE["services"]["nginx"]["image"].rpartition(":")[2]
    assert tuple(map(int, version.split("."))) >= (1, 28)
    assert "zone opop_nodes" in (DEPLOY / "nginx" / "opop.conf").read_text()


def test_copies_of_pages_have_room_in_memory() -> None:
    machine = (DEPLOY / "nginx" / "opop" / "machine.conf").read_text()
    [most] = re.findall(r"^proxy_cache_path /dev/shm/.* max_size=(\d+)m ", machine, re.MULTILINE)
    given = COMPOSE["services"]["nginx"]["shm_size"]
    # nginx looks every ten seconds whether there are too many.
    assert int(given.removesuffix("mb")) >= 4 * int(most)


def test_every_container_has_a_log_that_ends_somewhere() -> None:
    drivers = {name: one.get("logging") for name, one in COMPOSE["services"].items()}
    assert {str(one) for one in drivers.values()} == {"{'driver': 'local'}"}, drivers


def test_nodes_keep_their_names_and_figures_when_they_are_made_anew() -> None:
    for name in ("web1", "web2"):
        node = COMPOSE["services"][name]
        assert node["hostname"] == name
        # Below what a node may write to.
        folder = node["environment"]["PROMETHEUS_MULTIPROC_DIR"]
        assert folder.startswith(tuple(f"{place}/" for place in node["tmpfs"]))
        assert node["environment"]["DATABASE_URL"] == "postgres:///opop?host=/run/postgresql"


def test_statements_that_share_their_work_have_room_in_memory() -> None:
    """24 joins by hash on eight connections: 11 failed with Docker's 64 MB, none with this."""
    assert COMPOSE["services"]["database"]["shm_size"] == "256mb"


def test_nodes_see_the_room_that_is_left_for_backups_and_cannot_write_there() -> None:
    services = COMPOSE["services"]
    [place] = [one for one in services["timer"]["volumes"] if one.startswith("backups:")]
    assert set(services["web1"]["volumes"]) == {*services["migrate"]["volumes"], f"{place}:ro"}


def test_every_folder_that_is_mounted_is_there_or_the_operators() -> None:
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]
    missing = [path for path in mounted if not (DEPLOY / path).exists()]
    assert missing == ["./tls"]


def test_nodes_may_do_little_and_have_time_to_finish() -> None:
    for name in ("web1", "web2"):
        node = COMPOSE["services"][name]
        assert (node["read_only"], node["cap_drop"]) == (True, ["ALL"])
        assert node["stop_grace_period"] == "45s"
        assert node["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_database_is_given_the_same_in_a_container() -> None:
    given = [f"-c{name}={value}" for name, value in deployed_settings().items()]
    assert COMPOSE["services"]["database"]["command"] == ["-clisten_addresses=127.0.0.1", *given]
    assert len(given) == 3


@pytest.mark.parametrize("name", ["prepare-release", "opop-manage", "take-release", "timers"])
def test_script_is_a_shell_script(name: str) -> None:
    done = subprocess.run(["sh", "-n", str(DEPLOY / name)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (DEPLOY / name).stat().st_mode & 0o111


def test_nothing_is_written_below_the_code() -> None:
    """A container's root is read only: what lies in var/ by default needs a place in a volume."""
    reference = tomllib.loads((BASE / "opop_expo/deployment/environment.toml").read_text())
    places = {
        name
        for group in reference["group"]
        for name, told in group["variables"].items()
        if told.get("unset", "").startswith("`var/")
    } - {"SQLITE_TEST_PATH"}
    image = (DEPLOY / "Containerfile").read_text()
    named = dict(re.findall(r"(\w+)=(/var/\S+)", image))
    assert {"ERASURES_FILE", "BACKUP_ROOT"} <= places <= set(named)
    mounted = [one.split(":")[1] for one in COMPOSE["services"]["timer"]["volumes"]]
    assert [one for one in named.values() if not one.startswith(tuple(mounted))] == []


def test_key_and_settings_go_into_no_image_and_no_repository() -> None:
    image = (BASE / ".dockerignore").read_text().splitlines()
    assert {"deploy/tls", "deploy/opop.env", ".venv", ".venv-*"} <= set(image)
    repository = (BASE / ".gitignore").read_text().splitlines()
    assert {"/deploy/tls/", "/deploy/opop.env"} <= set(repository)


def test_container_runs_what_the_timers_of_a_machine_run(tmp_path: Path) -> None:
    wanted = [
        re.findall(r"^ExecStart=\S+ manage\.py (.+)$", path.read_text(), re.MULTILINE)
        for path in (
            timer.with_suffix(".service") for timer in (DEPLOY / "systemd").glob("*.timer")
        )
    ]
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/told\n')
    python.chmod(0o755)
    told = tmp_path / "told"
    environment = os.environ | {"PYTHON": str(python)}
    command = COMPOSE["services"]["timer"]["command"]
    with subprocess.Popen(command, cwd=BASE, env=environment) as timers:
        end = time.monotonic() + 30
        while not told.exists() or len(told.read_text().splitlines()) < len(wanted):
            assert timers.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        timers.terminate()
        assert timers.wait(timeout=20) == 0
    assert sorted(told.read_text().splitlines()) == sorted(
        f"manage.py {one}" for ones in wanted for one in ones
    )


def test_timers_end_though_their_command_missed_the_first_signal(tmp_path: Path) -> None:
    """As one does that has been forked and has not yet become what it shall be."""
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        "trap 'trap - TERM' TERM\n"
        f"echo >> {tmp_path}/told\n"
        "for _ in $(seq 300); do sleep 0.1; done\n"
    )
    python.chmod(0o755)
    environment = os.environ | {"PYTHON": str(python)}
    command = COMPOSE["services"]["timer"]["command"]
    with subprocess.Popen(command, cwd=BASE, env=environment) as timers:
        end = time.monotonic() + 30
        while not (tmp_path / "told").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        timers.terminate()
        assert timers.wait(timeout=20) == 0
