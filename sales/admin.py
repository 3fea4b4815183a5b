"""The ledger in the admin, to look at and to search, and what waited for an organiser."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour, Length
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import sales.tablet.admin  # noqa: F401, registers what it holds
from events.admin import ReadOnlyAdmin
from pesantren.models import Category, Pesantren, Producer, Product
from pesantren.money import rupiah
from sales.models import (
    Cashier,
    HeldSale,
    LedgerHead,
    Payment,
    Sale,
    SaleFlag,
    SaleLine,
    Till,
)
from sales.totals.forms import OUTSIDE
from stands.clock import WIB
from stands.models import ExpoDay, Stand

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise


# --- the ledger ---------------------------------------------------------------------------------


class ReadOnlyInline(admin.TabularInline):
    """Parts of a row that is never changed."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SaleLineInline(ReadOnlyInline):
    """What was sold."""

    model = SaleLine
    fields = ["product_name", "quantity", "unit", "unit_price", "amount", "producer", "pesantren"]
    readonly_fields = ["unit_price", "amount"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SaleLine]:
        lines = super().get_queryset(request)
        return lines.select_related("producer", "pesantren").order_by("position")

    @admin.display(description=_("harga satuan"))
    def unit_price(self, line: SaleLine) -> str:
        return rupiah(line.unit_price_rupiah)

    @admin.display(description=_("nilai"))
    def amount(self, line: SaleLine) -> str:
        return rupiah(line.amount_rupiah)


class PaymentInline(ReadOnlyInline):
    """How it was paid."""

    model = Payment
    fields = ["method", "amount", "tendered", "change"]
    readonly_fields = ["amount", "tendered", "change"]

    @admin.display(description=_("nilai"))
    def amount(self, payment: Payment) -> str:
        return rupiah(payment.amount_rupiah)

    @admin.display(description=_("uang diterima"))
    def tendered(self, payment: Payment) -> str:
        return rupiah(payment.tendered_rupiah)

    @admin.display(description=_("kembali"))
    def change(self, payment: Payment) -> str:
        return rupiah(payment.change_rupiah) if payment.tendered_rupiah is not None else ""


class StandFilter(admin.SimpleListFilter):
    """The stands of the edition that is filtered for, else of the current one."""

    title = _("stan")
    parameter_name = "stand__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expo = _number(request.GET.get("expo__id__exact"))
        wanted = Q(expo_id=expo) if expo else Q(expo__is_current=True) | Q(pk=_number(self.value()))
        stands = Stand.objects.filter(wanted).order_by(
            "expo", "zone__order", "zone__code", Length("code"), "code"
        )
        return [(str(stand.pk), str(stand)) for stand in stands]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sale]) -> QuerySet[Sale]:
        return queryset.filter(Q(stand_id=_number(self.value()))) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """Business dates, several parted by commas; `luar` are those outside the edition's days."""

    title = _("hari")
    parameter_name = "business_date"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expo = _number(request.GET.get("expo__id__exact"))
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
        row = self.model._default_manager.filter(pk=_number(value) or 0).first()
        return str(row or _("tanpa"))

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        wanted: Any = self.wanted(value)
        lookup = {f"{self.field}__isnull": True} if wanted is None else {self.field: wanted}
        return sales.filter(Exists(SaleLine.objects.filter(sale=OuterRef("pk"), **lookup)))

    def wanted(self, value: str) -> str | int | None:
        """What the column holds."""
        return None if value == "-" else _number(value) or 0


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
        return sales.annotate(hour=ExtractHour("sold_at", tzinfo=WIB)).filter(hour=_number(value))


class TillFilter(QuietFilter):
    """Those of one till."""

    title, parameter_name = _("kasir"), "till__id__exact"

    def name_of(self, value: str) -> StrOrPromise:
        return str(Till.objects.filter(pk=_number(value) or 0).first() or value)

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        return sales.filter(Q(till=_number(value)))


class CashierFilter(QuietFilter):
    """Those of one person at the till, or of nobody in particular."""

    title, parameter_name = _("petugas"), "cashier__id__exact"

    def name_of(self, value: str) -> StrOrPromise:
        return str(
            Cashier.objects.filter(pk=_number(value) or 0).first() or _("tanpa nama petugas")
        )

    def narrowed(self, sales: QuerySet[Sale], value: str) -> QuerySet[Sale]:
        return sales.filter(Q(cashier=_number(value)))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@admin.register(Sale)
