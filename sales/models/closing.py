"""The drawer of a till: what was put in and taken out beside sales, and how the day was closed.

Movements, closes and amendments of a till form one book with one sequence and one chain of hashes.
All three are append only: `sales/closing/writing.py` and `sales/closing/amending.py` write them,
nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.models.tills import Cashier, Till
from stands.models import Expo, Stand

if TYPE_CHECKING:
    import datetime as dt


class DrawerHead(models.Model):
    """The end of a till's book. Who writes holds the ledger head of its stand, and so this too."""

    till = models.OneToOneField(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="drawer_head"
    )
    sequence = models.PositiveBigIntegerField(_("nomor urut terakhir"), default=0)
    hash = models.CharField(_("sidik terakhir"), max_length=64, blank=True)
    # The plain form has no tablet that counts: the last numbers that the server gave to it.
    close_counter = models.PositiveBigIntegerField(_("nomor tutup terakhir"), default=0)
    movement_counter = models.PositiveBigIntegerField(_("nomor kas terakhir"), default=0)

    class Meta:
        verbose_name = _("buku laci")
        verbose_name_plural = pgettext_lazy("jamak", "buku laci")

    def __str__(self) -> str:
        return f"{self.till.prefix} #{self.sequence}"


class CashMovement(models.Model):
    """Cash that went into a drawer or out of it, and was no sale."""

    class Kind(models.TextChoices):
        FLOAT = "float", _("modal awal")
        IN = "in", _("uang masuk")
        OUT = "out", _("uang keluar")

    # Made by the tablet: the same movement sent twice is one row.
    id = models.UUIDField(primary_key=True, editable=False)
    till = models.ForeignKey(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="movements"
    )
    cashier = models.ForeignKey(
        Cashier,
        verbose_name=_("petugas"),
        null=True,
        on_delete=models.PROTECT,
        related_name="movements",
    )
    sequence = models.PositiveBigIntegerField(_("nomor urut"))
    number = models.CharField(_("nomor"), max_length=20)
    kind = models.CharField(_("jenis"), max_length=5, choices=Kind)
    # Never negative: the kind says which way it went.
    amount_rupiah = models.BigIntegerField(_("nilai"))
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    # The tablet's clock corrected by its offset; its raw reading beside it.
    moved_at = models.DateTimeField(_("waktu"))
    device_at = models.DateTimeField(_("jam tablet"), null=True)
    received_at = models.DateTimeField(_("diterima"))
    business_date = models.DateField(_("hari"))
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64)
    previous_hash = models.CharField(_("sidik sebelumnya"), max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    class Meta:
        verbose_name = _("uang laci")
        verbose_name_plural = pgettext_lazy("jamak", "uang laci")
        ordering = ["till", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["till", "sequence"], name="movement_sequence_unique"),
            models.UniqueConstraint(fields=["till", "number"], name="movement_number_unique"),
            models.CheckConstraint(
                name="movement_amount_fits_kind",
                condition=Q(kind="float", amount_rupiah__gte=0) | Q(amount_rupiah__gt=0),
                violation_error_message=_("Nilainya harus lebih dari nol."),
            ),
            models.CheckConstraint(
                name="movement_has_reason",
                condition=Q(kind="float") | ~Q(reason=""),
                violation_error_message=_("Tulis alasannya."),
            ),
        ]
        indexes = [models.Index(fields=["till", "business_date"], name="movement_till_day")]

    def __str__(self) -> str:
        return self.number

    @property
    def signed_rupiah(self) -> int:
        """What it adds to the drawer: below nought for what was taken out."""
        return -self.amount_rupiah if self.kind == self.Kind.OUT else self.amount_rupiah


class DayCloseQuerySet(models.QuerySet["DayClose"]):
    """Closes, in words."""

    def of_expo(self, expo: Expo) -> DayCloseQuerySet:
        """Those of one edition."""
        return self.filter(stand__expo=expo)

    def on_day(self, day: dt.date) -> DayCloseQuerySet:
        """Those of one business date."""
        return self.filter(business_date=day)

    def with_content(self) -> DayCloseQuerySet:
        """With stand, till, person and what came afterwards, in one more query."""
        return self.select_related("stand__expo", "till", "cashier").prefetch_related(
            "amendments__cashier"
        )


