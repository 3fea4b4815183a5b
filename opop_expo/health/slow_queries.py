"""Statements that take long, told in the log with the id of their request and without any value.

It stands around every statement, so it is there only where SLOW_QUERY_MS asks for it; PostgreSQL
itself can tell the same (log_min_duration_statement), without knowing the request.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("opop.slow")

LONGEST = 2000
# Django leaves values out of a statement; what was written into one by hand may hold some.
LITERAL = re.compile(r"'(?:[^']|'')*'")


class Watch:
    """An execute wrapper for one request: how many statements, and which of them took too long."""

    __slots__ = ("count", "seconds")

    def __init__(self, milliseconds: float) -> None:
        self.count = 0
        self.seconds = milliseconds / 1000

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - started
            self.count += 1
            if took >= self.seconds:
                tell(sql, took)


def tell(sql: str, seconds: float) -> None:
    """Write a statement that took long."""
    words = LITERAL.sub("'***'", str(sql))[:LONGEST]
    milliseconds = round(seconds * 1000, 1)
    logger.warning(
        "%s ms: %s", milliseconds, words, extra={"fields": {"sql": words, "ms": milliseconds}}
    )
