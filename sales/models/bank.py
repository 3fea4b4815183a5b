"""What the bank says, and what people have found of it: beside the ledger, never in it.

A payment that no till can confirm (QRIS, transfer, card) is *claimed* until somebody has seen it at
the bank. Lines of a statement never change. A finding is taken back by a date, a name and a reason.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.models.ledger import Payment
from stands.models import Expo, Stand

CLAIMED_METHODS = (Payment.Method.QRIS, Payment.Method.TRANSFER, Payment.Method.CARD)

# Either in force, or taken back by somebody with a reason.
REVOKED_WHOLE = Q(revoked_at__isnull=True, revoked_by__isnull=True, revocation="") | (
    Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revocation="")
)


class BankFormat(models.Model):
    """Which column of a bank's file holds what, remembered by the heading of that file."""

    heading_hash = models.CharField(_("sidik judul kolom"), max_length=64, unique=True)
    columns = models.JSONField(_("kolom"))
    changed_at = models.DateTimeField(_("diubah"), default=timezone.now)

    class Meta:
        verbose_name = _("format mutasi")
        verbose_name_plural = pgettext_lazy("jamak", "format mutasi")

    def __str__(self) -> str:
        return self.heading_hash[:8]


class BankStatementQuerySet(models.QuerySet["BankStatement"]):
    """Files of the bank."""

    def in_force(self) -> BankStatementQuerySet:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawal=None)


class BankStatement(models.Model):
    """A file of the bank or acquirer as it was taken over; append only."""

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="bank_statements"
    )
    name = models.CharField(_("nama berkas"), max_length=120)
    # What all of its lines are, where the file holds one kind only; empty: mixed.
    method = models.CharField(_("cara bayar"), max_length=8, choices=Payment.Method, blank=True)
    # Whose account it is, where a stand has its own.
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bank_statements",
    )
    file_hash = models.CharField(_("sidik berkas"), max_length=64)
    # How often this file was taken over before; each of those was withdrawn.
    again = models.PositiveSmallIntegerField(_("pengulangan"), default=0)
    heading_hash = models.CharField(_("sidik judul kolom"), max_length=64, default="")
    columns = models.JSONField(_("kolom"))
    line_count = models.PositiveIntegerField(_("baris baru"))
    known_count = models.PositiveIntegerField(_("baris yang sudah ada"))
    skipped_count = models.PositiveIntegerField(_("baris yang dilewati"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diunggah oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField(_("diunggah"), default=timezone.now)

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("mutasi bank")
        verbose_name_plural = pgettext_lazy("jamak", "mutasi bank")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "file_hash", "again"],
                name="bank_statement_file_once",
                violation_error_message=_("Berkas ini sudah pernah diunggah."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankWithdrawal(models.Model):
    """That a file was taken over by mistake: none of its lines counts any more. Append only.

    File and lines stay, and so does what was found by them, taken back at the same moment.
    """

    statement = models.OneToOneField(
        BankStatement,
        verbose_name=_("mutasi"),
        on_delete=models.PROTECT,
        related_name="withdrawal",
    )
    reason = models.CharField(_("alasan"), max_length=200)
    # What was taken back with it: lines that were payments, lines that were explained, payments.
    matched_count = models.PositiveIntegerField(_("baris yang sudah dicocokkan"))
    other_count = models.PositiveIntegerField(_("baris yang bukan dari kasir"))
    payment_count = models.PositiveIntegerField(_("pembayaran"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ditarik oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("ditarik"), default=timezone.now)

    class Meta:
        verbose_name = _("penarikan mutasi")
        verbose_name_plural = pgettext_lazy("jamak", "penarikan mutasi")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="bank_withdrawal_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.statement)


class BankLineQuerySet(models.QuerySet["BankLine"]):
    """Lines of the bank."""

    def in_force(self) -> BankLineQuerySet:
        """Those of files that nobody has withdrawn."""
        return self.filter(statement__withdrawal=None)


class BankLine(models.Model):
    """One movement at the bank: positive came in, negative went out. Append only."""

    statement = models.ForeignKey(
        BankStatement, verbose_name=_("mutasi"), on_delete=models.PROTECT, related_name="lines"
    )
    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="bank_lines"
    )
    row = models.PositiveIntegerField(_("baris"))
    date = models.DateField(_("tanggal"))
    # Only where the file says the hour.
    at = models.DateTimeField(_("waktu"), null=True)
    amount_rupiah = models.BigIntegerField(_("nilai"))
    text = models.CharField(_("keterangan"), max_length=300, blank=True)
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="bank_lines",
    )
    # Of date, hour, amount, text, account, and which of several equal ones it is: the same line in
    # another file is known by it.
    line_hash = models.CharField(_("sidik baris"), max_length=64)
    # How often this line was there before, in files that were withdrawn since.
    again = models.PositiveSmallIntegerField(_("pengulangan"), default=0)

    objects = BankLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("baris mutasi")
        verbose_name_plural = pgettext_lazy("jamak", "baris mutasi")
        ordering = ["date", "at", "pk"]
        indexes = [models.Index(fields=["expo", "date"], name="bank_line_expo_date")]
        constraints = [
            models.UniqueConstraint(fields=["expo", "line_hash", "again"], name="bank_line_once"),
            models.UniqueConstraint(fields=["statement", "row"], name="bank_line_row_unique"),
            models.CheckConstraint(name="bank_line_amount_not_zero", condition=~Q(amount_rupiah=0)),
        ]

    def __str__(self) -> str:
        return f"{self.statement} #{self.row}"


class BankMatch(models.Model):
    """What a line at the bank is: one payment, several in one sum, or nothing of the till's."""

    class Kind(models.TextChoices):
        PAYMENTS = "payments", _("pembayaran di kasir")
        OTHER = "other", _("bukan dari kasir")

    line = models.ForeignKey(
        BankLine, verbose_name=_("baris mutasi"), on_delete=models.PROTECT, related_name="matches"
    )
    kind = models.CharField(_("jenis"), max_length=8, choices=Kind)
    # The line less the payments: the acquirer's fee is negative.
    difference_rupiah = models.BigIntegerField(_("selisih"))
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicocokkan oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("dicocokkan"), default=timezone.now)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicabut oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revocation = models.CharField(_("alasan dicabut"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pencocokan")
        verbose_name_plural = pgettext_lazy("jamak", "pencocokan")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(revoked_at__isnull=True),
                name="bank_line_matched_once",
                violation_error_message=_("Baris ini sudah dicocokkan."),
            ),
            models.CheckConstraint(
                name="bank_match_difference_explained",
                condition=Q(kind="payments", difference_rupiah=0) | ~Q(note=""),
                violation_error_message=_("Selisih harus diberi catatan."),
            ),
            models.CheckConstraint(name="bank_match_revoked_whole", condition=REVOKED_WHOLE),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_kind_display()}"


