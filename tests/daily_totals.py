"""Days and stands with sales for the daily totals, and their CSV as rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from django.utils import timezone

from stands.clock import business_date
from stands.models import ExpoDay
from tests.ledger import make_keeper, make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_offer, make_pesantren, make_producer, make_product

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

PAGE = "/admin/sales/harian/"


def make_two_shops(expo: Expo) -> None:
    """Yesterday and today, in cash and by QRIS, at A1 of Al-Qodiri and A2 of Sidogiri."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    ExpoDay.objects.create(expo=expo, date=business_date(yesterday))
    for code, name in (("A1", "Al-Qodiri"), ("A2", "Sidogiri")):
        stand, _ = make_shop(expo=expo, code=code)
        pesantren = make_pesantren(name=name, slug=name.lower())
        offer = make_offer(
            stand=stand,
            product=make_product(producer=make_producer(pesantren=pesantren)),
            price_rupiah=1_000 if code == "A1" else 30_000,
            stock=None,
        )
        stand.pesantren.add(pesantren)
        make_sale(stand, {offer: 1})
        make_sale(stand, {offer: 2}, method="qris", sold_at=yesterday)


def make_busy_expo() -> Expo:
    """Two days, two stands with a shared maker, both methods, and something taken back."""
    expo = make_running_expo()
    make_two_shops(expo)
    stand, offers = make_shop(expo=expo, code="A3")
    sale = make_sale(stand, {offers[0]: 3, offers[1]: 1}, cashier=make_keeper(stand=stand))
    make_reversal(sale, {1: 1})
    return expo


def sell_on_days(number: int) -> Expo:
    """An edition of so many days until today, 25.000 sold on each."""
    stand, (coffee, _tea) = make_shop()
    for back in range(number):
        at = timezone.now() - dt.timedelta(days=back)
        ExpoDay.objects.get_or_create(expo=stand.expo, date=business_date(at))
        make_sale(stand, {coffee: 1}, sold_at=at)
    return stand.expo


def csv_rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{PAGE}csv/?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
