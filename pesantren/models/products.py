"""What is made: products by category, with their photos and credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pesantren.models.makers import Pesantren, Producer, in_reader_language
from pesantren.renditions import picture_of

if TYPE_CHECKING:
    import datetime as dt

    from pesantren.renditions import Picture

ALT_HELP = _(
    "Apa yang terlihat, untuk orang yang tidak bisa melihatnya: “Keripik tempe di piring bambu”."
    " Boleh kosong: dipakai namanya."
)


class Category(models.Model):
    """What kind of thing a product is."""

    slug = models.SlugField(_("alamat"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=60)
    name_en = models.CharField(_("nama (Inggris)"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("kategori")
        verbose_name_plural = pgettext_lazy("jamak", "kategori")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)


class ProductQuerySet(models.QuerySet["Product"]):
    """Products, in words."""

    def with_maker(self) -> ProductQuerySet:
        """With everything that a card says of the maker, in the same query."""
        return self.select_related("category", "producer__pesantren__regency")

    def matching(self, words: str) -> ProductQuerySet:
        """Those in which each of the words occurs, letter by letter: for organisers' lists.

        Visitors search through stands.search, which forgives slips and knows synonyms.
        """
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(name_en__icontains=word)
                | Q(description__icontains=word)
                | Q(description_en__icontains=word)
                | Q(category__name__icontains=word)
                | Q(category__name_en__icontains=word)
                | Q(producer__name__icontains=word)
                | Q(producer__pesantren__name__icontains=word)
            )
        return found

    def by_name(self) -> ProductQuerySet:
        """In the order of the alphabet."""
        return self.order_by("name", "pk")

    def in_category(self, slug: str) -> ProductQuerySet:
        """Those in the category of that slug."""
        return self.filter(category__slug=slug)

    def of_producer(self, producer: Producer) -> ProductQuerySet:
        """Those of one maker."""
        return self.filter(producer=producer)

    def of_pesantren(self, pesantren: Pesantren) -> ProductQuerySet:
        """Those whose maker belongs to the pesantren."""
        return self.filter(producer__pesantren=pesantren)

    def from_regency(self, code: str) -> ProductQuerySet:
        """Those whose maker's pesantren lies in the regency of that code."""
        return self.filter(producer__pesantren__regency__code=code)

    def in_state(self, *states: str) -> ProductQuerySet:
        """Those that the curation has in one of these states."""
        return self.filter(state__in=states)

    def curated(self) -> ProductQuerySet:
        """Those that passed the curation."""
        return self.in_state(Product.State.CURATED)

    def not_withdrawn(self) -> ProductQuerySet:
        """All but those that the organisers took back."""
        return self.exclude(state=Product.State.WITHDRAWN)


class Product(models.Model):
    """Something that one producer makes."""

    class Pillar(models.TextChoices):
        SANTRIPRENEUR = "santripreneur", _("Santripreneur")
        PESANTRENPRENEUR = "pesantrenpreneur", _("Pesantrenpreneur")
        SOSIOPRENEUR = "sosiopreneur", _("Sosiopreneur")

    class State(models.TextChoices):
        """Where the curation has it. Only pesantren.judging and the loading of an edition move it.

        Draft: being written, shown only where a stand sells it. Proposed: put forward and not yet
        judged. Curated: passed. Withdrawn: taken back, so no stand sells it and no list shows it.
        """

        DRAFT = "draft", _("Draf")
        PROPOSED = "proposed", _("Diusulkan")
        CURATED = "curated", _("Lolos kurasi")
        WITHDRAWN = "withdrawn", _("Ditarik")

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
    # What the name says, for visitors who read English; empty for a brand that says nothing.
    name_en = models.CharField(_("nama (Inggris)"), max_length=120, blank=True)
    description = models.TextField(_("keterangan"), blank=True)
    description_en = models.TextField(_("keterangan (Inggris)"), blank=True)
    pillar = models.CharField(_("pilar"), max_length=20, choices=Pillar, blank=True)
    unit = models.CharField(_("satuan"), max_length=20, default="buah")
    price_rupiah = models.BigIntegerField(_("harga acuan"), null=True, blank=True)
    export_markets = models.CharField(_("negara ekspor"), max_length=200, blank=True)
    state = models.CharField(_("kurasi"), max_length=9, choices=State, default=State.DRAFT)
    photo = models.ImageField(_("foto"), upload_to="products/", blank=True)
    photo_is_drawn = models.BooleanField(_("gambar, bukan foto"), default=False, editable=False)
    photo_alt = models.CharField(_("isi foto"), max_length=160, blank=True, help_text=ALT_HELP)
    photo_alt_en = models.CharField(_("isi foto (Inggris)"), max_length=160, blank=True)
    # Of which photo pesantren.renditions has made the sizes, and how large it is; 0: unreadable.
    photo_made_for = models.CharField(max_length=100, blank=True, editable=False)
    photo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    photo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    # Set by curation.with_export_readiness() and mark_export_ready().
    is_export_ready: bool
    # Set by stands.catalogue: the offers at one edition, and the credentials that count on one day.
    offers_here: list[Any]
    valid_credentials: list[Credential]

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("produk")
        verbose_name_plural = pgettext_lazy("jamak", "produk")
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
    def is_curated(self) -> bool:
        """Whether it passed the curation."""
        return self.state == self.State.CURATED

    @property
    def is_withdrawn(self) -> bool:
        """Whether the organisers took it back."""
        return self.state == self.State.WITHDRAWN

    @property
    def name_text(self) -> str:
        """The name in the reader's language. Paper, till and ledger carry `name` alone."""
        return in_reader_language(self.name, self.name_en)

    @property
    def description_text(self) -> str:
        """The description in the reader's language."""
        return in_reader_language(self.description, self.description_en)

    @property
    def picture(self) -> Picture | None:
        """Its photo as pages show it."""
        return picture_of(self)

    @property
    def photo_text(self) -> str:
        """What is to be seen on its photo, for those who do not see it."""
        if self.photo_is_drawn:
            return gettext("Gambar ilustrasi %(name)s") % {"name": self.name_text}
        return in_reader_language(self.photo_alt, self.photo_alt_en) or self.name_text

    @property
    def unit_text(self) -> str:
        """The unit in the reader's language, where it is one of those known."""
        return str(UNITS.get(self.unit, self.unit))

    @property
    def pillar_meaning(self) -> str:
        """What the pillar says about who made it, in one sentence."""
        return str(PILLAR_MEANINGS[self.Pillar(self.pillar)]) if self.pillar else ""


