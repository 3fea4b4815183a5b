"""Visitors counted at the gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import in_reader_language
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

# More than this at once is no tap.
MOST_AT_ONCE = 50


class Gate(models.Model):
    """Where visitors come in and are counted."""

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="gates"
    )
    name = models.CharField(_("nama"), max_length=60)
    name_en = models.CharField(_("nama (Inggris)"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("pintu")
        verbose_name_plural = pgettext_lazy("jamak", "pintu")
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "name"],
                name="gate_name_unique",
                violation_error_message=_("Pintu dengan nama ini sudah ada di edisi itu."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name, self.name_en)


class GateCountQuerySet(models.QuerySet["GateCount"]):
    """Taps, in words; the last one comes first where they are asked for at a gate."""

    def standing(self) -> GateCountQuerySet:
        """Those that nobody took back, and no undo."""
        return self.filter(takes_back=None, taken_back_by=None)

    def at(self, gate: Gate, date: dt.date) -> GateCountQuerySet:
        """Those at one gate on one day."""
        return self.filter(gate=gate, date=date).order_by("-counted_at", "-pk")

    def by(self, user: User) -> GateCountQuerySet:
        """Those that one person sent."""
        return self.filter(counted_by=user)


class GateCount(models.Model):
    """One tap at a gate: so many came in, or one tap was taken back. Append only.

    The key was made by the phone, so the same tap sent twice is one.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    gate = models.ForeignKey(
        Gate, verbose_name=_("pintu"), on_delete=models.PROTECT, related_name="counts"
    )
    # People; below zero for a tap taken back, which then names it.
    step = models.SmallIntegerField(_("orang"))
    takes_back = models.OneToOneField(
        "self",
        verbose_name=_("menarik kembali"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="taken_back_by",
    )
    # The phone's clock, corrected by the offset measured when it was sent.
    counted_at = models.DateTimeField(_("dihitung"))
    # That clock was wrong: it was then at the latest. An undo is as sure as what it takes back.
    time_is_guessed = models.BooleanField(_("jam HP salah"), default=False, editable=False)
    # Day and hour in WIB, 0 to 23: of the tap itself, and for an undo those of what it takes back,
    # so that it mends the very figure that was wrong.
    date = models.DateField(_("tanggal"))
    hour = models.PositiveSmallIntegerField(_("jam"))
    received_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dihitung oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = GateCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("hitungan pintu")
        verbose_name_plural = pgettext_lazy("jamak", "hitungan pintu")
        ordering = ["counted_at", "pk"]
        indexes = [models.Index(fields=["gate", "date", "hour"], name="gate_count_gate_day_hour")]
        constraints = [
            models.CheckConstraint(
                name="gate_count_step",
                condition=Q(takes_back=None, step__gt=0, step__lte=MOST_AT_ONCE)
                | Q(takes_back__isnull=False, step__lt=0, step__gte=-MOST_AT_ONCE),
            ),
            models.CheckConstraint(name="gate_count_hour_of_day", condition=Q(hour__lte=23)),
        ]

    def __str__(self) -> str:
        return f"{self.gate_id} {self.step:+d}"
