"""Statements that PostgreSQL plans once for a connection: planning ours takes longer than running.

A sale sends the same few statements each time. The ORM writes its SQL anew for each and PostgreSQL
plans it anew; these are written by hand and prepared. On SQLite it is an ordinary cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.utils import CursorWrapper
    from django.db.models import QuerySet


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


class _Place(Value):
    """Where a value goes that is known later."""

    def as_sql(self, *_compiling: Any) -> tuple[str, Any]:
        return "%s", [self]


class Kept:
    """A query of plain rows that the ORM writes once a process; afterwards only its values change.

    `make` gives a `values_list` for the values that it is called with, each used as it is: as what
    a column is compared with. For what is asked many times a second: writing a query takes the ORM
    longer than PostgreSQL needs to answer it.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self._sql = ""
        self._places: list[Any] = []

    def rows(self, *values: object) -> list[tuple[Any, ...]]:
        """The rows for these values."""
        if connection.vendor != "postgresql":
            return list(self.make(*values))
        if not self._sql:
            places = [_Place(number) for number in range(len(values))]
            query = self.make(*places).query
            sql, self._places = query.get_compiler(connection=connection).as_sql()
            self._sql = sql
        asked = [
            # As texts, of which the database knows the type: numbers would be of several sizes.
            str(values[one.value]) if isinstance(one, _Place) else one
            for one in self._places
        ]
        with prepared_cursor() as cursor:
            cursor.execute(self._sql, asked)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
