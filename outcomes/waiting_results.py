"""What may still change the figures of an edition: told before freezing, never in its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pesantren.money import thousands
from sales.models import (
    HeldSale,
    RunningTotal,
    SaleFlag,
    Till,
    VoucherEntry,
    VoucherShare,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from stands.models import Expo


@dataclass(frozen=True)
class Waiting:
    """Something that is not finished, in words, and where it is finished."""

    words: str
    address: str = ""


def waiting_at(expo: Expo, now: dt.datetime) -> list[Waiting]:
    """What is not finished at an edition, in a query each."""
    return list(_waiting(expo, now))


def _waiting(expo: Expo, now: dt.datetime) -> Iterator[Waiting]:
    edition = f"?edisi={expo.slug}"
    if not expo.has_ended_by(now):
        yield Waiting(_("Pameran ini belum selesai."))
    if n := _unclosed(expo):
        said = ngettext("%(n)s kasir belum ditutup.", "%(n)s kasir belum ditutup.", n)
        yield Waiting(said % {"n": thousands(n)}, f"{reverse('closings')}{edition}")
    if n := Till.objects.filter(expo=expo).aggregate(n=Sum("unsent"))["n"] or 0:
        said = ngettext(
            "%(n)s nota masih di tablet, menurut kontak terakhirnya.",
            "%(n)s nota masih di tablet, menurut kontak terakhirnya.",
            n,
        )
        yield Waiting(said % {"n": thousands(n)}, f"{reverse('tablets')}{edition}")
    if n := SaleFlag.objects.filter(sale__expo=expo, settled_at=None).count():
        said = ngettext("%(n)s tanda belum diperiksa.", "%(n)s tanda belum diperiksa.", n)
        yield Waiting(said % {"n": thousands(n)}, f"{reverse('work_list')}{edition}")
    if n := HeldSale.objects.filter(stand__expo=expo, state=HeldSale.State.WAITING).count():
        said = ngettext(
            "%(n)s penjualan ditahan dan belum diputuskan.",
            "%(n)s penjualan ditahan dan belum diputuskan.",
            n,
        )
        yield Waiting(said % {"n": thousands(n)}, f"{reverse('work_list')}{edition}")
    if n := _unsettled(expo):
        said = ngettext(
            "%(n)s pembayaran voucher belum dilunasi ke stan.",
            "%(n)s pembayaran voucher belum dilunasi ke stan.",
            n,
        )
        yield Waiting(said % {"n": thousands(n)}, f"{reverse('settlements')}{edition}")


def _unclosed(expo: Expo) -> int:
    """Days of tills on which something was sold and that were not closed."""
    sold = RunningTotal.objects.filter(expo=expo).unclosed()
    return sold.values("till", "business_date").distinct().count()


def _unsettled(expo: Expo) -> int:
    """Shares of makers in what vouchers paid, that nobody has paid back."""
    entries = VoucherEntry.objects.of_expo(expo).payable()
    return VoucherShare.objects.filter(entry__in=entries, settlement_line__isnull=True).count()
