"""What buyers and partners wrote to makers, what was answered, and the mails that this owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Pesantren, Producer, Product
from stands.models.editions import Expo
from stands.models.stands import Stand

if TYPE_CHECKING:
    import datetime as dt


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    """Inquiries, in words."""

    def at(self, expo: Expo) -> InquiryQuerySet:
        """Those of one edition, the newest first."""
        return self.filter(expo=expo).order_by("-received_at", "pk")

    def in_state(self, state: str) -> InquiryQuerySet:
        """Those that stand there."""
        return self.filter(state=state)

    def with_subject(self) -> InquiryQuerySet:
        """With what they are about, in the same query."""
        return self.select_related("expo", "product__producer", "producer", "pesantren", "stand")

    def with_unsent_mail(self) -> InquiryQuerySet:
        """With the number of mails that have not gone out, as `unsent`."""
        waiting = Q(mails__sent_at__isnull=True, mails__isnull=False)
        return self.annotate(  # type: ignore[no-redef]  # declared on the model
            unsent=models.Count("mails", filter=waiting)
        )

    def to_forget(self, before: dt.datetime) -> InquiryQuerySet:
        """Those that nobody has touched since then and that still say who wrote."""
        return self.filter(touched_at__lt=before, anonymised_at=None)


class Inquiry(models.Model):
    """A buyer's or partner's interest, until it becomes talk; then an Agreement points back at it.

    Who wrote is for organisers alone, and is forgotten after a while (stands.inquiring).
    """

    class State(models.TextChoices):
        INTEREST = "interest", _("Minat baru")
        TALK = "talk", _("Dibicarakan")
        CLOSED = "closed", pgettext_lazy("minat kerja sama", "Selesai")
        DECLINED = "declined", _("Tidak lanjut")

    # Made from the number of the form and what was written in it: what is sent twice is one.
    id = models.UUIDField(primary_key=True, editable=False)
    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="inquiries"
    )
    # What it is about: one of these four.
    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    stand = models.ForeignKey(
        Stand,
        verbose_name=_("stan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inquiries",
    )
    name = models.CharField(_("nama"), max_length=80, blank=True)
    organisation = models.CharField(_("usaha atau lembaga"), max_length=120, blank=True)
    contact = models.CharField(_("e-mail atau nomor WhatsApp"), max_length=120, blank=True)
    message = models.TextField(_("pesan"), max_length=1000, blank=True)
    # Under which words (events.consent); the moment is that of receiving.
    consent_version = models.CharField(max_length=8, blank=True, editable=False)
    # Where the form was, so that a mail can lead back: `https://expo.example`.
    site = models.CharField(max_length=200, blank=True, editable=False)
    # In which language to answer.
    language = models.CharField(_("bahasa"), max_length=5, default="id")
    state = models.CharField(_("keadaan"), max_length=8, choices=State, default=State.INTEREST)
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    touched_at = models.DateTimeField(_("terakhir diurus"), default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(_("data diri dihapus"), null=True, editable=False)

    # Set by with_unsent_mail().
    unsent: int

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("minat kerja sama")
        verbose_name_plural = pgettext_lazy("jamak", "minat kerja sama")
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["expo", "state"], name="inquiry_expo_state")]
        constraints = [
            models.CheckConstraint(
                name="inquiry_about_one_thing",
                condition=Q(product__isnull=False, stand=None, producer=None, pesantren=None)
                | Q(product=None, stand__isnull=False, producer=None, pesantren=None)
                | Q(product=None, stand=None, producer__isnull=False, pesantren=None)
                | Q(product=None, stand=None, producer=None, pesantren__isnull=False),
                violation_error_message=_("Minat menyangkut satu hal saja."),
            ),
            models.CheckConstraint(
                name="inquiry_says_who_until_anonymised",
                condition=Q(anonymised_at__isnull=False, name="", organisation="")
                & Q(contact="", message="")
                | Q(anonymised_at=None) & ~Q(name="") & ~Q(contact="") & ~Q(message=""),
                violation_error_message=_("Nama, kontak, dan pesan ada, atau semuanya dihapus."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.received_at:%d-%m-%Y}"

    @property
    def subject(self) -> Product | Stand | Producer | Pesantren:
        """What it is about."""
        found = self.product or self.stand or self.producer or self.pesantren
        assert found is not None  # noqa: S101, the constraint says so
        return found

    @property
    def has_email(self) -> bool:
        """Whether it can be answered by mail; else it is a telephone number."""
        return "@" in self.contact


class InquiryAnswer(models.Model):
    """What an organiser noted on an inquiry or wrote back, and where it moved."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField(_("waktu"), default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Empty where only the state moved, and once the inquiry is anonymised.
    text = models.TextField(_("jawaban atau catatan"), blank=True)
    is_mail = models.BooleanField(_("dikirim sebagai e-mail"), default=False)
    state_before = models.CharField(max_length=8, choices=Inquiry.State)
    state_after = models.CharField(max_length=8, choices=Inquiry.State)

    class Meta:
        verbose_name = _("jawaban minat")
        verbose_name_plural = pgettext_lazy("jamak", "jawaban minat")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.at:%Y-%m-%d %H:%M}"


class InquiryMail(models.Model):
    """A mail that an inquiry owes to somebody. Written with the inquiry, sent when it can be.

    To a producer, else to the writer with an answer, else to the organisers.
    """

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="mails")
    producer = models.ForeignKey(
        Producer, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.ForeignKey(
        InquiryAnswer, null=True, blank=True, on_delete=models.CASCADE, related_name="mails"
    )
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    # Whoever is sending it has noted that before; after a while another may try.
    tried_at = models.DateTimeField(_("terakhir dicoba"), null=True)
    tries = models.PositiveSmallIntegerField(_("percobaan"), default=0)

    class Meta:
        verbose_name = _("surat minat")
        verbose_name_plural = pgettext_lazy("jamak", "surat minat")
        indexes = [
            models.Index(fields=["tried_at"], name="inquiry_mail_unsent", condition=Q(sent_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                name="inquiry_mail_one_recipient",
                condition=Q(producer=None) | Q(answer=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id} {self.sent_at or '–'}"
