"""Where and when: editions of the expo, their days, zones, stands and what is offered there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from pesantren.models import Pesantren, Producer, Product, in_reader_language
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    import datetime as dt


# Of what is left: so few are said by number.
FEW = 5


class ExpoQuerySet(models.QuerySet["Expo"]):
    """Editions, in words."""

    def public(self) -> ExpoQuerySet:
        """Those that visitors may see, wherever it is not the address that names the edition."""
        return self.filter(is_public=True)

    def with_stands(self) -> ExpoQuerySet:
        """Those whose hall is known here; of most past editions only figures are."""
        return self.filter(models.Exists(Stand.objects.filter(expo=models.OuterRef("pk"))))

    def at_work(self) -> ExpoQuerySet:
        """Those with a hall, now or to come: of most past ones nothing is known but figures."""
        stands = Stand.objects.filter(expo=models.OuterRef("pk"))
        to_come = ExpoDay.objects.filter(
            expo=models.OuterRef("pk"), date__gte=business_date(timezone.now())
        )
        is_at_the_front_or_prepared = Q(is_current=True) | Q(is_public=False)
        return self.filter(
            is_at_the_front_or_prepared | models.Exists(stands) | models.Exists(to_come)
        )

    def with_days(self) -> ExpoQuerySet:
        """With their days, in one more query."""
        return self.prefetch_related("days")

    def each_with_days(self) -> list[Expo]:
        """All of them with their days, in one query; the one that `/` shows comes first."""
        columns = {name: models.F(f"days__{name}") for name in ("pk", "date", "opens", "closes")}
        found: dict[int, Expo] = {}
        rows = self.annotate(
            **{f"day_{name}": column for name, column in columns.items()},
            has_a_stand=models.Exists(Stand.objects.filter(expo=models.OuterRef("pk"))),
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
        verbose_name_plural = _("edisi")
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
        verbose_name_plural = _("hari")
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
        verbose_name_plural = _("zona")
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
        verbose_name_plural = _("bagian denah")
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


class StandQuerySet(models.QuerySet["Stand"]):
    """Stands, in words."""

    def at(self, expo: Expo) -> StandQuerySet:
        """Those of one edition, zone by zone, A2 before A10."""
        return (
            self.filter(expo=expo)
            .select_related("zone")
            .order_by("zone__order", "zone__code", Length("code"), "code")
        )

    def of_pesantren(self, pesantren: Pesantren) -> StandQuerySet:
        """Those on which `pesantren` stands, alone or with others."""
        return self.filter(pesantren=pesantren)

    def in_zone(self, code: str) -> StandQuerySet:
        """Those in the zone of that code."""
        return self.filter(zone__code=code)

    def selling(self, category: str) -> StandQuerySet:
        """Those with something on sale in the category of that slug."""
        offers = Offer.objects.on_sale().filter(product__category__slug=category)
        return self.filter(pk__in=offers.values("stand"))

    def from_regency(self, code: str) -> StandQuerySet:
        """Those with a pesantren from the regency of that code."""
        return self.filter(pesantren__regency__code=code).distinct()

    def with_pesantren(self) -> StandQuerySet:
        """With their pesantren and where these come from, in one more query."""
        return self.prefetch_related(
            models.Prefetch("pesantren", Pesantren.objects.select_related("regency"))
        )

    def with_offers(self) -> StandQuerySet:
        """With all they sell, as `offers_here`, in one more query."""
        offers = Offer.objects.on_sale().in_till_order().with_product()
        return self.prefetch_related(  # type: ignore[no-redef]  # declared on the model
            models.Prefetch("offers", offers, to_attr="offers_here")
        )

    def with_first_offers(self, most: int) -> StandQuerySet:
        """With the first they sell, as `offers_here`, and how many more, as `more_offers`."""
        offers = Offer.objects.on_sale().in_till_order().with_product()[:most]
        sold = Q(offers__withdrawn=False) & (
            ~Q(offers__product__state=Product.State.WITHDRAWN) | Q(expo__closed_at__isnull=False)
        )
        return self.prefetch_related(  # type: ignore[no-redef]  # declared on the model
            models.Prefetch("offers", offers, to_attr="offers_here")
        ).annotate(more_offers=models.Count("offers", filter=sold, distinct=True) - most)


class Stand(models.Model):
    """A place in the hall. Not the same as a pesantren: one may hold several, or none."""

    class Kind(models.TextChoices):
        PESANTREN = "pesantren", _("Stan pesantren")
        COMMUNAL = "communal", _("Stan bersama")
        UMKM = "umkm", _("UMKM tamu")
        SPONSOR = "sponsor", _("Sponsor")
        TRAINING = "training", _("Pusat pelatihan")
        HEALTH = "health", _("Pos kesehatan")
        ORGANISER = "organiser", _("Panitia")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="stands"
    )
    code = models.CharField(
        _("kode"),
        max_length=6,
        validators=[RegexValidator(r"^[A-Z]{1,2}\d{1,3}$", _("Huruf besar lalu angka: A12."))],
    )
    name = models.CharField(_("nama"), max_length=120)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    zone = models.ForeignKey(
        Zone, verbose_name=_("zona"), on_delete=models.PROTECT, related_name="stands"
    )
    pesantren = models.ManyToManyField(
        Pesantren, verbose_name=_("pesantren"), blank=True, related_name="stands"
    )
    description = models.TextField(_("keterangan"), blank=True)
    description_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    # The stand's static QRIS code, shown to the customer by the till. It confirms nothing.
    qris_image = models.ImageField(_("gambar QRIS"), upload_to="qris/", blank=True)
    # Place on the plan, in the plan's own units, from its upper left corner.
    x = models.PositiveIntegerField(_("x"), default=0)
    y = models.PositiveIntegerField(_("y"), default=0)
    width = models.PositiveIntegerField(_("lebar"), default=80)
    height = models.PositiveIntegerField(_("tinggi"), default=60)
    # Degrees clockwise about its middle.
    rotation = models.PositiveSmallIntegerField(_("putaran"), default=0)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    # Set by with_offers() and with_first_offers().
    offers_here: list[Offer]

    objects = StandQuerySet.as_manager()

    class Meta:
        verbose_name = _("stan")
        verbose_name_plural = _("stan")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["expo", "code"], name="stand_code_unique"),
            models.CheckConstraint(
                name="stand_size_positive",
                condition=Q(width__gt=0, height__gt=0),
                violation_error_message=_("Lebar dan tinggi stan harus lebih dari nol."),
            ),
            models.CheckConstraint(
                name="stand_rotation_within_circle",
                condition=Q(rotation__lt=360),
                violation_error_message=_("Putaran dari 0 sampai 359 derajat."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("stand_detail", args=[self.expo.slug, self.code])

    @property
    def description_text(self) -> str:
        """The description in the reader's language."""
        return in_reader_language(self.description, self.description_en)

    @property
    def is_placed(self) -> bool:
        """Whether it has a place on the plan; a new stand lies in the very corner."""
        return (self.x, self.y) != (0, 0)


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers, in words."""

    def on_sale(self) -> OfferQuerySet:
        """Those that a till sells and a visitor sees.

        At a closed edition what was withdrawn since is still shown; what was withdrawn when it was
        closed has had its offers withdrawn then (stands.closing_edition).
        """
        return self.filter(withdrawn=False).exclude(
            product__state=Product.State.WITHDRAWN, stand__expo__closed_at=None
        )

    def at(self, expo: Expo) -> OfferQuerySet:
        """Those at the stands of one edition."""
        return self.filter(stand__expo=expo)

    def of_product(self, product: Product) -> OfferQuerySet:
        """Those of one product, from the lowest price up."""
        return (
            self.filter(product=product)
            .select_related("stand__zone")
            .order_by("price_rupiah", "stand__code")
        )

    def with_product(self) -> OfferQuerySet:
        """With the product, its category and its maker, in the same query."""
        return self.select_related("product__category", "product__producer")

    def in_till_order(self) -> OfferQuerySet:
        """As the tiles stand on the till."""
        return self.order_by("order", "product__name", "pk")


class Offer(models.Model):
    """A product at a stand: its price there, what is left of it, its place on the till."""

    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="offers"
    )
    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        on_delete=models.PROTECT,
        related_name="offers",
    )
    price_rupiah = models.BigIntegerField(_("harga"))
    # What is left. Empty: never runs out. Below zero: more was sold than was known to be there.
    # Sales lower it in the database (F expressions), people change it through stands.stock.
    stock = models.IntegerField(_("sisa stok"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan di kasir"), default=0)
    withdrawn = models.BooleanField(_("ditarik"), default=False)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("barang di stan")
        verbose_name_plural = _("barang di stan")
        ordering = ["stand", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stand", "product"],
                name="offer_product_once_per_stand",
                violation_error_message=_("Produk ini sudah ada di stan itu."),
            ),
            models.CheckConstraint(
                name="offer_price_positive",
                condition=Q(price_rupiah__gt=0),
                violation_error_message=_("Harga harus lebih dari nol."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} @ {self.stand.code}"

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody sells it now: taken from the stand, or its product by the curation."""
        return self.withdrawn or self.product.is_withdrawn

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing is left to sell."""
        return self.stock is not None and self.stock <= 0

    @property
    def is_nearly_sold_out(self) -> bool:
        """Whether so few are left that a visitor should hurry."""
        return self.stock is not None and 0 < self.stock <= FEW


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
        verbose_name_plural = _("produk edisi lalu")
        constraints = [
            models.UniqueConstraint(fields=["expo", "product"], name="kept_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.expo_id} {self.product_id}"
