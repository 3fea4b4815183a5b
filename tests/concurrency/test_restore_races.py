"""A restore while tills sell: what was recorded is in the restored database or in the one kept."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.db import Error as DatabaseError
from django.db import connection, connections
from django.test import override_settings

from opop_expo.backups.databases import settings_with, using
from opop_expo.backups.restoring import restore
from opop_expo.backups.writing import make_backup
from sales.models import Sale
from sales.proof.verifying import verify_ledger
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.opop_expo.backups import kept_databases, remove_kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stands.models import Offer, Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
]

AFTERWARDS = 10
# A hall sells some forty times a second; in between SQLite has nobody inside.
PAUSE = 0.1


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path) -> Iterator[None]:
    with override_settings(ERASURES_FILE=tmp_path / "erasures.jsonl"):
        yield
        remove_kept()


def test_no_sale_is_taken_by_a_database_that_is_then_thrown_away(tmp_path: Path) -> None:
    expo = make_running_expo()
    shops = [make_shop(code=code, expo=expo) for code in ("A1", "B2", "C3")]
    for stand, offers in shops:
        make_sale(stand, {offers[0]: 1})
    folder = make_backup(tmp_path, with_files=False)
    is_over = threading.Event()
    recorded: list[UUID] = []
    changed = threading.Condition()

    def sell(stand: Stand, offers: list[Offer]) -> None:
        while not is_over.wait(PAUSE):
            try:
                key = make_sale(stand, {offers[0]: 1}).pk
            except DatabaseError:
                continue  # what a tablet is told then is: not known, send it again
            finally:
                connections.close_all()  # as between two requests
            with changed:
                recorded.append(key)
                changed.notify_all()

    threads = [threading.Thread(target=sell, args=shop) for shop in shops]
    for thread in threads:
        thread.start()
    try:
        restore(folder, overwrite=True)
        with changed:
            so_far = len(recorded)
            assert changed.wait_for(lambda: len(recorded) >= so_far + AFTERWARDS, timeout=30)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()

    there = set(Sale.objects.values_list("pk", flat=True))
    [kept] = kept_databases()
    with using(settings_with(kept)):
        before = set(Sale.objects.values_list("pk", flat=True))
    connection.close()
    assert set(recorded) <= there | before
    # Some were recorded before the change, some after, and no stand's chain has a gap.
    assert set(recorded) & before - there
    assert set(recorded) & there
    assert verify_ledger().breaks == []
