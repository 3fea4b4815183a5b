"""The schedule: rooms, speakers and sessions of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import in_reader_language
from stands.clock import WIB, business_date
from stands.models import Expo, PlanFeature

if TYPE_CHECKING:
    import datetime as dt


class Room(models.Model):
    """Where sessions are held: the main stage, a hall."""

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="rooms"
    )
    name = models.CharField(_("nama"), max_length=80)
    name_en = models.CharField(_("nama (Inggris)"), max_length=80, blank=True)
    # How many people it holds, where that is known.
    seats = models.PositiveIntegerField(_("jumlah tempat duduk"), null=True, blank=True)
    # What of the plan it is, where it is drawn.
    place = models.ForeignKey(
        PlanFeature,
        verbose_name=_("letak di denah"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="rooms",
    )
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("ruang")
        verbose_name_plural = pgettext_lazy("jamak", "ruang")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "name"],
                name="room_name_unique",
                violation_error_message=_("Ruang dengan nama ini sudah ada di edisi itu."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name, self.name_en)


class Speaker(models.Model):
    """Who speaks or teaches; the same person at several editions is one row."""

    name = models.CharField(_("nama"), max_length=120)
    # Office or trade: 'Kepala Dinas Koperasi dan UKM Jawa Timur'.
    about = models.CharField(_("jabatan atau usaha"), max_length=200, blank=True)
    about_en = models.CharField(_("jabatan atau usaha (Inggris)"), max_length=200, blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("tunggal", "pembicara")
        verbose_name_plural = pgettext_lazy("jamak", "pembicara")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "about"],
                name="speaker_unique",
                violation_error_message=_("Pembicara ini sudah ada."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def about_text(self) -> str:
        """Office or trade in the reader's language."""
        return in_reader_language(self.about, self.about_en)


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, in words."""

    def at(self, expo: Expo) -> SessionQuerySet:
        """Those of one edition as the schedule lists them; those without a day come last."""
        return (
            self.filter(expo=expo)
            .select_related("room__place")
            .order_by(F("date").asc(nulls_last=True), F("starts_at").asc(nulls_last=True), "title")
        )

    def held(self) -> SessionQuerySet:
        """Those that were not called off."""
        return self.filter(is_cancelled=False)

    def with_hours(self) -> SessionQuerySet:
        """Those of which the hours are known."""
        return self.filter(starts_at__isnull=False, ends_at__isnull=False)

    def with_speakers(self) -> SessionQuerySet:
        """With their speakers, in one more query."""
        return self.prefetch_related("speakers")


class Session(models.Model):
    """A talkshow, a training, a ceremony, a competition.

    Of a past edition often only the title is known: then day and hours are empty. The reported
    count is what somebody said of it; the people counted are the rows of Attendance.
    """

    class Kind(models.TextChoices):
        TALKSHOW = "talkshow", _("Talkshow")
        TRAINING = "training", _("Pelatihan")
        CEREMONY = "ceremony", _("Upacara")
        COMPETITION = "competition", _("Lomba")
        OTHER = "other", _("Acara lain")

    class Language(models.TextChoices):
        INDONESIAN = "id", _("Bahasa Indonesia")
        JAVANESE = "jv", _("Bahasa Jawa")
        MADURESE = "mad", _("Bahasa Madura")
        ENGLISH = "en", _("Bahasa Inggris")
        ARABIC = "ar", _("Bahasa Arab")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="sessions"
    )
    slug = models.SlugField(_("alamat"), max_length=80)
    kind = models.CharField(_("jenis"), max_length=11, choices=Kind)
    title = models.CharField(_("judul"), max_length=160)
    title_en = models.CharField(_("judul (Inggris)"), max_length=160, blank=True)
    description = models.TextField(_("keterangan"), blank=True)
    description_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    room = models.ForeignKey(
        Room,
        verbose_name=_("ruang"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sessions",
    )
    # The day in WIB; empty where no source says it.
    date = models.DateField(_("tanggal"), null=True, blank=True)
    starts_at = models.DateTimeField(_("mulai"), null=True, blank=True)
    ends_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    language = models.CharField(
        _("bahasa"), max_length=3, choices=Language, default=Language.INDONESIAN, blank=True
    )
    # For whom: 'koperasi dan UMKM berbasis OPOP'. Empty: for everybody.
    target_group = models.CharField(_("untuk siapa"), max_length=160, blank=True)
    target_group_en = models.CharField(_("untuk siapa (Inggris)"), max_length=160, blank=True)
    speakers = models.ManyToManyField(
        Speaker, verbose_name=_("pembicara"), blank=True, related_name="sessions"
    )
    takes_registrations = models.BooleanField(_("bisa didaftari"), default=False)
    # How many may register; empty: no limit. Who comes beyond waits on the waiting list.
    capacity = models.PositiveIntegerField(_("kapasitas"), null=True, blank=True)
    is_cancelled = models.BooleanField(pgettext_lazy("acara", "dibatalkan"), default=False)
    # How many came, as somebody reported it, and who said so. The rows counted stand apart.
    reported_count = models.PositiveIntegerField(
        _("jumlah peserta dilaporkan"), null=True, blank=True
    )
    reported_unit = models.CharField(
        _("satuan yang dilaporkan"),
        max_length=60,
        blank=True,
        help_text=_("Misalnya: koperasi dan UMKM"),
    )
    reported_unit_en = models.CharField(
        _("satuan yang dilaporkan (Inggris)"), max_length=60, blank=True
    )
    reported_by = models.CharField(_("dilaporkan oleh"), max_length=160, blank=True)
    reported_by_en = models.CharField(_("dilaporkan oleh (Inggris)"), max_length=160, blank=True)
    reported_sources = models.TextField(_("sumber laporan"), blank=True)
    reported_on = models.DateField(_("tanggal laporan"), null=True, blank=True)
    # Addresses of pages that say that the session was held, parted by ` | ` as everywhere.
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("acara")
        verbose_name_plural = pgettext_lazy("jamak", "acara")
        ordering = ["date", "starts_at", "title"]
        indexes = [models.Index(fields=["expo", "date"], name="session_expo_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "slug"],
                name="session_slug_unique",
                violation_error_message=_("Alamat ini sudah dipakai acara lain di edisi itu."),
            ),
            models.CheckConstraint(
                name="session_hours_together",
                condition=Q(starts_at=None, ends_at=None)
                | Q(
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    date__isnull=False,
                    ends_at__gt=F("starts_at"),
                ),
                violation_error_message=_("Isi mulai dan selesai, selesai setelah mulai."),
            ),
            models.CheckConstraint(
                name="session_report_says_who",
                condition=Q(reported_count=None) | ~Q(reported_by=""),
                violation_error_message=_("Tulis siapa yang melaporkan jumlah peserta itu."),
            ),
            models.CheckConstraint(
                name="session_capacity_positive",
                condition=Q(capacity=None) | Q(capacity__gt=0),
                violation_error_message=_("Kapasitas harus lebih dari nol, atau kosong."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_text

    def get_absolute_url(self) -> str:
        return reverse("session_detail", args=[self.expo.slug, self.slug])

    @property
    def title_text(self) -> str:
        """The title in the reader's language."""
        return in_reader_language(self.title, self.title_en)

    @property
    def description_text(self) -> str:
        """The description in the reader's language."""
        return in_reader_language(self.description, self.description_en)

    @property
    def target_group_text(self) -> str:
        """For whom, in the reader's language."""
        return in_reader_language(self.target_group, self.target_group_en)

    @property
    def reported_unit_text(self) -> str:
        """What the reported count counts, in the reader's language."""
        return in_reader_language(self.reported_unit, self.reported_unit_en)

    @property
    def reported_by_text(self) -> str:
        """Who reported the count, in the reader's language."""
        return in_reader_language(self.reported_by, self.reported_by_en)

    @property
    def starts(self) -> dt.time | None:
        """The hour in WIB at which it begins."""
        return None if self.starts_at is None else self.starts_at.astimezone(WIB).time()

    @property
    def ends(self) -> dt.time | None:
        """The hour in WIB at which it ends."""
        return None if self.ends_at is None else self.ends_at.astimezone(WIB).time()

    @property
    def has_hours(self) -> bool:
        """Whether its hours are known, so that it can be in a calendar."""
        return self.starts_at is not None and self.ends_at is not None

    def has_ended_by(self, at: dt.datetime) -> bool:
        """Whether it is over; with a day and no hours, after that day."""
        if self.ends_at is not None:
            return self.ends_at <= at
        return self.date is not None and self.date < business_date(at)

    def is_on_at(self, at: dt.datetime) -> bool:
        """Whether it is being held at that instant."""
        if self.starts_at is None or self.ends_at is None or self.is_cancelled:
            return False
        return self.starts_at <= at < self.ends_at
