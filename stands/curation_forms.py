"""What the organisers' work list of the curation is narrowed by, and the form of a judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from pesantren.credential_numbers import doubtful_products
from pesantren.curation import NEEDS, lacking
from pesantren.judging import MOST_AT_ONCE
from pesantren.models import Category, Credential, Pesantren, Product, Regency
from stands import catalogue

if TYPE_CHECKING:
    import datetime as dt

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from pesantren.models import ProductQuerySet
    from stands.models import Expo

REASON_LENGTH = 200
# Beside the keys of NEEDS.
DOUBTFUL = "doubtful"
WORDS_LENGTH = 80
# Names of the fields in the address; `keadaan` is left out where the states are counted.
STATE = "keadaan"


class CurationFilter(forms.Form):
    """A GET form of which every field may be empty; what it does not know is left aside."""

    q = forms.CharField(label=_("Cari"), max_length=WORDS_LENGTH, required=False)
    keadaan = forms.ChoiceField(label=_("Keadaan"), required=False)
    kategori = forms.ChoiceField(label=_("Kategori"), required=False)
    kabupaten = forms.ChoiceField(label=_("Kabupaten/kota"), required=False)
    kurang = forms.ChoiceField(label=_("Yang kurang"), required=False)
    pesantren = forms.SlugField(required=False)
    dijual = forms.BooleanField(label=_("Dijual di edisi ini"), required=False)

    def __init__(self, data: QueryDict, *, expo: Expo, day: dt.date) -> None:
        super().__init__(data, label_suffix="")
        self.expo = expo
        self.day = day
        self._offer("keadaan", Product.State.choices)
        self._offer("kategori", [(one.slug, str(one)) for one in Category.objects.all()])
        self._offer("kabupaten", [(one.code, str(one)) for one in Regency.objects.all()])
        lacks = [(rule.key, rule.short) for rule in NEEDS]
        self._offer("kurang", [*lacks, (DOUBTFUL, _("nomor yang meragukan"))])
        self.is_valid()
        slug = self.asked.get("pesantren")
        self.chosen_pesantren = Pesantren.objects.filter(slug=slug).first() if slug else None

    def _offer(self, field: str, options: list[tuple[Any, Any]]) -> None:
        choice = self.fields[field]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101, all four are
        choice.choices = [("", _("Semua")), *options]

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for: the fields with a known value."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self, **other: str) -> str:
        """The same as the end of an address, with something else in it."""
        parts = {"edisi": self.expo.slug}
        parts |= {name: "1" if value is True else value for name, value in self.asked.items()}
        return urlencode({name: value for name, value in {**parts, **other}.items() if value})

    def narrow(self, products: ProductQuerySet, *, in_state: bool = True) -> ProductQuerySet:
        """The products that fit what was asked for."""
        asked = self.asked
        if "q" in asked:
            products = products.matching(asked["q"])
        if in_state and STATE in asked:
            products = products.in_state(asked[STATE])
        if "kategori" in asked:
            products = products.in_category(asked["kategori"])
        if "kabupaten" in asked:
            products = products.from_regency(asked["kabupaten"])
        if self.chosen_pesantren:
            products = products.of_pesantren(self.chosen_pesantren)
        if "dijual" in asked:
            products = products.filter(pk__in=catalogue.products_at(self.expo).values("pk"))
        if asked.get("kurang") == DOUBTFUL:
            products = products.filter(pk__in=self.doubtful)
        elif "kurang" in asked:
            products = lacking(products, asked["kurang"], self.day)
        return products

    @cached_property
    def doubtful(self) -> set[int]:
        """Products with a doubtful number: read one by one, since no database knows the forms."""
        return doubtful_products(Credential.objects.all())


class JudgeForm(forms.Form):
    """Where to move products, and why."""

    state = forms.ChoiceField(
        label=_("Menjadi"),
        choices=Product.State.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih keadaannya.")},
    )
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=REASON_LENGTH,
        help_text=_("Tercatat pada setiap produk, misalnya: rapat kurasi 3 Desember."),
        error_messages={
            "required": _("Tulis alasannya."),
            "max_length": _("Paling panjang 200 huruf."),
        },
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")


# What each state means to those who see it.
STATE_MEANINGS: dict[str, _StrPromise] = {
    Product.State.DRAFT: _("Masih ditulis. Tampil hanya di stan yang menjualnya."),
    Product.State.PROPOSED: _("Diajukan dan belum diputuskan."),
    Product.State.CURATED: _("Lolos: bertanda kurasi dan masuk katalog cetak."),
    Product.State.WITHDRAWN: _("Tidak dijual lagi di stan mana pun, juga di tablet."),
}


def keys_in(data: QueryDict) -> list[int]:
    """The products that an address names, one by one or parted by commas; at most so many."""
    words = [word for part in data.getlist("produk") for word in part.split(",")]
    keys = [int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 19]
    return list(dict.fromkeys(keys))[:MOST_AT_ONCE]


def seen_in(data: QueryDict) -> dict[int, str]:
    """In which state each product was when the page was shown: `12:proposed`."""
    seen = {}
    for pair in data.getlist("seen")[:MOST_AT_ONCE]:
        key, _colon, state = pair.partition(":")
        if key.isascii() and key.isdecimal() and len(key) < 19 and state in Product.State.values:
            seen[int(key)] = state
    return seen
