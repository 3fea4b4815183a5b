"""What a visitor narrows a list by. A value that the edition does not know is left aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.db.models import TextChoices
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from pesantren.curation import export_ready
from pesantren.models import Credential, Product
from stands import catalogue
from stands.models import SearchEntry
from stands.search import match_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from pesantren.models import PesantrenQuerySet, ProductQuerySet
    from stands.models import Expo, StandQuerySet
    from stands.search import Match

    Rows = TypeVar("Rows", bound=QuerySet[Any])


class Filter(forms.Form):
    """A GET form of which every field may be empty."""

    search_label: StrOrPromise = _("Cari")
    # Short enough for the field on a phone.
    search_hint: StrOrPromise = _("Cari")

    q = forms.CharField(
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}
        ),
    )

    # What the words were taken for; None where none were asked for.
    match: Match | None = None

    def __init__(self, data: QueryDict, *, expo: Expo) -> None:
        super().__init__(data, label_suffix="")
        self.expo = expo
        self.fields["q"].label = self.search_label
        self.fields["q"].widget.attrs["placeholder"] = self.search_hint

    def offer(self, field: str, empty: Any, options: Iterable[tuple[str, Any]]) -> None:
        """Let `field` be one of the options, or left at `empty`."""
        choice = cast("forms.ChoiceField", self.fields[field])
        choice.choices = [("", empty), *options]

    def fitting(self, rows: Rows, kind: SearchEntry.Kind) -> Rows:
        """The rows that fit the words asked for; all of them where there are none."""
        words = self.asked.get("q")
        if words is None:
            return rows
        self.match = match_text(self.expo, words, kind)
        return cast("Rows", self.match.narrow(rows, kind))

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for: the fields with a valid, non-empty value."""
        self.is_valid()
        return {
            name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)
        }

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What was asked for, as (text, query without it), to be taken off one by one."""
        texts = {name: self.text_of(name) for name in self.asked if name != "sort"}
        return [(text, self.query_without(name)) for name, text in texts.items()]

    @property
    def is_narrowed(self) -> bool:
        """Whether more was asked for than words."""
        return bool(self.asked.keys() - {"q"})

    def text_of(self, name: str) -> str:
        """The words in which a field's value is shown."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        if isinstance(field, forms.ChoiceField):
            return str(dict(cast("list[tuple[str, Any]]", field.choices))[self.asked[name]])
        return f"“{self.asked[name]}”"

    def query_without(self, left_out: str) -> str:
        """The query string of what was asked for, one field left out; `?` for nothing at all."""
        kept = {name: self.data[name] for name in self.asked if name != left_out}
        return f"?{urlencode(kept)}"

    @property
    def words_alone(self) -> str:
        """The words asked for as a query string, all other fields left out."""
        return urlencode({"q": self.asked.get("q", "")})

    @property
    def query(self) -> str:
        """The query string of what was asked for, without the fields that are empty."""
        return self.query_without("")


class StandFilter(Filter):
    """Stands by zone, by category sold and by where the pesantren come from."""

    search_label = _("Cari nama stan atau pesantren")
    search_hint = _("Cari stan…")

    zone = forms.ChoiceField(label=_("Zona"), required=False)
    category = forms.ChoiceField(label=_("Kategori"), required=False)
    regency = forms.ChoiceField(label=_("Kabupaten/kota"), required=False)

    def __init__(self, data: QueryDict, *, expo: Expo) -> None:
        super().__init__(data, expo=expo)
        self.offer("zone", _("Semua"), [(z.code, str(z)) for z in expo.zones.all()])
        self.offer("category", _("Semua"), category_options(expo))
        self.offer("regency", _("Semua"), regency_options(expo))

    def narrow(self, stands: StandQuerySet) -> StandQuerySet:
        """The stands that fit what was asked for."""
        asked = self.asked
        stands = self.fitting(stands, SearchEntry.Kind.STAND)
        if "zone" in asked:
            stands = stands.in_zone(asked["zone"])
        if "category" in asked:
            stands = stands.selling(asked["category"])
        if "regency" in asked:
            stands = stands.from_regency(asked["regency"])
        return stands


