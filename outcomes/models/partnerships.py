"""Partnerships: agreements with companies, countries, pesantren and alumni."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outcomes.private import private_storage
from pesantren.models import Pesantren, Producer, in_reader_language
from stands.models import Expo, Inquiry

if TYPE_CHECKING:
    from collections.abc import Iterable


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Partnerships, in words."""

    def at(self, expo: Expo) -> AgreementQuerySet:
        """Those of one edition, kind by kind, in their order."""
        return self.filter(expo=expo).order_by("kind", "order", "name", "pk")

    def with_parties(self) -> AgreementQuerySet:
        """With those who agreed, in one more query."""
        parties = AgreementParty.objects.select_related("producer", "pesantren")
        return self.prefetch_related(models.Prefetch("parties", parties))

    def for_the_public(self) -> AgreementQuerySet:
        """Those that came about and that the organiser shows."""
        states = [Agreement.State.REPORTED, Agreement.State.SIGNED, Agreement.State.CONTRACT]
        return self.filter(is_public=True, state__in=states)


class Agreement(models.Model):
    """A partnership, from first interest to a contract."""

    # Made with the form: what is sent twice is one.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Kind(models.TextChoices):
        B2B = "b2b", _("Antar usaha (B2B)")
        FOREIGN = "foreign", _("Luar negeri")
        PESANTREN = "pesantren", _("Pesantren dan alumni")

    class State(models.TextChoices):
        INTEREST = "interest", pgettext_lazy("kerja sama", "Minat")
        TALK = "talk", pgettext_lazy("kerja sama", "Dibicarakan")
        REPORTED = "reported", pgettext_lazy("kerja sama", "Dilaporkan terjalin")
        SIGNED = "signed", pgettext_lazy("kerja sama", "Nota kesepahaman diteken")
        CONTRACT = "contract", pgettext_lazy("kerja sama", "Kontrak")
        ENDED = "ended", pgettext_lazy("kerja sama", "Tidak berlanjut")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="agreements"
    )
    # What the files of an edition call it; empty where somebody added it by hand.
    code = models.SlugField(_("kode"), max_length=60, blank=True, editable=False)
    kind = models.CharField(_("jenis"), max_length=9, choices=Kind)
    state = models.CharField(_("keadaan"), max_length=8, choices=State, default=State.INTEREST)
    # The partner as the reader knows it, and as it was printed where that differs.
    name = models.CharField(_("nama"), max_length=160)
    name_en = models.CharField(_("nama (Inggris)"), max_length=160, blank=True)
    printed_name = models.CharField(_("tertulis di sumber"), max_length=160, blank=True)
    # Empty where not known.
    value_rupiah = models.BigIntegerField(_("nilai"), null=True, blank=True)
    signed_on = models.DateField(_("tanggal diteken"), null=True, blank=True)
    detail = models.TextField(_("keterangan"), blank=True)
    detail_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    # The interest that it came from.
    inquiry = models.OneToOneField(
        Inquiry,
        verbose_name=_("minat kerja sama"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreement",
    )
    # A PDF that only organisers can open. It never lies where a web server would serve it.
    document = models.FileField(
        _("dokumen (PDF)"), upload_to="kerja-sama/", storage=private_storage, blank=True
    )
    document_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    is_public = models.BooleanField(_("tampil di halaman hasil"), default=False)
    said_by = models.CharField(_("menurut"), max_length=200, blank=True)
    sources = models.TextField(_("sumber"), blank=True)
    said_on = models.DateField(_("tanggal pernyataan"), null=True, blank=True)
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

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("tunggal", "kerja sama")
        verbose_name_plural = pgettext_lazy("jamak", "kerja sama")
        # The document that it was signed in is for fewer than know of it.
        permissions = [("read_agreement", "Can read the document of an agreement")]
        ordering = ["kind", "order", "name"]
        indexes = [models.Index(fields=["expo", "kind"], name="agreement_expo_kind")]
        constraints = [
            models.CheckConstraint(
                name="agreement_value_positive",
                condition=Q(value_rupiah=None) | Q(value_rupiah__gt=0),
                violation_error_message=_("Nilai harus lebih dari nol, atau kosong."),
            ),
            models.CheckConstraint(
                name="agreement_source_says_who",
                condition=Q(sources="") | ~Q(said_by=""),
                violation_error_message=_("Tulis menurut siapa."),
            ),
            models.UniqueConstraint(
                fields=["expo", "code"],
                condition=~Q(code=""),
                name="agreement_code_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def parties_told(self) -> str:
        """Who agreed and who signed, in one line."""
        return tell_parties(self.parties.all())

    @property
    def name_text(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name, self.name_en)

    @property
    def detail_text(self) -> str:
        """What there is to say about it, in the reader's language."""
        return in_reader_language(self.detail, self.detail_en)


class AgreementParty(models.Model):
    """One of those who agreed: a producer, a pesantren, a company or somebody from a country."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("kerja sama"), on_delete=models.CASCADE, related_name="parties"
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    company = models.CharField(_("perusahaan atau lembaga"), max_length=160, blank=True)
    # ISO 3166-1 alpha-2.
    country = models.CharField(_("negara"), max_length=2, blank=True)
    # Who signed for it, and as what.
    signatory = models.CharField(_("penanda tangan"), max_length=200, blank=True)
    # Its place in the files of an edition; 0 where somebody added it by hand.
    order = models.PositiveSmallIntegerField(_("urutan"), default=0, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("tunggal", "pihak")
        verbose_name_plural = pgettext_lazy("jamak", "pihak")
        # Those added by hand come behind those from the files.
        ordering = [models.Case(models.When(order=0, then=1), default=0), "order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agreement_party_is_someone",
                condition=Q(producer__isnull=False, pesantren=None, company="")
                | Q(producer=None, pesantren__isnull=False, company="")
                | Q(producer=None, pesantren=None) & (~Q(company="") | ~Q(country="")),
                violation_error_message=_(
                    "Pilih pelaku usaha atau pesantren, atau tulis perusahaan atau negaranya."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.producer or self.pesantren or self.company or self.country)


def tell_parties(parties: Iterable[AgreementParty]) -> str:
    """Those who agreed in one line, with all that a form asks of them."""
    return "; ".join(
        " · ".join(text for text in (str(one), one.country, one.signatory) if text)
        for one in parties
    )
