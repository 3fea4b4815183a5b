"""The version of a catalogue: raised by whatever visitors see, whoever changes it and however."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.db.models import F

from outcomes.models import Claim, ResultsChoice, ResultsVersion
from pesantren.models import (
    Category,
    Credential,
    Pesantren,
    Photo,
    Producer,
    Product,
    Regency,
)
from programme.models import Room, Session, Speaker
from stands import catalogue_triggers
from stands.catalogue_version import add_up, all_editions, edition_at
from stands.models import (
    CatalogueChange,
    Expo,
    ExpoDay,
    KeptProduct,
    Offer,
    PlanFeature,
    Stand,
    Zone,
)
from tests.make import (
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
    make_zone,
)
from tests.programmes import make_room, make_session, make_speaker
from tests.vouchers import make_finance

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def expo() -> Expo:
    """One stand that sells ten pieces of coffee, and a row of all else that visitors see."""
    expo = make_expo()
    pesantren = make_pesantren()
    product = make_product(producer=make_producer(pesantren=pesantren))
    make_credential(product=product)
    Photo.objects.create(product=product, photo="photos/kopi.webp")
    make_offer(stand=make_stand(expo=expo, pesantren=[pesantren]), product=product)
    PlanFeature.objects.create(expo=expo, kind="toilet", x=1, y=1, width=9, height=9)
    KeptProduct.objects.create(expo=expo, product=product, producer=product.producer, content={})
    ResultsChoice.objects.create(expo=expo)
    make_pesantren(name="Sidogiri")
    make_speaker(name="Rahmat")
    make_session(expo=expo, room=make_room(expo=expo), speakers=[make_speaker()])
    Claim.objects.create(
        expo=expo, figure="stands", value=40, said_by="Kabar", sources="https://kabar.id/"
    )
    return expo


def version(slug: str = "2020") -> int:
    editions = edition_at(slug)
    assert editions is not None
    return editions.version.number


CHANGES: dict[str, Callable[[], object]] = {
    "edition": lambda: Expo.objects.update(venue="Alun-alun"),
    "edition shown": lambda: Expo.objects.update(is_current=False),
    "day": lambda: ExpoDay.objects.filter(date=dt.date(2020, 12, 18)).update(opens=dt.time(8)),
    "day more": lambda: ExpoDay.objects.create(expo=Expo.objects.get(), date=dt.date(2020, 12, 21)),
    "day less": lambda: ExpoDay.objects.filter(date=dt.date(2020, 12, 20)).delete(),
    "zone": lambda: Zone.objects.update(name="Tengah"),
    "zone more": lambda: make_zone(expo=Expo.objects.get(), code="B"),
    "stand": lambda: Stand.objects.update(name="Warung"),
    "stand's place": lambda: Stand.objects.update(x=17),
    "stand more": lambda: make_stand(expo=Expo.objects.get(), code="A2"),
    "pesantren comes to a stand": lambda: Stand.objects.get().pesantren.add(make_pesantren()),
    "pesantren leaves a stand": lambda: Stand.objects.get().pesantren.clear(),
    "price": lambda: Offer.objects.update(price_rupiah=30_000),
    "price and stock": lambda: Offer.objects.update(price_rupiah=30_000, stock=9),
    "withdrawn": lambda: Offer.objects.update(withdrawn=True),
    "place on the till": lambda: Offer.objects.update(order=3),
    "offer more": lambda: make_offer(stand=Stand.objects.get()),
    "offer less": lambda: Offer.objects.all().delete(),
    "sold out": lambda: Offer.objects.update(stock=0),
    "oversold": lambda: Offer.objects.update(stock=F("stock") - 11),
    "product": lambda: Product.objects.update(name="Teh"),
    "curation": lambda: Product.objects.update(state=Product.State.CURATED),
    "photo": lambda: Product.objects.update(photo="products/kopi.webp"),
    "product more": lambda: make_product(),
    "producer": lambda: Producer.objects.update(name="Usaha Dua"),
    "pesantren": lambda: Pesantren.objects.update(about="Sejak 1905."),
    "regency": lambda: Regency.objects.update(name="Gresik"),
    "regency more": lambda: make_regency(name="Tuban"),
    "category": lambda: Category.objects.update(name_en="Drinks"),
    "credential": lambda: Credential.objects.update(expires=dt.date(2021, 1, 1)),
    "credential less": lambda: Credential.objects.all().delete(),
    "session": lambda: Session.objects.update(title="Lomba"),
    "session called off": lambda: Session.objects.update(is_cancelled=True),
    "session more": lambda: make_session(expo=Expo.objects.get()),
    "room": lambda: Room.objects.update(name="Aula"),
    "speaker": lambda: Speaker.objects.update(about="Pengasuh"),
    "speaker comes": lambda: Session.objects.get().speakers.add(make_speaker(name="Emil")),
    "speaker goes": lambda: Session.objects.get().speakers.clear(),
    "claim": lambda: Claim.objects.update(value=41),
    "claim published": lambda: Claim.objects.update(is_published=True),
    "results opened": lambda: ResultsChoice.objects.update(is_public=True),
    "results frozen": lambda: ResultsVersion.objects.create(
        expo=Expo.objects.get(), number=1, made_by=make_finance(), content="{}", hash="0" * 64
    ),
    "toilet moved": lambda: PlanFeature.objects.update(x=5),
    "what was kept": lambda: KeptProduct.objects.update(content={"name": "Teh"}),
    "words of a photo": lambda: Photo.objects.update(photo_alt="Kopi"),
    "another pesantren in its place": lambda: Stand.pesantren.through.objects.update(
        pesantren=Pesantren.objects.latest("pk")
    ),
    "another speaker in their place": lambda: Session.speakers.through.objects.update(
        speaker=Speaker.objects.get(name="Rahmat")
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_version_is_raised_by(expo: Expo, change: str) -> None:
    before, all_before = version(), all_editions().version.number

    CHANGES[change]()

    assert version() > before
    assert all_editions().version.number > all_before


# A version of the results is never taken away.
COMES_AND_GOES = [
    table for table in catalogue_triggers.RAISES if table != "outcomes_resultsversion"
]


@pytest.mark.parametrize("table", COMES_AND_GOES)
def test_version_is_raised_by_a_row_that_goes_and_by_one_that_comes(expo: Expo, table: str) -> None:
    models = apps.get_models(include_auto_created=True)
    [model] = [one for one in models if one._meta.db_table == table]
    row = model._default_manager.order_by("pk")[0]
    for change in (
        # The row alone, so that no other raises it.
        lambda: model._default_manager.filter(pk=row.pk)._raw_delete(using="default"),
        lambda: model._default_manager.bulk_create([row]),
    ):
        before = CatalogueChange.objects.filter(edition__in=[0, expo.pk]).count()
        change()
        assert CatalogueChange.objects.filter(edition__in=[0, expo.pk]).count() > before


def test_version_is_not_raised_by_an_ordinary_sale(expo: Expo) -> None:
    before, rows = version(), CatalogueChange.objects.count()

    for _ in range(9):
        Offer.objects.update(stock=F("stock") - 1)

    assert version() == before
    assert CatalogueChange.objects.count() == rows


def test_version_is_raised_when_the_last_is_sold_and_when_more_comes(expo: Expo) -> None:
    offer = Offer.objects.filter(stand__expo=expo)
    before = version()

    offer.update(stock=F("stock") - 10)
    sold_out = version()
    offer.update(stock=F("stock") - 2)
    assert version() == sold_out
    offer.update(stock=5)

    assert before < sold_out < version()


def test_version_is_not_raised_when_stock_is_no_longer_counted(expo: Expo) -> None:
    before = version()

    Offer.objects.update(stock=None)

    assert version() == before


def test_every_model_raises_the_version_or_does_not_matter() -> None:
    tables = {
        model._meta.db_table
        for name in ("pesantren", "stands", "programme", "outcomes")
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
    }

    assert tables == set(catalogue_triggers.RAISES) | catalogue_triggers.DOES_NOT_MATTER
    assert not set(catalogue_triggers.RAISES) & catalogue_triggers.DOES_NOT_MATTER


def test_triggers_are_on_every_table_that_raises_the_version() -> None:
    assert catalogue_triggers.missing(connection) == set()


def test_adding_up_changes_no_version(expo: Expo) -> None:
    other = make_expo(slug="2021", is_current=False)
    # Emptying the tables after an earlier test was a change as well, of editions that are gone.
    CatalogueChange.objects.exclude(edition__in=[0, expo.pk, other.pk]).delete()
    before = version(), version(other.slug), all_editions().version.number

    add_up()

    assert (version(), version(other.slug), all_editions().version.number) == before
    assert CatalogueChange.objects.count() == 3  # two editions, and what belongs to none


def test_old_changes_are_added_up_by_whoever_reads_them(expo: Expo) -> None:
    # Emptying the tables after an earlier test was a change as well, of editions that are gone.
    CatalogueChange.objects.exclude(edition__in=[0, expo.pk]).delete()
    before = version()
    CatalogueChange.objects.update(at=dt.datetime(2020, 12, 1, tzinfo=dt.UTC))

    assert version() == before

    assert CatalogueChange.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_sale_that_sells_out_waits_for_no_change_that_is_not_written_yet() -> None:
    expo = make_expo()
    offer = make_offer(stand=make_stand(expo=expo), stock=1)
    other = make_product(name="Teh")
    before = version()
    seen: list[int] = []

    def sell() -> None:
        try:
            Offer.objects.filter(pk=offer.pk).update(stock=0)
            seen.append(version())
        finally:
            connection.close()

    seller = threading.Thread(target=sell)
    # On SQLite one writes at a time: there the sale comes first.
    write_together = connection.vendor == "postgresql"
    with transaction.atomic() if write_together else contextlib.nullcontext():
        if write_together:
            Product.objects.filter(pk=other.pk).update(name="Wedang")
        seller.start()
        seller.join(timeout=20)
        if not write_together:
            Product.objects.filter(pk=other.pk).update(name="Wedang")

    # Sold out was seen before the other change, and that one after it.
    assert len(seen) == 1
    assert before < seen[0] < version()


def test_kept_pages_are_shown_on_while_the_database_is_away(client: Client) -> None:
    expo = make_expo(slug="2026-uji")
    address = f"/{expo.slug}/"
    before = client.get(address)

    def away(*_args: object) -> None:
        raise OperationalError("the database system is starting up")

    with connection.execute_wrapper(away):
        meanwhile = client.get(address)
        home = edition_at(expo.slug)
        with pytest.raises(OperationalError):
            edition_at("2019")  # nothing is known of it

    assert meanwhile.status_code == 200
    assert meanwhile["ETag"] == before["ETag"]
    assert home is not None
    assert home.expo.pk == expo.pk
