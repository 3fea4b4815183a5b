"""What the portal writes into its log while a test runs, as it would in production."""

from __future__ import annotations

import io
import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opop_expo.health.logs import JsonLines, SafeWords

if TYPE_CHECKING:
    from collections.abc import Iterator


class Written(io.StringIO):
    """The lines so far."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each a JSON object."""
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def by(self, logger: str) -> list[dict[str, Any]]:
        """Those of one logger."""
        return [line for line in self.lines if line["logger"] == logger]


@contextmanager
def written() -> Iterator[Written]:
    """Write all lines of INFO and above, in JSON, into what is given."""
    kept = Written()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonLines())
    handler.addFilter(SafeWords())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
