"""Whichever module reads and writes the ledger, all that comes of it is the same.

On SQLite there is one of them; it is then compared with itself at another stand.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales import ledger_orm, ledger_postgres, recording
from sales.chain_rows import LINE_COLUMNS
from sales.ledger_rows import LineRow, Wanted
from sales.models import LedgerHead, RunningTotal, Sale, SaleFlag, SaleLine
from sales.proof.verifying import verify_ledger
from stands.clock import business_date
from stands.models import Offer
from tests.ledger import make_keeper, make_running_expo, make_shop
from tests.sales.test_batch import REVERSAL, SALE, TROUBLE, told
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from types import ModuleType

    from stands.models import Expo

pytestmark = pytest.mark.django_db

IN_USE = ledger_postgres if connection.vendor == "postgresql" else ledger_orm


def story_by(books: ModuleType, expo: Expo, code: str, steps: list[Any], sizes: list[int]) -> Any:
    """The story of a stand as these books tell it, with what is summed and flagged."""
    with mock.patch.object(recording, "_books", return_value=books):
        story = told(expo, code, steps, sizes)
    here = {"stand__code": code, "expo": expo}
    products = list(
        Offer.objects.filter(stand__code=code, stand__expo=expo)
        .order_by("pk")
        .values_list("product_id", flat=True)
    )
    totals = sorted(
        (*rest, products.index(product) if product else -1)
        for *rest, product in RunningTotal.objects.filter(**here).values_list(
            *("axis", "business_date", "method", "gross_rupiah", "reversed_rupiah"),
            *("sale_count", "reversal_count", "pieces", "product_id"),
        )
    )
    lines = list(
        SaleLine.objects.filter(sale__stand__code=code, sale__expo=expo)
        .order_by("sale__sequence", "position")
        .values_list("unit", "unit_price_rupiah", "position")
    )
    assert not SaleLine.objects.exclude(
        producer=F("product__producer"), product_name=F("product__name")
    ).exists()
    flags = SaleFlag.objects.filter(sale__stand__code=code, sale__expo=expo)
    kinds = list(flags.order_by("pk").values_list("kind", "resolution", "settled_by"))
    return story, totals, lines, kinds


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.one_of(SALE, SALE, REVERSAL, TROUBLE), min_size=1, max_size=10),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_both_books_tell_one_story(steps: list[dict[str, Any]], sizes: list[int]) -> None:
    with transaction.atomic():
        expo = make_running_expo()
        by_orm = story_by(ledger_orm, expo, "A1", steps, sizes)
        assert story_by(IN_USE, expo, "A2", steps, sizes) == by_orm
        assert verify_ledger().breaks == []
        transaction.set_rollback(True)


def test_both_books_find_the_same() -> None:
    stand, offers = make_shop()
    elsewhere, [foreign, _] = make_shop(code="A2", expo=stand.expo)
    keeper, stranger = make_keeper(stand=stand), make_keeper(stand=elsewhere, name="Budi")
    Offer.objects.filter(pk=offers[0].pk).update(withdrawn=True, stock=3)
    tablet = pair_tablet(stand)
    sold = tablet.sale({offers[1]: 1})
    held = tablet.sale({offers[1]: 1}, number="Z9-Q-0001")
    tablet.post("kiriman", sales=[sold, held])
    today = business_date(timezone.now())
    for with_held in (True, False):
        wanted = Wanted(
            stand=stand,
            uuids=[uuid.UUID(sold["uuid"]), uuid.UUID(held["uuid"]), uuid.uuid4()],
            numbers=[sold["number"], 'A1-"{,}\\-0009'],
            offers=sorted(one.pk for one in (*offers, foreign)),
            days=[today, today - dt.timedelta(days=3)],
            cashiers=[keeper.pk, stranger.pk],
            with_held=with_held,
        )
        head, found = IN_USE.lock_and_look_up(wanted)
        assert (head, found) == ledger_orm.lock_and_look_up(wanted)
        assert head.hash == Sale.objects.get().hash
        assert [kind for _uuid, _print, kind in found.known] == [True, False][: 1 + with_held]
        assert found.numbers == {sold["number"]}
        assert found.offers.keys() == {one.pk for one in offers}
        assert found.offers[offers[0].pk].is_withdrawn
        assert (found.days, found.cashiers) == ({today}, {keeper.pk})


def test_line_stands_in_the_order_in_which_it_is_hashed() -> None:
    assert list(LineRow._fields) == LINE_COLUMNS


def test_head_is_asked_for_in_the_order_of_its_columns() -> None:
    columns = [field.attname for field in LedgerHead._meta.concrete_fields]
    assert list(ledger_postgres.HEAD) == columns
