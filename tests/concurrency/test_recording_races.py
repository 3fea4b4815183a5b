"""Many tills at once, with real threads on the real database, and what happens without the lock."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar
from unittest import mock

import pytest
from django.db import Error as DatabaseError
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from sales import ledger_orm, recording
from sales.models import LedgerHead, Sale
from sales.proof.verifying import verify_ledger
from sales.recording import Outcome, record_reversal, record_sale
from stands.models import Offer
from tests.ledger import make_keeper, make_sale, make_shop, reversal_request, sale_request, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from sales.ledger_rows import Found, Wanted
    from stands.models import Stand

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` to `work(number - 1)` in threads that start together."""
    start = threading.Barrier(number)

    def one(index: int) -> T:
        try:
            start.wait()
            return work(index)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_twenty_posts_of_one_sale_are_one_sale() -> None:
    stand, (offer, _) = make_shop()
    keeper = make_keeper(stand=stand)
    data = {
        "uuid": str(uuid.uuid4()),
        "method": "cash",
        f"qty-{offer.pk}": "2",
        f"price-{offer.pk}": "25000",
    }
    clients = [Client() for _ in range(20)]
    for client in clients:
        sign_in(client, keeper)
    answers = at_once(20, lambda index: clients[index].post(reverse("till"), data))
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("receipt", args=[data["uuid"]]))
    }
    assert Sale.objects.count() == 1
    assert verify_ledger().breaks == []


def sell_many(stand: Stand, offer: Offer, *, threads: int, each: int) -> Counter[str]:
    """Sell in threads, and count how the sales ended: 'recorded' or the name of an error."""

    def work(_index: int) -> list[str]:
        ends = []
        for _ in range(each):
            try:
                outcome = record_sale(
                    stand=stand,
                    cashier=None,
                    request=sale_request({offer: 1}),
                    intake=Sale.Intake.OUTBOX,
                )
                ends.append(outcome.kind.value)
            except DatabaseError as error:
                ends.append(type(error).__name__)
        return ends

    return Counter(end for ends in at_once(threads, work) for end in ends)


def test_four_hundred_sales_at_one_stand_are_all_there_without_a_gap() -> None:
    stand, (offer, _) = make_shop()
    Offer.objects.filter(pk=offer.pk).update(stock=1_000)
    assert sell_many(stand, offer, threads=16, each=25) == {"recorded": 400}
    sequences = Sale.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 401))
    assert len(set(Sale.objects.values_list("number", flat=True))) == 400
    offer.refresh_from_db()
    assert offer.stock == 600
    assert verify_ledger().breaks == []


def test_without_the_lock_sales_would_be_lost() -> None:
    """The negative control: the test above can fail, and fails when the lock is taken away."""
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})

    with without_the_lock(), deferred_transactions():
        ends = sell_many(stand, offer, threads=16, each=25)
    assert ends["recorded"] < 400
    assert ends.keys() <= {"recorded", "IntegrityError", "OperationalError"}
    # Even so nothing false is in the ledger: the constraints refuse it.
    assert verify_ledger().breaks == []


def without_the_lock() -> Any:
    """Nobody locks the end of a ledger: recording reads it and all else as it finds it."""

    def unlocked(wanted: Wanted) -> tuple[LedgerHead, Found]:
        heads = LedgerHead.objects.select_related("web_till")
        return heads.get(stand=wanted.stand), ledger_orm.look_up(wanted)

    return mock.patch.object(recording._books(), "lock_and_look_up", unlocked)


def deferred_transactions() -> Any:
    """SQLite's lock is its IMMEDIATE transaction: take that away for connections made inside."""
    options = connection.settings_dict["OPTIONS"]
    mode = {} if connection.vendor == "postgresql" else {"transaction_mode": "DEFERRED"}
    return mock.patch.dict(options, mode)


def test_first_sales_of_a_stand_meet_without_loss() -> None:
    stand, (offer, _) = make_shop()
    assert sell_many(stand, offer, threads=8, each=1) == {"recorded": 8}
    assert LedgerHead.objects.get().sequence == 8


def test_one_uuid_at_two_stands_is_recorded_once_and_held_once() -> None:
    stand, (offer, _) = make_shop(code="A1")
    other_stand, (other, _) = make_shop(code="A2", expo=stand.expo)
    places = [(stand, offer), (other_stand, other)]
    for where, what in places:
        make_sale(where, {what: 1})
    for _round in range(10):
        key = uuid.uuid4()

        def work(index: int, key: uuid.UUID = key) -> Outcome:
            where, what = places[index]
            return record_sale(
                stand=where,
                cashier=None,
                request=sale_request({what: 1}, key=key),
                intake=Sale.Intake.OUTBOX,
            )

        outcomes = at_once(2, work)
        assert {outcome.kind for outcome in outcomes} == {
            Outcome.Kind.RECORDED,
            Outcome.Kind.HELD,
        }
    assert verify_ledger().breaks == []


def test_racing_reversals_take_back_no_more_than_was_sold() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 5})
    line = sale.lines.get().position

    def work(_index: int) -> Outcome:
        return record_reversal(
            stand=stand,
            cashier=None,
            request=reversal_request(sale, {line: 1}),
            intake=Sale.Intake.OUTBOX,
        )

    kinds = Counter(outcome.kind for outcome in at_once(12, work))
    assert kinds == {Outcome.Kind.RECORDED: 5, Outcome.Kind.HELD: 7}
    assert sale.left_by_line() == {line: 0}
    assert verify_ledger().breaks == []
