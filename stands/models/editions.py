"""Editions of the expo, their days, and what a closed one keeps of its products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Pesantren, Producer, Product
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    import datetime as dt


def _has_a_stand() -> models.Exists:
    """Of an edition: whether its hall is known. Stands know editions, not the other way round."""
    from stands.models.stands import Stand

    return models.Exists(Stand.objects.filter(expo=models.OuterRef("pk")))


class ExpoQuerySet(models.QuerySet["Expo"]):
    """Editions, in words."""

    def public(self) -> ExpoQuerySet:
        """Those that visitors may see, wherever it is not the address that names the edition."""
        return self.filter(is_public=True)

    def with_stands(self) -> ExpoQuerySet:
        """Those whose hall is known here; of most past editions only figures are."""
        return self.filter(_has_a_stand())

    def at_work(self) -> ExpoQuerySet:
        """Those with a hall, now or to come: of most past ones nothing is known but figures."""
        to_come = ExpoDay.objects.filter(
            expo=models.OuterRef("pk"), date__gte=business_date(timezone.now())
        )
        is_at_the_front_or_prepared = Q(is_current=True) | Q(is_public=False)
        return self.filter(is_at_the_front_or_prepared | _has_a_stand() | models.Exists(to_come))

    def with_days(self) -> ExpoQuerySet:
        """With their days, in one more query."""
        return self.prefetch_related("days")

    def each_with_days(self) -> list[Expo]:
        """All of them with their days, in one query; the one that `/` shows comes first."""
        columns = {name: models.F(f"days__{name}") for name in ("pk", "date", "opens", "closes")}
        found: dict[int, Expo] = {}
        rows = self.annotate(
            **{f"day_{name}": column for name, column in columns.items()},
            has_a_stand=_has_a_stand(),
        )
        for row in rows.order_by("-is_current", "-slug", "days__date"):
            expo = found.setdefault(row.pk, row)
            expo.has_stands = bool(vars(row)["has_a_stand"])
            values = {name: getattr(row, f"day_{name}") for name in columns}
            days = [ExpoDay(expo=expo, **values)] if values["pk"] else []
            expo.all_days = days if expo is row else [*expo.all_days, *days]
        for expo in found.values():
            dates = [day.date for day in expo.all_days]
            expo.first_date, expo.last_date = min(dates, default=None), max(dates, default=None)
        return list(found.values())

    def with_span(self) -> ExpoQuerySet:
        """With the first and the last date, in the same query."""
        return self.annotate(  # type: ignore[no-redef]  # declared on the model for the readers
            first_date=models.Min("days__date"), last_date=models.Max("days__date")
        )

    def current(self) -> Expo | None:
        """The edition that `/` shows: the one marked so, else the newest."""
        return self.with_days().order_by("-is_current", "-slug").first()


class Expo(models.Model):
    """One edition of the expo. Its address is printed on cardboard and never changes."""

    slug = models.SlugField(
        _("alamat"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^\d{4}[a-z0-9-]*$", _("Mulai dengan empat angka tahun, huruf kecil."))
        ],
    )
    name = models.CharField(_("nama"), max_length=80)
    theme = models.CharField(_("tema"), max_length=160, blank=True)
    venue = models.CharField(_("tempat"), max_length=120)
    city = models.CharField(_("kota"), max_length=60)
    is_current = models.BooleanField(_("edisi yang sedang tampil"), default=False)
    is_example = models.BooleanField(_("berisi data contoh"), default=False)
    # Visitors see it. A new edition is prepared unseen, while the one before is public.
    is_public = models.BooleanField(_("terbuka untuk umum"), default=True)
    # From then on read only, with what it published of each product kept beside it.
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True, editable=False)
    plan_width = models.PositiveIntegerField(_("lebar denah"), default=1200)
    plan_height = models.PositiveIntegerField(_("tinggi denah"), default=800)
    notes = models.TextField(_("catatan"), blank=True)
    sources = models.TextField(_("sumber"), blank=True)

    # Set by with_span() and each_with_days(); None for an edition without days.
    first_date: dt.date | None
    last_date: dt.date | None
    # Set by stands.catalogue_version where a page is made: the version that it shows.
    catalogue_version: int | None = None

    objects = ExpoQuerySet.as_manager()

    class Meta:
        verbose_name = _("edisi")
        verbose_name_plural = pgettext_lazy("jamak", "edisi")
        ordering = ["-slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="expo_one_current",
                violation_error_message=_("Sudah ada edisi lain yang sedang tampil."),
            ),
            models.CheckConstraint(
                name="expo_current_is_public",
                condition=Q(is_current=False) | Q(is_public=True),
                violation_error_message=_("Edisi yang belum terbit tidak bisa tampil di depan."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("expo_home", args=[self.slug])

    @property
    def is_closed(self) -> bool:
        """Whether it is read only, and shows what it published of its products."""
        return self.closed_at is not None

    def reference_date(self, today: dt.date) -> dt.date:
        """The day as of which credentials count: today, at most the last day. Needs with_span().

        Of a closed edition never later than the day on which it was closed.
        """
        if self.closed_at is not None:
            today = min(today, business_date(self.closed_at))
        return today if self.last_date is None else min(today, self.last_date)

    @cached_property
    def has_stands(self) -> bool:
        """Whether its hall is known here: of most past editions only figures are."""
        return self.stands.exists()

    @cached_property
    def all_days(self) -> list[ExpoDay]:
        """The days in order, from the prefetch where there is one."""
        return sorted(self.days.all(), key=lambda day: day.date)

    def day_at(self, at: dt.datetime) -> ExpoDay | None:
        """The expo day on which the instant `at` falls, or None outside the edition's days."""
        date = business_date(at)
        return next((day for day in self.all_days if day.date == date), None)

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether the doors are open at `at`: a day with known hours, and within them."""
        day = self.day_at(at)
        return not self.is_closed and day is not None and day.is_open_at(at)

    def next_day_after(self, at: dt.datetime) -> ExpoDay | None:
        """The first day whose doors open after `at`; a day with unknown hours opens at midnight."""
        if self.is_closed:
            return None
        return next((day for day in self.all_days if day.opens_after(at)), None)

    def has_ended_by(self, at: dt.datetime) -> bool:
        """Whether all days are over, or the edition is closed."""
        days = self.all_days
        return self.is_closed or (
            bool(days)
            and (
                days[-1].date < business_date(at)
                or (days[-1].date == business_date(at) and days[-1].has_closed_by(at))
            )
        )


class ExpoDay(models.Model):
    """One day of an edition, with its opening hours in WIB where they are known."""

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="days"
    )
    date = models.DateField(_("tanggal"))
    opens = models.TimeField(_("buka"), null=True, blank=True)
    closes = models.TimeField(_("tutup"), null=True, blank=True)

    class Meta:
        verbose_name = _("hari")
        verbose_name_plural = pgettext_lazy("jamak", "hari")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["expo", "date"], name="expo_day_date_unique"),
            models.CheckConstraint(
                name="expo_day_hours_together",
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, closes__gt=F("opens")),
                violation_error_message=_("Isi jam buka dan jam tutup, tutup setelah buka."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d-%m-%Y}"

    def is_open_at(self, at: dt.datetime) -> bool:
        """Whether the doors are open at `at`; False where the hours are unknown."""
        local = at.astimezone(WIB)
        return (
            self.opens is not None
            and self.closes is not None
            and local.date() == self.date
            and self.opens <= local.time() < self.closes
        )

    def opens_after(self, at: dt.datetime) -> bool:
        """Whether the doors are still to open at `at`."""
        local = at.astimezone(WIB)
        if local.date() != self.date:
            return local.date() < self.date
        return self.opens is not None and local.time() < self.opens

    def has_closed_by(self, at: dt.datetime) -> bool:
        """Whether this day's doors have closed; an unknown hour closes at midnight."""
        local = at.astimezone(WIB)
        if local.date() != self.date:
            return local.date() > self.date
        return self.closes is not None and local.time() >= self.closes


class KeptProduct(models.Model):
    """What a closed edition published of a product: products themselves have no edition.

    Price, credentials as of then, curation and texts, written once when the edition is closed by
    stands.closing_edition; stands.published shows them. Who made it then stands beside it, so that
    no maker's page goes while an edition leads there.
    """

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="kept_products"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("produk"), on_delete=models.PROTECT, related_name="kept"
    )
    producer = models.ForeignKey(
        Producer, verbose_name=_("pelaku usaha"), on_delete=models.PROTECT, related_name="kept"
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        on_delete=models.PROTECT,
        related_name="kept",
    )
    content = models.JSONField(_("isi"))

    class Meta:
        verbose_name = _("produk edisi lalu")
        verbose_name_plural = pgettext_lazy("jamak", "produk edisi lalu")
        constraints = [
            models.UniqueConstraint(fields=["expo", "product"], name="kept_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.expo_id} {self.product_id}"