class DayClose(models.Model):
    """The day of a till as it was closed: counted, expected, and frozen. One for a till and day.

    Whatever comes later is an amendment of it, a second count too.
    """

    # Made by the tablet.
    id = models.UUIDField(primary_key=True, editable=False)
    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="closes"
    )
    till = models.ForeignKey(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="closes"
    )
    cashier = models.ForeignKey(
        Cashier,
        verbose_name=_("petugas"),
        null=True,
        on_delete=models.PROTECT,
        related_name="closes",
    )
    sequence = models.PositiveBigIntegerField(_("nomor urut"))
    number = models.CharField(_("nomor"), max_length=20)
    business_date = models.DateField(_("hari"))
    # Pieces by denomination in rupiah: {"100000": 3}.
    counted = models.JSONField(_("hitungan uang"))
    counted_rupiah = models.BigIntegerField(_("uang dihitung"))
    # What the tablet expected; what the server expects is below.
    tablet_expected_rupiah = models.BigIntegerField(_("seharusnya menurut tablet"))
    # The last receipt number that the till had given.
    last_counter = models.PositiveBigIntegerField(_("nota terakhir"))
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    # The till's day in the ledger up to `ledger_sequence`, training left out.
    sales_count = models.PositiveIntegerField(_("penjualan"))
    reversals_count = models.PositiveIntegerField(_("pembatalan"))
    gross_rupiah = models.BigIntegerField(_("penjualan kotor"))
    reversed_rupiah = models.BigIntegerField(_("dibatalkan"))  # positive
    by_method = models.JSONField(_("menurut cara bayar"))  # {"cash": 25000}, what was paid back off
    # Of the cash, what went through this drawer: an organiser pays back from another.
    drawer_cash_rupiah = models.BigIntegerField(_("tunai bersih"))
    float_rupiah = models.BigIntegerField(_("modal awal"))
    cash_in_rupiah = models.BigIntegerField(_("uang masuk"))
    cash_out_rupiah = models.BigIntegerField(_("uang keluar"))  # positive
    expected_rupiah = models.BigIntegerField(_("seharusnya"))
    difference_rupiah = models.BigIntegerField(_("selisih"))
    # The end of the stand's ledger at that moment.
    ledger_sequence = models.PositiveBigIntegerField(_("akhir buku penjualan"))
    ledger_hash = models.CharField(_("sidik buku penjualan"), max_length=64, blank=True)
    closed_at = models.DateTimeField(_("ditutup"))
    device_at = models.DateTimeField(_("jam tablet"), null=True)
    received_at = models.DateTimeField(_("diterima"))
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64)
    previous_hash = models.CharField(_("sidik sebelumnya"), max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    objects = DayCloseQuerySet.as_manager()

    class Meta:
        verbose_name = _("tutup kasir")
        verbose_name_plural = pgettext_lazy("jamak", "tutup kasir")
        ordering = ["-business_date", "stand", "till"]
        indexes = [models.Index(fields=["business_date", "till"], name="close_day_till")]
        constraints = [
            models.UniqueConstraint(
                fields=["till", "business_date"],
                name="close_once_a_day",
                violation_error_message=_("Kasir ini sudah ditutup untuk hari itu."),
            ),
            models.UniqueConstraint(fields=["till", "sequence"], name="close_sequence_unique"),
            models.UniqueConstraint(fields=["till", "number"], name="close_number_unique"),
            models.CheckConstraint(
                name="close_expected_is_sum",
                condition=Q(
                    expected_rupiah=F("float_rupiah")
                    + F("cash_in_rupiah")
                    - F("cash_out_rupiah")
                    + F("drawer_cash_rupiah")
                ),
            ),
            models.CheckConstraint(
                name="close_difference_is_counted_less_expected",
                condition=Q(difference_rupiah=F("counted_rupiah") - F("expected_rupiah")),
            ),
            models.CheckConstraint(
                name="close_counted_not_negative", condition=Q(counted_rupiah__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def net_rupiah(self) -> int:
        """What was sold less what was taken back."""
        return self.gross_rupiah - self.reversed_rupiah


class CloseAmendment(models.Model):
    """What came to a closed day afterwards: A1, A2, … of its close.

    Written in the transaction that records what came, with the figures of that alone. A second
    count of the drawer is one too, with the numbers of a count.
    """

    class Kind(models.TextChoices):
        LATE = "late", _("susulan")
        RECOUNT = "recount", _("hitungan ulang")

    close = models.ForeignKey(
        DayClose, verbose_name=_("tutup kasir"), on_delete=models.PROTECT, related_name="amendments"
    )
    till = models.ForeignKey(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="close_amendments"
    )
    place = models.PositiveIntegerField(_("urutan"))  # 1 for A1
    sequence = models.PositiveBigIntegerField(_("nomor urut"))
    kind = models.CharField(_("jenis"), max_length=7, choices=Kind)
    sales_count = models.PositiveIntegerField(_("penjualan"))
    reversals_count = models.PositiveIntegerField(_("pembatalan"))
    gross_rupiah = models.BigIntegerField(_("penjualan kotor"))
    reversed_rupiah = models.BigIntegerField(_("dibatalkan"))
    by_method = models.JSONField(_("menurut cara bayar"))
    drawer_cash_rupiah = models.BigIntegerField(_("tunai bersih"))
    float_rupiah = models.BigIntegerField(_("modal awal"))
    cash_in_rupiah = models.BigIntegerField(_("uang masuk"))
    cash_out_rupiah = models.BigIntegerField(_("uang keluar"))
    # Of the cash in here, what lay in the drawer when it was last counted: it arrived late and
    # was counted all the same, so it moves what that count should have found.
    counted_before_rupiah = models.BigIntegerField(_("sudah ada saat dihitung"))
    ledger_sequence = models.PositiveBigIntegerField(_("akhir buku penjualan"))
    ledger_hash = models.CharField(_("sidik buku penjualan"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("dicatat"))
    # Only of a second count.
    request_id = models.UUIDField(_("UUID"), null=True, unique=True)
    number = models.CharField(_("nomor"), max_length=20, blank=True)
    cashier = models.ForeignKey(
        Cashier, verbose_name=_("petugas"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    counted = models.JSONField(_("hitungan uang"), null=True)
    counted_rupiah = models.BigIntegerField(_("uang dihitung"), null=True)
    tablet_expected_rupiah = models.BigIntegerField(_("seharusnya menurut tablet"), null=True)
    last_counter = models.PositiveBigIntegerField(_("nota terakhir"), null=True)
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    expected_rupiah = models.BigIntegerField(_("seharusnya"), null=True)
    difference_rupiah = models.BigIntegerField(_("selisih"), null=True)
    closed_at = models.DateTimeField(_("dihitung"), null=True)
    device_at = models.DateTimeField(_("jam tablet"), null=True)
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64, blank=True)
    previous_hash = models.CharField(_("sidik sebelumnya"), max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    class Meta:
        verbose_name = _("tambahan tutup kasir")
        verbose_name_plural = pgettext_lazy("jamak", "tambahan tutup kasir")
        ordering = ["close", "place"]
        constraints = [
            models.UniqueConstraint(fields=["close", "place"], name="amendment_place_unique"),
            models.UniqueConstraint(fields=["till", "sequence"], name="amendment_sequence_unique"),
            models.UniqueConstraint(
                fields=["till", "number"],
                name="amendment_number_unique",
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="amendment_is_count_or_none",
                condition=Q(kind="late", number="", counted_rupiah__isnull=True)
                | Q(
                    kind="recount",
                    request_id__isnull=False,
                    counted_rupiah__gte=0,
                    difference_rupiah=F("counted_rupiah") - F("expected_rupiah"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.close.number}-{self.name}"

    @property
    def name(self) -> str:
        """As it is called: `A1`."""
        return f"A{self.place}"

    @property
    def net_rupiah(self) -> int:
        """What was sold less what was taken back."""
        return self.gross_rupiah - self.reversed_rupiah

    @property
    def drawer_rupiah(self) -> int:
        """What it adds to the money in the drawer."""
        return (
            self.float_rupiah + self.cash_in_rupiah - self.cash_out_rupiah + self.drawer_cash_rupiah
        )


class HeldClosing(models.Model):
    """A movement or a close that came in and cannot be written: kept as it came, never counted."""

    class Reason(models.TextChoices):
        OTHER_CONTENT = "other_content", _("nomor sama, isi berbeda")
        NUMBER_TAKEN = "number_taken", _("nomor sudah dipakai")
        OTHER_TILL = "other_till", _("nomor milik kasir lain")
        FUTURE = "future", _("tanggal di masa depan")
        TOO_OLD = "too_old", _("lebih dari 30 hari lalu")

    request_id = models.UUIDField(_("UUID"))
    till = models.ForeignKey(
        Till, verbose_name=_("kasir"), on_delete=models.PROTECT, related_name="held_closings"
    )
    reason = models.CharField(_("sebab"), max_length=20, choices=Reason)
    request = models.JSONField(_("permintaan"))
    fingerprint = models.CharField(_("sidik permintaan"), max_length=64)
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("dilihat"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dilihat oleh"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("catatan laci ditahan")
        verbose_name_plural = pgettext_lazy("jamak", "catatan laci ditahan")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request_id", "fingerprint"], name="held_closing_request_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} ({self.get_reason_display()})"
