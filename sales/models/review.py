"""What waits for an organiser: flags beside recorded sales, and sales that are held."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.models.ledger import Sale
from sales.models.tills import Cashier, Till
from stands.models import Stand


class SaleFlag(models.Model):
    """Something about a recorded sale that an organiser should look at."""

    class Kind(models.TextChoices):
        PRICE_DIFFERED = "price_differed", _("harga berbeda")
        OFFER_WITHDRAWN = "offer_withdrawn", _("barang sudah ditarik")
        STOCK_BELOW_ZERO = "stock_below_zero", _("stok di bawah nol")
        OUTSIDE_DAYS = "outside_days", _("di luar hari pameran")
        CLOCK_OFF = "clock_off", _("jam tablet meleset")
        VOUCHER_CLASH = "voucher_clash", _("voucher bermasalah")
        VOUCHER_INVALID = "voucher_invalid", _("kode voucher tidak dikenal")
        VOUCHER_CASHED = "voucher_cashed", _("voucher diuangkan")

    class Resolution(models.TextChoices):
        ACCEPTED = "accepted", _("diterima apa adanya")
        CORRECTED = "corrected", _("dibetulkan dengan pembatalan")
        DISMISSED = "dismissed", _("diabaikan")

    sale = models.ForeignKey(
        Sale,
        verbose_name=_("penjualan"),
        on_delete=models.PROTECT,
        related_name="flags",
        db_index=False,
    )
    kind = models.CharField(_("tanda"), max_length=20, choices=Kind)
    detail = models.JSONField(_("rincian"), default=dict, blank=True)
    created_at = models.DateTimeField(_("dibuat"), default=timezone.now, editable=False)
    resolution = models.CharField(
        _("hasil"), max_length=10, choices=Resolution, blank=True, default=""
    )
    settled_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diselesaikan oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settlement = models.CharField(_("penyelesaian"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("tanda periksa")
        verbose_name_plural = pgettext_lazy("jamak", "tanda periksa")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "kind"], name="sale_flag_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.sale})"


class HeldSale(models.Model):
    """A sale that came in and cannot be a ledger entry yet: kept as it came, never counted."""

    class Reason(models.TextChoices):
        OTHER_CONTENT = "other_content", _("nomor sama, isi berbeda")
        FUTURE = "future", _("tanggal di masa depan")
        TOO_OLD = "too_old", _("lebih dari 30 hari lalu")
        OVER_REVERSAL = "over_reversal", _("pembatalan melebihi penjualan")
        ORIGINAL_HELD = "original_held", _("penjualan yang dibatalkan masih ditahan")
        ORIGINAL_UNKNOWN = "original_unknown", _("penjualan yang dibatalkan belum pernah masuk")
        NUMBER_TAKEN = "number_taken", _("nomor nota sudah dipakai")
        OTHER_TILL = "other_till", _("nomor nota milik kasir lain")
        OFFER_UNKNOWN = "offer_unknown", _("barang tidak dikenal di stan ini")

    class State(models.TextChoices):
        WAITING = "waiting", _("menunggu panitia")
        ACCEPTED = "accepted", _("disetujui")
        DISMISSED = "dismissed", _("ditolak")

    sale_uuid = models.UUIDField(_("UUID penjualan"))
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        on_delete=models.PROTECT,
        related_name="held_sales",
    )
    till = models.ForeignKey(
        Till,
        verbose_name=_("kasir"),
        on_delete=models.PROTECT,
        related_name="held_sales",
    )
    cashier = models.ForeignKey(
        Cashier,
        verbose_name=_("petugas"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held_sales",
    )
    reason = models.CharField(_("sebab"), max_length=20, choices=Reason)
    request = models.JSONField(_("permintaan"))
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64)
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(_("diputuskan"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diputuskan oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision = models.CharField(_("keputusan"), max_length=200, blank=True)
    # The entry that it became when it was accepted.
    sale = models.OneToOneField(
        Sale,
        verbose_name=_("penjualan"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="held_as",
    )

    class Meta:
        verbose_name = _("penjualan ditahan")
        verbose_name_plural = pgettext_lazy("jamak", "penjualan ditahan")
        ordering = ["-received_at", "-pk"]
        constraints = [
            # The same request sent again is the same held sale.
            models.UniqueConstraint(
                fields=["sale_uuid", "fingerprint"], name="held_sale_request_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale_uuid} ({self.get_reason_display()})"
