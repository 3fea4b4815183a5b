"""What stands beside a product on its page: others of the maker, and the like from others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.core.cache import caches

from pesantren.models import Product
from stands.catalogue_version import edition_at
from stands.shelf import beside
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from stands.models import Expo
    from stands.shelf import Beside

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

DAY = dt.date(2020, 12, 18)


@pytest.fixture
def hall() -> dict[str, Product]:
    """Products by slug: two of one maker, three of another, one of another category, one unsold."""
    stand = make_stand(expo=make_expo(), pesantren=[make_pesantren()])
    mine, other = (make_producer(name=name) for name in ("Saya", "Lain"))
    drinks = make_category(slug="drink", name="Minuman", name_en="Drinks")
    rows = {
        "tempe-a": make_product(slug="tempe-a", name="Keripik tempe asin", producer=mine),
        "abon": make_product(slug="abon", name="Abon", producer=mine),
        "dodol": make_product(slug="dodol", name="Dodol", producer=other),
        "bakso": make_product(slug="bakso", name="Bakso", producer=other),
        "tempe-b": make_product(slug="tempe-b", name="Sagon TEMPE", producer=other),
        "sirup": make_product(slug="sirup", name="Sirup tempe", producer=other, category=drinks),
        "unsold": make_product(slug="unsold", name="Tempe lain", producer=other),
    }
    Product.objects.filter(slug="dodol").update(state=Product.State.CURATED)
    for slug, product in rows.items():
        if slug != "unsold":
            make_offer(stand=stand, product=product)
    return rows


def shelf_of(product: Product, most: int = 6) -> Beside:
    found = beside(product, edition(), DAY, most=most)
    assert found is not None
    return found


def edition() -> Expo:
    editions = edition_at("2020")
    assert editions is not None
    return editions.expo


def slugs(keys: list[int]) -> list[str]:
    return [Product.objects.get(pk=key).slug for key in keys]


def test_like_named_comes_first_then_curated_then_the_alphabet(hall: dict[str, Product]) -> None:
    found = shelf_of(hall["tempe-a"])
    assert slugs(found.others) == ["abon"]
    assert slugs(found.alike) == ["tempe-b", "dodol", "bakso"]
    assert slugs(shelf_of(hall["tempe-a"], most=2).alike) == ["tempe-b", "dodol"]


def test_what_has_no_page_has_no_shelf(hall: dict[str, Product]) -> None:
    stranger = make_product(slug="asing", producer=make_producer(name="Asing"))
    assert beside(stranger, edition(), DAY, most=6) is None


def test_shelf_is_read_once_and_again_where_the_cache_lost_a_part(
    hall: dict[str, Product], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expo = edition()
    with django_assert_num_queries(1):
        first = beside(hall["tempe-a"], expo, DAY, most=6)
        beside(hall["sirup"], expo, DAY, most=6)
    shelf = caches["cards"]
    lost = [key for key in vars(shelf)["_cache"] if "category-" in key]
    for key in lost:
        del vars(shelf)["_cache"][key], vars(shelf)["_expire_info"][key]
    assert lost
    with django_assert_num_queries(1):
        assert beside(hall["tempe-a"], expo, DAY, most=6) == first
