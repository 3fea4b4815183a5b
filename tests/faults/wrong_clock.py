"""A node whose clock is another than the machine's, and jumps while it serves.

As a module that gunicorn loads in place of `opop_expo.wsgi` it is the portal under such a clock.
The clock that only goes forward stays what it is, as it does when an operator sets the other one.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

MODULE = "tests.faults.wrong_clock"
VARIABLE = "WRONG_CLOCK"


class WrongClock:
    """Set from outside, through a file that the node looks at with each request."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.jump()

    def jump(self, by: dt.timedelta | None = None) -> None:
        """So far ahead of the machine's from now on; back to it without an argument."""
        ahead = self.file.with_suffix(".new")
        ahead.write_text(f"{by.total_seconds() if by else 0}")
        ahead.rename(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.file)}


class _Wrong:
    """The portal in this process, under the clock that the file says."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.said = ""
        self.clock = time_machine.travel(time.time(), tick=True).start()
        from opop_expo.wsgi import application

        self.portal = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = self.file.read_text()
        if said != self.said:
            self.said = said
            self.clock.move_to(time_machine.escape_hatch.time.time() + float(said))
        return self.portal(environ, start_response)


application: Callable[[dict[str, Any], Any], Iterable[bytes]]
if VARIABLE in os.environ:
    application = _Wrong(Path(os.environ[VARIABLE]))
