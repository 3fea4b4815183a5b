"""One stand: who is there and what they sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.make import make_expo, make_offer, make_pesantren, make_product, make_stand
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_stand_shows_who_is_there_and_what_for_how_much(client: Client) -> None:
    expo = make_expo()
    there = [make_pesantren(name="Qomaruddin"), make_pesantren(name="Sidogiri")]
    stand = make_stand(expo=expo, code="A12", name="Pusat Air", pesantren=there)
    make_offer(stand=stand, product=make_product(name="Air Santri"), price_rupiah=3_500)

    page = client.get("/2020/stan/A12/").text

    assert "<h1>Pusat Air</h1>" in page
    assert "Pesantren yang berbagi stan ini" in page
    assert "Qomaruddin" in page
    assert "Sidogiri" in page
    assert "Air Santri" in page
    assert "Rp 3.500" in page
    assert "habis" not in page


def test_stand_says_what_is_sold_out(client: Client) -> None:
    make_offer(stand=make_stand(expo=make_expo()), stock=0)

    assert '<span class="sold-out">habis</span>' in client.get("/2020/stan/A1/").text


def test_stand_hides_what_was_withdrawn(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    make_offer(stand=stand, product=make_product(name="Madu"), withdrawn=True)

    page = client.get("/2020/stan/A1/").text

    assert "Madu" not in page
    assert "Belum ada barang yang tercatat di stan ini." in page


def test_stand_marks_an_example_price(client: Client) -> None:
    offer = make_offer(stand=make_stand(expo=make_expo()))
    assert "isian contoh" not in client.get("/2020/stan/A1/").text
    offer.example_fields = "price_rupiah | stock"
    offer.save()

    assert "isian contoh, bukan catatan resmi" in client.get("/2020/stan/A1/").text


def test_stand_of_another_edition_is_not_found(client: Client) -> None:
    make_stand(expo=make_expo(), code="A1")
    make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)

    assert client.get("/2020/stan/A1/").status_code == 200
    assert client.get("/2021/stan/A1/").status_code == 404
    assert client.get("/2020/stan/Z1/").status_code == 404


def test_stand_takes_as_many_queries_for_three_offers_as_for_one(client: Client) -> None:
    stand = make_stand(expo=make_expo(), pesantren=[make_pesantren()])
    make_offer(stand=stand)
    with_one = queries_of(client, "/2020/stan/A1/")
    make_offer(stand=stand)
    make_offer(stand=stand)

    assert queries_of(client, "/2020/stan/A1/") == with_one <= MOST
