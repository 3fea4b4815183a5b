"""What the lists of an edition show, as sets of bits: filters combine and count without queries.

A row is a thing of a list together with one of its offers, or alone where it has none. So what is
asked of an offer is asked of one and the same: 'in zone B for at most Rp 20.000'. Bit n of a set
stands for row n: over 5.000 products a set has 700 bytes, and two of them meet in a microsecond.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language

from pesantren.curation import export_ready
from pesantren.models import Category, Credential, Product, Regency
from stands import catalogue
from stands.models import Offer, Stand, Zone
from stands.published import contents_at, on_sale_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models.expressions import Combinable

    from stands.models import Expo

# The one value of what is either so or not.
YES = "on"


class Choice(NamedTuple):
    """What a visitor may pick: the value in the address, and what it is called."""

    value: str
    name: str
    # In English, of a regency its kind; empty where there is none.
    also: str


@dataclass(frozen=True)
class Facts:
    """Which rows of one list have which facts."""

    # Of each row the key of its thing, in the order of the list, those of one thing together.
    keys: tuple[int, ...]
    # By kind of fact and its value.
    sets: Mapping[str, Mapping[str, int]]
    prices: tuple[int | None, ...]
    # What values are called, in order, where the edition and not the code says so.
    choices: Mapping[str, tuple[Choice, ...]]
    # The first row of each thing.
    firsts: int
    # With a distance each: the rows that are of the same thing as the row so far on.
    same: tuple[tuple[int, int], ...]

    @property
    def every_row(self) -> int:
        """All of them."""
        return (1 << len(self.keys)) - 1

    def things(self, rows: int) -> int:
        """Of each thing that has any of the rows, the first row."""
        for distance, same in self.same:
            rows |= rows >> distance & same
        return rows & self.firsts

    def count(self, rows: int) -> int:
        """How many things have any of the rows."""
        return self.things(rows).bit_count()

    def keys_of(self, rows: int) -> list[int]:
        """The things that have any of the rows, in the order of the list."""
        bits = reversed(f"{self.things(rows):b}")
        return [key for key, bit in zip(self.keys, bits, strict=False) if bit == "1"]

    def rows_of(self, keys: Collection[int]) -> int:
        """The rows of these things."""
        return as_set(key in keys for key in self.keys)

    def priced(self, least: int | None, most: int | None) -> int:
        """The rows with a price within these bounds, in rupiah, both included; None: no bound."""
        return as_set(
            price is not None
            and (least is None or price >= least)
            and (most is None or price <= most)
            for price in self.prices
        )

    def lowest_prices(self) -> dict[int, int]:
        """Of each thing the lowest price of its rows; those without a price are left out."""
        lowest: dict[int, int] = {}
        for key, price in zip(self.keys, self.prices, strict=True):
            if price is not None and price <= lowest.get(key, price):
                lowest[key] = price
        return lowest


def as_set(flags: Iterable[bool]) -> int:
    """The set of the rows that are flagged."""
    return int("".join("1" if flag else "0" for flag in flags)[::-1] or "0", 2)


# --- of the three lists -------------------------------------------------------------------------


def facts_of_products(expo: Expo, day: dt.date) -> Facts:
    """The products on sale by the name that the reader sees, credentials as of `day`."""
    facts = _Columns()
    english = NullIf("product__name_en", Value(""))
    name = Coalesce(english, "product__name") if get_language() == "en" else F("product__name")
    for one in _sold(expo, name, "product", "pk"):
        facts.add(one.product, regencies=[one.regency], zones=[one.zone], sold=[one])
    return facts.closed(expo, day)


def facts_of_stands(expo: Expo, day: dt.date) -> Facts:
    """The stands of the edition zone by zone, with what they sell; credentials as of `day`."""
    sold: dict[int, list[_Sold]] = defaultdict(list)
    for one in _sold(expo):
        sold[one.stand].append(one)
    zones: dict[int, int] = {}
    regencies: dict[int, list[int | None]] = defaultdict(list)
    stands = Stand.objects.at(expo).values_list("pk", "zone", "pesantren__regency")
    for stand, its_zone, regency in stands:
        zones[stand] = its_zone
        regencies[stand].append(regency)
    facts = _Columns()
    for stand, zone in zones.items():
        facts.add(stand, regencies=regencies[stand], zones=[zone], sold=sold[stand])
    return facts.closed(expo, day)


def facts_of_pesantren(expo: Expo, day: dt.date) -> Facts:
    """The pesantren on the edition's stands, with what of theirs is sold at any of them."""
    sold: dict[int | None, list[_Sold]] = defaultdict(list)
    for one in _sold(expo):
        sold[one.pesantren].append(one)
    regencies: dict[int, int | None] = {}
    zones: dict[int, list[int | None]] = defaultdict(list)
    there = Stand.pesantren.through.objects.filter(stand__expo=expo)
    there = there.order_by("pesantren__name", "pesantren")
    for pesantren, regency, zone in there.values_list(
        "pesantren", "pesantren__regency", "stand__zone"
    ):
        regencies[pesantren] = regency
        zones[pesantren].append(zone)
    facts = _Columns()
    for pesantren, home in regencies.items():
        facts.add(pesantren, regencies=[home], zones=zones[pesantren], sold=sold[pesantren])
    return facts.closed(expo, day)


