"""Search over all that an edition shows: one function, whatever the database.

Typing errors and missing letters are forgiven and synonyms known (stands.understanding); full text
and words near a word are the databases' own (stands.search_backends), over entries that are never
stale (stands.search_index).

What is named so comes before what only says so of itself, the word itself before synonyms and these
before what is merely near, whole words before parts, and what is at the edition before what is not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Case, IntegerField, Prefetch, Q, Value, When
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.http import urlencode

from pesantren.models import Pesantren, Producer, Product, Regency
from stands import catalogue, search_index
from stands.models import Offer, SearchEntry, Stand
from stands.published import show_as_published
from stands.search_backends import Fields, Order, best_entries, holds, is_named
from stands.search_index import core_of
from stands.understanding import OFTEN, Closeness, Reading, Understood
from stands.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import Model, QuerySet

    from stands.models import Expo
    from stands.search_backends import Best, Condition

    Row = TypeVar("Row", bound=Model)

Kind = SearchEntry.Kind
MOST_A_KIND = 5
# So many named so are enough; what merely mentions it is then left to the lists.
ENOUGH = 60
# Of what a stand sells, named to say why it fits.
MOST_SOLD = 3

# In this order a fit counts: where it stands, then how close it is.
FITS = [(fields, closeness) for fields in Fields for closeness in Closeness]
# Between equals: what people look for most.
KIND_ORDER = [Kind.PRODUCT, Kind.PESANTREN, Kind.STAND, Kind.REGENCY, Kind.PRODUCER]


class Extent(Enum):
    """How much of what was asked for is in what was found."""

    ALL = "all"
    # Each word, taken for a slip or a part of another.
    NEARLY = "nearly"
    SOME = "some"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Match:
    """What fits, and how well: for querysets of the things that entries are about."""

    expo: Expo
    understood: Understood
    extent: Extent
    # Conditions on an entry, the best first. What fits meets the last.
    fits: tuple[Condition, ...] = ()
    # For Extent.SOME in place of them: one a word, of which at least one holds.
    words: tuple[Condition, ...] = ()

    def narrow(self, rows: QuerySet[Row], kind: str, key: str = "pk") -> QuerySet[Row]:
        """Those of the rows that fit, or whose thing of that kind, under `key`, does."""
        fitting = self._entries(kind).filter(self._condition).values("subject")
        return rows.filter(**{f"{key}__in": fitting})

    def ranked(self, rows: QuerySet[Row], kind: str) -> QuerySet[Row]:
        """The rows, the best fit first, then by name."""
        whens = [
            When(pk__in=self._entries(kind).filter(one.q).values("subject"), then=Value(at))
            for at, one in enumerate(self.fits or self.words)
        ]
        fit = Case(*whens, default=Value(len(whens)), output_field=IntegerField())
        return rows.order_by(fit, Length("name"), "name", "pk")

    def exists(self, kind: str) -> bool:
        """Whether anything of that kind, and at the edition, fits."""
        found = self._entries(kind).filter(self._condition, is_here=True)
        return bool(self.fits or self.words) and found.exists()

    def _entries(self, kind: str) -> QuerySet[SearchEntry]:
        return SearchEntry.objects.filter(expo=self.expo, kind=kind)

    @property
    def _condition(self) -> Q:
        met = Q(pk__in=[])
        for one in self.words or self.fits[-1:]:
            met |= one.q
        return met


@dataclass(frozen=True)
class Part:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    is_match: bool


@dataclass(frozen=True)
class Hit:
    """One thing found: the row itself, its address, and its name with what matched."""

    kind: str
    row: Any
    url: str
    title: tuple[Part, ...]
    detail: tuple[Part, ...]
    # Where neither of these says why it fits: what does.
    why: tuple[Part, ...]
    is_here: bool


@dataclass(frozen=True)
class Group:
    """The best of one kind, and how many there are."""

    kind: str
    count: int
    hits: tuple[Hit, ...]
    # The page that lists them all, where there is one.
    url: str

    @property
    def label(self) -> str:
        """What the kind is called."""
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class Found:
    """What a search found: the best of all, and the same kind by kind."""

    typed: str
    understood: Understood
    extent: Extent
    hits: tuple[Hit, ...]
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many there are in all."""
        return sum(group.count for group in self.groups)


