"""Vouchers: made in batches, handed out on paper, spent once at a till, owed to the stand.

`Voucher` has a state that changes. What a ledger entry did with a voucher is a `VoucherEntry`,
split over the makers by `VoucherShare`; both are append only, and `sales/vouchers/redeeming.py`
alone writes them.
What a stand or maker is owed is the plain sum of `owed_rupiah` or `amount_rupiah` over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Producer
from sales.models.ledger import Payment, Sale
from sales.models.tills import Till
from stands.models import Expo, Stand

if TYPE_CHECKING:
    import datetime as dt

MAX_VALUE_RUPIAH = 10_000_000
MAX_QUANTITY = 5_000


class VoucherRules(models.Model):
    """How an edition takes vouchers. Its row is locked while vouchers are numbered."""

    expo = models.OneToOneField(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="voucher_rules"
    )
    # The most that one till may hold in vouchers that the server has not judged yet, in rupiah:
    # taken without a network and not sent. 0: a voucher needs the network.
    offline_limit_rupiah = models.BigIntegerField(
        _("batas tanpa jaringan per kasir"), default=0, validators=[MinValueValidator(0)]
    )
    # Vouchers are numbered through all batches of the edition, so that a number means one paper.
    last_number = models.PositiveIntegerField(_("nomor terakhir"), default=0, editable=False)

    class Meta:
        verbose_name = _("aturan voucher")
        verbose_name_plural = pgettext_lazy("jamak", "aturan voucher")
        constraints = [
            models.CheckConstraint(
                name="voucher_rules_limit_not_negative",
                condition=Q(offline_limit_rupiah__gte=0),
                violation_error_message=_("Batasnya tidak bisa kurang dari nol."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.expo)


class VoucherBatchQuerySet(models.QuerySet["VoucherBatch"]):
    """Batches, in words."""

    def usable_at(self, stand: Stand, day: dt.date) -> VoucherBatchQuerySet:
        """Those whose vouchers a stand may take on a business date, with codes that are out."""
        return (
            self.filter(
                Q(stands=stand) | Q(stands=None),
                expo_id=stand.expo_id,
                codes_shown_at__isnull=False,
                valid_from__lte=day,
                valid_until__gte=day,
            )
            .order_by("pk")
            .distinct()
        )


class VoucherBatch(models.Model):
    """Vouchers of one value for one audience, made together."""

    class Audience(models.TextChoices):
        STAND = "stand", _("stan")
        VISITOR = "visitor", _("pengunjung")
        INVITEE = "invitee", _("undangan")

    class Owed(models.TextChoices):
        USED = "used", _("nilai yang dipakai")
        FACE = "face", _("nilai penuh voucher")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="voucher_batches"
    )
    name = models.CharField(_("nama"), max_length=80)
    value_rupiah = models.BigIntegerField(
        _("nilai satu voucher"),
        validators=[MinValueValidator(1), MaxValueValidator(MAX_VALUE_RUPIAH)],
    )
    # As many as were made at first; a reissued voucher takes the place of one that was voided.
    quantity = models.PositiveIntegerField(
        _("banyaknya"), validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )
    audience = models.CharField(_("untuk"), max_length=7, choices=Audience)
    # Business dates, both included.
    valid_from = models.DateField(_("berlaku mulai"))
    valid_until = models.DateField(_("berlaku sampai"))
    stands = models.ManyToManyField(
        Stand,
        verbose_name=_("hanya di stan"),
        blank=True,
        related_name="voucher_batches",
        help_text=_("Kosong: berlaku di semua stan."),
    )
    # What the stand gets for a voucher whose value was not used up.
    owed = models.CharField(
        _("yang dibayarkan ke stan"), max_length=4, choices=Owed, default=Owed.USED
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuat oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("dibuat"), default=timezone.now, editable=False)
    # When the codes were made and shown for print; None: there are none yet.
    codes_shown_at = models.DateTimeField(_("kode dicetak"), null=True, editable=False)

    objects = VoucherBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("kelompok voucher")
        verbose_name_plural = pgettext_lazy("jamak", "kelompok voucher")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "name"],
                name="voucher_batch_name_unique",
                violation_error_message=_("Nama ini sudah dipakai di edisi itu."),
            ),
            models.CheckConstraint(
                name="voucher_batch_value_possible",
                condition=Q(value_rupiah__gte=1, value_rupiah__lte=MAX_VALUE_RUPIAH),
                violation_error_message=_("Nilai voucher paling banyak Rp 10.000.000."),
            ),
            models.CheckConstraint(
                name="voucher_batch_quantity_possible",
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY),
                violation_error_message=_("Paling banyak 5.000 voucher sekali buat."),
            ),
            models.CheckConstraint(
                name="voucher_batch_days_in_order",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("Hari terakhir tidak bisa sebelum hari pertama."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def owed_for(self, *, used_rupiah: int, forfeited_rupiah: int) -> int:
        """What the stand is owed for a use, or less for one taken back; in rupiah, signed."""
        return used_rupiah + (forfeited_rupiah if self.owed == self.Owed.FACE else 0)


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """Vouchers, in words."""

    def of_expo(self, expo: Expo) -> VoucherQuerySet:
        """Those of one edition."""
        return self.filter(expo=expo)

    def redeemed(self) -> VoucherQuerySet:
        """Spent, and not given back since."""
        return self.filter(state=Voucher.State.REDEEMED)


class Voucher(models.Model):
    """One paper. Whoever holds its code may spend it, once and as a whole."""

    class State(models.TextChoices):
        OPEN = "open", _("belum dipakai")
        CLAIMED = "claimed", _("sedang dipakai di kasir")
        REDEEMED = "redeemed", _("sudah dipakai")
        VOID = "void", _("dihapuskan")

    # The batch's, so that the number is unique in it.
    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="vouchers"
    )
    batch = models.ForeignKey(
        VoucherBatch,
        verbose_name=_("kelompok"),
        on_delete=models.PROTECT,
        related_name="vouchers",
    )
    number = models.PositiveIntegerField(_("nomor"))
    # HMAC-SHA-256 of the code under settings.VOUCHER_KEY; None before the codes are made.
    code_hmac = models.CharField(  # noqa: DJ001, unique, and none is no text
        _("sidik kode"), max_length=64, unique=True, null=True, editable=False
    )
    state = models.CharField(_("keadaan"), max_length=8, choices=State, default=State.OPEN)
    # The sale that uses it: a claim from the moment the till asked until the sale is recorded.
    claimed_for = models.UUIDField(_("untuk penjualan"), null=True, editable=False)
    claimed_till = models.ForeignKey(
        Till,
        verbose_name=_("kasir"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("dipakai"), null=True, editable=False)
    issued_to = models.CharField(_("diserahkan kepada"), max_length=80, blank=True)
    issued_at = models.DateTimeField(_("diserahkan"), null=True, blank=True)
    void_reason = models.CharField(_("alasan dihapuskan"), max_length=200, blank=True)
    voided_at = models.DateTimeField(_("dihapuskan"), null=True, editable=False)
    # The voucher whose place it took.
    replaces = models.OneToOneField(
        "self",
        verbose_name=_("pengganti dari"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = pgettext_lazy("jamak", "voucher")
        ordering = ["-expo", "number"]
        indexes = [models.Index(fields=["batch", "state"], name="voucher_batch_state")]
        constraints = [
            models.UniqueConstraint(fields=["expo", "number"], name="voucher_number_unique"),
            models.CheckConstraint(
                name="voucher_claim_fits_state",
                condition=Q(
                    state__in=["claimed", "redeemed"],
                    claimed_for__isnull=False,
                    claimed_till__isnull=False,
                    claimed_at__isnull=False,
                )
                | Q(
                    state__in=["open", "void"],
                    claimed_for__isnull=True,
                    claimed_till__isnull=True,
                    claimed_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="voucher_void_has_reason",
                condition=(Q(state="void", voided_at__isnull=False) & ~Q(void_reason=""))
                | (Q(voided_at__isnull=True, void_reason="") & ~Q(state="void")),
            ),
            models.CheckConstraint(
                name="voucher_issued_has_time",
                condition=Q(issued_to="") | Q(issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"No. {self.printed_number}"

    @property
    def printed_number(self) -> str:
        """The number as it stands on the paper: `0042`."""
        return f"{self.number:04d}"


class VoucherEntryQuerySet(models.QuerySet["VoucherEntry"]):
    """What was done with vouchers, in words."""

    def of_expo(self, expo: Expo) -> VoucherEntryQuerySet:
        """Those of one edition."""
        return self.filter(sale__expo=expo)

    def payable(self) -> VoucherEntryQuerySet:
        """Those that may change what a stand or a maker is owed.

        A clash is owed nothing; where an organiser honours it, an entry of its own says how much.
        """
        return self.exclude(kind=VoucherEntry.Kind.CLASH)


class VoucherEntry(models.Model):
    """What one ledger entry did with a voucher, for ever; amounts are signed.

    The entries of a voucher sum to its use, or to nought once all of it was taken back. What an
    entry adds to the stand's due is `owed_rupiah` as the batch's rule had it, and its shares sum to
    it exactly.
    """

    class Kind(models.TextChoices):
        # The voucher paid.
        USED = "used", _("dipakai")
        # A tablet took it without a network, and it was not good: owed nothing unless honoured.
        CLASH = "clash", _("bermasalah")
        # A reversal took back what it had paid.
        RETURNED = "returned", _("dikembalikan")
        # An organiser pays the stand for a clash.
        HONOURED = "honoured", _("tetap dibayar")
        # Goods were taken back for cash alone: the same amount is split over what is still sold.
        MOVED = "moved", _("dibagi ulang")

    class Problem(models.TextChoices):
        UNKNOWN = "unknown", _("kodenya tidak dikenal")
        SPENT = "spent", _("sudah dipakai")
        IN_USE = "in_use", _("sedang dipakai di kasir lain")
        VOID = "void", _("sudah dihapuskan")
        EXPIRED = "expired", _("sudah lewat masa berlakunya")
        EARLY = "early", _("belum berlaku")
        ELSEWHERE = "elsewhere", _("tidak berlaku di stan ini")
        # Typed as worth more than it is: the part above its value.
        WORTH_LESS = "worth_less", _("nilainya kurang dari yang dipakai")

    kind = models.CharField(_("jenis"), max_length=8, choices=Kind)
    problem = models.CharField(_("masalah"), max_length=10, choices=Problem, blank=True)
    # None: a clash over a code that nobody knows.
    voucher = models.ForeignKey(
        Voucher,
        verbose_name=_("voucher"),
        null=True,
        on_delete=models.PROTECT,
        related_name="entries",
    )
    # The ledger entry that did it: a sale or a reversal; of an honoured clash, the sale.
    sale = models.ForeignKey(
        Sale,
        verbose_name=_("penjualan"),
        on_delete=models.PROTECT,
        related_name="voucher_entries",
    )
    # None only where a clash is honoured, or shares are moved.
    payment = models.ForeignKey(
        Payment,
        verbose_name=_("pembayaran"),
        null=True,
        on_delete=models.PROTECT,
        related_name="voucher_entries",
    )
    # The use or clash that this takes back, honours or splits anew.
    root = models.ForeignKey(
        "self",
        verbose_name=_("tentang"),
        null=True,
        on_delete=models.PROTECT,
        related_name="later",
    )
    at = models.DateTimeField(_("waktu"), default=timezone.now)
    used_rupiah = models.BigIntegerField(_("dipakai"))
    forfeited_rupiah = models.BigIntegerField(_("hangus"), default=0)
    owed_rupiah = models.BigIntegerField(_("menjadi hak stan"), default=0)

    objects = VoucherEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("pemakaian voucher")
        verbose_name_plural = pgettext_lazy("jamak", "pemakaian voucher")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="voucher_entry_fits_kind",
                condition=Q(
                    kind="used",
                    voucher__isnull=False,
                    payment__isnull=False,
                    root__isnull=True,
                    problem="",
                    used_rupiah__gt=0,
                    forfeited_rupiah__gte=0,
                    owed_rupiah__gt=0,
                )
                | (
                    Q(
                        kind="clash",
                        payment__isnull=False,
                        root__isnull=True,
                        used_rupiah__gt=0,
                        forfeited_rupiah=0,
                        owed_rupiah=0,
                    )
                    & ~Q(problem="")
                )
                | Q(
                    kind="returned",
                    payment__isnull=False,
                    root__isnull=False,
                    problem="",
                    used_rupiah__lt=0,
                    forfeited_rupiah__lte=0,
                    owed_rupiah__lte=0,
                )
                | Q(
                    kind="honoured",
                    payment__isnull=True,
                    root__isnull=False,
                    problem="",
                    used_rupiah=0,
                    forfeited_rupiah=0,
                    owed_rupiah__gt=0,
                )
                | Q(
                    kind="moved",
                    payment__isnull=True,
                    root__isnull=False,
                    problem="",
                    used_rupiah=0,
                    forfeited_rupiah=0,
                    owed_rupiah=0,
                ),
            ),
            # One use takes a voucher once; a clash is honoured once.
            models.UniqueConstraint(
                fields=["payment", "kind"],
                condition=Q(kind__in=["used", "clash"]),
                name="voucher_entry_once_a_payment",
            ),
            models.UniqueConstraint(
                fields=["root"],
                condition=Q(kind="honoured"),
                name="voucher_entry_honoured_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.voucher or '–'}"


class VoucherShare(models.Model):
    """A maker's part of what a voucher entry is owed, for ever.

    After each entry the shares of a use stand pro rata to what is still sold of that sale, rounded
    by largest remainder. So what is taken back may take more from one maker and give to another.
    """

    entry = models.ForeignKey(
        VoucherEntry,
        verbose_name=_("pemakaian"),
        on_delete=models.PROTECT,
        related_name="shares",
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="voucher_shares",
    )
    amount_rupiah = models.BigIntegerField(_("nilai"))

    class Meta:
        verbose_name = _("bagian pelaku usaha")
        verbose_name_plural = pgettext_lazy("jamak", "bagian pelaku usaha")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "producer"], name="voucher_share_producer_unique"
            ),
            models.CheckConstraint(name="voucher_share_not_nought", condition=~Q(amount_rupiah=0)),
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.amount_rupiah}"