class _Sold(NamedTuple):
    product: int
    stand: int
    zone: int
    price: int
    stock: int | None
    category: int
    pillar: str
    state: str
    markets: str
    pesantren: int | None
    regency: int | None


def _sold(expo: Expo, *order: str | Combinable) -> list[_Sold]:
    """Every offer of the edition, in the order wanted."""
    if expo.is_closed:
        return _sold_then(expo)
    product, pesantren = "product__", "product__producer__pesantren"
    offers = Offer.objects.on_sale().at(expo).order_by(*order)
    rows = offers.values_list(
        "product",
        "stand",
        "stand__zone",
        "price_rupiah",
        "stock",
        *(f"{product}{name}" for name in ("category", "pillar", "state", "export_markets")),
        pesantren,
        f"{pesantren}__regency",
    )
    return [_Sold._make(row) for row in rows]


def _sold_then(expo: Expo) -> list[_Sold]:
    """The same of a closed edition, as it published it, by the name of the product."""
    offers = Offer.objects.filter(stand__expo=expo, withdrawn=False).order_by("pk")
    rows = offers.values_list("product", "stand", "stand__zone", "price_rupiah", "stock")
    by_product: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        by_product[row[0]].append(row)
    sold = []
    for key, said in on_sale_at(expo).items():
        pesantren = said["pesantren"] or {"pk": None, "regency": None}
        regency = pesantren["regency"]["pk"] if pesantren["regency"] else None
        more = (said["category"]["pk"], said["pillar"], said["state"], said["export_markets"])
        sold += [_Sold._make((*row, *more, pesantren["pk"], regency)) for row in by_product[key]]
    return sold


