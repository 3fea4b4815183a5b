"""A product's English name: optional, shown to who reads English, found by the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from pesantren.models import Product
from stands.search import search
from tests.make import make_expo, make_offer, make_product, make_stand

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "english", "shown"),
    [
        ("id", "Banana crisps", "Keripik pisang"),
        ("en", "Banana crisps", "Banana crisps"),
        ("en", "", "Keripik pisang"),
    ],
)
def test_name_is_english_only_where_there_is_one(language: str, english: str, shown: str) -> None:
    product = make_product(name="Keripik pisang")
    product.name_en = english
    with translation.override(language):
        assert product.name_text == shown


def test_search_finds_the_english_name_as_soon_as_it_is_there() -> None:
    expo = make_expo()
    product = make_product(name="Kopi jantan")
    make_offer(stand=make_stand(expo=expo), product=product)
    assert search(expo, "peaberry").count == 0

    Product.objects.filter(pk=product.pk).update(name_en="Peaberry coffee")

    assert search(expo, "peaberry").groups[0].hits[0].row == product


def test_text_without_english_says_that_it_is_indonesian(client: Client) -> None:
    product = make_product(name="Gedang Koe", slug="gedang-koe")
    make_offer(stand=make_stand(expo=make_expo()), product=product)
    Product.objects.update(description="Renyah.")
    page = client.get("/en/2020/produk/gedang-koe/").text
    assert '<h1 lang="id">Gedang Koe</h1>' in page
    assert 'lang="id">Renyah.' in page
    Product.objects.update(description_en="Crunchy.", name_en="Banana crisps")
    page = client.get("/en/2020/produk/gedang-koe/").text
    assert "<h1>Banana crisps</h1>" in page
    assert 'lang="id">Renyah.' not in page
    assert "<h1>Gedang Koe</h1>" in client.get("/2020/produk/gedang-koe/").text
