"""The badge 'layak ekspor': computed from rules, as of a day, shown with its reasons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from pesantren.curation import EXPORT_RULES, answers, export_ready, mark_export_ready
from pesantren.models import Product
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_product,
    make_stand,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

DAY = dt.date(2020, 12, 20)
NUMBERS = {"halal": "ID1", "bpom": "MD1", "nib": "1", "merek": "IDM1"}


def make_sambal(*, slug: str = "food", without: str = "", **fields: object) -> Product:
    """A product that meets every rule, but for the credential left out and what is given."""
    product = make_product(
        name="Sambal", slug="sambal", category=make_category(slug=slug, name=slug)
    )
    given = {"state": Product.State.CURATED, "description_en": "Hot.", **fields}
    Product.objects.filter(pk=product.pk).update(**given)
    for scheme, number in NUMBERS.items():
        if scheme != without:
            make_credential(product=product, scheme=scheme, number=number)
    product.refresh_from_db()
    return product


def is_ready(product: Product, day: dt.date = DAY) -> bool:
    """As each of the ways says that tells it; they must agree."""
    filtered = export_ready(Product.objects.all(), day).filter(pk=product.pk).exists()
    mark_export_ready([product], day)
    told = all(one.is_met for one in answers([product], EXPORT_RULES, day)[product.pk])
    assert product.is_export_ready == filtered == told
    return filtered


def test_product_that_meets_every_rule_is_ready() -> None:
    assert is_ready(make_sambal())


@pytest.mark.parametrize("scheme", NUMBERS)
def test_food_without_a_credential_is_not(scheme: str) -> None:
    assert not is_ready(make_sambal(without=scheme))


@pytest.mark.parametrize(
    "fields", [{"state": "proposed"}, {"state": "withdrawn"}, {"description_en": ""}]
)
def test_product_not_curated_or_not_told_in_english_is_not(fields: dict[str, str]) -> None:
    assert not is_ready(make_sambal(**fields))


@pytest.mark.parametrize("scheme", ["halal", "bpom"])
def test_craft_needs_neither_halal_nor_bpom(scheme: str) -> None:
    assert is_ready(make_sambal(slug="craft", without=scheme))


def test_pirt_does_not_stand_for_bpom() -> None:
    product = make_sambal(without="bpom")
    make_credential(product=product, scheme="pirt", number="2063509010123-27")
    assert not is_ready(product)


def test_badge_goes_by_itself_when_a_credential_runs_out() -> None:
    product = make_sambal(without="halal")
    make_credential(product=product, number="ID2", expires=DAY)
    assert is_ready(product, DAY)
    assert not is_ready(product, DAY + dt.timedelta(days=1))


def test_sold_abroad_is_another_fact() -> None:
    assert not is_ready(make_product(export_markets="Jepang"))


def test_visitors_see_the_badge_and_why(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    make_offer(stand=stand, product=make_sambal(export_markets="Turki"))
    make_offer(stand=stand, product=make_product(name="Kopi"))

    for path in ("/2020/", "/2020/produk/", "/2020/stan/A1/", "/2020/produk/?export_ready=on"):
        assert client.get(path).text.count("badge-export") == 1, path
    assert "Kopi</a>" not in client.get("/2020/produk/?export_ready=on").text
    page = client.get("/2020/produk/sambal/").text
    assert "Memenuhi semua aturan panitia per 20 Desember 2020" in page
    assert "Mereknya terdaftar" in page
    assert "<strong>Turki</strong>" in page