class _Columns:
    """Rows being gathered, a column for each kind of fact."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.regencies: list[Sequence[int | None]] = []
        self.zones: list[Sequence[int | None]] = []
        self.sold: list[_Sold | None] = []

    def add(
        self,
        key: int,
        *,
        regencies: Sequence[int | None],
        zones: Sequence[int | None],
        sold: Sequence[_Sold],
    ) -> None:
        """Rows of a thing: one for each that is sold, or one alone."""
        for one in sold or (None,):
            self.keys.append(key)
            self.regencies.append(regencies)
            self.zones.append(zones)
            self.sold.append(one)

    def closed(self, expo: Expo, day: dt.date) -> Facts:
        schemes, ready = _proven(expo, day)
        named = _named(expo)
        sold = self.sold
        curated = Product.State.CURATED
        sets: dict[str, dict[Any, int]] = {
            "regency": _by_value(self.regencies),
            "zone": _by_value(self.zones),
            "category": _by_value([(one.category,) if one else () for one in sold]),
            "pillar": _by_value([(one.pillar,) if one and one.pillar else () for one in sold]),
            "credential": _by_value([schemes.get(one.product, ()) if one else () for one in sold]),
        }
        flags = {
            "curated": as_set(one is not None and one.state == curated for one in sold),
            "exported": as_set(one is not None and one.markets != "" for one in sold),
            "export_ready": as_set(one is not None and one.product in ready for one in sold),
            "in_stock": as_set(
                one is not None and (one.stock is None or one.stock > 0) for one in sold
            ),
        }
        for kind, rows in named.items():
            sets[kind] = {
                choice.value: sets[kind][key] for key, choice in rows.items() if key in sets[kind]
            }
        return Facts(
            keys=tuple(self.keys),
            sets=sets | {name: {YES: rows} for name, rows in flags.items()},
            prices=tuple(one.price if one else None for one in sold),
            choices={
                kind: tuple(choice for choice in rows.values() if choice.value in sets[kind])
                for kind, rows in named.items()
            },
            firsts=as_set(
                before != key for before, key in zip([None, *self.keys], self.keys, strict=False)
            ),
            same=tuple(_same(self.keys)),
        )


def _by_value(column: Iterable[Iterable[Any]]) -> dict[Any, int]:
    """Of each value in the column the set of rows that have it."""
    rows: dict[Any, list[int]] = defaultdict(list)
    number = 0
    for number, values in enumerate(column):
        for value in values:
            if value is not None:
                rows[value].append(number)
    found = {}
    for value, numbers in rows.items():
        bits = bytearray(number // 8 + 1)
        for n in numbers:
            bits[n >> 3] |= 1 << (n & 7)
        found[value] = int.from_bytes(bits, "little")
    return found


def _same(keys: Sequence[int]) -> Iterable[tuple[int, int]]:
    """For distances of 1, 2, 4…: the rows that are of the same thing as the row so far on."""
    distance = 1
    while same := as_set(a == b for a, b in zip(keys, keys[distance:], strict=False)):
        yield distance, same
        distance *= 2


def _proven(expo: Expo, day: dt.date) -> tuple[dict[int, set[str]], set[int]]:
    """The schemes that vouch for each product on `day`, and the products ready for export."""
    schemes: dict[int, set[str]] = defaultdict(set)
    ready: set[int] = set()
    if expo.is_closed:
        for key, said in contents_at(expo).items():
            schemes[key] = {one["scheme"] for one in said["credentials"] if one["is_valid"]}
            if said["is_export_ready"]:
                ready.add(key)
        return schemes, ready
    # Of all editions: to look only at what is sold here takes the database four times as long.
    valid = Credential.objects.valid_on(day).order_by().values_list("product", "scheme")
    products = export_ready(catalogue.products_at(expo), day).order_by()
    for product, scheme in valid.union(products.values_list("pk", Value("")), all=True):
        if scheme:
            schemes[product].add(scheme)
        else:
            ready.add(product)
    return schemes, ready


def _named(expo: Expo) -> dict[str, dict[int, Choice]]:
    """What the edition calls its categories, zones and regencies, by kind and key, in order."""
    order = Cast("order", IntegerField())
    categories = Category.objects.order_by().values_list(
        Value("category"), "pk", "slug", "name", "name_en", order
    )
    zones = Zone.objects.filter(expo=expo).order_by()
    regencies = Regency.objects.order_by()
    rows = categories.union(
        zones.values_list(Value("zone"), "pk", "code", "name", "name_en", order),
        regencies.values_list(Value("regency"), "pk", "code", "name", "kind", Value(0)),
        all=True,
    )
    named: dict[str, dict[int, Choice]] = {"category": {}, "zone": {}, "regency": {}}
    # As the models order them: zones by order and code, the others by order and name.
    for kind, key, value, name, also, _order in sorted(
        rows, key=lambda row: (row[5], row[2 if row[0] == "zone" else 3], row[4])
    ):
        named[kind][key] = Choice(value, name, also)
    return named
