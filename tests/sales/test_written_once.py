"""A query that the ORM writes once answers as the ORM would, for any values."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from sales import originals
from sales.prepared import Kept
from sales.tablet import state
from stands.models import Offer
from tests.ledger import make_keeper, make_reversal, make_sale, make_shop

pytestmark = pytest.mark.django_db


def test_each_value_has_its_own_rows_and_the_query_is_written_once() -> None:
    made = []

    def make(stand: Any, most: Any) -> Any:
        made.append(stand)
        cheap = Offer.objects.filter(stand=stand, price_rupiah__lte=most)
        return cheap.order_by("pk").values_list("pk", "product__name")

    kept = Kept(make)
    shops = [make_shop(code="A1")]
    shops.append(make_shop(code="A2", expo=shops[0][0].expo))
    for stand, offers in shops * 2:
        expected = [(one.pk, one.product.name) for one in offers]
        assert kept.rows(stand.pk, 10**9) == expected
        assert kept.rows(stand.pk, 0) == []
    assert len(made) == (1 if connection.vendor == "postgresql" else 8)


def test_what_a_tablet_and_a_reversal_ask_is_what_the_orm_would_answer() -> None:
    stand, (offer, other) = make_shop()
    make_keeper(stand=stand)
    sale = make_sale(stand, {offer: 3, other: 1})
    make_reversal(sale, {1: 2})
    asked: list[tuple[Kept, tuple[Any, ...]]] = [
        *((one, (stand.pk,)) for one in (state.PLACE, state.CASHIERS, state.OFFERS)),
        (originals.SALES, (sale.pk, stand.pk)),
        *((one, (sale.pk,)) for one in (originals.LINES, originals.TAKEN)),
    ]
    for kept, values in asked:
        rows = kept.rows(*values)
        assert sorted(rows) == sorted(kept.make(*values))
        assert rows
    found = originals.find_original(sale.pk, stand)
    assert found is not None
    assert found.left == sale.left_by_line() == {1: 1, 2: 1}
    assert found.sale == sale
    assert not found.sale.is_by_voucher
    assert [found.lines[line.position] for line in sale.lines.all()] == list(sale.lines.all())


def test_sale_of_another_stand_is_not_found() -> None:
    stand, (offer, _) = make_shop(code="A1")
    elsewhere, _ = make_shop(code="A2", expo=stand.expo)
    sale = make_sale(stand, {offer: 1})
    assert originals.find_original(sale.pk, elsewhere) is None
