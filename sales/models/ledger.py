"""What was sold. Sale, SaleLine and Payment are the ledger: `recording` writes it, nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Pesantren, Producer, Product
from sales.models.tills import Cashier, Till
from stands.models import Expo, Offer, Stand

if TYPE_CHECKING:
    import datetime as dt


class LedgerHead(models.Model):
    """The end of a stand's ledger: the row that recording locks."""

    stand = models.OneToOneField(
        Stand,
        verbose_name=_("stan"),
        on_delete=models.PROTECT,
        related_name="ledger_head",
    )
    sequence = models.PositiveBigIntegerField(_("nomor urut terakhir"), default=0)
    hash = models.CharField(_("sidik terakhir"), max_length=64, blank=True)
    # The plain form of this stand, and the last receipt number that the server gave to it.
    web_till = models.OneToOneField(
        Till, verbose_name=_("formulir"), on_delete=models.PROTECT, related_name="+"
    )
    web_counter = models.PositiveBigIntegerField(_("nomor nota terakhir"), default=0)
    # The latest day that any till here has closed: what is sold later needs no look at the closes.
    last_closed_day = models.DateField(_("hari tutup terakhir"), null=True)

    class Meta:
        verbose_name = _("rantai nota")
        verbose_name_plural = pgettext_lazy("jamak", "rantai nota")

    def __str__(self) -> str:
        return f"{self.stand.code} #{self.sequence}"


class SaleQuerySet(models.QuerySet["Sale"]):
    """Ledger entries, in words."""

    def counted(self) -> SaleQuerySet:
        """Those that totals sum: everything but training."""
        return self.filter(training=False)

    def at_stand(self, stand: Stand) -> SaleQuerySet:
        """Those of one stand."""
        return self.filter(stand=stand)

    def on_day(self, day: dt.date) -> SaleQuerySet:
        """Those of one business date."""
        return self.filter(business_date=day)

    def latest_first(self) -> SaleQuerySet:
        """From the end of the ledger back."""
        return self.order_by("-sequence")

    def originals(self) -> SaleQuerySet:
        """Sales that can be taken back: not themselves a reversal."""
        return self.filter(reverses__isnull=True)

    def with_voucher_use(self) -> SaleQuerySet:
        """With whether a voucher paid some of it, in the same query."""
        paid = Payment.objects.filter(sale=models.OuterRef("pk"), method=Payment.Method.VOUCHER)
        return self.annotate(  # type: ignore[no-redef]  # declared on the model for the readers
            is_by_voucher=models.Exists(paid)
        )

    def with_content(self) -> SaleQuerySet:
        """With lines, their makers and payments, in three more queries."""
        return self.select_related("expo", "stand", "till", "cashier", "reverses").prefetch_related(
            "lines__producer", "payments"
        )


