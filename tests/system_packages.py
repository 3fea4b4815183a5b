"""Install what the tests need and pip cannot bring: a browser and the servers.

Does nothing where both are there. Without root or apt-get it says in one sentence what is missing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import HEADLESS, driver_starts, find_chromium
from tests.postgres import find_bindir

# Programs and the packages that bring them; some of them lie where only root looks.
PROGRAMS = {
    "nginx": "nginx-light",
    "openssl": "openssl",
    "redis-server": "redis-server",
    "caddy": "caddy",
    "systemd-analyze": "systemd",
}
FOLDERS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
if TYPE_CHECKING:
    from collections.abc import Iterator

CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
POLICY = Path("/usr/sbin/policy-rc.d")
OS_RELEASE = Path("/etc/os-release")


def missing() -> list[str]:
    """Return the Debian names of what is not there."""
    packages = []
    if not driver_starts():
        packages.append("libatomic1")
    if find_chromium() is None:
        packages.append("chromium")
    if find_bindir() is None:
        packages.append("postgresql")
    packages += [
        name for program, name in PROGRAMS.items() if not shutil.which(program, path=FOLDERS)
    ]
    return packages


def quicker() -> list[str]:
    """Return what the tests can do without, and are done much sooner with, where Debian has it."""
    is_debian = "ID=debian" in OS_RELEASE.read_text().splitlines() if OS_RELEASE.exists() else False
    return [HEADLESS] if is_debian and not shutil.which(HEADLESS) else []


def install(packages: list[str]) -> None:
    """Install Debian packages without asking anything, and without a word unless it goes wrong."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def apt(*arguments: str) -> None:
        command = ["apt-get", "-qq", "-y", "--no-install-recommends", *arguments]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)

    apt("update")
    if "postgresql" in packages:
        # The package would make and start a server of its own, for which nobody asked.
        if not CLUSTER_SETTINGS.exists():
            apt("install", "postgresql-common")
        with CLUSTER_SETTINGS.open("a") as settings:
            settings.write("create_main_cluster = false\n")
    with servers_stay_off():
        apt("install", *packages)


@contextlib.contextmanager
def servers_stay_off() -> Iterator[None]:
    """Let no package start a server of its own: Debian asks this file before it does."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def main() -> int:
    packages = missing()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # Each on its own, so that what can be done without holds up nothing.
        for wanted in (packages, quicker()):
            if not wanted:
                continue
            print(f"Installing {' and '.join(wanted)} ...", flush=True)
            try:
                install(wanted)
            except subprocess.CalledProcessError as error:
                print(f"{' '.join(error.cmd)} failed.", file=sys.stderr)
        packages = missing()
    if packages:
        print(
            f"The tests need {' and '.join(packages)}: install the package"
            f"{'s' if len(packages) > 1 else ''} of that name "
            "(or name the browser in CHROMIUM, the folder with initdb in PG_BINDIR).",
            file=sys.stderr,
        )
    return 1 if packages else 0


if __name__ == "__main__":
    sys.exit(main())
