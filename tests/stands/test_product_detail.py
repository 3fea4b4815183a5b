"""One product: where it is sold, who makes it, what vouches for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def test_product_shows_each_stand_with_its_price(client: Client) -> None:
    expo = make_expo()
    product = make_product(slug="kopi", name="Kopi Santri")
    make_offer(stand=make_stand(expo=expo, code="A1"), product=product, price_rupiah=20_000)
    make_offer(
        stand=make_stand(expo=expo, code="A2"), product=product, price_rupiah=18_000, stock=0
    )

    page = client.get("/2020/produk/kopi/").text

    assert "<h1>Kopi Santri</h1>" in page
    assert page.index("Rp 18.000") < page.index("Rp 20.000")
    assert page.count('<span class="sold-out">habis</span>') == 1
    assert 'href="/2020/stan/A2/"' in page


def test_product_names_its_maker_and_pillar(client: Client) -> None:
    pesantren = make_pesantren(name="Al-Qodiri", slug="al-qodiri")
    producer = make_producer(name="Kopontren Qodiriyah", pesantren=pesantren)
    product = make_product(slug="kopi", producer=producer)
    make_offer(stand=make_stand(expo=make_expo(), pesantren=[pesantren]), product=product)

    page = client.get("/2020/produk/kopi/").text

    assert "Kopontren Qodiriyah" in page
    assert 'href="/2020/pesantren/al-qodiri/"' in page
    assert "Kab. Jember" in page
    assert "Dibuat pesantren melalui koperasinya" in page


def test_product_says_which_credentials_count_and_as_of_when(client: Client) -> None:
    product = make_product(slug="kopi")
    make_offer(stand=make_stand(expo=make_expo()), product=product)
    make_credential(product=product, scheme="halal", number="H-1")
    make_credential(product=product, scheme="pirt", number="P-1", expires=dt.date(2020, 12, 19))

    page = client.get("/2020/produk/kopi/").text

    assert "Keadaan per 20 Desember 2020." in page
    assert '<span class="state state-valid">berlaku</span>' in page
    assert '<span class="state state-expired">tidak berlaku</span>' in page
    assert "dinyatakan halal dengan sertifikat resmi" in page
    assert "sampai 19 Desember 2020" in page


def test_product_says_that_a_drawn_picture_is_no_photo(client: Client) -> None:
    product = make_product(slug="kopi", name="Kopi Santri")
    product.photo = "products/kopi.webp"
    product.photo_is_drawn = True
    product.save()
    make_offer(stand=make_stand(expo=make_expo()), product=product)

    page = client.get("/2020/produk/kopi/").text

    assert 'alt="Gambar ilustrasi Kopi Santri"' in page
    assert "Gambar ilustrasi, bukan foto produknya." in page


def test_product_lists_others_of_the_maker_and_the_sources(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    producer = make_producer()
    product = make_product(slug="kopi", producer=producer)
    product.sources = "https://www.contoh.id/a/1 | https://kabar.id/b"
    product.save()
    make_offer(stand=stand, product=product)
    make_offer(stand=stand, product=make_product(name="Madu", producer=producer))
    cloth = make_category(slug="fashion", name="Busana")
    make_offer(stand=stand, product=make_product(name="Batik", category=cloth))

    page = client.get("/2020/produk/kopi/").text

    assert "Madu" in page
    assert "Batik" not in page
    assert 'href="https://www.contoh.id/a/1"' in page
    assert ">kabar.id<" in page


def test_product_that_was_withdrawn_keeps_its_address(client: Client) -> None:
    product = make_product(slug="kopi")
    make_offer(stand=make_stand(expo=make_expo()), product=product, withdrawn=True)

    assert "Tidak dijual di pameran ini" in client.get("/2020/produk/kopi/").text


def test_product_not_sold_by_a_maker_at_the_edition_says_so(client: Client) -> None:
    pesantren = make_pesantren()
    make_stand(expo=make_expo(), pesantren=[pesantren])
    make_product(slug="kopi", producer=make_producer(pesantren=pesantren))

    page = client.get("/2020/produk/kopi/").text

    assert "Tidak dijual di pameran ini" in page
    assert "Rp " not in page


def test_product_names_once_what_is_an_example(client: Client) -> None:
    product = make_product(slug="kopi")
    product.example_fields = "producer_slug | unit"
    product.save()
    offer = make_offer(stand=make_stand(expo=make_expo()), product=product)
    offer.example_fields = "stand_code | price_rupiah"
    offer.save()

    page = client.get("/2020/produk/kopi/").text

    assert (
        "Contoh di halaman ini, bukan catatan resmi:"
        " pembuat, satuan, penempatan di stan, harga bertanda *." in page
    )
    assert page.count('class="example-mark"') == 1


def test_product_in_english_translates_unit_and_regency(client: Client) -> None:
    pesantren = make_pesantren()
    product = make_product(slug="kopi", producer=make_producer(pesantren=pesantren))
    product.unit = "bungkus"
    product.save()
    make_offer(stand=make_stand(expo=make_expo(), pesantren=[pesantren]), product=product)

    page = client.get("/en/2020/produk/kopi/").text

    assert "/ pack<" in page
    assert "Jember Regency" in page


def test_product_never_at_the_edition_is_not_found(client: Client) -> None:
    make_expo()
    make_product(slug="kopi")

    assert client.get("/2020/produk/kopi/").status_code == 404
    assert client.get("/2020/produk/tidak-ada/").status_code == 404


def test_product_takes_as_many_queries_for_three_offers_as_for_one(client: Client) -> None:
    expo = make_expo()
    product = make_product(slug="kopi")
    make_offer(stand=make_stand(expo=expo, code="A1"), product=product)
    with_one = queries_of(client, "/2020/produk/kopi/")
    for code in ("A2", "A3"):
        make_offer(stand=make_stand(expo=expo, code=code), product=product)

    assert queries_of(client, "/2020/produk/kopi/") == with_one <= MOST
