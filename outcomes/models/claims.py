"""Headline figures as somebody said them, each with who, where and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outcomes.models.financing import FinancingScheme
from pesantren.models import in_reader_language
from pesantren.money import rupiah, thousands
from stands.models import Expo

# Of these any number is published side by side, of a day too: Claim.STATEMENTS.
IS_STATEMENT = Q(
    figure__in=[
        "sales_held",
        "meeting",
        "foreign",
        "pesantren_alumni",
        "launch",
        "service",
        "opening",
        "health",
        "product_shown",
        "other",
    ]
)


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims, in words."""

    def at(self, expo: Expo) -> ClaimQuerySet:
        """Those of one edition, figure by figure, the published one first."""
        return self.filter(expo=expo).order_by("figure", "-is_published", "order", "pk")

    def published(self) -> ClaimQuerySet:
        """Those that the results page gives as the figure."""
        return self.filter(is_published=True)


class Claim(models.Model):
    """A figure or a statement about an edition, and who said it.

    Several claims of one figure may disagree: the organiser publishes one, the page can show the
    others. What this system counts is a claim too, with the query that counted and when.
    """

    class Figure(models.TextChoices):
        # One of each is published.
        DAYS = "days", _("Lama pelaksanaan")
        PESANTREN = "pesantren", _("Pesantren peserta")
        STANDS = "stands", pgettext_lazy("bagian", "Stan")
        PRODUCTS = "products", _("Produk")
        VISITORS = "visitors", _("Pengunjung")
        SALES = "sales", _("Penjualan")
        SALES_COUNT = "sales_count", _("Jumlah transaksi")
        SESSIONS = "sessions", _("Acara")
        ATTENDANCE = "attendance", _("Peserta acara")
        FINANCING = "financing", _("Pembiayaan dan bantuan")
        FINANCING_RECIPIENTS = "financing_recipients", _("Penerima pembiayaan dan bantuan")
        PARTNERS_B2B = "partners_b2b", _("Mitra bisnis")
        COUNTRIES_SIGNED = "countries_signed", _("Negara yang meneken kerja sama")
        COUNTRIES_PLANNED = "countries_planned", _("Negara yang direncanakan")
        COUNTRIES_REPORTED = "countries_reported", _("Negara yang disebut sudah meneken")
        COUNTRIES_INTERESTED = "countries_interested", _("Negara yang berminat")
        VOUCHER_VALUE = "voucher_value", _("Nilai voucher belanja")
        VOUCHERS_ISSUED = "vouchers_issued", _("Voucher dibagikan")
        VOUCHERS_ISSUED_VALUE = "vouchers_issued_value", _("Nilai voucher dibagikan")
        VOUCHERS_REDEEMED = "vouchers_redeemed", _("Voucher dipakai")
        VOUCHERS_REDEEMED_VALUE = "vouchers_redeemed_value", _("Belanja dengan voucher")
        PESANTREN_IN_PROGRAMME = "pesantren_in_programme", _("Pesantren dalam program OPOP")
        # Statements: any number of each, mostly in words.
        SALES_HELD = "sales_held", _("Transaksi penjualan")
        MEETING = "meeting", _("Silaturahmi")
        FOREIGN = "foreign", _("Kerja sama luar negeri")
        PESANTREN_ALUMNI = "pesantren_alumni", _("Kerja sama pesantren dan alumni")
        LAUNCH = "launch", _("Peresmian")
        SERVICE = "service", _("Layanan")
        OPENING = "opening", _("Pembukaan")
        HEALTH = "health", _("Kesehatan")
        PRODUCT_SHOWN = "product_shown", _("Produk yang tampil")
        OTHER = "other", _("Lainnya")

    class Basis(models.TextChoices):
        REPORTED = "reported", _("Dilaporkan pihak lain")
        ORGANISER = "organiser", _("Dicatat panitia")
        COUNTED = "counted", _("Dihitung sistem ini")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="claims"
    )
    # What the files of an edition call it; empty where somebody added it by hand.
    code = models.SlugField(_("kode"), max_length=60, blank=True, editable=False)
    figure = models.CharField(_("angka"), max_length=24, choices=Figure)
    # Of one day or one scheme where it is no figure of the whole edition.
    date = models.DateField(_("hari"), null=True, blank=True)
    scheme = models.ForeignKey(
        FinancingScheme,
        verbose_name=_("skema"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="claims",
    )
    # Whole rupiah where the figure is an amount. Empty where only words are known: never zero.
    value = models.BigIntegerField(_("nilai"), null=True, blank=True)
    # What is counted, as whoever said it called it: 'koperasi dan UMKM'.
    unit = models.CharField(_("satuan"), max_length=60, blank=True)
    unit_en = models.CharField(_("satuan (Inggris)"), max_length=60, blank=True)
    text = models.TextField(
        _("isi"), blank=True, help_text=_("Yang dinyatakan, dengan kata sendiri.")
    )
    text_en = models.TextField(_("isi (Inggris)"), blank=True)
    detail = models.TextField(_("keterangan"), blank=True)
    detail_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    basis = models.CharField(_("dasar"), max_length=9, choices=Basis, default=Basis.REPORTED)
    said_by = models.CharField(_("menurut"), max_length=200)
    # Addresses, parted by ` | ` as everywhere.
    sources = models.TextField(_("sumber"), blank=True)
    said_on = models.DateField(_("tanggal pernyataan"), null=True, blank=True)
    # Which query counted, by its name in outcomes, and when.
    query = models.CharField(_("kueri"), max_length=60, blank=True, editable=False)
    counted_at = models.DateTimeField(_("dihitung pada"), null=True, blank=True, editable=False)
    is_published = models.BooleanField(_("diterbitkan"), default=False)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    made_at = models.DateTimeField(_("dicatat"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicatat oleh"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    STATEMENTS = (
        Figure.SALES_HELD,
        Figure.MEETING,
        Figure.FOREIGN,
        Figure.PESANTREN_ALUMNI,
        Figure.LAUNCH,
        Figure.SERVICE,
        Figure.OPENING,
        Figure.HEALTH,
        Figure.PRODUCT_SHOWN,
        Figure.OTHER,
    )
    AMOUNTS = (
        Figure.SALES,
        Figure.FINANCING,
        Figure.VOUCHER_VALUE,
        Figure.VOUCHERS_ISSUED_VALUE,
        Figure.VOUCHERS_REDEEMED_VALUE,
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("klaim")
        verbose_name_plural = pgettext_lazy("jamak", "klaim")
        ordering = ["figure", "order", "pk"]
        indexes = [models.Index(fields=["expo", "figure"], name="claim_expo_figure")]
        constraints = [
            models.CheckConstraint(
                name="claim_says_something",
                condition=Q(value__isnull=False) | ~Q(text=""),
                violation_error_message=_("Isi nilainya, atau tulis pernyataannya."),
            ),
            models.CheckConstraint(
                name="claim_says_who",
                condition=~Q(said_by=""),
                violation_error_message=_("Tulis menurut siapa."),
            ),
            models.CheckConstraint(
                name="claim_reported_has_source",
                condition=~Q(basis="reported") | ~Q(sources=""),
                violation_error_message=_("Tulis alamat sumbernya."),
            ),
            models.CheckConstraint(
                name="claim_counted_by_query",
                condition=Q(basis="counted", counted_at__isnull=False) & ~Q(query="")
                | ~Q(basis="counted") & Q(counted_at=None, query=""),
            ),
            models.CheckConstraint(
                name="claim_value_not_negative",
                # Of a day on which more was taken back than sold, the ledger's own sum is below it.
                condition=Q(value=None) | Q(value__gte=0) | Q(basis="counted"),
                violation_error_message=_("Nilai tidak boleh kurang dari nol."),
            ),
            models.CheckConstraint(
                name="claim_scheme_of_financing",
                condition=Q(scheme=None) | Q(figure__in=["financing", "financing_recipients"]),
                violation_error_message=_("Skema hanya untuk angka pembiayaan."),
            ),
            # One published claim a figure: of the edition, of a day, of a scheme.
            models.UniqueConstraint(
                fields=["expo", "figure"],
                condition=Q(is_published=True, date=None, scheme=None) & ~IS_STATEMENT,
                name="claim_one_published",
                violation_error_message=_("Angka ini sudah punya klaim yang diterbitkan."),
            ),
            models.UniqueConstraint(
                fields=["expo", "figure", "date"],
                condition=Q(is_published=True, date__isnull=False) & ~IS_STATEMENT,
                name="claim_one_published_a_day",
                violation_error_message=_("Hari ini sudah punya klaim yang diterbitkan."),
            ),
            models.UniqueConstraint(
                fields=["expo", "figure", "scheme"],
                condition=Q(is_published=True, scheme__isnull=False),
                name="claim_one_published_a_scheme",
                violation_error_message=_("Skema ini sudah punya klaim yang diterbitkan."),
            ),
            models.UniqueConstraint(
                fields=["expo", "code"], condition=~Q(code=""), name="claim_code_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_figure_display()}: {self.value if self.value is not None else self.text}"

    @property
    def unit_text(self) -> str:
        """What is counted, in the reader's language."""
        return in_reader_language(self.unit, self.unit_en)

    @property
    def value_text(self) -> str:
        """The value as it is written, rupiah as such; empty where only words are known."""
        return rupiah(self.value) if self.is_amount else thousands(self.value)

    @property
    def words(self) -> str:
        """What was stated, in the reader's language."""
        return in_reader_language(self.text, self.text_en)

    @property
    def detail_text(self) -> str:
        """What there is to say about it, in the reader's language."""
        return in_reader_language(self.detail, self.detail_en)

    @property
    def is_statement(self) -> bool:
        """Whether any number of its kind may be published side by side."""
        return self.figure in self.STATEMENTS

    @property
    def is_amount(self) -> bool:
        """Whether the value is whole rupiah."""
        return self.figure in self.AMOUNTS