class PaymentCheck(models.Model):
    """What somebody found of a claimed payment when they looked at the bank."""

    class Outcome(models.TextChoices):
        SEEN = "seen", _("terlihat di bank")
        ABSENT = "absent", _("tidak ada di bank")

    payment = models.ForeignKey(
        Payment, verbose_name=_("pembayaran"), on_delete=models.PROTECT, related_name="checks"
    )
    outcome = models.CharField(_("hasil"), max_length=6, choices=Outcome)
    # The line it was seen in; without one it was ticked by hand.
    match = models.ForeignKey(
        BankMatch,
        verbose_name=_("pencocokan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="checks",
    )
    note = models.CharField(_("catatan"), max_length=200, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("diperiksa oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField(_("diperiksa"), default=timezone.now)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicabut oleh"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revocation = models.CharField(_("alasan dicabut"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pemeriksaan pembayaran")
        verbose_name_plural = pgettext_lazy("jamak", "pemeriksaan pembayaran")
        ordering = ["-checked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(revoked_at__isnull=True),
                name="payment_checked_once",
                violation_error_message=_("Pembayaran ini sudah diperiksa."),
            ),
            models.CheckConstraint(
                name="payment_absent_says_why",
                condition=Q(outcome="seen") | (Q(match__isnull=True) & ~Q(note="")),
                violation_error_message=_("Tulis catatannya."),
            ),
            models.CheckConstraint(name="payment_check_revoked_whole", condition=REVOKED_WHOLE),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.get_outcome_display()}"
