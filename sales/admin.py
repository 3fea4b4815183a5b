"""The ledger in the admin, to look at and to search, and what waited for an organiser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import sales.tablet.admin  # noqa: F401, registers what it holds
from events.admin import ReadOnlyAdmin
from pesantren.money import rupiah
from sales.admin_filters import (
    CashierFilter,
    CategoryFilter,
    DayFilter,
    HourFilter,
    KindFilter,
    MethodFilter,
    PesantrenFilter,
    PillarFilter,
    ProducerFilter,
    ProducerKindFilter,
    ProductFilter,
    SettledFilter,
    StandFilter,
    TillFilter,
    as_number,
)
from sales.models import HeldSale, LedgerHead, Payment, Sale, SaleFlag, SaleLine

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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
        return redirect("flag_detail", as_number(object_id) or 0)


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
        return redirect("held_detail", as_number(object_id) or 0)