class ProductFilter(Filter):
    """Products by what they are, who made them, where they are sold and what vouches for them."""

    search_label = _("Cari produk, pembuat, atau pesantren")
    search_hint = _("Cari produk…")

    class Sort(TextChoices):
        CHEAPEST = "cheapest", _("Harga terendah")
        DEAREST = "dearest", _("Harga tertinggi")

    category = forms.ChoiceField(label=_("Kategori"), required=False)
    pillar = forms.ChoiceField(label=_("Pilar"), required=False)
    regency = forms.ChoiceField(label=_("Kabupaten/kota"), required=False)
    zone = forms.ChoiceField(label=_("Zona"), required=False)
    credential = forms.ChoiceField(label=_("Legalitas"), required=False)
    sort = forms.ChoiceField(label=_("Urutkan"), required=False)
    curated = forms.BooleanField(label=_("Lolos kurasi"), required=False)
    export_ready = forms.BooleanField(label=_("Layak ekspor"), required=False)
    exported = forms.BooleanField(label=_("Sudah diekspor"), required=False)

    def __init__(self, data: QueryDict, *, expo: Expo, day: dt.date) -> None:
        super().__init__(data, expo=expo)
        self.day = day
        self.offer("category", _("Semua"), category_options(expo))
        self.offer("pillar", _("Semua"), Product.Pillar.choices)
        self.offer("regency", _("Semua"), regency_options(expo))
        self.offer("zone", _("Semua"), [(z.code, str(z)) for z in expo.zones.all()])
        self.offer("credential", _("Semua"), Credential.Scheme.choices)
        self.offer("sort", _("Nama A–Z"), self.Sort.choices)

    def narrow(self, products: ProductQuerySet) -> ProductQuerySet:
        """The products that fit what was asked for, in the order asked for."""
        asked = self.asked
        products = self.fitting(products, SearchEntry.Kind.PRODUCT)
        if "category" in asked:
            products = products.in_category(asked["category"])
        if "pillar" in asked:
            products = products.of_pillar(asked["pillar"])
        if "regency" in asked:
            products = products.from_regency(asked["regency"])
        if "zone" in asked:
            products = catalogue.in_zone(products, self.expo, asked["zone"])
        if "credential" in asked:
            products = products.with_credential(asked["credential"], self.day)
        if "curated" in asked:
            products = products.curated()
        if "export_ready" in asked:
            products = export_ready(products, self.day)
        if "exported" in asked:
            products = products.exported()
        return self.sorted(products)

    def sorted(self, products: ProductQuerySet) -> ProductQuerySet:
        """The products in the order asked for; unless said, the best fit first, then by name."""
        match self.asked.get("sort"):
            case self.Sort.CHEAPEST:
                return catalogue.by_price(products, self.expo)
            case self.Sort.DEAREST:
                return catalogue.by_price(products, self.expo, descending=True)
            case _ if self.match is not None:
                return cast(
                    "ProductQuerySet", self.match.ranked(products, SearchEntry.Kind.PRODUCT)
                )
            case _:
                return products.by_name()


class PesantrenFilter(Filter):
    """Pesantren by where they are."""

    search_label = _("Cari nama pesantren")
    search_hint = _("Cari pesantren…")

    regency = forms.ChoiceField(label=_("Kabupaten/kota"), required=False)

    def __init__(self, data: QueryDict, *, expo: Expo) -> None:
        super().__init__(data, expo=expo)
        self.offer("regency", _("Semua"), regency_options(expo))

    def narrow(self, pesantren: PesantrenQuerySet) -> PesantrenQuerySet:
        """The pesantren that fit what was asked for."""
        asked = self.asked
        pesantren = self.fitting(pesantren, SearchEntry.Kind.PESANTREN)
        if "regency" in asked:
            pesantren = pesantren.from_regency(asked["regency"])
        if self.match is not None:
            return cast(
                "PesantrenQuerySet", self.match.ranked(pesantren, SearchEntry.Kind.PESANTREN)
            )
        return pesantren


def category_options(expo: Expo) -> list[tuple[str, str]]:
    """The edition's categories by slug."""
    return [(c.slug, str(c)) for c in catalogue.categories_at(expo)]


def regency_options(expo: Expo) -> list[tuple[str, str]]:
    """The regencies of the edition's pesantren by code."""
    return [(r.code, str(r)) for r in catalogue.regencies_at(expo)]
