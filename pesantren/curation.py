"""The rules of the curation: what a product needs, and what makes it worthy of export.

Each rule is a sentence that an organiser reads and a condition that the database checks, so that
what is shown, filtered and counted is one and the same. All hold as of a day.

Whether something *is* sold abroad is another fact, which a source tells (`export_markets`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from pesantren.models import Credential, Product

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from pesantren.models import ProductQuerySet

Scheme = Credential.Scheme

# What people eat, drink or take: slugs of categories. Only these need halal and a permit.
CONSUMED = frozenset({"food", "beverage", "herbal"})
# A service is not sold at a stand and has no price of its own.
WITHOUT_PRICE = frozenset({"service"})


@dataclass(frozen=True)
class Rule:
    """One thing that a product should have on a day."""

    key: str
    sentence: StrOrPromise  # what should be
    short: StrOrPromise  # what lacks where it is not so
    condition: Callable[[dt.date], Q]
    only: frozenset[str] = frozenset()  # categories that it asks of; empty: of all
    other_than: frozenset[str] = frozenset()  # categories that it does not ask of

    def met_on(self, day: dt.date) -> Q:
        """Which products it asks nothing more of."""
        met = self.condition(day)
        if self.only:
            met |= ~Q(category__slug__in=self.only)
        if self.other_than:
            met |= Q(category__slug__in=self.other_than)
        return met

    def asks_of(self, product: Product) -> bool:
        """Whether it says anything about a product of that kind."""
        slug = product.category.slug
        return slug not in self.other_than and (not self.only or slug in self.only)


def _valid(*schemes: str) -> Callable[[dt.date], Q]:
    def condition(day: dt.date) -> Q:
        there = Credential.objects.valid_on(day).filter(product=OuterRef("pk"), scheme__in=schemes)
        return Q(Exists(there))

    return condition


def _recorded(*schemes: str) -> Callable[[dt.date], Q]:
    def condition(_day: dt.date) -> Q:
        there = Credential.objects.filter(product=OuterRef("pk"), scheme__in=schemes)
        return Q(Exists(there))

    return condition


def _maker_is_registered(day: dt.date) -> Q:
    """The NIB is the maker's: recorded with one product, it counts for all."""
    nib = Credential.objects.valid_on(day).filter(scheme=Scheme.NIB)
    return Q(Exists(nib.filter(product__producer=OuterRef("producer"))))


def _nothing_runs_out(day: dt.date) -> Q:
    """Every scheme that was ever recorded has a credential that is still valid."""
    renewed = Credential.objects.valid_on(day).filter(
        product=OuterRef("product"), scheme=OuterRef("scheme")
    )
    over = Credential.objects.filter(product=OuterRef("pk"), expires__lt=day)
    return ~Q(Exists(over.filter(~Exists(renewed))))


# What a product should have before it is judged, in the order in which one would gather it.
NEEDS = (
    Rule(
        "photo",
        _("Ada foto produknya sendiri. Gambar ilustrasi tidak dihitung."),
        _("foto"),
        lambda _day: ~Q(photo="") & Q(photo_is_drawn=False),
    ),
    Rule(
        "price",
        _("Ada harga acuannya."),
        _("harga"),
        lambda _day: Q(price_rupiah__isnull=False),
        other_than=WITHOUT_PRICE,
    ),
    Rule(
        "description",
        _("Ada keterangannya."),
        _("keterangan"),
        lambda _day: ~Q(description=""),
    ),
    Rule(
        "english",
        _("Ada keterangannya dalam bahasa Inggris."),
        _("teks Inggris"),
        lambda _day: ~Q(description_en=""),
    ),
    Rule(
        "halal",
        _("Makanan, minuman, dan herbal punya nomor halal."),
        _("nomor halal"),
        _recorded(Scheme.HALAL),
        only=CONSUMED,
    ),
    Rule(
        "permit",
        _("Makanan, minuman, dan herbal punya nomor P-IRT atau BPOM."),
        _("P-IRT atau BPOM"),
        _recorded(Scheme.PIRT, Scheme.BPOM),
        only=CONSUMED,
    ),
    Rule(
        "expiry",
        _("Legalitasnya tidak habis sebelum pameran selesai."),
        _("legalitas yang masih berlaku"),
        _nothing_runs_out,
    ),
    Rule(
        "nib",
        _("Pelaku usahanya punya NIB."),
        _("NIB pelaku usaha"),
        _maker_is_registered,
    ),
)

