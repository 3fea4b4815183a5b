"""Who makes: pesantren, the producers in them, and where they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pesantren.whatsapp import check_number


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
        verbose_name_plural = pgettext_lazy("jamak", "kabupaten/kota")
        ordering = ["name", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="regency_kind_name_unique"),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.KABUPATEN:
            return gettext("Kab. %(name)s") % {"name": self.name}
        return gettext("Kota %(name)s") % {"name": self.name}


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
    founded = models.PositiveSmallIntegerField(_("tahun berdiri"), null=True, blank=True)
    about = models.TextField(_("tentang"), blank=True)
    about_en = models.TextField(_("tentang (Inggris)"), blank=True)
    remarks = models.TextField(_("catatan panitia"), blank=True)
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pesantren")
        verbose_name_plural = pgettext_lazy("jamak", "pesantren")
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
    # Shown to nobody. Where it is known and the maker agreed, an inquiry goes there too.
    inquiry_email = models.EmailField(
        _("e-mail untuk minat kerja sama"),
        blank=True,
        help_text=_(
            "Hanya bila pelaku usaha setuju menerima minat kerja sama di sini."
            " Tidak ditampilkan kepada pengunjung."
        ),
    )
    about = models.TextField(_("tentang"), blank=True)
    about_en = models.TextField(_("tentang (Inggris)"), blank=True)
    # As wa.me wants it: 6281234567890. Shown to nobody unless the maker has agreed.
    whatsapp = models.CharField(
        _("nomor WhatsApp"), max_length=16, blank=True, validators=[check_number]
    )
    whatsapp_allowed = models.BooleanField(
        _("nomor ini boleh dilihat pengunjung"),
        default=False,
        help_text=_("Centang hanya kalau pemilik nomor sudah setuju."),
    )
    sources = models.TextField(_("sumber"), blank=True)
    example_fields = models.CharField(_("isian contoh"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pelaku usaha")
        verbose_name_plural = pgettext_lazy("jamak", "pelaku usaha")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="producer_whatsapp_is_indonesian",
                condition=Q(whatsapp="") | Q(whatsapp__startswith="628"),
                violation_error_message=_("Nomor WhatsApp disimpan dengan awalan 628."),
            ),
            models.CheckConstraint(
                name="producer_whatsapp_allowed_has_number",
                condition=Q(whatsapp_allowed=False) | ~Q(whatsapp=""),
                violation_error_message=_(
                    "Isi nomor WhatsApp dulu, atau hapus centang persetujuannya."
                ),
            ),
            models.CheckConstraint(
                name="producer_kopontren_santri_has_pesantren",
                condition=~Q(kind__in=["kopontren", "santri"]) | Q(pesantren__isnull=False),
                violation_error_message=_("Kopontren dan usaha santri milik satu pesantren."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def about_text(self) -> str:
        """The short portrait in the reader's language."""
        return in_reader_language(self.about, self.about_en)

    @property
    def public_whatsapp(self) -> str:
        """The number that visitors may see; empty without the maker's consent."""
        return self.whatsapp if self.whatsapp_allowed else ""
