"""Who registered for a session and who came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Producer
from programme.models.schedule import Session
from stands.clock import business_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from uuid import UUID


class ParticipantKind(models.TextChoices):
    """What somebody comes as."""

    KOPONTREN = "kopontren", _("Kopontren")
    UMKM = "umkm", _("UMKM")
    PESANTREN = "pesantren", _("Pesantren")
    # One of them, where the plain word is all.
    VISITOR = "visitor", pgettext_lazy("seorang", "Pengunjung")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations, in words."""

    def of(self, session: Session) -> RegistrationQuerySet:
        """Those for one session, in the order in which they came."""
        return self.filter(session=session).order_by("made_at", "pk")

    def with_a_seat(self) -> RegistrationQuerySet:
        """Those that may come in."""
        return self.filter(state=Registration.State.REGISTERED)

    def to_forget(self, before: dt.datetime) -> RegistrationQuerySet:
        """Those with a name for sessions that were over by then, or that never had a day."""
        over = (
            Q(session__ends_at__lte=before)
            | Q(session__ends_at=None, session__date__lt=business_date(before))
            | Q(session__date=None, made_at__lte=before)
        )
        return self.filter(over, anonymised_at=None)

    def forget(self, keys: Collection[UUID]) -> int:
        """Take name, contact and what was written freely off these; answer how many had any."""
        return self.filter(pk__in=keys, anonymised_at=None).update(
            name="", contact="", organisation="", anonymised_at=timezone.now()
        )

    def waiting(self) -> RegistrationQuerySet:
        """Those on the waiting list, who came first first."""
        return self.filter(state=Registration.State.WAITING).order_by("made_at", "pk")


class Registration(models.Model):
    """Somebody who wants to come to a session: with a seat, on the waiting list, or called off."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("Terdaftar")
        WAITING = "waiting", _("Daftar tunggu")
        CANCELLED = "cancelled", pgettext_lazy("pendaftaran", "Dibatalkan")

    # Made from the number of the form: what is sent twice is one.
    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(
        Session, verbose_name=_("acara"), on_delete=models.PROTECT, related_name="registrations"
    )
    name = models.CharField(_("nama"), max_length=80, blank=True)
    kind = models.CharField(_("sebagai"), max_length=9, choices=ParticipantKind)
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="registrations",
    )
    organisation = models.CharField(_("usaha atau lembaga"), max_length=120, blank=True)
    # E-mail or telephone, only where the participant gives it.
    contact = models.CharField(_("kontak"), max_length=120, blank=True)
    # Under which words (events.consent); the moment is `made_at`.
    consent_version = models.CharField(max_length=8, blank=True, editable=False)
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.REGISTERED)
    # What the ticket's QR holds: random, from secrets. It lets one person into one session.
    ticket = models.CharField(_("kode tiket"), max_length=20, unique=True, editable=False)
    language = models.CharField(_("bahasa"), max_length=5, default="id")
    made_at = models.DateTimeField(_("didaftarkan"), default=timezone.now, editable=False)
    # Set when the name is forgotten.
    anonymised_at = models.DateTimeField(_("data diri dihapus"), null=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("pendaftaran")
        verbose_name_plural = pgettext_lazy("jamak", "pendaftaran")
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["session", "state", "made_at"], name="registration_session_state")
        ]
        constraints = [
            models.CheckConstraint(
                name="registration_says_who",
                condition=Q(anonymised_at=None) & ~Q(name="")
                | Q(anonymised_at__isnull=False, name="", contact=""),
                violation_error_message=_("Nama wajib diisi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.session_id}"

    @property
    def has_come(self) -> bool:
        """Whether somebody came in by it; prefetch the attendances where many are asked."""
        return any(one.withdrawn_at is None for one in self.attendances.all())


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """People who came, in words."""

    def of(self, session: Session) -> AttendanceQuerySet:
        """Those who came to one session, as they came in."""
        return self.filter(session=session).order_by("came_at", "pk")

    def counted(self) -> AttendanceQuerySet:
        """Those that count: not the ones taken back."""
        return self.filter(withdrawn_at=None)

    def to_forget(self, before: dt.datetime) -> AttendanceQuerySet:
        """Those with a name of sessions that were over by then."""
        over = Q(session__ends_at__lte=before) | Q(session__ends_at=None, came_at__lte=before)
        return self.filter(over, anonymised_at=None)

    def forget(self, keys: Collection[UUID]) -> int:
        """Take name and what was written freely off these; answer how many had any."""
        return self.filter(pk__in=keys, anonymised_at=None).update(
            name="", organisation="", anonymised_at=timezone.now()
        )


class Attendance(models.Model):
    """Somebody who came to a session: let in by a ticket, by name, or without registration.

    The key was made by the device at the door, so the same one sent twice is one. A mistake at the
    door is taken back and stays visible.
    """

    class Way(models.TextChoices):
        SCAN = "scan", _("Tiket dipindai")
        NAME = "name", _("Dicari namanya")
        WALK_IN = "walk_in", _("Tanpa pendaftaran")

    id = models.UUIDField(primary_key=True, editable=False)
    session = models.ForeignKey(
        Session, verbose_name=_("acara"), on_delete=models.PROTECT, related_name="attendances"
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("pendaftaran"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    name = models.CharField(_("nama"), max_length=80, blank=True)
    kind = models.CharField(_("sebagai"), max_length=9, choices=ParticipantKind)
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    organisation = models.CharField(_("usaha atau lembaga"), max_length=120, blank=True)
    way = models.CharField(_("cara"), max_length=7, choices=Way)
    # What the ticket was at the door: somebody who waited, or had called off, may be let in.
    ticket_state = models.CharField(
        _("keadaan tiket"), max_length=10, choices=Registration.State, blank=True
    )
    # Printed on the certificate, and asked for by whoever checks it: random, from secrets.
    certificate = models.CharField(_("kode sertifikat"), max_length=20, unique=True, editable=False)
    # The device's clock, corrected by the offset measured when it was sent.
    came_at = models.DateTimeField(_("datang"))
    # That clock was wrong: they came then at the latest.
    time_is_guessed = models.BooleanField(_("jam HP salah"), default=False, editable=False)
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dicatat oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("ditarik kembali"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ditarik oleh"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    anonymised_at = models.DateTimeField(_("data diri dihapus"), null=True, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("kehadiran")
        verbose_name_plural = pgettext_lazy("jamak", "kehadiran")
        ordering = ["came_at", "pk"]
        indexes = [models.Index(fields=["session", "came_at"], name="attendance_session_came")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(withdrawn_at=None),
                name="attendance_once_a_ticket",
                violation_error_message=_("Tiket ini sudah dipakai masuk."),
            ),
            models.CheckConstraint(
                name="attendance_way_of_registration",
                condition=Q(way="walk_in", registration=None, ticket_state="")
                | Q(way__in=["scan", "name"], registration__isnull=False) & ~Q(ticket_state=""),
            ),
            models.CheckConstraint(
                name="attendance_says_who",
                condition=Q(anonymised_at=None) & ~Q(name="")
                | Q(anonymised_at__isnull=False, name=""),
            ),
            models.CheckConstraint(
                name="attendance_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.session_id}"