def search(expo: Expo, text: str, *, kinds: Sequence[str] = (), most: int = MOST_A_KIND) -> Found:
    """All that fits the text at the edition, at most so many of each kind, the best first."""
    found: list[Best] = []
    match = Match(expo, Understood(()), Extent.NOTHING)
    for match in _readings(expo, text):
        order = Order(tuple(kinds or KIND_ORDER), match.understood.kind, most)
        found = _best(match, order)
        if found:
            break
    else:
        match = replace(match, extent=Extent.NOTHING)
    rows = _rows_of(match, found)
    marked = _Marker(match.understood)
    hits = tuple(
        _hit(expo, one, rows[one.kind][one.subject], marked)
        for one in found
        if one.subject in rows[one.kind]
    )
    groups = tuple(
        Group(
            kind, count, tuple(hit for hit in hits if hit.kind == kind), _list_url(expo, kind, text)
        )
        for kind, count in {one.kind: one.count for one in found}.items()
    )
    return Found(text.strip(), match.understood, match.extent, hits, groups)


def _best(match: Match, order: Order) -> list[Best]:
    """The best entries. Where much fits, names alone are looked through if they give enough."""
    if match.words:
        return best_entries(match.expo, (), match.words, order)
    found: list[Best] = []
    if not match.fits:
        return found
    for fields in Fields if match.understood.is_common else [Fields.TEXT]:
        fits = [fit for fit in match.fits if fit.fields <= fields]
        found = best_entries(match.expo, fits, (), order)
        if sum({one.kind: one.count for one in found}.values()) >= ENOUGH:
            break
    return found


def match_text(expo: Expo, text: str, kind: str) -> Match:
    """What fits the text among all of one kind at the edition, for a list with filters."""
    match = Match(expo, Understood(()), Extent.NOTHING)
    for match in _readings(expo, text):
        if match.exists(kind):
            return match
    return Match(expo, match.understood, Extent.NOTHING)


def _readings(expo: Expo, text: str) -> Iterator[Match]:
    """Ways to read the text, each taken where the ones before find nothing.

    All words as they are meant; each also for a slip or a part of another; some of the words.
    """
    search_index.refresh()
    reading = Reading(expo, text)
    understood = reading.as_meant()
    if not understood.concepts:
        return
    if fits := _fits(understood):
        yield Match(expo, understood, Extent.ALL, fits)
    broad = reading.broadly()
    if fits := _fits(broad):
        yield Match(expo, broad, Extent.NEARLY, fits)
    # The words that tell most: one that stands in every other entry says nothing here.
    forms = [one.forms(Closeness.SYNONYM) for one in understood.concepts if one.entries < OFTEN]
    if len(understood.concepts) > 1 and any(forms):
        for fields in (Fields.NAME, Fields.TEXT):
            words = tuple(holds([each], fields) for each in forms if each)
            yield Match(expo, understood, Extent.SOME, words=words)
    else:
        yield Match(expo, understood, Extent.NOTHING)


def _fits(understood: Understood) -> tuple[Condition, ...]:
    """Conditions on an entry, the best first; none where a word has no form at all."""
    if understood.wanted(Closeness.NEAR) is None:
        return ()
    fits = {is_named(core_of(fold(understood.text).split())): None}
    for fields, closeness in FITS:
        wanted = understood.wanted(closeness)
        if wanted is not None:
            fits.setdefault(holds(wanted, fields))
    return tuple(fits)


# --- what is shown ------------------------------------------------------------------------------


