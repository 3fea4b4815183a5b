"""Sales that come in at a stand while its day is closed, and what happens without the lock."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import Error as DatabaseError
from django.db import connection

from sales.closing import writing as closing
from sales.closing.figures import figures_in, figures_of, summed
from sales.closing.writing import write_in_book
from sales.models import CloseAmendment, DayClose, LedgerHead, Sale
from sales.proof.verifying import verify_ledger
from sales.recording import record_sale
from tests.closings import close_request
from tests.concurrency.test_recording_races import at_once, deferred_transactions
from tests.ledger import make_sale, make_shop, sale_request
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from sales.models import Till
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db(transaction=True)

SELLERS = 6
EACH = 10
TRIES = 50


def sell_while_closing(till: Till, offer: Offer) -> str:
    """Sell in threads while another closes the day; how the close ended."""
    numbers = count(1)
    request = close_request(till, last_counter=1)

    def sell() -> None:
        for _ in range(EACH):
            one = sale_request({offer: 1}, number=f"{till.prefix}-{next(numbers):04d}")
            # As a tablet does: sent again until it is there. Only without locks it ever fails.
            for _try in range(TRIES):
                with suppress(DatabaseError):
                    record_sale(
                        stand=till.stand,
                        cashier=None,
                        request=one,
                        intake=Sale.Intake.OUTBOX,
                        till=till,
                    )
                    break

    def close() -> str:
        time.sleep(0.05)
        return how_it_ends(request, stand=till.stand, till=till)

    ends = at_once(SELLERS + 1, lambda index: close() if index == 0 else sell())
    return str(ends[0])


def test_sales_that_come_while_the_day_is_closed_are_in_it_or_in_an_amendment() -> None:
    stand, (offer, _) = make_shop()
    till = pair_tablet(stand).till
    assert sell_while_closing(till, offer) == "recorded"
    close = DayClose.objects.get()
    parts = [figures_in(close), *map(figures_in, close.amendments.all())]
    assert summed(parts).as_columns() == figures_of(till, close.business_date).as_columns()
    assert summed(parts).sales_count == SELLERS * EACH
    assert verify_ledger().breaks == []


def test_without_the_lock_a_sale_would_be_in_neither() -> None:
    """The negative control. SQLite refuses the close instead: what it read is not the newest."""
    stand, (offer, _) = make_shop()
    till = pair_tablet(stand).till
    make_sale(stand, {offer: 1})

    def unlocked(where: Any) -> LedgerHead:
        return LedgerHead.objects.select_related("web_till").get(stand=where)

    def overtaken(*args: Any, **options: Any) -> Any:
        figures = figures_of(*args, **options)
        one = sale_request({offer: 1}, number=f"{till.prefix}-0001")
        sell = partial(
            record_sale,
            stand=stand,
            cashier=None,
            request=one,
            intake=Sale.Intake.OUTBOX,
            till=till,
        )
        assert at_once(1, lambda _index: sell().kind.value) == ["recorded"]
        return figures

    with (
        mock.patch.object(closing, "lock_head", unlocked),
        mock.patch.object(closing, "figures_of", overtaken),
        deferred_transactions(),
    ):
        request = close_request(till, last_counter=1)
        # In a thread of its own, whose connection opens its transactions as patched.
        ended = at_once(1, lambda _index: how_it_ends(request, stand=stand, till=till))
    if connection.vendor == "postgresql":
        assert ended == ["recorded"]
        assert verify_ledger().breaks
    else:
        assert ended == ["OperationalError"]
        assert not DayClose.objects.exists()


def how_it_ends(request: Any, *, stand: Stand, till: Till) -> str:
    """What becomes of a close: its outcome, or the name of the database's error."""
    try:
        return write_in_book(request, stand=stand, till=till, cashier=None).kind.value
    except DatabaseError as error:
        return type(error).__name__


def test_one_close_asked_for_at_once_is_one_close() -> None:
    stand, _offers = make_shop()
    till = pair_tablet(stand).till
    requests = [close_request(till), close_request(till, number=f"{till.prefix}-Z0002")]
    ends = at_once(
        8,
        lambda index: (
            write_in_book(requests[index % 2], stand=stand, till=till, cashier=None).kind.value
        ),
    )
    assert sorted(ends) == ["recorded"] * 2 + ["replayed"] * 6
    assert (DayClose.objects.count(), CloseAmendment.objects.count()) == (1, 1)
    assert verify_ledger().breaks == []
