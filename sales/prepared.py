"""Statements that PostgreSQL plans once for a connection: planning ours takes longer than running.

A sale sends the same few statements each time. The ORM writes its SQL anew for each and PostgreSQL
plans it anew; these are written by hand and prepared. On SQLite it is an ordinary cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def prepared_cursor() -> CursorWrapper:
    """A cursor as Django's own, wrappers and errors included, whose statements are prepared.

    Where statements are kept for a developer to read, they are sent with their values in them.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection.make_cursor(_prepared_cursor_class()(connection.connection))


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
