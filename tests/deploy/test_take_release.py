"""take-release with nginx's list of nodes: one node out at a time, and never the last one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.deploy.front import DEPLOY

pytestmark = pytest.mark.shown_alike
REST = "max_fails=2 fail_timeout=3s;"


def lines(*states: str) -> str:
    """nodes.conf with these words behind the addresses."""
    return "".join(
        f"server 127.0.0.1:800{number}{f' {state}' if state else ''} {REST}\n"
        for number, state in enumerate(states, start=1)
    )


class Machine:
    """A machine with two nodes; which of them are not ready is said, and what nginx saw is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.nodes, self.seen = folder, folder / "nodes.conf", folder / "seen"
        (folder / "release" / ".venv" / "bin").mkdir(parents=True)
        programs = folder / "bin"
        programs.mkdir()
        seen = self.seen
        units = "opop-web@1.service loaded\\nopop-web@2.service loaded\\n"
        for path, text in {
            folder / "release" / ".venv" / "bin" / "gunicorn": "",
            programs / "systemctl": f"""
                case "$1" in
                    list-units) printf '{units}' ;;
                    restart)
                        if [ "$2" = "$BREAKS" ]; then kill -HUP $PPID; fi
                        [ "$2" != "$FAILS" ] ;;
                    reload)
                        cut -d' ' -f2-3 {self.nodes} | sed 's/ max.*//' | tr '\\n' ',' >> {seen}
                        echo >> {seen} ;;
                esac
            """,
            programs / "curl": 'for last; do :; done; case "$last" in $BROKEN) exit 22 ;; esac',
            programs / "sleep": "",
        }.items():
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        self.script = (
            (DEPLOY / "take-release")
            .read_text()
            .replace("/etc/nginx/opop/nodes.conf", str(self.nodes))
            .replace("/opt/opop", str(folder / "opop"))
        )

    def take(
        self, name: str = "", *, broken: str = "none", breaks: str = "", fails: str = ""
    ) -> int:
        """Take the release while the nodes whose address fits the pattern are not ready.

        Nobody reads what it says, and as the unit `breaks` is restarted it is told that nobody
        will; the unit `fails` does not start.
        """
        nobody, line = os.pipe()
        os.close(nobody)
        try:
            done = subprocess.run(
                ["sh", "-s", name or str(self.folder / "release")],
                cwd=self.folder,
                input=self.script,
                env={
                    "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                    "BROKEN": broken,
                    "BREAKS": breaks,
                    "FAILS": fails,
                },
                stdout=line,
                stderr=line,
                text=True,
                timeout=30,
            )
        finally:
            os.close(line)
        return done.returncode

    def asked_nobody(self) -> list[str]:
        """The moments at which nginx had no node to ask."""
        moments = self.seen.read_text().splitlines() if self.seen.exists() else []
        return [one for one in moments if one.count(" down") == one.count("127.0.0.1")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_each_node_is_left_alone_in_its_turn(machine: Machine) -> None:
    machine.nodes.write_text(lines("", ""))
    assert machine.take() == 0
    assert machine.nodes.read_text() == lines("", "")
    assert machine.seen.read_text().splitlines() == [
        "127.0.0.1:8001 down,127.0.0.1:8002,",
        "127.0.0.1:8001,127.0.0.1:8002,",
        "127.0.0.1:8001,127.0.0.1:8002 down,",
        "127.0.0.1:8001,127.0.0.1:8002,",
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_run_after_a_failed_one_brings_all_nodes_back(machine: Machine, number: int) -> None:
    machine.nodes.write_text(lines("", ""))
    assert machine.take(broken=f"*800{number}/readyz") == 1
    assert machine.nodes.read_text().count(" down ") == 1
    assert machine.take() == 0
    assert machine.nodes.read_text() == lines("", "")
    assert machine.asked_nobody() == []


@pytest.mark.parametrize(
    "states", [("down", ""), ("", "down"), ("down down", ""), ("down", "down")]
)
def test_last_node_that_is_asked_stays_so(machine: Machine, states: tuple[str, str]) -> None:
    machine.nodes.write_text(lines(*states))
    broken = "*8001/readyz" if states[0] and not states[1] else "*8002/readyz"
    machine.take(broken=broken)
    assert machine.asked_nobody() == []


def test_release_is_found_from_where_one_stands_and_linked_whole(machine: Machine) -> None:
    machine.nodes.write_text(lines("", ""))
    assert machine.take("release/") == 0
    link = machine.folder / "opop"
    assert str(link.readlink()) == str(machine.folder / "release")
    assert machine.take("releases/2") == 1
    assert str(link.readlink()) == str(machine.folder / "release")


def test_release_of_before_stays_where_the_database_cannot_be_brought_up(machine: Machine) -> None:
    machine.nodes.write_text(lines("", ""))
    link = machine.folder / "opop"
    link.symlink_to(machine.folder)
    assert machine.take(fails="opop-migrate.service") == 1
    assert str(link.readlink()) == str(machine.folder)
    assert not machine.seen.exists()


@pytest.mark.parametrize("unit", ["opop-migrate.service", "opop-web@1.service"])
def test_line_that_breaks_leaves_no_release_half_taken(machine: Machine, unit: str) -> None:
    machine.nodes.write_text(lines("", ""))
    assert machine.take(breaks=unit) == 0
    assert machine.nodes.read_text() == lines("", "")
    assert len(machine.seen.read_text().splitlines()) == 4


def test_only_node_is_never_left_alone(machine: Machine) -> None:
    machine.nodes.write_text(lines(""))
    assert machine.take() == 0
    assert machine.nodes.read_text() == lines("")
    assert machine.asked_nobody() == []
