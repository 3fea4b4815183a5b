"""Keeps most threads of a web process free while a lock is held that all tablets wait for.

A row that one stand waits for is no matter: its tablets are told to come again after lock_timeout.
Where a whole table is locked, a hall of eighty tablets would hold every thread of every node for
that long again and again, and nobody could open a page.
"""

from __future__ import annotations

import contextlib
import threading
from time import monotonic
from typing import TYPE_CHECKING

from django.db import OperationalError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where so many stands waited in vain within so many seconds, it is no row of one of them. Then so
# many requests of a process go on trying, and the others hear 503 at once.
MANY = 2
SECONDS = 4.0
STILL_TRYING = 1
LOCK_NOT_AVAILABLE = "55P03"


class CrowdedError(OperationalError):
    """Others of this process wait in vain already. Like any busy database: come again."""


class Crowd:
    """Who of this process is at the ledger, and who gave up waiting for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._gave_up: dict[int, float] = {}

    @contextlib.contextmanager
    def place_for(self, stand: int) -> Iterator[None]:
        """Go to the ledger, unless too many wait there in vain. Raises CrowdedError."""
        with self._guard:
            if self._inside >= STILL_TRYING and self._is_stuck():
                raise CrowdedError
            self._inside += 1
        try:
            yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                with self._guard:
                    self._gave_up[stand] = monotonic()
            raise
        else:
            if self._gave_up:
                # The ledger is there again.
                with self._guard:
                    self._gave_up.clear()
        finally:
            with self._guard:
                self._inside -= 1

    def _is_stuck(self) -> bool:
        if len(self._gave_up) < MANY:
            return False
        since = monotonic() - SECONDS
        self._gave_up = {who: at for who, at in self._gave_up.items() if at > since}
        return len(self._gave_up) >= MANY


at_the_ledger = Crowd()
