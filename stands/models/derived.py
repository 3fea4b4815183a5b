"""What is derived from the catalogue or seen of it: search, view counts, the version."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stands.models.editions import Expo


class SearchEntry(models.Model):
    """What the search reads of one thing at one edition, in folded words.

    Derived: written by stands.search_index alone, from rows that it finds again at any time. The
    full text index over it is PostgreSQL's or SQLite's own and stands in no model.
    """

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Produk")
        STAND = "stand", pgettext_lazy("bagian", "Stan")
        PESANTREN = "pesantren", _("Pesantren")
        PRODUCER = "producer", pgettext_lazy("bagian", "Pelaku usaha")
        REGENCY = "regency", pgettext_lazy("jamak", "Kabupaten/kota")

    expo = models.ForeignKey(Expo, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    # The key of the product, stand, pesantren, producer or regency.
    subject = models.BigIntegerField()
    # What of the name tells it apart from others: 'sidogiri'.
    core = models.CharField(max_length=200)
    name = models.TextField()
    # Who makes it, where it is from, what kind of thing it is.
    also = models.TextField()
    # Whatever else a visitor reads of it, in both languages.
    text = models.TextField()
    # Sold at the edition, or standing there.
    is_here = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "kind", "subject"], name="search_entry_once_an_edition"
            ),
        ]
        indexes = [models.Index(fields=["expo", "core"], name="search_entry_core")]

    def __str__(self) -> str:
        return f"{self.kind} {self.core}"


class SearchWord(models.Model):
    """A word that occurs at an edition: what a slip of the finger is corrected to."""

    expo = models.ForeignKey(Expo, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)
    sound = models.CharField(max_length=40)
    # In how many entries it occurs: in the name, and anywhere.
    names = models.IntegerField()
    entries = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["expo", "word"], name="search_word_once_an_edition"),
        ]
        indexes = [models.Index(fields=["expo", "sound"], name="search_word_sound")]

    def __str__(self) -> str:
        return self.word


class SearchStale(models.Model):
    """A row that changed and that the search has not read again. Database triggers write these."""

    # The table's kind of thing, as in stands.search_triggers.
    kind = models.CharField(max_length=9)
    subject = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class ViewCount(models.Model):
    """How often one page of an edition was looked at within one hour. Nothing says by whom.

    Derived from what browsers report of themselves (stands.counting_views): a measure of interest,
    no proof of anything.
    """

    class Kind(models.TextChoices):
        HOME = "home", _("Beranda edisi")
        STAND = "stand", pgettext_lazy("bagian", "Stan")
        PRODUCT = "product", _("Produk")
        PESANTREN = "pesantren", _("Pesantren")

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.CASCADE, related_name="view_counts"
    )
    kind = models.CharField(_("jenis halaman"), max_length=9, choices=Kind)
    # The key of the stand, product or pesantren; of the edition itself for its home page.
    subject = models.BigIntegerField(_("nomor"))
    day = models.DateField(_("hari"))
    # 0 to 23, in WIB.
    hour = models.PositiveSmallIntegerField(_("jam"))
    count = models.PositiveIntegerField(_("dilihat"))

    class Meta:
        verbose_name = _("halaman dilihat")
        verbose_name_plural = pgettext_lazy("jamak", "halaman dilihat")
        constraints = [
            models.UniqueConstraint(
                fields=["expo", "kind", "subject", "day", "hour"], name="view_count_once_an_hour"
            ),
            models.CheckConstraint(
                name="view_count_hour_of_day",
                condition=Q(hour__lte=23),
                violation_error_message=_("Jam dari 0 sampai 23."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.count}"


class CatalogueChange(models.Model):
    """How far a change that visitors can see raised the version of an edition's catalogue.

    Database triggers write these (stands.catalogue_triggers). The version is the sum of the steps;
    stands.catalogue_version reads it, and adds up what is old.
    """

    # The key of the edition, or catalogue_triggers.ALL.
    edition = models.BigIntegerField()
    step = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.edition} +{self.step}"
