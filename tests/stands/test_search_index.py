"""What the search reads is never stale, whoever changed a row and however."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from pesantren.models import Category, Pesantren, Producer, Product, Regency
from stands import search_index, search_triggers
from stands.models import Expo, Offer, SearchEntry, SearchStale, SearchWord, Stand, Zone
from stands.search import search
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
    make_zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def expo() -> Expo:
    """One stand with coffee of a pesantren in Jember, read by the search already."""
    expo = make_expo()
    pesantren = make_pesantren(name="Al-Qodiri", regency=make_regency(name="Jember"))
    producer = make_producer(name="Kopontren Satu", pesantren=pesantren)
    stand = make_stand(
        expo=expo, name="Kedai", pesantren=[pesantren], zone=make_zone(expo=expo, name="Pojok")
    )
    product = make_product(
        name="Kopi Gayeng", producer=producer, category=make_category(name="Seduhan")
    )
    make_offer(stand=stand, product=product)
    search_index.refresh()
    return expo


@pytest.mark.parametrize("table", search_triggers.SOURCES)
def test_row_that_goes_and_one_that_comes_are_noted(expo: Expo, table: str) -> None:
    models = apps.get_models(include_auto_created=True)
    [model] = [one for one in models if one._meta.db_table == table]
    row = model._default_manager.order_by("pk")[0]
    for change in (
        # The row alone, so that no other notes it.
        lambda: model._default_manager.filter(pk=row.pk)._raw_delete(using="default"),
        lambda: model._default_manager.bulk_create([row]),
    ):
        SearchStale.objects.all().delete()
        change()
        assert SearchStale.objects.exists()


def found(expo: Expo, text: str) -> list[str]:
    """The names of what is found, kinds apart."""
    hits = search(expo, text).hits
    return sorted(f"{hit.kind} {''.join(part.text for part in hit.title)}" for hit in hits)


def index() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    entries = SearchEntry.objects.values_list(
        "expo", "kind", "subject", "core", "name", "also", "text", "is_here"
    )
    words = SearchWord.objects.values_list("expo", "word", "sound", "names", "entries")
    return sorted(entries), sorted(words)


def rename(model: type[object], name: str) -> Callable[[], object]:
    return lambda: model.objects.update(name=name)  # type: ignore[attr-defined]


CHANGES: dict[str, tuple[Callable[[], object], str, str]] = {
    "product": (rename(Product, "Wedang"), "wedang", "product Wedang"),
    "description": (
        lambda: Product.objects.update(description="Disangrai pelan"),
        "sangrai",
        "product Kopi Gayeng",
    ),
    "producer": (rename(Producer, "Usaha Dua"), "usaha dua", "product Kopi Gayeng"),
    "pesantren": (rename(Pesantren, "Qomaruddin"), "qomaruddin", "product Kopi Gayeng"),
    "pesantren of a stand": (rename(Pesantren, "Qomaruddin"), "qomaruddin", "stand Kedai"),
    "regency": (rename(Regency, "Gresik"), "gresik", "product Kopi Gayeng"),
    "regency itself": (rename(Regency, "Gresik"), "gresik", "regency Kab. Gresik"),
    "category": (rename(Category, "Rebusan"), "rebusan", "product Kopi Gayeng"),
    "zone": (rename(Zone, "Tengah"), "tengah", "stand Kedai"),
    "stand": (rename(Stand, "Warung"), "warung", "stand Warung"),
    "code": (lambda: Stand.objects.update(code="Z7"), "z7", "product Kopi Gayeng"),
    "what a stand sells": (rename(Product, "Wedang"), "wedang", "stand Kedai"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_search_sees_a_change_that_passes_every_model_by(expo: Expo, change: str) -> None:
    write, text, right = CHANGES[change]
    assert found(expo, text) == []

    write()

    assert right in found(expo, text)
    assert not SearchStale.objects.exists()
    as_kept = index()
    search_index.rebuild()
    assert index() == as_kept


def test_search_forgets_what_is_gone(expo: Expo) -> None:
    assert "product Kopi Gayeng" in found(expo, "gayeng")

    Offer.objects.all().delete()
    Product.objects.all().delete()

    assert found(expo, "gayeng") == []
    assert not SearchWord.objects.filter(word="gayeng").exists()


def test_search_hides_what_was_withdrawn_and_sets_last_what_is_not_on_sale(expo: Expo) -> None:
    producer = Producer.objects.get()
    elsewhere = make_product(name="Kopi", producer=producer)
    assert [hit.row.name for hit in search(expo, "kopi").hits if hit.kind == "product"] == [
        "Kopi",
        "Kopi Gayeng",
    ]
    elsewhere.name = "Kopi Ayem"
    elsewhere.save()
    assert [hit.is_here for hit in search(expo, "kopi").hits if hit.kind == "product"] == [
        True,
        False,
    ]

    Product.objects.update(state=Product.State.WITHDRAWN)

    assert found(expo, "kopi") == []


def test_search_keeps_editions_apart(expo: Expo) -> None:
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    make_offer(stand=make_stand(expo=other, name="Lain"), product=make_product(name="Madu Hutan"))

    assert found(expo, "madu") == []
    assert "product Madu Hutan" in found(other, "madu")


def test_selling_makes_nothing_stale(expo: Expo) -> None:
    Offer.objects.update(stock=3)

    assert not SearchStale.objects.exists()


def test_every_trigger_stands_on_the_final_schema() -> None:
    """A migration that remakes a table on SQLite ends with search_triggers.install."""
    assert search_triggers.missing(connection) == set()


def test_search_mends_itself_when_triggers_are_lost(expo: Expo) -> None:
    """SQLite drops them with a table that a migration remakes; PostgreSQL keeps them."""
    if connection.vendor == "postgresql":
        return
    connection.cursor().execute("DROP TRIGGER search_pesantren_product_update")
    Product.objects.update(name="Wedang")

    assert "product Wedang" in found(expo, "wedang")
    assert search_triggers.missing(connection) == set()


def test_rebuild_search_counts_the_entries(expo: Expo, capsys: pytest.CaptureFixture[str]) -> None:
    as_kept = index()

    call_command("rebuild_search")

    assert "Indeks pencarian: 5 entri" in capsys.readouterr().out
    assert index() == as_kept