class SaleAdmin(ReadOnlyAdmin):
    """The entries of the ledger, newest first."""

    list_display = ["number", "when", "stand", "total", "kind", "paid", "cashier"]
    list_filter = [
        "expo",
        DayFilter,
        KindFilter,
        MethodFilter,
        StandFilter,
        PesantrenFilter,
        ProducerFilter,
        ProducerKindFilter,
        PillarFilter,
        CategoryFilter,
        ProductFilter,
        HourFilter,
        TillFilter,
        CashierFilter,
        "training",
        "intake",
    ]
    search_fields = ["number", "lines__product_name", "note", "reason"]
    search_help_text = _("Nomor nota, nama barang, catatan, atau alasan pembatalan")
    ordering = ["-sold_at"]
    inlines = [SaleLineInline, PaymentInline]
    fieldsets = [
        (None, {"fields": ["number", "kind", "total", "business_date", "sold_at", "practice"]}),
        (_("Di mana"), {"fields": ["expo", "stand", "till", "cashier", "intake"]}),
        (_("Pembatalan"), {"fields": ["reverses", "reason", "taken_back_by"]}),
        (_("Catatan"), {"fields": ["note"]}),
        (
            _("Buku"),
            {
                "classes": ["collapse"],
                "fields": [
                    "id",
                    "sequence",
                    "received_at",
                    "device_at",
                    "fingerprint",
                    "previous_hash",
                    "hash",
                ],
            },
        ),
    ]
    readonly_fields = ["kind", "total", "practice", "taken_back_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sale]:
        sales: QuerySet[Sale] = super().get_queryset(request)
        return sales.select_related(
            "expo", "stand", "till__stand", "cashier__stand", "reverses"
        ).prefetch_related("payments")

    @admin.display(description=_("dibayar"), ordering="sold_at")
    def when(self, sale: Sale) -> str:
        return date_format(timezone.localtime(sale.sold_at), gettext("j M Y, H.i"))

    @admin.display(description=_("jenis"))
    def kind(self, sale: Sale) -> str:
        kind = _("latihan") if sale.training else _("penjualan")
        if sale.reverses:
            return format_html(
                '<span class="taken-back">{} {}</span>', _("batal"), sale.reverses.number
            )
        return str(kind)

    @admin.display(description=_("latihan"))
    def practice(self, sale: Sale) -> str:
        return str(_("ya, tidak dihitung")) if sale.training else ""

    @admin.display(description=_("cara bayar"))
    def paid(self, sale: Sale) -> str:
        return ", ".join(str(one.get_method_display()) for one in sale.payments.all())

    @admin.display(description=_("total"), ordering="total_rupiah")
    def total(self, sale: Sale) -> str:
        return rupiah(sale.total_rupiah)

    @admin.display(description=_("dibatalkan oleh"))
    def taken_back_by(self, sale: Sale) -> str:
        return ", ".join(sale.reversals.values_list("number", flat=True)) or "–"


@admin.register(LedgerHead)
class LedgerHeadAdmin(ReadOnlyAdmin):
    """How far the ledger of each stand has come."""

    list_display = ["stand", "sequence", "web_counter", "hash"]
    list_filter = ["stand__expo"]
    list_select_related = ["stand"]
    search_fields = ["stand__code", "stand__name"]


# --- what waited for an organiser ---------------------------------------------------------------


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


@admin.register(SaleFlag)
class SaleFlagAdmin(ReadOnlyAdmin):
    """All flags, settled or not. Each is shown and settled on the work list's own page."""

    list_display = ["sale", "kind", "created_at", "resolution", "settled_by", "settlement"]
    list_filter = [SettledFilter, "resolution", "kind", "sale__expo"]
    list_select_related = ["sale", "settled_by"]
    search_fields = ["sale__number", "settlement"]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return redirect("flag_detail", _number(object_id) or 0)


@admin.register(HeldSale)
class HeldSaleAdmin(ReadOnlyAdmin):
    """All held sales, decided or not. Each is shown and decided on the work list's own page."""

    list_display = ["received_at", "stand", "till", "reason", "state", "decided_by", "decision"]
    list_filter = ["state", "reason", "stand__expo"]
    list_select_related = ["stand", "till", "decided_by"]
    search_fields = ["sale_uuid", "stand__code", "stand__name", "decision"]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return redirect("held_detail", _number(object_id) or 0)
