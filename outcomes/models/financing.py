"""Money that was lent or granted at an edition."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Producer, in_reader_language
from stands.models import Expo


class FinancingScheme(models.Model):
    """A scheme under which an edition lent or granted money, whether or not its sum is known.

    A joint total without a split is a Claim of the figure 'financing' without a scheme; one that
    names a scheme is that scheme's own total.
    """

    class Kind(models.TextChoices):
        CREDIT = "credit", _("Kredit")
        GRANT = "grant", _("Bantuan")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="schemes"
    )
    code = models.SlugField(_("kode"), max_length=40)
    name = models.CharField(_("nama"), max_length=120)
    name_en = models.CharField(_("nama (Inggris)"), max_length=120, blank=True)
    kind = models.CharField(_("jenis"), max_length=6, choices=Kind)
    institution = models.CharField(_("lembaga"), max_length=120, blank=True)
    detail = models.TextField(_("keterangan"), blank=True)
    detail_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    said_by = models.CharField(_("menurut"), max_length=200, blank=True)
    sources = models.TextField(_("sumber"), blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("skema pembiayaan")
        verbose_name_plural = pgettext_lazy("jamak", "skema pembiayaan")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "code"],
                name="scheme_code_unique",
                violation_error_message=_("Kode ini sudah dipakai skema lain di edisi itu."),
            ),
            models.CheckConstraint(
                name="scheme_source_says_who",
                condition=Q(sources="") | ~Q(said_by=""),
                violation_error_message=_("Tulis menurut siapa."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name, self.name_en)

    @property
    def detail_text(self) -> str:
        """What there is to say about it, in the reader's language."""
        return in_reader_language(self.detail, self.detail_en)


class Disbursement(models.Model):
    """Money handed to one recipient under one scheme."""

    # Made with the form: what is sent twice is one.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(
        FinancingScheme,
        verbose_name=_("skema"),
        on_delete=models.PROTECT,
        related_name="disbursements",
    )
    # A producer of the catalogue, or the recipient's name as reported.
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disbursements",
    )
    recipient = models.CharField(_("nama penerima"), max_length=160, blank=True)
    amount_rupiah = models.BigIntegerField(_("jumlah"))
    date = models.DateField(_("tanggal"), null=True, blank=True)
    institution = models.CharField(_("lembaga penyalur"), max_length=120, blank=True)
    # Whether the public may see who received how much; the sums count either way.
    is_public = models.BooleanField(_("boleh tampil di halaman hasil"), default=False)
    sources = models.TextField(_("sumber"), blank=True)
    note = models.CharField(_("catatan"), max_length=200, blank=True)
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

    class Meta:
        verbose_name = _("penyaluran")
        verbose_name_plural = pgettext_lazy("jamak", "penyaluran")
        ordering = ["date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="disbursement_amount_positive",
                condition=Q(amount_rupiah__gt=0),
                violation_error_message=_("Jumlah harus lebih dari nol."),
            ),
            models.CheckConstraint(
                name="disbursement_one_recipient",
                condition=Q(producer__isnull=False, recipient="")
                | Q(producer=None) & ~Q(recipient=""),
                violation_error_message=_("Pilih pelaku usahanya, atau tulis nama penerimanya."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_text}: {self.amount_rupiah}"

    @property
    def recipient_text(self) -> str:
        """Who received it."""
        return str(self.producer) if self.producer else self.recipient