class Sale(models.Model):
    """One entry of a stand's ledger: a sale, or a reversal that takes back all or part of one.

    Amounts of a reversal are negative. The key is the UUID that the tablet made when its payment
    panel opened, so the same sale sent twice is one row.
    """

    class Intake(models.TextChoices):
        FORM = "form", _("formulir")
        OUTBOX = "outbox", _("tablet")
        HELD = "held", _("disetujui panitia")
        ORGANISER = "organiser", _("panitia")
        EXAMPLE = "example", _("contoh")

    id = models.UUIDField(primary_key=True, editable=False)
    # Whoever looks for an edition's, a stand's or a sale's rows finds them by an index that begins
    # with it; another of its own would be written with every sale and read by nobody.
    expo = models.ForeignKey(
        Expo,
        verbose_name=_("edisi"),
        on_delete=models.PROTECT,
        related_name="sales",
        db_index=False,
    )
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        on_delete=models.PROTECT,
        related_name="sales",
        db_index=False,
    )
    till = models.ForeignKey(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="sales"
    )
    cashier = models.ForeignKey(
        Cashier,
        verbose_name=_("petugas"),
        null=True,
        on_delete=models.PROTECT,
        related_name="sales",
    )
    sequence = models.PositiveBigIntegerField(_("nomor urut"))
    number = models.CharField(_("nomor nota"), max_length=20)
    reverses = models.ForeignKey(
        "self",
        verbose_name=_("membatalkan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="reversals",
    )
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    training = models.BooleanField(_("latihan"), default=False)
    intake = models.CharField(_("masuk lewat"), max_length=9, choices=Intake)
    total_rupiah = models.BigIntegerField(_("total"))
    # The tablet's clock corrected by the offset measured at sync; its raw reading beside it.
    sold_at = models.DateTimeField(_("dibayar"))
    device_at = models.DateTimeField(_("jam tablet"), null=True)
    received_at = models.DateTimeField(_("diterima"))
    business_date = models.DateField(_("hari"))
    # SHA-256 of what was asked to be recorded: tells a repeat from a different sale.
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64)
    previous_hash = models.CharField(_("sidik sebelumnya"), max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    # Set by with_voucher_use().
    is_by_voucher: bool

    objects = SaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("penjualan")
        verbose_name_plural = pgettext_lazy("jamak", "penjualan")
        ordering = ["-business_date", "stand", "-sequence"]
        indexes = [
            models.Index(fields=["expo", "business_date", "stand"], name="sale_expo_day_stand"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["stand", "sequence"], name="sale_sequence_unique"),
            models.UniqueConstraint(fields=["number", "expo"], name="sale_number_unique"),
            models.CheckConstraint(name="sale_sequence_from_one", condition=Q(sequence__gte=1)),
            models.CheckConstraint(
                name="sale_sign_follows_kind",
                condition=Q(reverses__isnull=True, total_rupiah__gte=0, reason="")
                | (Q(reverses__isnull=False, total_rupiah__lte=0) & ~Q(reason="")),
                violation_error_message=_("Pembatalan harus bernilai negatif dan punya alasan."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_reversal(self) -> bool:
        """Whether this entry takes back another."""
        return self.reverses_id is not None

    def left_by_method(self) -> dict[str, int]:
        """How much of what was paid in each way has not been paid back yet, in rupiah.

        In the order in which it goes back: as it was paid, and what a voucher paid last.
        """
        rows = (
            Payment.objects.filter(Q(sale=self) | Q(sale__reverses=self))
            .values_list("method")
            .annotate(left=models.Sum("amount_rupiah"), first=models.Min("position"))
            .order_by("first")
        )
        voucher_last = sorted(rows, key=lambda row: row[0] == Payment.Method.VOUCHER)
        return {method: left for method, left, _first in voucher_last}

    def left_by_line(self) -> dict[int, int]:
        """How many pieces of each line, by its position, have not been taken back yet."""
        lines = self.lines.all()
        rows = (
            SaleLine.objects.filter(reverses_line__in=[line.pk for line in lines])
            .values_list("reverses_line_id")
            .annotate(taken=models.Sum("quantity"))
            .order_by()
        )
        taken = dict(rows)
        return {line.position: line.quantity + taken.get(line.pk, 0) for line in lines}


class SaleLine(models.Model):
    """One product in a sale, with name, price and maker as they were."""

    sale = models.ForeignKey(
        Sale,
        verbose_name=_("penjualan"),
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(_("baris"))
    offer = models.ForeignKey(
        Offer,
        verbose_name=_("barang di stan"),
        on_delete=models.PROTECT,
        related_name="lines",
    )
    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        on_delete=models.PROTECT,
        related_name="lines",
    )
    # The maker at the time of the sale: a later change of the catalogue moves no published total.
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="lines",
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        on_delete=models.PROTECT,
        related_name="lines",
    )
    reverses_line = models.ForeignKey(
        "self",
        verbose_name=_("membatalkan baris"),
        null=True,
        on_delete=models.PROTECT,
        related_name="reversal_lines",
    )
    product_name = models.CharField(_("nama"), max_length=120)
    unit = models.CharField(_("satuan"), max_length=20)
    unit_price_rupiah = models.BigIntegerField(_("harga satuan"))
    quantity = models.IntegerField(_("banyaknya"))
    amount_rupiah = models.BigIntegerField(_("nilai"))

    class Meta:
        verbose_name = _("baris penjualan")
        verbose_name_plural = pgettext_lazy("jamak", "baris penjualan")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "position"], name="sale_line_position_unique"),
            models.CheckConstraint(name="sale_line_quantity_nonzero", condition=~Q(quantity=0)),
            models.CheckConstraint(
                name="sale_line_price_not_negative",
                condition=Q(unit_price_rupiah__gte=0),
            ),
            models.CheckConstraint(
                name="sale_line_amount_is_product",
                condition=Q(amount_rupiah=F("quantity") * F("unit_price_rupiah")),
            ),
            models.CheckConstraint(
                name="sale_line_negative_iff_reversal",
                condition=Q(reverses_line__isnull=True, quantity__gt=0)
                | Q(reverses_line__isnull=False, quantity__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_name}"


class Payment(models.Model):
    """How a sale was paid, or how a reversal was paid back (negative)."""

    class Method(models.TextChoices):
        CASH = "cash", _("Tunai")
        QRIS = "qris", _("QRIS")
        TRANSFER = "transfer", _("Transfer")
        CARD = "card", _("Kartu")
        VOUCHER = "voucher", _("Voucher")

    sale = models.ForeignKey(
        Sale,
        verbose_name=_("penjualan"),
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(_("urutan"))
    method = models.CharField(_("cara bayar"), max_length=8, choices=Method)
    amount_rupiah = models.BigIntegerField(_("nilai"))
    # Cash handed over by the customer; what exceeds the amount is the change.
    tendered_rupiah = models.BigIntegerField(_("uang diterima"), null=True)

    class Meta:
        verbose_name = _("pembayaran")
        verbose_name_plural = pgettext_lazy("jamak", "pembayaran")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "position"], name="payment_position_unique"),
            models.CheckConstraint(
                name="payment_tendered_is_cash_and_enough",
                condition=Q(tendered_rupiah__isnull=True)
                | Q(method="cash", tendered_rupiah__gte=F("amount_rupiah")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount_rupiah}"

    @property
    def change_rupiah(self) -> int:
        """Change given back, in rupiah: 0 where nothing was handed over."""
        return 0 if self.tendered_rupiah is None else self.tendered_rupiah - self.amount_rupiah

    @property
    def way(self) -> str:
        """What it is called on a receipt: a voucher by its number, which costs a query or two."""
        name = str(self.get_method_display())
        if self.method != self.Method.VOUCHER:
            return name
        entries = self.voucher_entries.exclude(voucher=None).select_related("voucher")
        papers = dict.fromkeys(str(one.voucher) for one in entries)
        return " ".join([name, ", ".join(papers)]).strip()

    @property
    def paid_back_rupiah(self) -> int:
        """What a reversal hands back to the customer, in rupiah."""
        return -self.amount_rupiah


class EReceipt(models.Model):
    """The public page of a sale, behind a token that the tablet made. Only its hash is kept."""

    sale = models.OneToOneField(
        Sale, verbose_name=_("penjualan"), on_delete=models.PROTECT, related_name="e_receipt"
    )
    token_hash = models.CharField(_("sidik alamat"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("nota digital")
        verbose_name_plural = pgettext_lazy("jamak", "nota digital")

    def __str__(self) -> str:
        return str(self.sale_id)
