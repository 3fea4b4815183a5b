"""Who is here: the makers of an edition, each with what it makes, offers and looks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pesantren.models import Category, Notice, Producer, Product, Regency
from stands import catalogue
from stands.models import Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict

    from opop_expo.participants.access import Member
    from pesantren.models import ProductQuerySet
    from stands.models import Expo

FEW_PRODUCTS = 3


# --- which -------------------------------------------------------------------------------------


class DirectoryForm(forms.Form):
    """What narrows the list. What an address cannot mean is left aside."""

    q = forms.CharField(
        label=_("Cari peserta"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "placeholder": _("nama, daerah, produk, atau yang dicari"),
            }
        ),
    )
    kabupaten = forms.ChoiceField(label=_("Kabupaten/kota"), required=False)
    kategori = forms.ChoiceField(label=_("Membuat"), required=False)
    jenis = forms.ChoiceField(label=_("Jenis pelaku usaha"), required=False)
    kabar = forms.ChoiceField(label=_("Mencari atau menawarkan"), required=False)

    def __init__(self, data: QueryDict, *, member: Member) -> None:
        super().__init__(data, label_suffix="")
        self.member = member
        makers = catalogue.producers_known_at(member.expo)
        regencies = Regency.objects.filter(pk__in=makers.values("pesantren__regency"))
        categories = Category.objects.filter(
            pk__in=products_shown_at(member.expo).order_by().values("category")
        )
        self._offer("kabupaten", _("Semua kabupaten/kota"), [(r.code, str(r)) for r in regencies])
        self._offer("kategori", _("Semua kategori"), [(c.slug, str(c)) for c in categories])
        self._offer("jenis", _("Semua jenis"), list(Producer.Kind.choices))
        topics = Notice.Topic.choices
        self._offer(
            "kabar",
            _("Apa saja"),
            [
                (str(way.label), [(f"{way.value}:{topic}", label) for topic, label in topics])
                for way in (Notice.Direction.NEED, Notice.Direction.OFFER)
            ],
        )
        self.is_valid()

    def _offer(self, name: str, every: Any, choices: Sequence[tuple[str, Any]]) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101, it is declared so
        choice.choices = [("", every), *choices]

    def chosen(self, name: str) -> str:
        """What was chosen there; empty for nothing or nonsense."""
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was chosen at all."""
        return any(self.chosen(name) for name in self.fields)

    @property
    def query(self) -> dict[str, str]:
        """The same for the address of another page of the list."""
        return {name: self.chosen(name) for name in self.fields if self.chosen(name)}

    def producers(self) -> QuerySet[Producer]:
        """The makers that it asks for, by name."""
        expo, found = self.member.expo, catalogue.producers_known_at(self.member.expo)
        if code := self.chosen("kabupaten"):
            found = found.filter(pesantren__regency__code=code)
        if slug := self.chosen("kategori"):
            made = products_shown_at(expo).in_category(slug).order_by()
            found = found.filter(pk__in=made.values("producer"))
        if kind := self.chosen("jenis"):
            found = found.filter(kind=kind)
        if kabar := self.chosen("kabar"):
            direction, _colon, topic = kabar.partition(":")
            notices = self.member.notices.filter(direction=direction, topic=topic)
            found = found.filter(pk__in=notices.order_by().values("producer"))
        for word in self.chosen("q").split():
            found = found.filter(self._about(word))
        return found.order_by("name", "pk")

    def _about(self, word: str) -> Q:
        products = products_shown_at(self.member.expo).order_by()
        named = Q(name__icontains=word) | Q(name_en__icontains=word)
        notices = self.member.notices.order_by().filter(text__icontains=word)
        return (
            Q(name__icontains=word)
            | Q(pesantren__name__icontains=word)
            | Q(pesantren__regency__name__icontains=word)
            | Q(pk__in=products.filter(named).values("producer"))
            | Q(pk__in=notices.values("producer"))
        )

    def found(self, count: int) -> str:
        """How many there are, in words."""
        return ngettext("%(n)s peserta", "%(n)s peserta", count) % {"n": count}


def products_shown_at(expo: Expo) -> ProductQuerySet:
    """The products that have a page there and were not taken back."""
    return catalogue.products_known_at(expo).not_withdrawn()


# --- what is shown of each -----------------------------------------------------------------------


@dataclass
class Card:
    """One maker as participants see it."""

    producer: Producer
    products: list[Product] = field(default_factory=list)
    stands: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def few_products(self) -> list[Product]:
        """The first of what it makes."""
        return self.products[:FEW_PRODUCTS]

    @property
    def more_products(self) -> int:
        """How many it makes beside these."""
        return max(0, len(self.products) - FEW_PRODUCTS)

    @property
    def needs(self) -> list[Notice]:
        """What it looks for."""
        return [notice for notice in self.notices if notice.is_need]

    @property
    def offers(self) -> list[Notice]:
        """What it offers."""
        return [notice for notice in self.notices if not notice.is_need]


def cards_of(member: Member, producers: Sequence[Producer]) -> list[Card]:
    """The makers with all that a card says, in as many queries for one as for fifty."""
    cards = {one.pk: Card(one) for one in producers}
    made = products_shown_at(member.expo).filter(producer__in=list(cards)).order_by("name", "pk")
    for product in made:
        cards[product.producer_id].products.append(product)
    for notice in member.notices.filter(producer__in=list(cards)).newest_first():
        cards[notice.producer_id].notices.append(notice)
    for producer, codes in _stands_of(member.expo, producers).items():
        cards[producer].stands.extend(sorted(codes))
    return list(cards.values())


def _stands_of(expo: Expo, producers: Sequence[Producer]) -> dict[int, set[str]]:
    """The codes of the stands where each sells, and of those of its pesantren."""
    codes: dict[int, set[str]] = defaultdict(set)
    keys = [producer.pk for producer in producers]
    sells = Offer.objects.on_sale().at(expo).filter(product__producer__in=keys).order_by()
    for key, code in sells.values_list("product__producer", "stand__code").distinct():
        codes[key].add(code)
    homes = [producer.pesantren_id for producer in producers if producer.pesantren_id]
    of_pesantren: dict[int, set[str]] = defaultdict(set)
    held = Stand.pesantren.through.objects.filter(stand__expo=expo, pesantren__in=homes)
    for key, code in held.values_list("pesantren", "stand__code"):
        of_pesantren[key].add(code)
    for producer in producers:
        # Where it sells says more than where its pesantren stands.
        if producer.pesantren_id and producer.pk not in codes:
            codes[producer.pk] |= of_pesantren[producer.pesantren_id]
    return codes
