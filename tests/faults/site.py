"""What a portal under test is made of: folder, environment, database, and what that holds."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.faults.books import Books, Paired

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server

HOST = "127.0.0.1"
BOOKS_SECONDS = 900


class Site:
    """A portal's database and the environment in which its processes run."""

    def __init__(self, folder: Path, environment: dict[str, str], postgres: Server | None) -> None:
        self.folder = folder
        self.environment = environment
        self.postgres = postgres
        self.paired: list[Paired] = []
        self.stands: list[str] = []

    # --- what it holds ----------------------------------------------------------------------------

    def prepare(self, tablets: int) -> None:
        """Migrate, and pair so many tablets, two at a stand."""
        self.paired = [
            Paired(**one | {"goods": [(offer, price) for offer, price in one["goods"]]})
            for one in self._books("prepare", str(tablets))
        ]
        self.stands = sorted({one.stand for one in self.paired})

    def pairing_code(self, stand: str) -> str:
        """What an organiser reads out at that stand."""
        return str(self._books("code", stand))

    def organiser(self) -> dict[str, str]:
        """The cookies of somebody who may do everything, and is signed in."""
        said: dict[str, str] = self._books("organiser")
        return said

    def revoke_tablets(self, stand: str) -> None:
        """An organiser takes every credential of that stand back."""
        self._books("revoke", stand)

    def rename_stand(self, stand: str) -> None:
        """A1 becomes Z1."""
        self._books("rename", stand)

    def change_offers(self, stand: str) -> None:
        """Raise the first price and withdraw the second offer without any tablet knowing."""
        self._books("change", stand)

    def read_books(self) -> Books:
        said = self._books("read")
        for name in ("sales", "training"):
            said[name] = {key: (number, total) for key, (number, total) in said[name].items()}
        return Books(**said)

    def manage(self, *command: str, **environment: str) -> str:
        """Run `manage.py` against this portal; what it printed."""
        return self.run("manage.py", *command, **environment)

    def _books(self, *arguments: str) -> Any:
        return json.loads(self.run("-m", "tests.faults.books", *arguments))

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python with these arguments in the environment of this portal; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=BOOKS_SECONDS,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)} failed:\n{done.stderr[-3000:]}")
        return done.stdout
