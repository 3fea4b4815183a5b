"""What makers offer each other and look for, and who answered: among those who are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pesantren.models.makers import Producer
from pesantren.models.products import Category
from pesantren.whatsapp import check_number

if TYPE_CHECKING:
    import datetime as dt

CONTACT_NEEDS_CONSENT = _("Kontak hanya disimpan dengan izin pemiliknya.")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, in words."""

    def among(self, *, examples: bool) -> NoticeQuerySet:
        """Those of real editions, or those of the example edition: neither sees the other's."""
        return self.filter(is_example=examples)

    def standing(self) -> NoticeQuerySet:
        """Those that other participants see: neither closed nor hidden."""
        return self.filter(closed_at=None, hidden_at=None)

    def with_maker(self) -> NoticeQuerySet:
        """With who wrote it, from where, and about what, in the same query."""
        return self.select_related("category", "producer__pesantren__regency")

    def newest_first(self) -> NoticeQuerySet:
        """The last one first."""
        return self.order_by("-made_at", "pk")

    def to_forget(self, before: dt.datetime) -> NoticeQuerySet:
        """Those with a contact that nobody has written or changed since then."""
        written = self.alias(written=Coalesce("changed_at", "made_at"))
        return written.filter(written__lt=before, contact_allowed=True)


class Notice(models.Model):
    """Something that a maker offers other participants, or looks for among them.

    Visitors never see it. A contact is kept only with its owner's consent, and only while the
    notice stands: closing it forgets the contact (pesantren.noticing).
    """

    class Direction(models.TextChoices):
        OFFER = "offer", _("Menawarkan")
        NEED = "need", _("Mencari")

    class Topic(models.TextChoices):
        PACKAGING = "packaging", _("Kemasan")
        RAW_MATERIAL = "raw_material", _("Bahan baku")
        CERTIFICATES = "certificates", _("Legalitas dan sertifikat")
        MARKETS = "markets", _("Pasar dan penyalur")
        MACHINES = "machines", _("Mesin dan alat")
        TRAINING = "training", _("Pelatihan")
        LOGISTICS = "logistics", _("Pengiriman")
        OTHER = "other", pgettext_lazy("hal", "Lain-lain")

    # Made from the number of the form and what was written in it: what is sent twice is one.
    id = models.UUIDField(primary_key=True, editable=False)
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    direction = models.CharField(_("menawarkan atau mencari"), max_length=5, choices=Direction)
    topic = models.CharField(_("hal"), max_length=12, choices=Topic)
    # The kind of product that it is about, where it is about one.
    category = models.ForeignKey(
        Category,
        verbose_name=_("untuk produk"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    text = models.CharField(_("tulisan"), max_length=400)
    whatsapp = models.CharField(
        _("nomor WhatsApp"), max_length=16, blank=True, validators=[check_number]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    contact_allowed = models.BooleanField(_("kontak boleh dilihat peserta lain"), default=False)
    # Under which words (events.consent); the moment is that of the last change.
    consent_version = models.CharField(max_length=8, blank=True, editable=False)
    is_example = models.BooleanField(_("contoh"), default=False, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ditulis oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("ditulis"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("diubah"), null=True, editable=False)
    closed_at = models.DateTimeField(_("ditutup"), null=True, editable=False)
    hidden_at = models.DateTimeField(_("disembunyikan panitia"), null=True, editable=False)
    hidden_reason = models.CharField(_("alasan panitia"), max_length=200, blank=True)

    # Set by opop_expo.participants.reads: who answered it.
    interests_here: list[Interest]

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kabar peserta")
        verbose_name_plural = pgettext_lazy("jamak", "kabar peserta")
        ordering = ["-made_at", "pk"]
        indexes = [models.Index(fields=["producer", "-made_at"], name="notice_producer_made_at")]
        constraints = [
            models.CheckConstraint(
                name="notice_text_not_empty",
                condition=~Q(text=""),
                violation_error_message=_("Tulis apa yang ditawarkan atau dicari."),
            ),
            models.CheckConstraint(
                name="notice_contact_by_consent",
                condition=Q(contact_allowed=True) | Q(whatsapp="", email=""),
                violation_error_message=CONTACT_NEEDS_CONSENT,
            ),
            models.CheckConstraint(
                name="notice_whatsapp_is_indonesian",
                condition=Q(whatsapp="") | Q(whatsapp__startswith="628"),
                violation_error_message=_("Nomor WhatsApp disimpan dengan awalan 628."),
            ),
            models.CheckConstraint(
                name="notice_closed_keeps_no_contact",
                condition=Q(closed_at=None) | Q(whatsapp="", email="", contact_allowed=False),
                violation_error_message=_("Kabar yang ditutup tidak menyimpan kontak."),
            ),
            models.CheckConstraint(
                name="notice_hidden_has_reason",
                condition=Q(hidden_at=None, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                violation_error_message=_("Tulis alasan menyembunyikannya."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.headline}"

    @property
    def headline(self) -> str:
        """What it is in two words: `Mencari: kemasan`."""
        topic = self.get_topic_display()
        if self.is_need:
            return gettext("Mencari: %(topic)s") % {"topic": topic}
        return gettext("Menawarkan: %(topic)s") % {"topic": topic}

    @property
    def is_need(self) -> bool:
        """Whether it looks for something."""
        return self.direction == self.Direction.NEED

    @property
    def state(self) -> str:
        """Under which of its states organisers list it."""
        if self.hidden_at is not None:
            return "hidden"
        return "open" if self.closed_at is None else "closed"


class InterestQuerySet(models.QuerySet["Interest"]):
    """Answers to notices, in words."""

    def to_forget(self, before: dt.datetime) -> InterestQuerySet:
        """Those with a contact that were written before then."""
        return self.filter(made_at__lt=before, contact_allowed=True)


class Interest(models.Model):
    """A maker's answer to another's notice: one from each, shown to who wrote the notice."""

    notice = models.ForeignKey(
        Notice, verbose_name=_("kabar"), on_delete=models.PROTECT, related_name="interests"
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="interests",
    )
    text = models.CharField(_("pesan"), max_length=300)
    whatsapp = models.CharField(
        _("nomor WhatsApp"), max_length=16, blank=True, validators=[check_number]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    contact_allowed = models.BooleanField(_("kontak boleh dilihat penulis kabar"), default=False)
    consent_version = models.CharField(max_length=8, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ditulis oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("ditulis"), default=timezone.now, editable=False)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("tanggapan kabar")
        verbose_name_plural = pgettext_lazy("jamak", "tanggapan kabar")
        ordering = ["-made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "producer"], name="interest_once_a_maker"),
            models.CheckConstraint(
                name="interest_text_not_empty",
                condition=~Q(text=""),
                violation_error_message=_("Tulis pesan singkat."),
            ),
            models.CheckConstraint(
                name="interest_contact_by_consent",
                condition=Q(contact_allowed=True) | Q(whatsapp="", email=""),
                violation_error_message=CONTACT_NEEDS_CONSENT,
            ),
            models.CheckConstraint(
                name="interest_whatsapp_is_indonesian",
                condition=Q(whatsapp="") | Q(whatsapp__startswith="628"),
                violation_error_message=_("Nomor WhatsApp disimpan dengan awalan 628."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.text[:40]}"
