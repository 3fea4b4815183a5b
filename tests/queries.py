"""How many queries a page takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from django.test import Client

MOST = 8  # of any list that a visitor sees, however long it is
# Of a list narrowed by words: is the index current, are the words known, does anything fit them,
# and what does, the best first.
MOST_WITH_WORDS = MOST + 4


def queries_of(client: Client, path: str) -> int:
    """The number of queries of one GET, which must succeed."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries)