def _rows_of(match: Match, entries: Iterable[Best]) -> dict[str, dict[int, Any]]:
    """The rows of the entries, by kind and key, each with what its line says of it."""
    expo = match.expo
    sold = match.narrow(Offer.objects.on_sale().select_related("product"), Kind.PRODUCT, "product")
    sold = sold.order_by("product__name")[:MOST_SOLD]
    keys = defaultdict(list)
    for entry in entries:
        keys[entry.kind].append(entry.subject)
    with_regency = Pesantren.objects.select_related("regency")
    sources: dict[str, QuerySet[Any]] = {
        Kind.PRODUCT: catalogue.with_offers_at(Product.objects.all(), expo),
        Kind.STAND: Stand.objects.select_related("zone").prefetch_related(
            Prefetch("pesantren", with_regency),
            Prefetch("offers", sold, to_attr="offers_that_fit"),
        ),
        Kind.PESANTREN: with_regency.prefetch_related(
            Prefetch("stands", Stand.objects.at(expo), to_attr="stands_here")
        ),
        Kind.PRODUCER: Producer.objects.select_related("pesantren__regency"),
        Kind.REGENCY: Regency.objects.all(),
    }
    found = {
        kind: {row.pk: row for row in source.filter(pk__in=keys[kind])} if keys[kind] else {}
        for kind, source in sources.items()
    }
    stands = found[Kind.STAND].values()
    sold_there = [offer.product for stand in stands for offer in stand.offers_that_fit]
    show_as_published(expo, [*found[Kind.PRODUCT].values(), *sold_there])
    return found


def _hit(expo: Expo, entry: Best, row: Any, marked: _Marker) -> Hit:
    detail, url = "", ""
    says: list[str] = []
    match entry.kind:
        case Kind.PRODUCT:
            detail, url = row.producer.name, reverse("product_detail", args=[expo.slug, row.slug])
            # The words may be of the name in the other language.
            says = [row.name, row.name_en]
            says += [row.description_text, row.description, row.description_en]
        case Kind.STAND:
            detail = ", ".join(one.name for one in row.pesantren.all())
            detail = "" if detail == row.name else detail or row.get_kind_display()
            url = reverse("stand_detail", args=[expo.slug, row.code])
            goods = [offer.product for offer in row.offers_that_fit]
            says = [", ".join(one.name_text for one in goods), ", ".join(one.name for one in goods)]
            says += [row.description_text, row.description, row.description_en, str(row.zone)]
        case Kind.PESANTREN:
            detail = str(row.regency or "")
            url = reverse("pesantren_detail", args=[expo.slug, row.slug])
            says = [row.about_text, row.about, row.about_en]
        case Kind.PRODUCER:
            detail = row.pesantren.name if row.pesantren else row.get_kind_display()
            url = reverse("producer_detail", args=[expo.slug, row.slug])
        case Kind.REGENCY:
            url = f"{reverse('product_list', args=[expo.slug])}?regency={row.code}"
    title = marked(_name_of(entry.kind, row))
    shown = marked(detail)
    why: tuple[Part, ...] = ()
    if not any(part.is_match for part in title + shown):
        why = next((part for part in map(marked.around, says) if part), ())
    return Hit(entry.kind, row, url, title, shown, why, entry.is_here)


def _name_of(kind: str, row: Any) -> str:
    """What the thing is called, a product in the reader's language."""
    match kind:
        case Kind.PRODUCT:
            return str(row.name_text)
        case Kind.REGENCY:
            return str(row)
        case _:
            return str(row.name)


def _list_url(expo: Expo, kind: str, text: str) -> str:
    names = {
        Kind.PRODUCT: "product_list",
        Kind.STAND: "stand_list",
        Kind.PESANTREN: "pesantren_list",
    }
    name = names.get(Kind(kind))
    return f"{reverse(name, args=[expo.slug])}?{urlencode({'q': text.strip()})}" if name else ""


class _Marker:
    """Finds in a text the words that were looked for."""

    def __init__(self, understood: Understood) -> None:
        terms = {term for one in understood.concepts for term in one.forms(Closeness.NEAR)}
        self.words = {word for term in terms if not term.is_start for word in term.words}
        self.starts = tuple(term.words[0] for term in terms if term.is_start)

    def __call__(self, text: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        # Words with what joins them: Mamba'ul is one, At-Taqwa two.
        for piece in re.findall(r"[\w'’‘`]+|[^\w'’‘`]+", text):
            folded = fold(piece)
            is_match = bool(folded) and (
                folded in self.words or (bool(self.starts) and folded.startswith(self.starts))
            )
            if parts and parts[-1].is_match == is_match:
                parts[-1] = Part(parts[-1].text + piece, is_match)
            else:
                parts.append(Part(piece, is_match))
        return tuple(parts)

    def around(self, text: str) -> tuple[Part, ...]:
        """The sentence of the text that holds any of the words; nothing where none does."""
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            parts = self(sentence)
            if any(part.is_match for part in parts):
                return parts
        return ()
