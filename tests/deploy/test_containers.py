"""The compose file and the scripts, as far as they can be read without a machine to run them on."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.deploy.front import DEPLOY

pytestmark = pytest.mark.shown_alike
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_proxy_asks_the_web_nodes_of_the_file() -> None:
    nodes = (DEPLOY / "nginx" / "compose-nodes.conf").read_text()
    asked = re.findall(r"^server (\w+):8000 ", nodes, re.MULTILINE)
    assert asked == [name for name in COMPOSE["services"] if name.startswith("web")]


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


@pytest.mark.parametrize("name", ["prepare-release", "opop-manage", "take-release"])
def test_script_is_a_shell_script(name: str) -> None:
    done = subprocess.run(["sh", "-n", str(DEPLOY / name)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (DEPLOY / name).stat().st_mode & 0o111
