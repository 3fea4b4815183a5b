"""Batches of tablets at once: what is sent twice at the same moment is recorded once."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from sales.models import HeldSale, Sale, Tablet, Till
from sales.proof.verifying import verify_ledger
from sales.tablet.tills import COOKIE, claim_till
from stands.models import Offer
from tests.concurrency.test_recording_races import (
    at_once,
    deferred_transactions,
    without_the_lock,
)
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from stands.models import Stand

pytestmark = pytest.mark.django_db(transaction=True)


def twin(tablet: TestTablet) -> TestTablet:
    """The same tablet in another thread."""
    return TestTablet(tablet.till, tablet.credential, tablet.storage_id, client=Client())


def send(tablet: TestTablet, sales: list[dict[str, Any]]) -> list[str]:
    """How each ended, once the database was not busy."""
    while True:
        response = twin(tablet).post("kiriman", sales=sales)
        if response.status_code != 503:
            return [answer["status"] for answer in response.json()["answers"]]
        assert response["Retry-After"]


def test_same_batch_from_eight_threads_is_recorded_once() -> None:
    stand, (offer, _) = make_shop()
    Offer.objects.filter(pk=offer.pk).update(stock=100)
    tablet = pair_tablet(stand)
    sales = [tablet.sale({offer: 1}) for _ in range(20)]
    sales.append(tablet.reversal(sales[3]))
    ends = at_once(8, lambda _index: send(tablet, sales))
    assert Counter(end for one in ends for end in one) == {"recorded": 21, "replayed": 7 * 21}
    assert [sale.number for sale in Sale.objects.order_by("sequence")] == [
        one["number"] for one in sales
    ]
    offer.refresh_from_db()
    assert offer.stock == 81
    assert verify_ledger().breaks == []


def send_many(stand: Stand, offer: Offer, *, tablets: int, batches: int) -> Counter[str]:
    """Several tablets of one stand send batches of ten at once; how their sales ended."""
    paired = [pair_tablet(stand) for _ in range(tablets)]

    def work(index: int) -> list[str]:
        ends: list[str] = []
        for _ in range(batches):
            sales = [paired[index].sale({offer: 1}) for _ in range(10)]
            response = twin(paired[index]).post("kiriman", sales=sales)
            if response.status_code == 200:
                ends += [answer["status"] for answer in response.json()["answers"]]
            else:
                ends += [str(response.status_code)] * 10
        return ends

    return Counter(end for ends in at_once(tablets, work) for end in ends)


def test_tablets_of_one_stand_share_its_ledger_without_a_gap() -> None:
    stand, (offer, _) = make_shop()
    Offer.objects.filter(pk=offer.pk).update(stock=1_000)
    assert send_many(stand, offer, tablets=6, batches=5) == {"recorded": 300}
    assert list(Sale.objects.order_by("sequence").values_list("sequence", flat=True)) == list(
        range(1, 301)
    )
    offer.refresh_from_db()
    assert offer.stock == 700
    assert verify_ledger().breaks == []


def test_without_the_lock_batches_would_meet() -> None:
    """The negative control: without the lock on the head the test above cannot pass."""
    stand, (offer, _) = make_shop()
    first = pair_tablet(stand)
    send(first, [first.sale({offer: 1})])

    with without_the_lock(), deferred_transactions():
        try:
            ends = send_many(stand, offer, tablets=6, batches=5)
        except Exception as error:
            ends = Counter([type(error).__name__])
    assert ends["recorded"] < 300
    assert verify_ledger().breaks == []


def test_one_uuid_from_two_stands_at_once_stops_no_batch() -> None:
    stand, (offer, _) = make_shop(code="A1")
    elsewhere, (other, _) = make_shop(code="A2", expo=stand.expo)
    places = [(pair_tablet(stand), offer), (pair_tablet(elsewhere), other)]
    for _round in range(6):
        key = str(uuid.uuid4())

        def work(index: int, key: str = key) -> list[str]:
            tablet, what = places[index]
            sales = [tablet.sale({what: 1}), tablet.sale({what: 1}, uuid=key)]
            return send(tablet, [*sales, tablet.sale({what: 1})])

        ends = at_once(2, work)
        assert [one[0] for one in ends] == ["recorded"] * 2
        assert sorted(one[1] for one in ends) == ["conflict", "recorded"]
        assert [one[2] for one in ends] == ["recorded"] * 2
    assert HeldSale.objects.count() == 6
    assert verify_ledger().breaks == []


def test_tablets_paired_at_once_get_different_letters() -> None:
    stand, _ = make_shop()

    def work(index: int) -> str:
        return claim_till(
            stand=stand, storage_id=uuid.uuid4(), credential_hash=f"{index:064d}"
        ).letter

    assert sorted(at_once(8, work)) == list("ABCDEFGH")
    assert Till.objects.count() == 8


def test_new_storage_that_speaks_twice_at_once_gets_one_letter() -> None:
    stand, _ = make_shop()
    old = pair_tablet(stand)
    fresh = TestTablet(old.till, old.credential, uuid.uuid4())
    answers = at_once(6, lambda _index: twin(fresh).post("kabar", seen=""))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["till"]["prefix"] for answer in answers} == {"A1-B"}
    assert sorted(Till.objects.values_list("letter", flat=True)) == ["A", "B"]
    assert Tablet.objects.filter(revoked_at=None).count() == 1
    assert fresh.client.cookies[COOKIE].value == old.credential
