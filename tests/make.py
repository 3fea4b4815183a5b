"""Rows for tests: each function makes one with all it needs, and takes what the test is about."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING

from pesantren.models import (
    Category,
    Credential,
    Pesantren,
    Producer,
    Product,
    Regency,
)
from stands.models import Expo, ExpoDay, Offer, Stand, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable

FRIDAY = dt.date(2020, 12, 18)
THREE_DAYS = (FRIDAY, dt.date(2020, 12, 19), dt.date(2020, 12, 20))
OPENS = dt.time(9)
CLOSES = dt.time(21)

_numbers = count(1)


def make_expo(
    *,
    slug: str = "2020",
    name: str = "OPOP Expo 2020",
    days: Iterable[dt.date] = THREE_DAYS,
    opens: dt.time | None = OPENS,
    closes: dt.time | None = CLOSES,
    is_current: bool = True,
    is_example: bool = False,
) -> Expo:
    """An edition with its days, open from nine to nine unless said otherwise."""
    expo = Expo.objects.create(
        slug=slug,
        name=name,
        theme="Pesantren Berdaya, Masyarakat Sejahtera",
        venue="Maspion Square",
        city="Surabaya",
        is_current=is_current,
        is_example=is_example,
    )
    for date in days:
        ExpoDay.objects.create(expo=expo, date=date, opens=opens, closes=closes)
    return expo


def make_zone(*, expo: Expo, code: str = "A", name: str = "Makanan", name_en: str = "Food") -> Zone:
    """A zone of the hall; the one there is under that code, if there is one."""
    zone, _ = Zone.objects.get_or_create(
        expo=expo, code=code, defaults={"name": name, "name_en": name_en}
    )
    return zone


def make_regency(
    *, name: str = "Jember", kind: str = Regency.Kind.KABUPATEN, code: str = ""
) -> Regency:
    """A kabupaten or kota; the one there is, if there is one."""
    regency, _ = Regency.objects.get_or_create(
        name=name, kind=kind, defaults={"code": code or f"{next(_numbers) % 100_000:05}"}
    )
    return regency


def make_pesantren(
    *,
    name: str = "Pondok Pesantren Al-Qodiri",
    slug: str = "",
    regency: Regency | None = None,
) -> Pesantren:
    """A pesantren, in Kabupaten Jember unless said otherwise."""
    return Pesantren.objects.create(
        slug=slug or f"pesantren-{next(_numbers)}",
        name=name,
        regency=regency or make_regency(),
    )


def make_producer(
    *,
    name: str = "Kopontren Al-Qodiri",
    kind: str = Producer.Kind.KOPONTREN,
    pesantren: Pesantren | None = None,
) -> Producer:
    """A producer; a guest UMKM has no pesantren unless one is given, all others get one."""
    if pesantren is None and kind != Producer.Kind.UMKM:
        pesantren = make_pesantren()
    return Producer.objects.create(
        slug=f"pelaku-{next(_numbers)}", name=name, kind=kind, pesantren=pesantren
    )


def make_category(*, slug: str = "food", name: str = "Makanan", name_en: str = "Food") -> Category:
    """A category; the one there is under that slug, if there is one."""
    category, _ = Category.objects.get_or_create(
        slug=slug, defaults={"name": name, "name_en": name_en}
    )
    return category


def make_product(
    *,
    name: str = "Kopi Santri",
    slug: str = "",
    producer: Producer | None = None,
    category: Category | None = None,
    pillar: str = Product.Pillar.PESANTRENPRENEUR,
    price_rupiah: int | None = 25_000,
    state: str = Product.State.PROPOSED,
    export_markets: str = "",
) -> Product:
    """A product of one producer."""
    return Product.objects.create(
        slug=slug or f"produk-{next(_numbers)}",
        name=name,
        producer=producer or make_producer(),
        category=category or make_category(),
        pillar=pillar,
        price_rupiah=price_rupiah,
        state=state,
        export_markets=export_markets,
    )


def make_credential(
    *,
    product: Product,
    scheme: str = Credential.Scheme.HALAL,
    number: str = "ID35110000012345678",
    issued: dt.date | None = None,
    expires: dt.date | None = None,
) -> Credential:
    """A credential of a product, without an end unless said otherwise."""
    return Credential.objects.create(
        product=product, scheme=scheme, number=number, issued=issued, expires=expires
    )


def make_stand(
    *,
    expo: Expo,
    code: str = "A1",
    name: str = "Al-Qodiri",
    kind: str = Stand.Kind.PESANTREN,
    zone: Zone | None = None,
    pesantren: Iterable[Pesantren] = (),
) -> Stand:
    """A stand of an edition, in zone A unless said otherwise, held by the given pesantren."""
    stand = Stand.objects.create(
        expo=expo, code=code, name=name, kind=kind, zone=zone or make_zone(expo=expo)
    )
    stand.pesantren.set(pesantren)
    return stand


def make_offer(
    *,
    stand: Stand,
    product: Product | None = None,
    price_rupiah: int = 25_000,
    stock: int | None = 10,
    withdrawn: bool = False,
) -> Offer:
    """A product at a stand, ten of it left unless said otherwise."""
    return Offer.objects.create(
        stand=stand,
        product=product or make_product(),
        price_rupiah=price_rupiah,
        stock=stock,
        withdrawn=withdrawn,
    )
