"""What an edition publishes of itself: the organiser's choices, and what was frozen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stands.models import Expo


class ResultsChoice(models.Model):
    """What the organiser wants on the results page of an edition."""

    expo = models.OneToOneField(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="results_choice"
    )
    is_public = models.BooleanField(_("halaman hasil terbuka untuk umum"), default=False)
    top_categories = models.PositiveSmallIntegerField(_("jumlah kategori teratas"), default=5)
    top_products = models.PositiveSmallIntegerField(_("jumlah produk teratas"), default=10)
    # Whether the claims that were not published can be opened.
    shows_other_claims = models.BooleanField(_("tampilkan klaim lain"), default=True)
    introduction = models.TextField(_("pengantar"), blank=True)
    introduction_en = models.TextField(_("pengantar (Inggris)"), blank=True)

    class Meta:
        verbose_name = _("pilihan halaman hasil")
        verbose_name_plural = pgettext_lazy("jamak", "pilihan halaman hasil")

    def __str__(self) -> str:
        return str(self.expo)


class ResultsVersion(models.Model):
    """Results as they were frozen: the final ones are number 1, each amendment one more.

    Append only. Each carries the SHA-256 of its content and of the version before it.
    """

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="results_versions"
    )
    number = models.PositiveSmallIntegerField(_("nomor"))
    made_at = models.DateTimeField(_("dibekukan"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibekukan oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Why it was amended; empty for the final one.
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    # Canonical JSON, as hashed: text, so that no database writes it otherwise.
    content = models.TextField(_("isi"))
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(_("sidik"), max_length=64)

    class Meta:
        verbose_name = _("hasil yang dibekukan")
        verbose_name_plural = pgettext_lazy("jamak", "hasil yang dibekukan")
        ordering = ["expo", "number"]
        constraints = [
            models.UniqueConstraint(fields=["expo", "number"], name="results_version_unique"),
            models.CheckConstraint(
                name="results_version_first_or_reason",
                condition=Q(number=1, previous_hash="")
                | Q(number__gt=1) & ~Q(reason="") & ~Q(previous_hash=""),
                violation_error_message=_("Tulis alasan perubahannya."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expo_id} · {self.number}"
