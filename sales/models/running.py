"""Sums that run along with the ledger, so that no page has to add up a million lines."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Pesantren, Producer, Product
from sales.models.closing import DayClose
from sales.models.ledger import Payment, Sale
from sales.models.tills import Cashier, Till
from stands.models import Expo, Stand


class RunningTotalQuerySet(models.QuerySet["RunningTotal"]):
    """Running totals, in words."""

    def unclosed(self) -> RunningTotalQuerySet:
        """Whole sales of tills on days that nobody closed.

        What an organiser takes back at the desk is of no drawer: it leaves nothing to close.
        """
        of_day = {name: OuterRef(name) for name in ("till", "business_date")}
        here = Sale.objects.filter(expo=OuterRef("expo"), stand=OuterRef("stand"), **of_day)
        # Reversals are few and have an index: a page asks for this every few seconds.
        here = here.filter(reverses__isnull=False, training=False)
        here = here.exclude(intake=Sale.Intake.ORGANISER)
        return self.filter(
            ~Exists(DayClose.objects.filter(**of_day)),
            # The desk sells nothing: only where nothing else was sold either is it asked who.
            Q(sale_count__gt=0) | Exists(here),
            axis=RunningTotal.Axis.SALE,
        )


class RunningTotal(models.Model):
    """What one stand sold on one day, along one axis: written with the ledger, never without it.

    Every axis sums the whole ledger anew. Each has its own rows, since a sale of two makers counts
    with both and once in all. Training is in none of them.
    """

    class Axis(models.TextChoices):
        SALE = "sale", _("nota")
        METHOD = "method", _("cara bayar")
        PESANTREN = "pesantren", _("pesantren")
        PRODUCER = "producer", _("pelaku usaha")
        PRODUCT = "product", _("produk")

    # All that tells a row from others, written out: a unique key that holds empty columns too.
    key = models.CharField(_("kunci"), max_length=120)
    axis = models.CharField(_("sumbu"), max_length=9, choices=Axis)
    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="+"
    )
    business_date = models.DateField(_("hari"))
    # Of whole sales and of payments: hour in WIB, till, cashier.
    hour = models.PositiveSmallIntegerField(_("jam"), null=True)
    till = models.ForeignKey(
        Till,
        verbose_name=_("kasir"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    cashier = models.ForeignKey(
        Cashier,
        verbose_name=_("petugas"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    method = models.CharField(_("cara bayar"), max_length=8, choices=Payment.Method, blank=True)
    # Of lines: the product and its makers as they were at the sale.
    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # What was taken back is negative, in rupiah and in pieces. Pieces are counted along lines.
    gross_rupiah = models.BigIntegerField(_("kotor"))
    reversed_rupiah = models.BigIntegerField(_("dibatalkan"))
    sale_count = models.BigIntegerField(_("penjualan"))
    reversal_count = models.BigIntegerField(_("pembatalan"))
    pieces = models.BigIntegerField(_("banyaknya"))

    objects = RunningTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("jumlah berjalan")
        verbose_name_plural = pgettext_lazy("jamak", "jumlah berjalan")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="running_total_key_unique"),
        ]
        indexes = [
            models.Index(fields=["expo", "axis", "business_date"], name="running_expo_axis_day"),
        ]

    def __str__(self) -> str:
        return self.key
