"""Closing an edition: what it published stays on its pages, and nothing of it changes again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from events.models import Event
from pesantren.models import Credential, KeptPhoto, Product
from stands import closed_triggers, search_index
from stands.closing_edition import close_edition
from stands.models import Expo, ExpoDay, KeptProduct, Offer, PlanFeature, Stand, Zone
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
    make_zone,
)
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db

LAST_DAY = dt.date(2020, 12, 20)


def make_hall() -> tuple[Expo, Stand, Product, Offer]:
    """The 2020 edition with a coffee at stand A1, halal until a year after it."""
    expo = make_expo()
    pesantren = make_pesantren(name="Al-Qodiri", slug="al-qodiri")
    producer = make_producer(name="Kopontren Al-Qodiri", pesantren=pesantren)
    stand = make_stand(expo=expo, code="A1", pesantren=[pesantren])
    product = make_product(
        name="Kopi Santri", slug="kopi-santri", producer=producer, state=Product.State.CURATED
    )
    offer = make_offer(stand=stand, product=product, price_rupiah=25_000)
    make_credential(product=product, number="ID35-HALAL", expires=dt.date(2021, 12, 31))
    # Nothing stands on these.
    make_stand(expo=expo, code="E1", zone=stand.zone)
    make_zone(expo=expo, code="E")
    PlanFeature.objects.create(expo=expo, kind="toilet", x=1, y=1, width=9, height=9)
    return expo, stand, product, offer


def change_everything(product: Product) -> None:
    """What may happen to a product in the years after."""
    other = make_producer(name="Pembuat Baru", pesantren=make_pesantren(name="Pesantren Baru"))
    Credential.objects.filter(product=product).delete()
    Product.objects.filter(pk=product.pk).update(
        name="Kopi Berganti Nama",
        name_en="Coffee Renamed",
        description="Tulisan baru.",
        state=Product.State.WITHDRAWN,
        producer=other,
        category=make_category(slug="herbal", name="Herbal baru", name_en="New herbal"),
        price_rupiah=99_000,
        pillar=Product.Pillar.SOSIOPRENEUR,
    )


def test_closing_keeps_what_the_edition_published_and_says_so_in_the_log() -> None:
    expo, _stand, product, _offer = make_hall()

    assert close_edition(expo, actor=None)

    expo.refresh_from_db()
    assert expo.is_closed
    said = KeptProduct.objects.get(expo=expo, product=product).content
    assert said["as_of"] == "2020-12-20"
    assert said["offers"] == [{"stand": "A1", "price_rupiah": 25_000, "withdrawn": False}]
    assert [(one["number"], one["is_valid"]) for one in said["credentials"]] == [
        ("ID35-HALAL", True)
    ]
    assert (said["state"], said["producer"]["name"]) == ("curated", "Kopontren Al-Qodiri")
    event = Event.objects.get(kind=Event.Kind.EDITION_CLOSED)
    assert event.data == {"expo": expo.pk, "edition": "2020", "kept": 1, "withdrawn": 0}


def test_a_second_closing_does_nothing() -> None:
    expo, *_rest = make_hall()
    close_edition(expo, actor=None)
    expo.refresh_from_db()
    closed_at = expo.closed_at

    assert not close_edition(expo, actor=None)

    expo.refresh_from_db()
    assert expo.closed_at == closed_at
    assert Event.objects.filter(kind=Event.Kind.EDITION_CLOSED).count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/2020/produk/kopi-santri/",
        "/2020/produk/",
        "/2020/produk/?category=food&credential=halal&curated=on",
        "/2020/produk/?q=kopi+santri",
        "/2020/stan/",
        "/2020/stan/A1/",
        "/2020/stan/?category=food",
        "/2020/pesantren/",
        "/2020/pesantren/?credential=halal",
        "/2020/pesantren/al-qodiri/",
        "/2020/cari/?q=kopi+santri",
        "/2020/",
        "/2020/luring.json",
        "/en/2020/produk/kopi-santri/",
    ],
)
def test_its_pages_show_what_it_published_whatever_became_of_it(client: Client, path: str) -> None:
    expo, _stand, product, _offer = make_hall()
    # A neighbour, so that lists have something to put in order.
    make_offer(
        stand=make_stand(expo=expo, code="A2"), product=make_product(name="Abon", slug="abon")
    )
    close_edition(expo, actor=None)
    before = client.get(path).content.decode()
    assert "Kopi" in before or path.startswith("/2020/pesantren/?") or path == "/2020/pesantren/"

    change_everything(product)
    after = client.get(path).content.decode()

    assert after == before


@pytest.mark.parametrize(
    "path",
    [
        "/2020/produk/",
        "/2020/produk/?category=food&credential=halal",
        "/2020/produk/kopi-santri/",
        "/2020/stan/",
        "/2020/stan/A1/",
        "/2020/pesantren/",
        "/2020/pesantren/al-qodiri/",
    ],
)
def test_its_pages_take_no_more_queries_than_others_may(client: Client, path: str) -> None:
    expo, *_rest = make_hall()
    close_edition(expo, actor=None)
    one = queries_of(client, path)
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    stand = make_stand(expo=other, code="A1")
    for _number in range(3):
        make_offer(stand=stand)
    close_edition(other, actor=None)

    assert one <= MOST
    assert queries_of(client, path) == one


def test_a_makers_page_keeps_its_address_and_what_was_made(client: Client) -> None:
    expo, _stand, product, _offer = make_hall()
    close_edition(expo, actor=None)
    path = f"/2020/pembuat/{product.producer.slug}/"
    before = client.get(path).content.decode()

    change_everything(product)

    assert client.get(path).content.decode() == before
    assert "Kopi Santri" in before


def test_the_search_finds_it_by_the_name_that_it_had(client: Client) -> None:
    expo, _stand, product, _offer = make_hall()
    close_edition(expo, actor=None)
    change_everything(product)

    for again in (search_index.refresh, search_index.rebuild):
        again()
        assert "/2020/produk/kopi-santri/" in client.get("/2020/cari/?q=santri").content.decode()
        assert (
            "/2020/produk/kopi-santri/" not in client.get("/2020/cari/?q=renamed").content.decode()
        )


def test_what_was_withdrawn_before_the_closing_stays_withdrawn(client: Client) -> None:
    expo, stand, product, _offer = make_hall()
    Product.objects.filter(pk=product.pk).update(state=Product.State.WITHDRAWN)
    close_edition(expo, actor=None)

    Product.objects.filter(pk=product.pk).update(state=Product.State.CURATED)

    assert "Kopi Santri" not in client.get("/2020/produk/").content.decode()
    assert "Kopi Santri" not in client.get(f"/2020/stan/{stand.code}/").content.decode()
    assert "ditarik" in client.get("/2020/produk/kopi-santri/").content.decode()


def test_credentials_count_as_of_its_last_day(client: Client) -> None:
    expo, _stand, product, _offer = make_hall()
    make_credential(product=product, scheme="bpom", number="LAMA", expires=dt.date(2020, 12, 19))
    close_edition(expo, actor=None)

    page = client.get("/2020/produk/kopi-santri/").content.decode()

    assert "20 Desember 2020" in page
    said = KeptProduct.objects.get(product=product).content["credentials"]
    assert {one["number"]: one["is_valid"] for one in said} == {"ID35-HALAL": True, "LAMA": False}


def test_a_photo_that_it_shows_stays_when_the_product_gets_another() -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from pesantren.photo_making import drop_photos

    expo, _stand, product, _offer = make_hall()
    name = default_storage.save("products/kopi.webp", ContentFile(b"pixels"))
    Product.objects.filter(pk=product.pk).update(photo=name)
    close_edition(expo, actor=None)
    Product.objects.filter(pk=product.pk).update(photo="products/baru.webp")

    drop_photos([name])

    assert default_storage.exists(name)
    assert KeptPhoto.objects.filter(name=name).exists()


# --- read only ------------------------------------------------------------------------------------


def _others() -> tuple[Expo, Stand]:
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    return other, make_stand(expo=other, code="Z9")


REFUSED: dict[str, Callable[[Expo, Stand, Offer], object]] = {
    "rename the edition": lambda expo, _s, _o: Expo.objects.filter(pk=expo.pk).update(name="x"),
    "its address": lambda expo, _s, _o: Expo.objects.filter(pk=expo.pk).update(slug="2020-b"),
    "reopen it": lambda expo, _s, _o: Expo.objects.filter(pk=expo.pk).update(closed_at=None),
    "add a day": lambda expo, _s, _o: ExpoDay.objects.create(expo=expo, date=dt.date(2020, 12, 21)),
    "change a day": lambda expo, _s, _o: ExpoDay.objects.filter(expo=expo).update(opens=dt.time(8)),
    "remove a day": lambda expo, _s, _o: ExpoDay.objects.filter(expo=expo).delete(),
    "add a zone": lambda expo, _s, _o: Zone.objects.create(expo=expo, code="Q", name="Q"),
    "rename a zone": lambda expo, _s, _o: Zone.objects.filter(expo=expo).update(name="Q"),
    "remove a zone": lambda expo, _s, _o: Zone.objects.filter(expo=expo, code="E").delete(),
    "add a feature": lambda expo, _s, _o: PlanFeature.objects.create(
        expo=expo, kind="toilet", x=1, y=1, width=9, height=9
    ),
    "move a feature": lambda expo, _s, _o: PlanFeature.objects.filter(expo=expo).update(x=5),
    "remove a feature": lambda expo, _s, _o: PlanFeature.objects.filter(expo=expo).delete(),
    "add a stand": lambda expo, stand, _o: Stand.objects.create(
        expo=expo, code="A9", name="Baru", kind="umkm", zone=stand.zone
    ),
    "move a stand": lambda _e, stand, _o: Stand.objects.filter(pk=stand.pk).update(x=5),
    "remove a stand": lambda expo, _s, _o: Stand.objects.filter(expo=expo, code="E1").delete(),
    "take a stand elsewhere": lambda _e, stand, _o: Stand.objects.filter(pk=stand.pk).update(
        expo=_others()[0]
    ),
    "bring a stand in": lambda expo, _s, _o: Stand.objects.filter(pk=_others()[1].pk).update(
        expo=expo
    ),
    "let a pesantren in": lambda _e, stand, _o: stand.pesantren.add(make_pesantren()),
    "put a pesantren out": lambda _e, stand, _o: stand.pesantren.clear(),
    "put another in its place": lambda _e, stand, _o: Stand.pesantren.through.objects.filter(
        stand=stand
    ).update(pesantren=make_pesantren()),
    "add an offer": lambda _e, stand, _o: make_offer(stand=stand),
    "change a price": lambda _e, _s, offer: Offer.objects.filter(pk=offer.pk).update(
        price_rupiah=1
    ),
    "withdraw an offer": lambda _e, _s, offer: Offer.objects.filter(pk=offer.pk).update(
        withdrawn=True
    ),
    "remove an offer": lambda _e, _s, offer: offer.delete(),
    "rewrite what was kept": lambda expo, _s, _o: KeptProduct.objects.filter(expo=expo).update(
        content={}
    ),
    "keep something else": lambda expo, _s, _o: KeptProduct.objects.create(
        expo=expo, product=(one := make_product()), producer=one.producer, content={}
    ),
    "remove what was kept": lambda expo, _s, _o: KeptProduct.objects.filter(expo=expo).delete(),
    "a product's address": lambda _e, _s, offer: Product.objects.filter(pk=offer.product_id).update(
        slug="lain"
    ),
    "a maker's address": lambda _e, _s, offer: (
        type(offer.product.producer)
        .objects.filter(pk=offer.product.producer_id)
        .update(slug="lain")
    ),
    "a pesantren's address": lambda _e, stand, _o: stand.pesantren.update(slug="lain"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses_any_change_of_a_closed_edition(what: str) -> None:
    expo, stand, _product, offer = make_hall()
    close_edition(expo, actor=None)

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        REFUSED[what](expo, stand, offer)

    assert closed_triggers.is_refusal(refused.value)


@pytest.mark.parametrize(
    "what", [name for name in REFUSED if "kept" not in name and name != "keep something else"]
)
def test_an_edition_that_is_not_closed_may_change(what: str) -> None:
    """So that a test above that is red is red for the closing, and for nothing else."""
    expo, stand, _product, offer = make_hall()
    Offer.objects.exclude(pk=offer.pk).delete()

    if what == "remove a day":
        ExpoDay.objects.filter(expo=expo).exclude(date=LAST_DAY).delete()
    with transaction.atomic():
        REFUSED[what](expo, stand, offer)


def test_what_comes_late_is_let_through() -> None:
    expo, _stand, product, offer = make_hall()
    close_edition(expo, actor=None)

    Offer.objects.filter(pk=offer.pk).update(stock=3)
    Expo.objects.filter(pk=expo.pk).update(is_current=False, is_public=True)
    Product.objects.filter(pk=product.pk).update(name="Kopi Baru")

    offer.refresh_from_db()
    assert offer.stock == 3


def test_no_other_edition_is_held_by_it() -> None:
    expo, *_rest = make_hall()
    close_edition(expo, actor=None)
    other, stand = _others()

    Stand.objects.filter(pk=stand.pk).update(x=7)
    make_offer(stand=stand)
    Expo.objects.filter(pk=other.pk).update(name="Edisi lain")

    assert Offer.objects.at(other).count() == 1


def test_all_triggers_are_there() -> None:
    assert closed_triggers.missing(connection) == set()


def test_every_table_of_an_edition_is_guarded_or_named_here() -> None:
    """A new table with an edition has to say whether it may change after the closing."""
    late = {
        "stands_inquiry", "stands_viewcount", "stands_searchentry", "stands_searchword",
        "opop_expo_importjob",
    }  # fmt: skip
    from django.apps import apps

    held = {
        model._meta.db_table
        for model in apps.get_models()
        if any(field.related_model is Expo for field in model._meta.concrete_fields)
    }
    of_later_apps = {table for table in held if table.startswith(("sales_", "outcomes_"))}
    gates = {"programme_gate"}
    assert held - set(closed_triggers.GUARDED) - of_later_apps == late | gates
