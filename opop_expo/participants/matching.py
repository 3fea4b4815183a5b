"""Who fits whom, and why: needs beside offers, needs beside what others make, and neighbours.

Two notices fit when they are about the same thing and, where both name a kind of product, about
the same kind. A product fits when its name begins with a word of the need: in Indonesian the thing
comes first, so `Garam SSD` is salt and `Keripik singkong` is no cassava. Those from the same
regency come first, since what is near can be fetched.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from opop_expo.participants.directory import products_shown_at
from pesantren.models import Category, Notice, Producer, Product
from stands import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from opop_expo.participants.access import Member

Topic = Notice.Topic

# Of one notice; who has more to choose from looks into the list.
MOST = 6
# Read at most so many of others' notices and of the products that a word begins.
MOST_READ = 1_000
# What begins the name of a product or service that answers a need of this topic, whatever the need
# itself says; of the other topics the words of the need do.
BEGINNINGS: dict[str, frozenset[str]] = {
    Topic.PACKAGING: frozenset(
        {"besek", "botol", "dus", "kardus", "keranjang", "label", "percetakan", "pouch", "stiker"}
    ),
    Topic.CERTIFICATES: frozenset(),
    Topic.MARKETS: frozenset({"minimarket", "swalayan", "toko", "toserba"}),
    Topic.MACHINES: frozenset({"alat", "bengkel", "mesin"}),
    Topic.TRAINING: frozenset({"kursus", "pelatihan"}),
    Topic.LOGISTICS: frozenset({"angkutan", "ekspedisi", "kurir", "pengiriman"}),
}
# What costs less when several want it; who looks for a market does not share it.
SHARED = {
    Topic.PACKAGING,
    Topic.RAW_MATERIAL,
    Topic.CERTIFICATES,
    Topic.MACHINES,
    Topic.TRAINING,
    Topic.LOGISTICS,
}
WORD = re.compile(r"[^\W\d_]{3,}")
# Words of any notice, which say nothing about the thing.
EMPTY_WORDS = frozenset({
    "ada", "agar", "atau", "bisa", "butuh", "cari", "dan", "dari", "dengan", "dicari", "harga",
    "ingin", "ini", "itu", "juga", "kami", "kepada", "kita", "mau", "membutuhkan", "menawarkan",
    "mencari", "oleh", "pada", "per", "perlu", "serta", "sudah", "supaya", "untuk", "yang",
})  # fmt: skip


@dataclass(frozen=True)
class Match:
    """Another maker who fits, with the notice or the products that say so, and why."""

    producer: Producer
    notice: Notice | None
    products: tuple[Product, ...]
    reasons: tuple[str, ...]
    is_near: bool
    # What they share beside the topic; more comes first.
    weight: int = 0

    @property
    def place(self) -> tuple[bool, int, str]:
        """Where it stands among others: near, then with much in common, then by name."""
        return (not self.is_near, -self.weight, self.producer.name)


@dataclass
class Group:
    """What fits one notice of the member's own."""

    notice: Notice
    matches: list[Match] = field(default_factory=list)
    # Others who look for the same: what is bought together costs less.
    together: list[Match] = field(default_factory=list)


@dataclass
class Suggestions:
    """All that is suggested to one member."""

    groups: list[Group]
    # Others' needs that the member's own products answer.
    wanted: list[Match]
    # Others who make the same kind of thing.
    alike: list[Match]

    @property
    def count(self) -> int:
        """How many of them answer something, neighbours left out."""
        return sum(len(group.matches) for group in self.groups) + len(self.wanted)


def suggestions_for(member: Member) -> Suggestions:
    """Everything that fits the member's makers, in as many queries for one notice as for many."""
    return _Matching(member).all()


