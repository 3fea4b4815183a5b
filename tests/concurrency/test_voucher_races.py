"""Twenty tills want one voucher at the same moment: one gets it, the others hear where and when.

`make races` runs many more rounds: VOUCHER_ROUNDS="1000 200", on PostgreSQL and on SQLite.
"""

from __future__ import annotations

import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import connection, connections
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from sales.models import Sale, SaleFlag, Voucher, VoucherEntry
from sales.proof.verifying import verify_ledger
from sales.vouchers import claiming
from tests.concurrency.test_recording_races import deferred_transactions
from tests.ledger import make_keeper, make_shop, sign_in
from tests.tablets import pair_tablet
from tests.vouchers import make_vouchers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stands.models import Offer
    from tests.tablets import TestTablet

pytestmark = pytest.mark.django_db(transaction=True)

CONTESTANTS = 20
STANDS = 4
PRICE = 25_000
Kind = VoucherEntry.Kind


class Hall:
    """Four stands with five tablets each, a keeper's form at the first, and a thread for each."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool
        self.start = threading.Barrier(CONTESTANTS)
        first, (offer, _) = make_shop(code="A1", prices=(PRICE, 1))
        shops: list[Offer] = [offer]
        for number in range(2, STANDS + 1):
            _stand, (offer, _) = make_shop(code=f"A{number}", expo=first.expo, prices=(PRICE, 1))
            shops.append(offer)
        self.expo = first.expo
        self.offers = [shops[number % STANDS] for number in range(CONTESTANTS)]
        self.tablets: list[TestTablet] = [pair_tablet(offer.stand) for offer in self.offers]
        keeper = make_keeper(stand=first)
        self.forms = [sign_in(Client(), keeper) for _ in range(CONTESTANTS)]

    def at_once(self, work: Callable[[int], Any]) -> list[Any]:
        """What `work(0)` to `work(19)` lead to in threads that start together."""

        def one(number: int) -> Any:
            self.start.wait()
            return work(number)

        return list(self.pool.map(one, range(CONTESTANTS)))


@pytest.fixture
def hall() -> Iterator[Hall]:
    with ThreadPoolExecutor(CONTESTANTS) as pool:
        hall = Hall(pool)
        yield hall
        hall.at_once(lambda _number: connections.close_all())


def rounds() -> int:
    """As many as the suite has time for, or as `make races` asks for."""
    many, fewer = os.environ.get("VOUCHER_ROUNDS", "20 10").split()
    return int(many if connection.vendor == "postgresql" else fewer)


def by_claim(hall: Hall, code: str) -> None:
    """All ask from their tablets; the winner's sale arrives afterwards."""
    sales = [str(uuid.uuid4()) for _ in range(CONTESTANTS)]
    answers = hall.at_once(
        lambda number: hall.tablets[number].post(
            "voucher", do="claim", code=code, sale=sales[number]
        )
    )
    [winner] = [number for number, one in enumerate(answers) if one.status_code == 200]
    losers = [one for number, one in enumerate(answers) if number != winner]
    assert {one.status_code for one in losers} == {409}
    told = [one.json() for one in losers]
    assert {one["reason"] for one in told} == {"in_use"}
    assert {one["stand"] for one in told} == {hall.offers[winner].stand.code}
    assert len({one["at"] for one in told}) == 1
    sale = hall.tablets[winner].sale(
        {hall.offers[winner]: 1}, uuid=sales[winner], payments=[_payment(code)]
    )
    answer = hall.tablets[winner].post("penjualan", sale=sale).json()
    assert (answer["status"], answer["flags"]) == ("recorded", [])


def by_form(hall: Hall, code: str) -> None:
    """All press 'save' in the plain form of one stand."""
    offer = hall.offers[0]
    asked = {
        f"qty-{offer.pk}": "1",
        f"price-{offer.pk}": str(PRICE),
        "method": "cash",
        "voucher": code,
        "voucher_seen": str(PRICE),
    }
    before = Sale.objects.count()
    answers = hall.at_once(
        lambda number: hall.forms[number].post(reverse("till"), asked | {"uuid": str(uuid.uuid4())})
    )
    assert sorted(one.status_code for one in answers) == [302] + [422] * (CONTESTANTS - 1)
    refused = [one for one in answers if one.status_code == 422]
    assert all("Voucher ini tidak bisa dipakai." in one.text for one in refused)
    assert Sale.objects.count() == before + 1


def on_trust(hall: Hall, code: str) -> None:
    """All took it without a network, and their sales arrive together: each stands."""
    sales = [
        tablet.sale({offer: 1}, payments=[_payment(code)])
        for tablet, offer in zip(hall.tablets, hall.offers, strict=True)
    ]
    answers = hall.at_once(
        lambda number: hall.tablets[number].post("penjualan", sale=sales[number])
    )
    assert {one.status_code for one in answers} == {201}
    flags = sorted(",".join(one.json()["flags"]) for one in answers)
    assert flags == [""] + ["voucher_clash"] * (CONTESTANTS - 1)
    clashes = SaleFlag.objects.filter(sale__in=[sale["uuid"] for sale in sales])
    told = [one.detail["vouchers"][0] for one in clashes]
    winner = VoucherEntry.objects.get(kind=Kind.USED, voucher__number=int(told[0]["number"]))
    assert {(one["stand"], one["sale"]) for one in told} == {
        (winner.sale.stand.code, str(winner.sale_id))
    }


def _payment(code: str) -> dict[str, Any]:
    return {"method": "voucher", "amount_rupiah": PRICE, "voucher": code}


def test_one_of_twenty_gets_the_voucher(hall: Hall) -> None:
    number = rounds()
    made = make_vouchers(hall.expo, quantity=number, value_rupiah=PRICE)
    for place, (_voucher, code) in enumerate(made):
        (by_claim, by_form, on_trust)[place % 3](hall, code)
    states = set(Voucher.objects.values_list("state", flat=True))
    assert states == {Voucher.State.REDEEMED}
    assert VoucherEntry.objects.filter(kind=Kind.USED).count() == number
    assert verify_ledger().breaks == []


@contextmanager
def unlocked() -> Iterator[None]:
    """Vouchers are read as ever, and locked by nobody."""

    def read(where: Q) -> list[Voucher]:
        return list(Voucher.objects.filter(where).select_related("batch", "claimed_till__stand"))

    with mock.patch.object(claiming, "locked", read), deferred_transactions():
        yield


def test_without_the_lock_a_voucher_would_be_given_twice(hall: Hall) -> None:
    """The negative control: the rounds above can fail, and fail when the lock is taken away."""
    made = make_vouchers(hall.expo, quantity=10, value_rupiah=PRICE)
    failed = 0
    with unlocked():
        for _voucher, code in made:
            try:
                by_claim(hall, code)
            except (AssertionError, ValueError):
                failed += 1
    assert failed
