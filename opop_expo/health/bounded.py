"""Ask something that may hang, and wait for its answer no longer than one has time.

A database whose machine is gone from the network answers neither yes nor no, and a disk of another
machine may do the same; whoever asks whether a node is well wants to hear of it now.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

# A thread that hangs is left alone after so long, and another one asks.
GIVEN_UP_AFTER_SECONDS = 5.0
# So many hang at once; beyond that nobody asks until one of them is back.
MOST_HANGING = 4


class NoAnswerError(Exception):
    """It did not say in time."""


class Bounded(Generic[Answer]):
    """A question that is asked in a thread of its own, once at a time however many want to know."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: list[tuple[float, Future[Answer]]] = []

    def start(self) -> Future[Answer]:
        """Ask, or join whoever is asking already."""
        now = time.monotonic()
        with self._lock:
            self._asked = [one for one in self._asked if not one[1].done()]
            if self._asked and (
                now - self._asked[-1][0] < GIVEN_UP_AFTER_SECONDS
                or len(self._asked) >= MOST_HANGING
            ):
                return self._asked[-1][1]
            future: Future[Answer] = Future()
            self._asked.append((now, future))
        # A daemon, so that a process can end while it hangs.
        threading.Thread(target=self._run, args=[future], daemon=True, name="probe").start()
        return future

    def answer(self, seconds: float) -> Answer:
        """Its answer. Raises NoAnswerError after so many seconds, and whatever asking raises."""
        return wait_for(self.start(), seconds)

    def _run(self, future: Future[Answer]) -> None:
        try:
            answer = self._ask()
        except Exception as error:  # whatever it is goes to whoever asked
            future.set_exception(error)
        else:
            future.set_result(answer)
        finally:
            # A connection of its own each time: that also shows whether a new one can be had.
            connections.close_all()


def wait_for(future: Future[Answer], seconds: float) -> Answer:
    """What a question that was started says. Raises NoAnswerError after so many seconds."""
    try:
        return future.result(max(0.0, seconds))
    except TimeoutError:
        if future.done():
            raise
        raise NoAnswerError from None
