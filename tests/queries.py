"""How many queries a page takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stands.catalogue_version import all_editions, edition_at
from stands.models import Expo

if TYPE_CHECKING:
    from django.test import Client

MOST = 8  # of any list that a visitor sees, however long it is
# Of a list narrowed by words: is the index current, are the words known, does anything fit them,
# and what does, the best first.
MOST_WITH_WORDS = MOST + 4


def queries_of(client: Client, path: str) -> int:
    """The number of queries of one GET that must succeed, of a page that nobody has kept yet.

    Without the one by which a process reads the edition itself, once after each change.
    """
    for slug in Expo.objects.values_list("slug", flat=True):
        edition_at(slug)
    all_editions()
    for one in caches.all(initialized_only=True):
        one.clear()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries)
