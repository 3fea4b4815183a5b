"""The pages of the portal for search engines, each in both languages.

A page says when it last changed only where that is known, since a date that is guessed is soon
believed by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from outcomes.models import ResultsChoice
from pesantren.models import Pesantren, Producer, Product
from programme.models import Session
from stands.models import Expo, Offer, Stand

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from stands.models import OfferQuerySet


class PublicSite:
    """What Django's sitemaps ask a site for, from the setting and not from the request."""

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        self.protocol, self.domain = parts.scheme, parts.netloc


class _Bilingual(Sitemap):  # type: ignore[type-arg]  # generic for mypy alone
    i18n = True
    alternates = True
    x_default = True
    # Each stands there in two languages with three alternates.
    limit = 2000


def _on_sale() -> OfferQuerySet:
    return Offer.objects.on_sale().filter(stand__expo__in=Expo.objects.public())


class EditionPages(_Bilingual):
    """Home and lists of each edition, and the list of editions."""

    # Of an edition whose hall is known, its lists as well.
    LISTS: ClassVar = ["floor_plan", "stand_list", "product_list", "pesantren_list"]

    def items(self) -> list[tuple[str, list[str]]]:
        expos = Expo.objects.public().each_with_days()
        pages = {
            expo.slug: ["expo_home", *(self.LISTS if expo.has_stands else [])] for expo in expos
        }
        return [
            ("edition_list", []),
            *((name, [slug]) for slug in sorted(pages, reverse=True) for name in pages[slug]),
        ]

    def location(self, item: tuple[str, list[str]]) -> str:
        name, arguments = item
        return reverse(name, args=arguments)


class ResultsPages(_Bilingual):
    """The results of each edition that has made them public."""

    def items(self) -> QuerySet[ResultsChoice, str]:
        public = ResultsChoice.objects.filter(is_public=True, expo__is_public=True)
        return public.order_by("-expo__slug").values_list("expo__slug", flat=True)

    def location(self, item: str) -> str:
        return reverse("results", args=[item])


class Stands(_Bilingual):
    """Stands."""

    def items(self) -> QuerySet[Stand, tuple[str, str]]:
        stands = Stand.objects.filter(expo__in=Expo.objects.public()).order_by("expo", "pk")
        return stands.values_list("expo__slug", "code")

    def location(self, item: tuple[str, str]) -> str:
        return reverse("stand_detail", args=item)


class Products(_Bilingual):
    """What is on sale at each edition."""

    def items(self) -> QuerySet[Product, tuple[str, str]]:
        products = Product.objects.filter(offers__in=_on_sale())
        return (
            products.order_by("offers__stand__expo", "pk")
            .values_list("offers__stand__expo__slug", "slug")
            .distinct()
        )

    def location(self, item: tuple[str, str]) -> str:
        return reverse("product_detail", args=item)


class PesantrenPages(_Bilingual):
    """The pesantren of each edition."""

    def items(self) -> QuerySet[Pesantren, tuple[str, str]]:
        pesantren = Pesantren.objects.filter(stands__expo__in=Expo.objects.public())
        return (
            pesantren.order_by("stands__expo", "pk")
            .values_list("stands__expo__slug", "slug")
            .distinct()
        )

    def location(self, item: tuple[str, str]) -> str:
        return reverse("pesantren_detail", args=item)


class Producers(_Bilingual):
    """Who makes what is on sale at each edition."""

    def items(self) -> QuerySet[Producer, tuple[str, str]]:
        producers = Producer.objects.filter(products__offers__in=_on_sale())
        return (
            producers.order_by("products__offers__stand__expo", "pk")
            .values_list("products__offers__stand__expo__slug", "slug")
            .distinct()
        )

    def location(self, item: tuple[str, str]) -> str:
        return reverse("producer_detail", args=item)


class Schedules(_Bilingual):
    """The programme of each edition that has one."""

    def items(self) -> QuerySet[Expo, str]:
        expos = Expo.objects.public().filter(sessions__isnull=False)
        return expos.order_by("-slug").values_list("slug", flat=True).distinct()

    def location(self, item: str) -> str:
        return reverse("schedule", args=[item])


class Sessions(_Bilingual):
    """Talkshows, trainings and the like."""

    def items(self) -> QuerySet[Session, tuple[str, str]]:
        sessions = Session.objects.filter(expo__in=Expo.objects.public())
        return sessions.order_by("expo", "pk").values_list("expo__slug", "slug")

    def location(self, item: tuple[str, str]) -> str:
        return reverse("session_detail", args=item)


SITEMAPS: dict[str, type[_Bilingual]] = {
    "edisi": EditionPages,
    "hasil": ResultsPages,
    "stan": Stands,
    "produk": Products,
    "pesantren": PesantrenPages,
    "pelaku": Producers,
    "jadwal": Schedules,
    "acara": Sessions,
}