class _Matching:
    """One run over what is read once: own notices, others' notices, who makes what kind."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.own = list(member.own_notices.standing().with_maker().newest_first())
        others = member.others_notices.with_maker().newest_first()
        self.others = list(others[:MOST_READ])
        self.own_keys = {maker.pk for maker in member.makers}
        self.near = {
            maker.pesantren.regency_id
            for maker in member.makers
            if maker.pesantren and maker.pesantren.regency_id
        }

    def all(self) -> Suggestions:
        groups = [self._group(notice) for notice in self.own]
        known = {match.notice.pk for group in groups for match in group.matches if match.notice}
        wanted = self._wanted(without=known)
        met = {match.producer.pk for group in groups for match in (*group.matches, *group.together)}
        met |= {match.producer.pk for match in wanted}
        return Suggestions(groups, wanted, self._alike(without=met))

    # --- one notice ----------------------------------------------------------------------------

    def _group(self, notice: Notice) -> Group:
        matches = [
            self._of_notice(notice, other, _answer_of(notice))
            for other in self.others
            if other.direction != notice.direction and fit(notice, other)
        ]
        if notice.is_need:
            matches += self._makers_of(notice)
        together = [
            self._of_notice(notice, other, _("Sama-sama mencari: %(topic)s"))
            for other in self.others
            if notice.is_need and notice.topic in SHARED and other.is_need and fit(notice, other)
        ]
        return Group(notice, _first(matches), _first(together))

    def _of_notice(self, notice: Notice, other: Notice, why: str) -> Match:
        reasons = [why % {"topic": notice.get_topic_display().lower()}]
        shared = 0
        if notice.category_id and notice.category_id == other.category_id:
            reasons.append(_("Sama-sama untuk %(category)s") % {"category": notice.category})
            shared = 2
        elif kinds := self._kinds_shared(notice.producer_id, other.producer_id):
            reasons.append(self._both_make(kinds))
            shared = 1
        return self._match(other.producer, other, (), reasons, shared)

    def _makers_of(self, need: Notice) -> list[Match]:
        """Makers whose products answer the need, each with all of these."""
        wanted = beginnings_of(need)
        found: dict[int, list[Product]] = defaultdict(list)
        for product in self._products:
            if product.producer_id not in self.own_keys and first_word(product.name) in wanted:
                found[product.producer_id].append(product)
        return [
            self._match(
                products[0].producer,
                None,
                tuple(products[:3]),
                [_("Membuat %(product)s") % {"product": products[0].name_text}],
                0,
            )
            for products in found.values()
        ]

    @cached_property
    def _products(self) -> list[Product]:
        """Of all that is shown, what begins with a word of any own need."""
        words = {word for need in self.own if need.is_need for word in beginnings_of(need)}
        if not words:
            return []
        begins = reduce(or_, (Q(name__istartswith=word) for word in sorted(words)))
        shown = products_shown_at(self.member.expo).with_maker().filter(begins)
        return list(shown.order_by("name", "pk")[:MOST_READ])

    # --- the other way round --------------------------------------------------------------------

    def _wanted(self, without: set[UUID]) -> list[Match]:
        """Others' needs that something of our own answers, and no offer of ours already does."""
        shown = products_shown_at(self.member.expo).filter(producer__in=self.own_keys)
        own: dict[str, list[Product]] = defaultdict(list)
        for product in shown.order_by("name", "pk"):
            own[first_word(product.name)].append(product)
        matches = []
        for need in self.others:
            if not need.is_need or need.pk in without:
                continue
            if words := sorted(beginnings_of(need) & own.keys()):
                products = tuple(product for word in words for product in own[word])
                why = _("Anda membuat %(product)s") % {"product": products[0].name_text}
                matches.append(self._match(need.producer, need, products[:3], [why], 0))
        return _first(matches)

    # --- neighbours -------------------------------------------------------------------------------

    def _alike(self, without: set[int]) -> list[Match]:
        """Others who make the same kinds of things."""
        kinds: dict[int, set[int]] = {}
        for producer in self._kinds.keys() - self.own_keys - without:
            shared = set().union(*(self._kinds_shared(own, producer) for own in self.own_keys))
            if shared:
                kinds[producer] = shared
        makers = catalogue.producers_known_at(self.member.expo).order_by()
        where = dict(makers.values_list("pk", "pesantren__regency"))
        names = dict(makers.values_list("pk", "name"))
        best = sorted(
            (key for key in kinds if key in where),
            key=lambda key: (where[key] not in self.near, -len(kinds[key]), names[key]),
        )[:MOST]
        rows = catalogue.producers_known_at(self.member.expo).in_bulk(best)
        return [
            self._match(rows[key], None, (), [self._both_make(kinds[key])], len(kinds[key]))
            for key in best
        ]

    # --- what they share --------------------------------------------------------------------------

    def _match(
        self,
        producer: Producer,
        notice: Notice | None,
        products: tuple[Product, ...],
        reasons: list[str],
        weight: int,
    ) -> Match:
        regency = producer.pesantren.regency if producer.pesantren else None
        is_near = regency is not None and regency.pk in self.near
        if is_near:
            reasons.append(_("Sama-sama dari %(regency)s") % {"regency": regency})
        return Match(producer, notice, products, tuple(reasons), is_near, weight)

    @cached_property
    def _kinds(self) -> dict[int, set[int]]:
        """The categories in which each maker of the edition has something."""
        kinds: dict[int, set[int]] = defaultdict(set)
        made = products_shown_at(self.member.expo).order_by()
        for producer, category in made.values_list("producer", "category").distinct():
            kinds[producer].add(category)
        return dict(kinds)

    @cached_property
    def _categories(self) -> dict[int, Category]:
        return Category.objects.in_bulk()

    def _kinds_shared(self, one: int, other: int) -> set[int]:
        return self._kinds.get(one, set()) & self._kinds.get(other, set())

    def _both_make(self, kinds: Iterable[int]) -> str:
        named = sorted((self._categories[kind] for kind in kinds), key=lambda one: one.order)
        text = ", ".join(str(category) for category in named[:2])
        return _("Sama-sama membuat %(categories)s") % {"categories": text}


def fit(one: Notice, other: Notice) -> bool:
    """Whether two notices are about the same thing, one way or the other."""
    if one.topic != other.topic:
        return False
    if one.category_id and other.category_id:
        return one.category_id == other.category_id
    # 'Lain-lain' says nothing by itself: a word that both use has to.
    return one.topic != Topic.OTHER or bool(words_of(one.text) & words_of(other.text))


def beginnings_of(need: Notice) -> frozenset[str]:
    """The words with which the name of a product begins that answers the need."""
    return BEGINNINGS[need.topic] if need.topic in BEGINNINGS else words_of(need.text)


def words_of(text: str) -> frozenset[str]:
    """The words of a text that say something, in small letters."""
    return frozenset(WORD.findall(text.lower())) - EMPTY_WORDS


def first_word(name: str) -> str:
    """The word that says what a thing is; empty for a name that begins otherwise."""
    found = WORD.match(name.lower())
    return found[0] if found else ""


def _answer_of(notice: Notice) -> str:
    if notice.is_need:
        return _("Menawarkan yang Anda cari: %(topic)s")
    return _("Mencari yang Anda tawarkan: %(topic)s")


def _first(matches: list[Match]) -> list[Match]:
    """The best of them, each maker once."""
    once: dict[int, Match] = {}
    for match in sorted(matches, key=lambda one: one.place):
        once.setdefault(match.producer.pk, match)
    return list(once.values())[:MOST]
