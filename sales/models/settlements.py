"""Vouchers paid back: who got how much for which, for ever.

What is settled is the share of a maker in a voucher's use. A stand is paid for all shares of its
sales, or a maker for its own at all stands; a share is in one settlement at most, so nothing is
paid twice whichever way was chosen. Settlements are numbered through an edition and chained by
hash.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Producer
from sales.models.vouchers import VoucherShare
from stands.models import Expo, Stand


class SettlementHead(models.Model):
    """The end of an edition's settlements: the row that settling locks."""

    expo = models.OneToOneField(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="settlement_head"
    )
    number = models.PositiveIntegerField(_("nomor terakhir"), default=0)
    hash = models.CharField(_("sidik terakhir"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("rantai pelunasan")
        verbose_name_plural = pgettext_lazy("jamak", "rantai pelunasan")

    def __str__(self) -> str:
        return f"{self.expo} #{self.number}"


class Settlement(models.Model):
    """Vouchers paid back to one stand or one maker; append only.

    The total is negative where more was taken back since the last one than used: then the stand
    pays.
    """

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="settlements"
    )
    number = models.PositiveIntegerField(_("nomor"))
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="settlements",
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        on_delete=models.PROTECT,
        related_name="settlements",
    )
    # As it was called then.
    payee_name = models.CharField(_("dibayarkan kepada"), max_length=160)
    total_rupiah = models.BigIntegerField(_("jumlah"))
    line_count = models.PositiveIntegerField(_("baris"))
    received_by = models.CharField(_("diterima oleh"), max_length=80)
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibayar oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("waktu"), default=timezone.now)
    previous_hash = models.CharField(_("sidik sebelumnya"), max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    class Meta:
        verbose_name = _("pelunasan")
        verbose_name_plural = pgettext_lazy("jamak", "pelunasan")
        ordering = ["-expo", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["expo", "number"], name="settlement_number_unique"),
            models.CheckConstraint(name="settlement_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="settlement_has_one_payee",
                condition=Q(stand__isnull=False, producer__isnull=True)
                | Q(stand__isnull=True, producer__isnull=False),
                violation_error_message=_("Pelunasan untuk satu stan atau satu pelaku usaha."),
            ),
            models.CheckConstraint(
                name="settlement_says_who_received",
                condition=~Q(received_by=""),
                violation_error_message=_("Tulis siapa yang menerima."),
            ),
            models.CheckConstraint(name="settlement_has_lines", condition=Q(line_count__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.printed_number} {self.payee_name}"

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper: `PV-0007`."""
        return f"PV-{self.number:04d}"

    @property
    def is_paid_by_stand(self) -> bool:
        """Whether the payee gives money back."""
        return self.total_rupiah < 0


class SettlementLine(models.Model):
    """One maker's share in what one ledger entry did with a voucher; append only."""

    settlement = models.ForeignKey(
        Settlement, verbose_name=_("pelunasan"), on_delete=models.PROTECT, related_name="lines"
    )
    position = models.PositiveIntegerField(_("baris"))
    share = models.OneToOneField(
        VoucherShare,
        verbose_name=_("bagian pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="settlement_line",
    )
    amount_rupiah = models.BigIntegerField(_("nilai"))

    class Meta:
        verbose_name = _("baris pelunasan")
        verbose_name_plural = pgettext_lazy("jamak", "baris pelunasan")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "position"], name="settlement_line_position_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement}: {self.amount_rupiah}"
