"""Statements that PostgreSQL plans once for a connection: planning ours takes longer than running.

A sale sends the same few statements each time. The ORM writes its SQL anew for each and PostgreSQL
plans it anew; these are written by hand and prepared. On SQLite it is an ordinary cursor.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """A cursor as Django's own, wrappers and errors included, whose statements are prepared.

    Where statements are kept for a developer to read, they are sent with their values in them.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not connection.queries_logged:
            cursor.cursor = _prepared_cursor_class()(connection.connection)
        yield cursor


_class: Any = None


def _prepared_cursor_class() -> Any:
    """Made when PostgreSQL is used: SQLite needs no psycopg."""
    global _class
    if _class is None:
        import psycopg

        class PreparedCursor(psycopg.Cursor[tuple[Any, ...]]):
            """Binds on the server, and has each statement prepared the first time."""

            def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
                return super().execute(query, params, prepare=True, **how)

        _class = PreparedCursor
    return _class
