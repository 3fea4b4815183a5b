"""Who makes what: pesantren, the producers in them, their products and the products' credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    import datetime as dt


def in_reader_language(indonesian: str, english: str) -> str:
    """The English text where the reader wants English and there is one, else the Indonesian."""
    return english if english and get_language() == "en" else indonesian


class Regency(models.Model):
    """A kabupaten or kota of East Java. Seven names exist as both: never identify one by name."""

    class Kind(models.TextChoices):
        KABUPATEN = "kabupaten", _("Kabupaten")
        KOTA = "kota", _("Kota")

    code = models.CharField(_("kode wilayah"), max_length=5, unique=True)
    kind = models.CharField(_("jenis"), max_length=9, choices=Kind)
    name = models.CharField(_("nama"), max_length=60)

    class Meta:
        verbose_name = _("kabupaten/kota")
        verbose_name_plural = _("kabupaten/kota")
        ordering = ["name", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"], name="regency_kind_name_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{'Kab.' if self.kind == self.Kind.KABUPATEN else 'Kota'} {self.name}"


class Pesantren(models.Model):
    """An Islamic boarding school that takes part in the programme."""

    slug = models.SlugField(_("alamat"), max_length=80, unique=True)
    name = models.CharField(_("nama"), max_length=160)
    # Empty where no source says whether kabupaten or kota.
    regency = models.ForeignKey(
        Regency,
        verbose_name=_("kabupaten/kota"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pesantren",
    )
    founded = models.PositiveSmallIntegerField(
        _("tahun berdiri"), null=True, blank=True
    )
    about = models.TextField(_("tentang"), blank=True)
    about_en = models.TextField(_("tentang (Inggris)"), blank=True)
    remarks = models.TextField(_("catatan panitia"), blank=True)
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pesantren")
        verbose_name_plural = _("pesantren")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def about_text(self) -> str:
        """The short portrait in the reader's language."""
        return in_reader_language(self.about, self.about_en)


class Producer(models.Model):
    """Who makes and sells: a cooperative, a students' or alumni's business, or a guest UMKM."""

    class Kind(models.TextChoices):
        KOPONTREN = "kopontren", _("Kopontren")
        SANTRI = "santri", _("Usaha santri")
        ALUMNI = "alumni", _("Usaha alumni")
        UMKM = "umkm", _("UMKM tamu")

    slug = models.SlugField(_("alamat"), max_length=100, unique=True)
    name = models.CharField(_("nama"), max_length=160)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="producers",
    )
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pelaku usaha")
        verbose_name_plural = _("pelaku usaha")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="producer_kopontren_santri_has_pesantren",
                condition=~Q(kind__in=["kopontren", "santri"])
                | Q(pesantren__isnull=False),
                violation_error_message=_(
                    "Kopontren dan usaha santri milik satu pesantren."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """What kind of thing a product is."""

    slug = models.SlugField(_("alamat"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=60)
    name_en = models.CharField(_("nama (Inggris)"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("kategori")
        verbose_name_plural = _("kategori")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)


class ProductQuerySet(models.QuerySet["Product"]):
    """Products, in words."""

    def with_maker(self) -> ProductQuerySet:
        """With everything that a card says of the maker, in the same query."""
        return self.select_related("category", "producer__pesantren__regency")


class Product(models.Model):
    """Something that one producer makes."""

    class Pillar(models.TextChoices):
        SANTRIPRENEUR = "santripreneur", _("Santripreneur")
        PESANTRENPRENEUR = "pesantrenpreneur", _("Pesantrenpreneur")
        SOSIOPRENEUR = "sosiopreneur", _("Sosiopreneur")

    slug = models.SlugField(_("alamat"), max_length=120, unique=True)
    producer = models.ForeignKey(
        Producer,
        verbose_name=_("pelaku usaha"),
        on_delete=models.PROTECT,
        related_name="products",
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("kategori"),
        on_delete=models.PROTECT,
        related_name="products",
    )
    name = models.CharField(_("nama"), max_length=120)
    description = models.TextField(_("keterangan"), blank=True)
    description_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    pillar = models.CharField(_("pilar"), max_length=20, choices=Pillar, blank=True)
    unit = models.CharField(_("satuan"), max_length=20, default="buah")
    price_rupiah = models.BigIntegerField(_("harga acuan"), null=True, blank=True)
    export_markets = models.CharField(_("negara ekspor"), max_length=200, blank=True)
    curated = models.BooleanField(_("lolos kurasi"), default=False)
    photo = models.ImageField(_("foto"), upload_to="products/", blank=True)
    photo_is_drawn = models.BooleanField(
        _("gambar, bukan foto"), default=False, editable=False
    )
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("produk")
        verbose_name_plural = _("produk")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="product_price_positive",
                condition=Q(price_rupiah__isnull=True) | Q(price_rupiah__gt=0),
                violation_error_message=_("Harga harus lebih dari nol."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def description_text(self) -> str:
        """The description in the reader's language."""
        return in_reader_language(self.description, self.description_en)


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Credentials, in words."""

    def valid_on(self, day: dt.date) -> CredentialQuerySet:
        """Those issued by and not expired on `day`; an empty date sets no bound."""
        return self.filter(
            Q(issued__isnull=True) | Q(issued__lte=day),
            Q(expires__isnull=True) | Q(expires__gte=day),
        )


class Credential(models.Model):
    """A permit or registration that decides whether a product passes the curation."""

    class Scheme(models.TextChoices):
        HALAL = "halal", _("Halal")
        PIRT = "pirt", _("P-IRT")
        BPOM = "bpom", _("BPOM")
        SNI = "sni", _("SNI")
        MEREK = "merek", _("Merek")
        NIB = "nib", _("NIB")

    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        on_delete=models.CASCADE,
        related_name="credentials",
    )
    scheme = models.CharField(_("legalitas"), max_length=8, choices=Scheme)
    number = models.CharField(_("nomor"), max_length=60)
    issued = models.DateField(_("terbit"), null=True, blank=True)
    expires = models.DateField(_("berlaku sampai"), null=True, blank=True)
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("legalitas")
        verbose_name_plural = _("legalitas")
        ordering = ["product", "scheme"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "scheme", "number"], name="credential_number_unique"
            ),
            models.CheckConstraint(
                name="credential_expires_after_issued",
                condition=Q(issued__isnull=True)
                | Q(expires__isnull=True)
                | Q(expires__gte=F("issued")),
                violation_error_message=_("Masa berlaku berakhir sebelum terbit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.number}"

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether it counts on `day`: issued by then and not yet expired."""
        return (self.issued is None or self.issued <= day) and (
            self.expires is None or self.expires >= day
        )
