"""Stands and what is offered there."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.models import Pesantren, Product, in_reader_language
from stands.models.editions import Expo
from stands.models.hall import Zone

# Of what is left: so few are said by number.
FEW = 5


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
        verbose_name_plural = pgettext_lazy("jamak", "stan")
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
        return self.filter(product=product)._cheapest_first()

    def called(self, slug: str) -> OfferQuerySet:
        """Those of the product with this slug, and it with them, from the lowest price up."""
        return self.filter(product__slug=slug).select_related("product")._cheapest_first()

    def _cheapest_first(self) -> OfferQuerySet:
        return self.select_related("stand__zone").order_by("price_rupiah", "stand__code")

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
        verbose_name_plural = pgettext_lazy("jamak", "barang di stan")
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