# What a buyer abroad will ask for. Met altogether they make a product worthy of export.
EXPORT_RULES = (
    Rule(
        "curated",
        _("Panitia sudah meluluskannya dalam kurasi."),
        _("lolos kurasi"),
        lambda _day: Q(state=Product.State.CURATED),
    ),
    Rule(
        "nib",
        _("Pelaku usahanya terdaftar pada pemerintah dan punya NIB: tanpa NIB tak boleh ekspor."),
        _("NIB pelaku usaha"),
        _maker_is_registered,
    ),
    Rule(
        "merek",
        _("Mereknya terdaftar, sehingga namanya terlindungi."),
        _("merek terdaftar"),
        _valid(Scheme.MEREK),
    ),
    Rule(
        "halal",
        _("Makanan, minuman, dan herbal bersertifikat halal yang masih berlaku."),
        _("halal yang berlaku"),
        _valid(Scheme.HALAL),
        only=CONSUMED,
    ),
    Rule(
        "bpom",
        _("Makanan, minuman, dan herbal berizin edar BPOM; P-IRT hanya untuk dalam negeri."),
        _("izin edar BPOM"),
        _valid(Scheme.BPOM),
        only=CONSUMED,
    ),
    Rule(
        "english",
        _("Ada keterangan dalam bahasa Inggris, supaya pembeli dari luar negeri mengerti."),
        _("keterangan Inggris"),
        lambda _day: ~Q(description_en=""),
    ),
)


@dataclass(frozen=True)
class Answer:
    """What one rule says of one product."""

    rule: Rule
    is_met: bool


def export_ready(products: ProductQuerySet, day: dt.date) -> ProductQuerySet:
    """Those that meet every rule for export on `day`."""
    for rule in EXPORT_RULES:
        products = products.filter(rule.met_on(day))
    return products


def with_export_readiness(products: ProductQuerySet, day: dt.date) -> ProductQuerySet:
    """With `is_export_ready`: whether each meets every rule for export on `day`."""
    ready = Q()
    for rule in EXPORT_RULES:
        ready &= rule.met_on(day)
    return products.annotate(  # type: ignore[no-redef]  # declared on the model for the readers
        is_export_ready=Case(When(ready, then=True), default=False, output_field=BooleanField())
    )


def mark_export_ready(products: Iterable[Product], day: dt.date) -> None:
    """Set `is_export_ready` on products that are at hand already, by one query for all of them."""
    rows = list(products)
    some = Product.objects.filter(pk__in={one.pk for one in rows})
    ready = set(export_ready(some, day).values_list("pk", flat=True))
    for one in rows:
        one.is_export_ready = one.pk in ready


def lacking(products: ProductQuerySet, key: str, day: dt.date) -> ProductQuerySet:
    """Those that lack the one of NEEDS that has this key."""
    rule = next(rule for rule in NEEDS if rule.key == key)
    return products.exclude(pk__in=Product.objects.filter(rule.met_on(day)).values("pk"))


def _met(rules: tuple[Rule, ...], day: dt.date) -> dict[str, Case]:
    return {
        f"met_{rule.key}": Case(
            When(rule.met_on(day), then=True), default=False, output_field=BooleanField()
        )
        for rule in rules
    }


def answers(
    products: Iterable[Product], rules: tuple[Rule, ...], day: dt.date
) -> dict[int, list[Answer]]:
    """What each rule says of each product, by its key; a rule that asks nothing of it is left out.

    One query for any number of products, which must have their category.
    """
    rows = list(products)
    met = _met(rules, day)
    found = Product.objects.filter(pk__in=[one.pk for one in rows]).annotate(**met)
    by_key = {row["pk"]: row for row in found.values("pk", *met)}
    return {
        one.pk: [
            Answer(rule, by_key[one.pk][f"met_{rule.key}"]) for rule in rules if rule.asks_of(one)
        ]
        for one in rows
    }