UNITS = {
    "botol": pgettext_lazy("satuan", "botol"),
    "buah": pgettext_lazy("satuan", "buah"),
    "bungkus": pgettext_lazy("satuan", "bungkus"),
    "ekor": pgettext_lazy("satuan", "ekor"),
    "eksemplar": pgettext_lazy("satuan", "eksemplar"),
    "gelas": pgettext_lazy("satuan", "gelas"),
    "karung": pgettext_lazy("satuan", "karung"),
    "kg": pgettext_lazy("satuan", "kg"),
    "kotak": pgettext_lazy("satuan", "kotak"),
    "layanan": pgettext_lazy("satuan", "layanan"),
    "lembar": pgettext_lazy("satuan", "lembar"),
    "pak": pgettext_lazy("satuan", "pak"),
    "pesanan": pgettext_lazy("satuan", "pesanan"),
    "porsi": pgettext_lazy("satuan", "porsi"),
    "pot": pgettext_lazy("satuan", "pot"),
    "potong": pgettext_lazy("satuan", "potong"),
    "rangkaian": pgettext_lazy("satuan", "rangkaian"),
    "setel": pgettext_lazy("satuan", "setel"),
    "unit": pgettext_lazy("satuan", "unit"),
}

PILLAR_MEANINGS = {
    Product.Pillar.SANTRIPRENEUR: _("Dibuat para santri di pesantrennya."),
    Product.Pillar.PESANTRENPRENEUR: _("Dibuat pesantren melalui koperasinya (kopontren)."),
    Product.Pillar.SOSIOPRENEUR: _("Dibuat alumni pesantren, sering kali sebagai usaha kecil."),
}


class Photo(models.Model):
    """A further photo of a product, or one of a pesantren."""

    product = models.ForeignKey(
        Product,
        verbose_name=_("produk"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="photos",
    )
    pesantren = models.ForeignKey(
        Pesantren,
        verbose_name=_("pesantren"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="photos",
    )
    photo = models.ImageField(_("foto"), upload_to="photos/")
    photo_alt = models.CharField(_("isi foto"), max_length=160, blank=True, help_text=ALT_HELP)
    photo_alt_en = models.CharField(_("isi foto (Inggris)"), max_length=160, blank=True)
    # As in Product.
    photo_made_for = models.CharField(max_length=100, blank=True, editable=False)
    photo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    photo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)

    class Meta:
        verbose_name = _("foto")
        verbose_name_plural = pgettext_lazy("jamak", "foto")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="photo_of_product_or_pesantren",
                condition=Q(product__isnull=False, pesantren__isnull=True)
                | Q(product__isnull=True, pesantren__isnull=False),
                violation_error_message=_("Foto milik satu produk atau satu pesantren."),
            ),
        ]

    def __str__(self) -> str:
        return self.photo_alt or str(self.product or self.pesantren)

    @property
    def picture(self) -> Picture | None:
        """The photo as pages show it."""
        return picture_of(self)

    @property
    def photo_text(self) -> str:
        """What is to be seen on it, for those who do not see it."""
        return in_reader_language(self.photo_alt, self.photo_alt_en) or str(
            self.product or self.pesantren
        )


class KeptPhoto(models.Model):
    """A photo that a closed edition shows: its files stay when the product gets another one.

    Written by stands.closing_edition, asked by pesantren.photo_making.
    """

    name = models.CharField(_("berkas"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("foto edisi lalu")
        verbose_name_plural = pgettext_lazy("jamak", "foto edisi lalu")

    def __str__(self) -> str:
        return self.name


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
        verbose_name = pgettext_lazy("tunggal", "legalitas")
        verbose_name_plural = pgettext_lazy("jamak", "legalitas")
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

    @property
    def why_it_counts(self) -> str:
        """What the scheme tells a buyer, in one sentence."""
        return str(SCHEME_MEANINGS[self.Scheme(self.scheme)])


SCHEME_MEANINGS = {
    Credential.Scheme.HALAL: _(
        "Bahan dan cara membuatnya diperiksa, lalu dinyatakan halal dengan sertifikat resmi."
    ),
    Credential.Scheme.PIRT: _(
        "Izin edar pangan rumahan dari pemerintah kabupaten/kota,"
        " setelah penyuluhan keamanan pangan."
    ),
    Credential.Scheme.BPOM: _(
        "Izin edar dari Badan Pengawas Obat dan Makanan:"
        " keamanan, mutu, dan labelnya sudah dinilai."
    ),
    Credential.Scheme.SNI: _("Memenuhi Standar Nasional Indonesia untuk mutu produk sejenis."),
    Credential.Scheme.MEREK: _(
        "Nama mereknya terdaftar: pembeli tahu siapa pembuatnya,"
        " dan orang lain tak boleh memakainya."
    ),
    Credential.Scheme.NIB: _("Nomor Induk Berusaha: usahanya tercatat resmi pada pemerintah."),
}
