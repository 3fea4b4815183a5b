"""What each of the three lists is narrowed by: stands, products and pesantren."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from django.db.models import TextChoices
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from pesantren.money import thousands
from stands import catalogue
from stands.facts import facts_of_pesantren, facts_of_products, facts_of_stands
from stands.filter_fields import Flag, Lenient, Rupiah, Several
from stands.filter_form import WORDS, Filter
from stands.models import SearchEntry, Stand

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import QueryDict

    from pesantren.models import Pesantren, ProductQuerySet
    from stands.facts import Facts
    from stands.models import Expo, StandQuerySet


class StandFilter(Filter):
    """Stands by where they are, who stands there and what they sell."""

    search_label = _("Cari nama stan atau pesantren")
    search_hint = _("Cari stan…")
    kind = SearchEntry.Kind.STAND

    zone = Several(label=_("Zona"), required=False)
    category = Several(label=_("Kategori"), required=False)
    credential = Several(label=_("Legalitas"), required=False)
    regency = Several(label=_("Kabupaten/kota"), required=False)
    pillar = Several(label=_("Pilar"), required=False)
    price_from = Rupiah(label=_("Dari"))
    price_to = Rupiah(label=_("Sampai"))
    open_now = Flag(label=_("Buka sekarang"), required=False)
    in_stock = Flag(label=_("Masih ada stok"), required=False)
    export_ready = Flag(label=_("Layak ekspor"), required=False)

    def known(self) -> Facts:
        return self.kept(facts_of_stands)

    def listed(self) -> StandQuerySet:
        return Stand.objects.at(self.expo)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s stan", "%(n)s stan", count) % {"n": thousands(count)}


class ProductFilter(Filter):
    """Products by what they are, who made them, where they are sold and what vouches for them."""

    search_label = _("Cari produk, pembuat, atau pesantren")
    search_hint = _("Cari produk…")
    kind = SearchEntry.Kind.PRODUCT

    class Sort(TextChoices):
        CHEAPEST = "cheapest", _("Harga terendah")
        DEAREST = "dearest", _("Harga tertinggi")

    sort = Lenient(label=_("Urutkan"), required=False)
    category = Several(label=_("Kategori"), required=False)
    credential = Several(label=_("Legalitas"), required=False)
    price_from = Rupiah(label=_("Dari"))
    price_to = Rupiah(label=_("Sampai"))
    open_now = Flag(label=_("Stannya buka sekarang"), required=False)
    in_stock = Flag(label=_("Masih ada stok"), required=False)
    export_ready = Flag(label=_("Layak ekspor"), required=False)
    exported = Flag(label=_("Sudah diekspor"), required=False)
    curated = Flag(label=_("Lolos kurasi"), required=False)
    zone = Several(label=_("Zona"), required=False)
    regency = Several(label=_("Kabupaten/kota"), required=False)
    pillar = Several(label=_("Pilar"), required=False)

    def __init__(self, data: QueryDict, *, expo: Expo, now: dt.datetime) -> None:
        super().__init__(data, expo=expo, now=now)
        first = _("Paling cocok") if self.data.get(WORDS) else _("Nama A–Z")
        cast("Lenient", self.fields["sort"]).choices = [("", first), *self.Sort.choices]

    @cached_property
    def keys(self) -> list[int]:
        """The keys of what fits in the order asked for; unless said, the best fit, then by name."""
        sort = self.asked.get("sort")
        if not sort:
            return self._keys
        lowest = self.facts.lowest_prices()
        sign = 1 if sort == self.Sort.CHEAPEST else -1
        found = self.facts.keys_of(self._rows_without())
        return sorted(found, key=lambda key: sign * lowest[key])

    def known(self) -> Facts:
        return self.kept(facts_of_products, get_language())

    def listed(self) -> ProductQuerySet:
        return catalogue.products_at(self.expo)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s produk", "%(n)s produk", count) % {"n": thousands(count)}


class PesantrenFilter(Filter):
    """Pesantren by where they are and what of theirs is sold."""

    search_label = _("Cari nama pesantren")
    search_hint = _("Cari pesantren…")
    kind = SearchEntry.Kind.PESANTREN

    regency = Several(label=_("Kabupaten/kota"), required=False)
    category = Several(label=_("Kategori"), required=False)
    credential = Several(label=_("Legalitas"), required=False)
    export_ready = Flag(label=_("Layak ekspor"), required=False)
    exported = Flag(label=_("Sudah diekspor"), required=False)
    zone = Several(label=_("Zona"), required=False)
    pillar = Several(label=_("Pilar"), required=False)

    def known(self) -> Facts:
        return self.kept(facts_of_pesantren)

    def listed(self) -> QuerySet[Pesantren]:
        return catalogue.pesantren_at(self.expo)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s pesantren", "%(n)s pesantren", count) % {"n": thousands(count)}
