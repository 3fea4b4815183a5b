"""A hall at work behind a test: tablets sell, visitors look, and what they saw is written down."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.visitors import Visitors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.faults.tablet import Tablet
    from tests.faults.visitors import Visit

# Once whatever broke it is gone.
BACK_WITHIN_SECONDS = 5
PATIENCE_SECONDS = 60


def back_within() -> float:
    """Five seconds of a machine that is ours; of one that others use as well, so much more."""
    return BACK_WITHIN_SECONDS * max(1, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass
class Load:
    """Tablets that sell and send, and visitors, in a thread of their own."""

    tablets: Sequence[Tablet] = field(repr=False)
    visitors: Visitors = field(repr=False)
    a_second: float = 2.5  # sales of one tablet, on average

    def __post_init__(self) -> None:
        self._open = True
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="the hall's people", daemon=True)
        self._before = sum((one.troubles for one in self.tablets), Counter[str]())

    # --- what a test asks ---

    @property
    def taken(self) -> int:
        """How many sales the portal has acknowledged since the tablets were made."""
        return sum(sum(one.answers.values()) for one in self.tablets)

    @property
    def troubles(self) -> Counter[str]:
        """How often a tablet got no answer, or was asked to wait, and why."""
        return sum((one.troubles for one in self.tablets), Counter[str]()) - self._before

    def pages(self, *, since: float = 0) -> Counter[int]:
        """How many answers visitors got, by status; 0 for none at all."""
        return Counter(visit.status for visit in self.visits(since=since))

    def until(self, reached: Callable[[], bool], *, within: float = PATIENCE_SECONDS) -> float:
        """Wait for it; how many seconds it took."""
        began = time.monotonic()
        while not reached():
            if self._error is not None:
                raise AssertionError("the load broke") from self._error
            assert time.monotonic() - began < within, f"not within {within} s"
            time.sleep(0.01)
        return time.monotonic() - began

    def sell(self, more: int = 20) -> None:
        """Wait until so many more sales were acknowledged."""
        wanted = self.taken + more
        self.until(lambda: self.taken >= wanted)

    def is_back_since(self, gone: float) -> bool:
        """Whether every tablet was heard, and a page was shown that was asked for after that."""
        return all(one.heard > gone for one in self.tablets) and any(
            visit.status == 200 and visit.began > gone for visit in reversed(self.visitors.visits)
        )

    def back(self, gone: float | None = None) -> float:
        """Seconds from when the cause was gone (now) until everybody is served again."""
        gone = time.monotonic() if gone is None else gone
        self.until(lambda: self.is_back_since(gone), within=30)
        took = time.monotonic() - gone
        print(f"back after {took:.2f} s, at a load of {os.getloadavg()[0]:.1f}")
        assert took <= back_within(), f"back after {took:.1f} s only"
        return took

    def visits(self, *, since: float = 0) -> Iterator[Visit]:
        return (visit for visit in self.visitors.visits if visit.began >= since)

    def complaints(self) -> list[str]:
        """What anybody was shown that is no answer for a person."""
        seen = [
            *self.visitors.complaints,
            *(c for one in self.tablets for c in one.line.complaints),
        ]
        return sorted(set(seen))

    # --- the people ---

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Nobody sells any more; wait until everything was sent."""
        self._open = False
        self._thread.join(PATIENCE_SECONDS)
        if self._error is not None:
            raise AssertionError("the load broke") from self._error
        assert not self._thread.is_alive(), f"unsent: {[len(one.outbox) for one in self.tablets]}"

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except BaseException as error:
            self._error = error

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            for tablet in self.tablets:
                group.create_task(self._sell(tablet))
                group.create_task(tablet.deliver(is_done=lambda: not self._open))
            group.create_task(self.visitors.come(is_done=lambda: not self._open))

    async def _sell(self, tablet: Tablet) -> None:
        while self._open:
            tablet.sell()
            await asyncio.sleep(tablet.random.uniform(0, 2 / self.a_second))
