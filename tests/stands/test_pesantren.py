"""The pesantren on the stands of an edition, listed and one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
)
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_pesantren_list_shows_those_on_stands_with_where_and_how_many(client: Client) -> None:
    expo = make_expo()
    pesantren = make_pesantren(name="Al-Qodiri")
    make_pesantren(name="Tidak Ikut")
    stand = make_stand(expo=expo, code="A12", pesantren=[pesantren])
    product = make_product(producer=make_producer(pesantren=pesantren))
    make_offer(stand=stand, product=product)
    make_offer(stand=make_stand(expo=expo, code="A13"), product=product)

    page = client.get("/2020/pesantren/").text

    assert "Al-Qodiri" in page
    assert "A12" in page
    assert "Kab. Jember" in page
    assert "1 produk" in page
    assert "Tidak Ikut" not in page


@pytest.mark.parametrize("query", ["regency=35.25", "q=qomar"])
def test_pesantren_list_shows_only_what_was_asked_for(client: Client, query: str) -> None:
    gresik = make_regency(name="Gresik", code="35.25")
    both = [make_pesantren(name="Al-Qodiri"), make_pesantren(name="Qomaruddin", regency=gresik)]
    make_stand(expo=make_expo(), pesantren=both)

    page = client.get(f"/2020/pesantren/?{query}", headers={"HX-Request": "true"}).text

    assert "Qomaruddin" in page
    assert "Al-Qodiri" not in page


def test_pesantren_page_shows_its_stands_and_products(client: Client) -> None:
    expo = make_expo()
    pesantren = make_pesantren(name="Al-Qodiri", slug="al-qodiri")
    pesantren.founded = 1976
    pesantren.about = "Pesantren di tepi kota."
    pesantren.save()
    stand = make_stand(expo=expo, code="A12", name="Kedai Kopi", pesantren=[pesantren])
    make_offer(stand=stand, product=make_product(producer=make_producer(pesantren=pesantren)))
    make_offer(stand=stand, product=make_product(name="Batik Lain"))

    page = client.get("/2020/pesantren/al-qodiri/").text

    assert "<h1>Al-Qodiri</h1>" in page
    assert "berdiri tahun 1976" in page
    assert "Pesantren di tepi kota." in page
    assert "Kedai Kopi" in page
    assert "Kopi Santri" in page
    assert "Batik Lain" not in page


def test_pesantren_page_lists_last_what_is_not_sold_there(client: Client) -> None:
    pesantren = make_pesantren(slug="al-qodiri")
    stand = make_stand(expo=make_expo(), pesantren=[pesantren])
    producer = make_producer(pesantren=pesantren)
    make_product(name="Abon", slug="abon", producer=producer)
    make_offer(stand=stand, product=make_product(name="Teh", producer=producer))

    page = client.get("/2020/pesantren/al-qodiri/").text

    assert page.count("Tidak dijual di pameran ini") == 1
    assert page.index("Teh</a>") < page.index("Abon</a>")


def test_pesantren_not_at_the_edition_is_not_found(client: Client) -> None:
    make_expo()
    make_pesantren(slug="al-qodiri")

    assert client.get("/2020/pesantren/al-qodiri/").status_code == 404


def test_pesantren_pages_take_as_many_queries_for_three_as_for_one(client: Client) -> None:
    expo = make_expo()
    pesantren = make_pesantren(slug="satu")
    stand = make_stand(expo=expo, pesantren=[pesantren])
    producer = make_producer(pesantren=pesantren)
    make_offer(stand=stand, product=make_product(producer=producer))
    of_list = queries_of(client, "/2020/pesantren/")
    of_page = queries_of(client, "/2020/pesantren/satu/")
    for code in ("A2", "A3"):
        make_stand(expo=expo, code=code, pesantren=[pesantren, make_pesantren()])
        make_offer(stand=stand, product=make_product(producer=producer))

    assert queries_of(client, "/2020/pesantren/") == of_list <= MOST
    assert queries_of(client, "/2020/pesantren/satu/") == of_page <= MOST


def test_pesantren_list_shows_60_a_page_and_keeps_the_filter(client: Client) -> None:
    regency = make_regency(name="Jember", code="35.09")
    many = [make_pesantren(name=f"Darul {n:02}", regency=regency) for n in range(61)]
    make_stand(expo=make_expo(), pesantren=many)

    first = client.get("/2020/pesantren/?regency=35.09").text
    second = client.get("/2020/pesantren/?regency=35.09&page=2").text

    assert "61 pesantren</h2>" in first
    assert "Darul 59" in first
    assert "Darul 60" not in first
    assert "regency=35.09&amp;page=2" in first
    assert "Darul 60" in second
