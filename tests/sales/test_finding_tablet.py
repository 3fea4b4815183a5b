"""The first statement of a tablet's request, when PostgreSQL forgot or changed what it prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from sales.tablet.tills import find_tablet
from tests.ledger import make_shop
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tablets import TestTablet

pytestmark = pytest.mark.django_db(transaction=True)

CHANGE = "ALTER TABLE sales_tablet ALTER COLUMN app_version TYPE varchar({})"


@pytest.fixture
def tablet() -> Iterator[TestTablet]:
    tablet = pair_tablet(make_shop()[0])
    connection.close()
    assert find_tablet(tablet.credential) is not None
    yield tablet
    connection.close()


def elsewhere(statement: str) -> None:
    """Run over another connection; SQLite prepares nothing that could be upset."""
    if connection.vendor == "postgresql":
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute(statement)
        other.close()


def test_a_column_that_changed_meanwhile(tablet: TestTablet) -> None:
    try:
        elsewhere(CHANGE.format(40))
        assert find_tablet(tablet.credential) is not None
    finally:
        elsewhere(CHANGE.format(20))


def test_statements_that_were_forgotten(tablet: TestTablet) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Hidden from psycopg, which would forget its own list at the plain statement.
            cursor.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    assert find_tablet(tablet.credential) is not None
