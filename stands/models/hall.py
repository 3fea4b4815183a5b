"""The hall: its zones, and what its plan shows beside the stands."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import in_reader_language
from stands.models.editions import Expo


class Zone(models.Model):
    """A part of the hall."""

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="zones"
    )
    code = models.SlugField(_("kode"), max_length=10)
    name = models.CharField(_("nama"), max_length=60)
    name_en = models.CharField(_("nama (Inggris)"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("zona")
        verbose_name_plural = pgettext_lazy("jamak", "zona")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["expo", "code"], name="zone_code_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name_text}"

    @property
    def name_text(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name, self.name_en)


class PlanFeatureQuerySet(models.QuerySet["PlanFeature"]):
    """Features of plans, in words."""

    def at(self, expo: Expo) -> PlanFeatureQuerySet:
        """Those of one edition, in the order in which they are named."""
        return self.filter(expo=expo).select_related("zone").order_by("order", "pk")


class PlanFeature(models.Model):
    """A piece of the plan that is no stand, in the plan's own units from its upper left corner."""

    class Kind(models.TextChoices):
        HALL = "hall", _("Gedung")
        ZONE = "zone", _("Wilayah zona")
        ENTRANCE = "entrance", _("Pintu masuk")
        EXIT = "exit", _("Pintu keluar")
        INFORMATION = "information", _("Informasi")
        TOILET = "toilet", _("Toilet")
        PRAYER = "prayer", _("Mushola")
        WUDHU = "wudhu", _("Tempat wudu")
        STAGE = "stage", _("Panggung")
        FOOD = "food", _("Tempat makan")
        SEATS = "seats", _("Tempat duduk")
        FIRST_AID = "first_aid", _("Pertolongan pertama")
        NURSING = "nursing", _("Ruang laktasi")
        ATM = "atm", _("ATM")
        OTHER = "other", _("Lainnya")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="plan_features"
    )
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    # Whose area it is; of a zone alone.
    zone = models.OneToOneField(
        Zone,
        verbose_name=_("zona"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="area",
    )
    name = models.CharField(_("nama"), max_length=60, blank=True)
    name_en = models.CharField(_("nama (Inggris)"), max_length=60, blank=True)
    x = models.PositiveIntegerField(_("x"))
    y = models.PositiveIntegerField(_("y"))
    width = models.PositiveIntegerField(_("lebar"))
    height = models.PositiveIntegerField(_("tinggi"))
    # Its corners where it is no rectangle, counted from x and y.
    outline = models.CharField(
        _("garis luar"),
        max_length=400,
        blank=True,
        validators=[
            RegexValidator(
                r"^\d{1,5},\d{1,5}( \d{1,5},\d{1,5}){2,}$",
                _("Tulis titik sudutnya, sedikitnya tiga: 0,0 600,0 600,400."),
            )
        ],
    )
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    objects = PlanFeatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("bagian denah")
        verbose_name_plural = pgettext_lazy("jamak", "bagian denah")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_feature_size_positive",
                condition=Q(width__gt=0, height__gt=0),
                violation_error_message=_("Lebar dan tinggi harus lebih dari nol."),
            ),
            models.CheckConstraint(
                name="plan_feature_zone_of_area",
                condition=Q(kind="zone", zone__isnull=False)
                | (~Q(kind="zone") & Q(zone__isnull=True)),
                violation_error_message=_("Pilih zonanya untuk wilayah zona, dan hanya untuk itu."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_text

    @property
    def name_text(self) -> str:
        """What it is called, in the reader's language."""
        name = in_reader_language(self.name, self.name_en)
        return str(self.zone) if self.zone else name or str(self.get_kind_display())

    @property
    def rotation(self) -> int:
        """In degrees; only stands are turned."""
        return 0
