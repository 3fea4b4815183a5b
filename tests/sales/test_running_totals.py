"""The running totals: never other than the ledger, and built anew from it.

That they stay so after any run of sales, reversals and batches is said by the property tests of
`test_totals` and `test_batch`, which end with `rollup_breaks` and `verify_ledger`.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from io import StringIO
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from sales.models import RunningTotal, Sale
from sales.proof.verifying import verify_ledger
from sales.recording import Asked, record_all
from sales.totals import running as running_totals
from sales.totals.running import rebuild_all
from sales.totals.running_proof import rollup_breaks
from tests.ledger import make_reversal, make_sale, make_shop, sale_request

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db

Axis = RunningTotal.Axis


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    """A stand that sold two and took one back."""
    stand, offers = make_shop()
    sale = make_sale(stand, {offers[0]: 2, offers[1]: 1})
    make_reversal(sale, {1: 1})
    return stand, offers


def content() -> list[tuple[object, ...]]:
    """All running totals without the keys that the database gave them."""
    names = [one.attname for one in RunningTotal._meta.concrete_fields if not one.primary_key]
    return list(RunningTotal.objects.order_by("key").values_list(*names))


def test_sale_counts_once_along_each_axis(shop: tuple[Stand, list[Offer]]) -> None:
    sums = RunningTotal.objects.filter(axis=Axis.SALE).get()
    lines = RunningTotal.objects.filter(axis=Axis.PRODUCT).order_by("product__name")

    assert (sums.gross_rupiah, sums.reversed_rupiah) == (60_000, -25_000)
    assert (sums.sale_count, sums.reversal_count) == (1, 1)
    assert [(one.gross_rupiah, one.reversed_rupiah, one.pieces) for one in lines] == [
        (50_000, -25_000, 1),
        (10_000, 0, 1),
    ]
    assert list(rollup_breaks()) == []


def test_hundred_sales_write_them_in_one_statement() -> None:
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1})
    asked = [Asked(sale_request({offers[0]: 1, offers[1]: 2})) for _ in range(100)]

    with CaptureQueriesContext(connection) as queries:
        record_all(asked, stand=stand, intake=Sale.Intake.OUTBOX)

    ours = [one["sql"] for one in queries if "sales_runningtotal" in one["sql"]]
    assert len(ours) == 1
    assert list(rollup_breaks()) == []


def test_training_leaves_them_alone() -> None:
    stand, offers = make_shop()

    with CaptureQueriesContext(connection) as queries:
        make_sale(stand, {offers[0]: 1}, training=True)

    assert not RunningTotal.objects.exists()
    assert not [one for one in queries if "sales_runningtotal" in one["sql"]]


TAMPERINGS = {
    "more": "UPDATE sales_runningtotal SET gross_rupiah = gross_rupiah + 1 WHERE axis = 'sale'",
    "fewer": "UPDATE sales_runningtotal SET sale_count = 0 WHERE axis = 'pesantren'",
    "gone": "DELETE FROM sales_runningtotal WHERE axis = 'method'",
    "pieces": "UPDATE sales_runningtotal SET pieces = 7 WHERE axis = 'product'",
    "key": "UPDATE sales_runningtotal SET key = 'x' WHERE axis = 'sale'",
    "moved": "UPDATE sales_runningtotal SET business_date = '2020-01-01' WHERE axis = 'sale'",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_what_does_not_fit_is_found_and_built_anew(
    shop: tuple[Stand, list[Offer]], how: str
) -> None:
    right = content()
    connection.cursor().execute(TAMPERINGS[how])
    found = [str(one) for one in verify_ledger().breaks]
    out = StringIO()

    call_command("rebuild_totals", stdout=out)

    assert found
    assert all("jumlah berjalan" in one for one in found)
    assert content() == right
    assert f"{len(right)} running totals" in out.getvalue()
    assert verify_ledger().breaks == []


# --- while sales go on --------------------------------------------------------------------------


def rebuild_while_selling(stand: Stand, offer: Offer) -> bool:
    """Rebuild, and sell what was never sold while the sums are read: did that sale wait?"""
    waited = []
    sum_anew = running_totals.fresh_sums

    def sell() -> None:
        try:
            make_sale(stand, {offer: 1})
        finally:
            connections.close_all()

    seller = threading.Thread(target=sell)

    def sums_with_a_sale_between(stand_id: int) -> list[Any]:
        seller.start()
        seller.join(timeout=1)
        waited.append(seller.is_alive())
        return sum_anew(stand_id)

    with mock.patch.object(running_totals, "fresh_sums", sums_with_a_sale_between):
        rebuild_all()
    seller.join()
    return waited == [True]


@pytest.mark.django_db(transaction=True)
def test_sale_waits_while_its_stand_is_summed_and_is_not_lost() -> None:
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1})

    assert rebuild_while_selling(stand, offers[1])
    assert Sale.objects.count() == 2
    assert list(rollup_breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_transaction_it_would_count_twice() -> None:
    """The negative control: the test above can fail, and fails when the lock is taken away."""
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1})

    with (
        mock.patch.object(running_totals, "hold_ledger"),
        mock.patch.object(running_totals, "transaction") as transaction,
    ):
        transaction.atomic = nullcontext
        waited = rebuild_while_selling(stand, offers[1])

    assert not waited
    assert list(rollup_breaks())
