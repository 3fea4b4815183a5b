"""Stands and what they sell, brought in by spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from events.models import Event
from stands.models import Offer, Stand
from tests.imports import plans_of, preview, problems_of, save, sign_in_as, states
from tests.make import make_expo, make_offer, make_pesantren, make_product, make_stand, make_zone

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client) -> Client:
    sign_in_as(client)
    return client


def test_stand_gets_a_free_place_and_its_pesantren(citra: Client) -> None:
    expo = make_expo()
    make_zone(expo=expo)
    make_stand(expo=expo, code="A1")
    make_pesantren(name="Sidogiri", slug="sidogiri")
    make_pesantren(name="Tebuireng", slug="tebuireng")
    rows = [
        ["Kode stan", "Nama stan", "Jenis", "Zona", "Pesantren"],
        ["a 2", "Pusat Kopi", "Stan bersama", "Makanan", "Sidogiri | tebuireng"],
        ["A3", "Sponsor", "sponsor", "A", None],
    ]
    save(citra, preview(citra, "stan", rows, expo=expo.slug))

    stand = Stand.objects.get(code="A2")
    assert {one.slug for one in stand.pesantren.all()} == {"sidogiri", "tebuireng"}
    assert len({(one.x, one.y) for one in Stand.objects.all()}) == 3
    assert states(preview(citra, "stan", rows, expo=expo.slug)) == ["s", "s"]
    job = preview(citra, "stan", [["kode", "x", "y"], ["A3", 0, 0]], expo=expo.slug)
    assert "Bertumpuk dengan stan A1" in problems_of(job)[0][2]


def test_stock_of_an_offer_that_is_there_is_never_overwritten(citra: Client) -> None:
    expo = make_expo()
    stand = make_stand(expo=expo, code="A1")
    offer = make_offer(stand=stand, product=make_product(slug="kopi"), stock=7)
    make_product(slug="teh", price_rupiah=4_000)
    rows = [
        ["Stan", "Produk", "Harga", "Stok"],
        ["A1", "kopi", 30_000, 99],
        ["A1", "teh", None, 12],
    ]
    job = preview(citra, "barang", rows, expo=expo.slug)
    assert "Stok yang sudah ada tidak diubah" in plans_of(job)[0]["notes"][0]
    Offer.objects.filter(pk=offer.pk).update(stock=3)  # a sale meanwhile

    save(citra, job)

    offer.refresh_from_db()
    assert (offer.price_rupiah, offer.stock) == (30_000, 3)
    new = Offer.objects.get(product__slug="teh")
    assert (new.price_rupiah, new.stock) == (4_000, 12)


def test_changed_price_of_an_offer_is_logged(citra: Client) -> None:
    expo = make_expo()
    offer = make_offer(stand=make_stand(expo=expo), product=make_product(slug="kopi"))
    rows = [["Stan", "Produk", "Harga"], ["A1", "kopi", 30_000]]

    save(citra, preview(citra, "barang", rows, expo=expo.slug))

    event = Event.objects.get(kind=Event.Kind.PRICE_CHANGED)
    assert event.data == {"offer": offer.pk, "old_rupiah": 25_000, "new_rupiah": 30_000}
    assert event.actor is not None
    assert event.actor.get_username() == "citra"


def test_maker_must_be_at_the_stand(citra: Client) -> None:
    expo = make_expo()
    make_stand(expo=expo, code="A1", pesantren=[make_pesantren(name="Tebuireng")])
    make_product(slug="kopi")
    job = preview(citra, "barang", [["Stan", "Produk", "Harga"], ["A1", "kopi", 1]], expo=expo.slug)
    assert "Pembuatnya dari" in problems_of(job)[0][2]
