"""Both sides of the money at the bank as files: every payment, and every line of the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sales.bank.asking import chosen_of
from sales.bank.reads import Chosen, claims_with_sales, lines_of
from sales.models import BankMatch, PaymentCheck
from stands.clock import WIB
from stands.models import Stand
from stands.organiser_page import all_expos, wanted_expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpResponse

    from stands.http import SignedInRequest


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
def bank_csv(request: SignedInRequest) -> HttpResponse:
    """Both sides as they stand: every payment of the filter, and every line of the bank."""
    chosen, name = _to_export(request)
    return csv_response(f"{name}.csv", _table(chosen))


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
def bank_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    chosen, name = _to_export(request)
    return xlsx_response(f"{name}.xlsx", _("Uang di bank"), _table(chosen))


def _to_export(request: SignedInRequest) -> tuple[Chosen, str]:
    expo = wanted_expo(all_expos(), request.GET)
    if expo is None:
        raise Http404
    chosen = chosen_of(expo, list(Stand.objects.at(expo)), request.GET)
    return chosen, f"uang-di-bank-{expo.slug}-{timezone.now().astimezone(WIB):%Y%m%d-%H%M}"


def _table(chosen: Chosen) -> Iterator[Sequence[str | int]]:
    yield [
        _("sisi"),
        _("stan"),
        _("hari"),
        _("waktu"),
        _("cara bayar"),
        _("nomor nota"),
        _("nilai (rupiah)"),
        _("keadaan"),
        _("catatan"),
        _("diperiksa oleh"),
        _("baris mutasi"),
        _("berkas"),
    ]
    for payment in claims_with_sales(chosen).iterator(chunk_size=2_000):
        sale: Any = payment.sale
        found: Any = payment
        yield [
            _("buku"),
            sale.stand.code,
            f"{sale.business_date:%Y-%m-%d}",
            f"{sale.sold_at.astimezone(WIB):%H:%M:%S}",
            payment.get_method_display(),
            sale.number,
            payment.amount_rupiah,
            str(PaymentCheck.Outcome(found.outcome).label) if found.outcome else _("belum"),
            found.found_note or "",
            found.found_by or "",
            found.found_line or "",
            "",
        ]
    lines: Any = lines_of(chosen.expo).select_related("statement", "stand")
    if chosen.stand is not None:
        lines = lines.filter(stand=chosen.stand)
    if chosen.day is not None:
        lines = lines.filter(date=chosen.day)
    if chosen.method:
        lines = lines.filter(statement__method__in=("", chosen.method))
    for line in lines.iterator(chunk_size=2_000):
        yield [
            _("bank"),
            line.stand.code if line.stand else "",
            f"{line.date:%Y-%m-%d}",
            f"{line.at.astimezone(WIB):%H:%M:%S}" if line.at else "",
            line.statement.get_method_display() if line.statement.method else "",
            "",
            line.amount_rupiah,
            str(BankMatch.Kind(line.kind).label) if line.kind else _("belum"),
            line.text,
            "",
            line.pk,
            line.statement.name,
        ]
