"""A sale that waits for the head of its ledger decides by what was written while it waited.

PostgreSQL lets a statement see what was committed when it began. One that locked the head and read
on would read what was there before it waited; so what is read is read by another one.
"""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import Error as DatabaseError
from django.db import connection, connections, transaction

from sales import ledger_orm, recording
from sales.ledger_head import lock_head
from sales.models import HeldSale, Sale, SaleFlag
from sales.recording import Asked, Outcome, record_all
from stands.models import Offer
from tests.concurrency.test_recording_races import deferred_transactions
from tests.ledger import make_sale, make_shop, sale_request
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from sales.ledger_rows import Wanted
    from sales.models import Till

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 10
RECORDED, REPLAYED, HELD = Outcome.Kind.RECORDED, Outcome.Kind.REPLAYED, Outcome.Kind.HELD


def someone_waits() -> bool:
    """Whether another connection waits for this one; SQLite does not say, so it gets its time."""
    if connection.vendor != "postgresql":
        time.sleep(0.2)
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


class Race:
    """One sells the last piece and keeps its transaction open until another waits for it."""

    def __init__(self) -> None:
        self.stand, (self.offer, other) = make_shop()
        make_sale(self.stand, {other: 1})
        Offer.objects.filter(pk=self.offer.pk).update(stock=1)
        self.till: Till = pair_tablet(self.stand).till
        self.first = sale_request({self.offer: 1}, number=f"{self.till.prefix}-0001")
        # Sent again as it was, another under its number, and one more of what is sold out by then.
        self.later = [
            self.first,
            sale_request({self.offer: 1}, number=self.first.number),
            sale_request({self.offer: 1}, number=f"{self.till.prefix}-0003"),
        ]
        self.outcomes: list[Any] = []
        self.looks = 0

    def record(self, *requests: Any) -> list[Any]:
        return record_all(
            [Asked(one) for one in requests],
            stand=self.stand,
            till=self.till,
            intake=Sale.Intake.OUTBOX,
        )

    def run(self) -> None:
        waiter = threading.Thread(target=self._wait)
        with transaction.atomic():
            self.record(self.first)
            waiter.start()
            deadline = time.monotonic() + PATIENCE
            while not someone_waits() and time.monotonic() < deadline:
                time.sleep(0.01)
        waiter.join(PATIENCE)

    def _wait(self) -> None:
        try:
            with suppress(DatabaseError):
                self.outcomes = self.record(*self.later)
        finally:
            connections.close_all()


def is_right(race: Race) -> bool:
    """Whether what waited was decided at the first look, and by what was there then."""
    kinds = [outcome.kind for outcome in race.outcomes]
    flags = race.outcomes[2].flags if len(kinds) == 3 else []
    return race.looks == 2 and (kinds, flags) == ([REPLAYED, HELD, RECORDED], ["stock_below_zero"])


def test_what_waited_knows_what_was_written_meanwhile() -> None:
    race = Race()

    books = recording._books()
    lock_and_look_up = books.lock_and_look_up

    def counted(wanted: Wanted) -> Any:
        race.looks += 1
        return lock_and_look_up(wanted)

    with mock.patch.object(books, "lock_and_look_up", counted):
        race.run()

    assert is_right(race), (race.looks, race.outcomes)
    assert HeldSale.objects.get().reason == HeldSale.Reason.NUMBER_TAKEN
    assert SaleFlag.objects.get().sale_id == race.later[2].uuid
    assert Offer.objects.get(pk=race.offer.pk).stock == -1


def test_what_was_read_before_the_lock_would_be_of_before() -> None:
    """The negative control: read before the head is locked, the test above goes wrong."""
    race, books = Race(), recording._books()
    lock_and_look_up = books.lock_and_look_up

    def after_reading(wanted: Wanted) -> Any:
        race.looks += 1
        if threading.current_thread() is threading.main_thread() or race.looks != 2:
            return lock_and_look_up(wanted)
        # Without the offers: they are locked as they are read.
        found = ledger_orm.look_up(replace(wanted, offers=[]))
        return lock_head(wanted.stand), found

    with (
        mock.patch.object(books, "lock_and_look_up", after_reading),
        nullcontext() if connection.vendor == "postgresql" else deferred_transactions(),
    ):
        race.run()

    assert not is_right(race)
    # Even so nothing false is in the ledger.
    assert Sale.objects.filter(pk=race.first.uuid).count() == 1
