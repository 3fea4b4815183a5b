"""By what the ledger is narrowed in the admin; the figures of the daily totals lead here too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour, Length
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pesantren.models import Category, Pesantren, Producer, Product
from sales.models import Cashier, Payment, Sale, SaleFlag, SaleLine, Till
from sales.totals.forms import OUTSIDE
from stands.clock import WIB
from stands.models import ExpoDay, Stand

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise


class StandFilter(admin.SimpleListFilter):
    """The stands of the edition that is filtered for, else of the current one."""

    title = _("stan")
    parameter_name = "stand__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expo = as_number(request.GET.get("expo__id__exact"))
        wanted = (
            Q(expo_id=expo) if expo else Q(expo__is_current=True) | Q(pk=as_number(self.value()))
        )
        stands = Stand.objects.filter(wanted).order_by(
            "expo", "zone__order", "zone__code", Length("code"), "code"
        )
        return [(str(stand.pk), str(stand)) for stand in stands]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        return queryset.filter(Q(stand_id=as_number(self.value()))) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """Business dates, several parted by commas; `luar` are those outside the edition's days."""

    title = _("hari")
    parameter_name = "business_date"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expo = as_number(request.GET.get("expo__id__exact"))
        of_expo = Q(expo_id=expo) if expo else Q(expo__is_current=True)
        dates = ExpoDay.objects.filter(of_expo).values_list("date", flat=True)
        known = [(f"{date:%Y-%m-%d}", date_format(date, "D j M Y")) for date in dates]
        known.append((OUTSIDE, str(_("di luar hari pameran"))))
        asked = self.value() or ""
        return known if asked in {"", *dict(known)} else [*known, (asked, asked)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        asked = (self.value() or "").split(",")
        if asked == [""]:
            return queryset
        edition_day = ExpoDay.objects.filter(expo=OuterRef("expo"), date=OuterRef("business_date"))
        wanted = Q(business_date__in=[date for one in asked if (date := _date(one))])
        return queryset.filter(wanted | ~Exists(edition_day) if OUTSIDE in asked else wanted)


class KindFilter(admin.SimpleListFilter):
    """Sales apart from reversals."""

    title = _("jenis")
    parameter_name = "jenis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("jual", str(_("Penjualan"))), ("batal", str(_("Pembatalan")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        if self.value() not in {"jual", "batal"}:
            return queryset
        return queryset.filter(reverses__isnull=self.value() == "jual")


class MethodFilter(admin.SimpleListFilter):
    """Those paid in one way, wholly or in part."""

    title = _("cara bayar")
    parameter_name = "cara"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Payment.Method.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        if not self.value():
            return queryset
        payments = Payment.objects.filter(sale=OuterRef("pk"), method=self.value())
        return queryset.filter(Exists(payments))


class QuietFilter(admin.SimpleListFilter):
    """A filter that only the daily totals lead to: not offered, but named once it is there.

    `-` stands for what has none.
    """

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = self.value()
        return [(value, self.name_of(value))] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        value = self.value()
        return self.narrowed(queryset, value) if value else queryset

    def name_of(self, value: str) -> StrOrPromise:
        """What it is called."""
        return value

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        """Those that have it."""
        raise NotImplementedError


class LineFilter(QuietFilter):
    """Those with a line of something."""

    field: str
    model: type[Model]

    def name_of(self, value: str) -> StrOrPromise:
        row = self.model._default_manager.filter(pk=as_number(value) or 0).first()
        return str(row or _("tanpa"))

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        wanted: Any = self.wanted(value)
        lookup = {f"{self.field}__isnull": True} if wanted is None else {self.field: wanted}
        return sales.filter(Exists(SaleLine.objects.filter(sale=OuterRef("pk"), **lookup)))

    def wanted(self, value: str) -> str | int | None:
        """What the column holds."""
        return None if value == "-" else as_number(value) or 0


class PesantrenFilter(LineFilter):
    """Those with a line of one pesantren."""

    title, parameter_name, field, model = _("pesantren"), "pesantren", "pesantren__slug", Pesantren

    def name_of(self, value: str) -> StrOrPromise:
        return str(Pesantren.objects.filter(slug=value).first() or _("tanpa pesantren"))

    def wanted(self, value: str) -> str | int | None:
        return None if value == "-" else value


class ProducerFilter(LineFilter):
    """Those with a line of one maker."""

    title, parameter_name, field, model = _("pelaku usaha"), "pelaku", "producer", Producer


class ProductFilter(LineFilter):
    """Those with a line of one product."""

    title, parameter_name, field, model = _("produk"), "produk", "product", Product


class CategoryFilter(LineFilter):
    """Those with a line of one category, as the catalogue has it now."""

    title, parameter_name, field, model = _("kategori"), "kategori", "product__category", Category


class ProducerKindFilter(LineFilter):
    """Those with a line of one kind of maker."""

    title, parameter_name, field = _("jenis pelaku usaha"), "jenis_pelaku", "producer__kind"

    def name_of(self, value: str) -> StrOrPromise:
        return dict(Producer.Kind.choices).get(value, value)

    def wanted(self, value: str) -> str | int | None:
        return value


class PillarFilter(LineFilter):
    """Those with a line of one pillar."""

    title, parameter_name, field = _("pilar"), "pilar", "product__pillar"

    def name_of(self, value: str) -> StrOrPromise:
        return dict(Product.Pillar.choices).get(value, _("tanpa pilar"))

    def wanted(self, value: str) -> str | int | None:
        return "" if value == "-" else value


class HourFilter(QuietFilter):
    """Those of one hour of the day, in WIB."""

    title, parameter_name = _("jam"), "jam"

    def name_of(self, value: str) -> StrOrPromise:
        return f"{value}.00"

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        return sales.annotate(hour=ExtractHour("sold_at", tzinfo=WIB)).filter(hour=as_number(value))


class TillFilter(QuietFilter):
    """Those of one till."""

    title, parameter_name = _("kasir"), "till__id__exact"

    def name_of(self, value: str) -> StrOrPromise:
        return str(Till.objects.filter(pk=as_number(value) or 0).first() or value)

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        return sales.filter(Q(till=as_number(value)))


class CashierFilter(QuietFilter):
    """Those of one person at the till, or of nobody in particular."""

    title, parameter_name = _("petugas"), "cashier__id__exact"

    def name_of(self, value: str) -> StrOrPromise:
        return str(
            Cashier.objects.filter(pk=as_number(value) or 0).first() or _("tanpa nama petugas")
        )

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        return sales.filter(Q(cashier=as_number(value)))


def as_number(text: str | None) -> int | None:
    """The key that an address names; None where it names none."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


class SettledFilter(admin.SimpleListFilter):
    """Flags that still wait apart from those settled."""

    title = _("keadaan")
    parameter_name = "selesai"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("tidak", str(_("Belum selesai"))), ("ya", str(_("Selesai")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SaleFlag]) -> QuerySet[SaleFlag]:
        if self.value() not in {"ya", "tidak"}:
            return queryset
        return queryset.filter(settled_at__isnull=self.value() == "tidak")
