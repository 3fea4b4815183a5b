"""Filters that combine: what fits, and the counts beside the choices, against a plain reading."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from django.db.models import Prefetch
from django.http import QueryDict
from django.utils.http import urlencode
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pesantren.curation import EXPORT_RULES, answers
from pesantren.models import Credential, Product
from pesantren.money import read_rupiah
from stands import catalogue
from stands.clock import WIB
from stands.filters import PesantrenFilter, ProductFilter, StandFilter
from stands.models import Expo, Offer, Stand
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
    make_zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from stands.filter_form import Filter
    from stands.filter_shown import Option

    Asked = dict[str, list[str]]

pytestmark = pytest.mark.django_db

SATURDAY_NOON = dt.datetime(2020, 12, 19, 12, tzinfo=WIB)
SATURDAY_NIGHT = dt.datetime(2020, 12, 19, 23, tzinfo=WIB)
IN_MAY = dt.datetime(2021, 5, 1, 12, tzinfo=WIB)

KINDS = {
    "category": ["food", "beverage", "fashion"],
    "credential": ["halal", "bpom", "merek", "nib"],
    "zone": ["A", "B"],
    "regency": ["35.09", "35.25"],
    "pillar": list(Product.Pillar.values),
    "price_from": ["5000", "10000"],
    "price_to": ["10000", "20000"],
    "open_now": ["on"],
    "in_stock": ["on"],
    "export_ready": ["on"],
    "exported": ["on"],
    "curated": ["on"],
}
ASKED = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(
            st.sampled_from(values), min_size=1, max_size=1 if name.startswith("price") else 3
        )
        for name, values in KINDS.items()
    },
)


@pytest.fixture
def market() -> Expo:
    """Fourteen products at five stands, with a bit of everything, the same each time."""
    chance = random.Random(7)
    expo = make_expo()
    homes = [
        make_pesantren(name=name, regency=make_regency(name=place, code=code))
        for name, place, code in (
            ("Al-Qodiri", "Jember", "35.09"),
            ("Qomaruddin", "Gresik", "35.25"),
            ("Sidogiri", "Jember", "35.09"),
            ("Tebuireng", "Jombang", "35.17"),
        )
    ]
    makers = [make_producer(pesantren=home) for home in homes]
    makers.append(make_producer(kind="umkm"))
    categories = [make_category(slug=slug, name=slug) for slug in KINDS["category"]]
    zones = [make_zone(expo=expo, code=code) for code in "ABC"]
    held_by: list[list[Any]] = [homes[:1], homes[:2], homes[1:3], homes[2:], []]
    stands = [
        make_stand(expo=expo, code=f"A{n}", zone=zones[n % 3], pesantren=held)
        for n, held in enumerate(held_by, start=1)
    ]
    make_stand(expo=expo, code="A9", kind="health", zone=zones[0])
    for number in range(14):
        product = make_product(
            name=f"Barang {number:02}",
            producer=chance.choice(makers),
            category=chance.choice(categories),
            pillar=chance.choice(["", *Product.Pillar.values]),
            state=chance.choice(["proposed", "curated", "curated"]),
            export_markets=chance.choice(["", "", "Malaysia"]),
        )
        Product.objects.filter(pk=product.pk).update(description_en=chance.choice(["", "Good."]))
        for scheme in KINDS["credential"]:
            if chance.random() < 0.6:
                ends = chance.choice([None, None, dt.date(2020, 12, 18), dt.date(2020, 12, 19)])
                make_credential(product=product, scheme=scheme, expires=ends)
        for stand in chance.sample(stands, k=chance.choice([1, 1, 2, 3])):
            make_offer(
                stand=stand,
                product=product,
                price_rupiah=chance.choice([4_000, 8_000, 10_000, 15_000, 30_000]),
                stock=chance.choice([None, 3, 0]),
                withdrawn=chance.random() < 0.1,
            )
    return expo


def product_filter(expo: Expo, asked: Asked, now: dt.datetime = SATURDAY_NOON) -> Filter:
    return ProductFilter(QueryDict(urlencode(asked, doseq=True)), expo=edition(expo), now=now)


def stand_filter(expo: Expo, asked: Asked, now: dt.datetime = SATURDAY_NOON) -> Filter:
    return StandFilter(QueryDict(urlencode(asked, doseq=True)), expo=edition(expo), now=now)


def pesantren_filter(expo: Expo, asked: Asked, now: dt.datetime = SATURDAY_NOON) -> Filter:
    return PesantrenFilter(QueryDict(urlencode(asked, doseq=True)), expo=edition(expo), now=now)


def edition(expo: Expo) -> Expo:
    return Expo.objects.filter(pk=expo.pk).each_with_days()[0]


# --- the plain reading: every offer looked at by itself, in Python ------------------------------


def read_plainly(expo: Expo, make: Callable[..., Filter]) -> dict[int, list[dict[str, set[str]]]]:
    """Of each thing of the list its offers, or one row without, with what they are."""
    day = dt.date(2020, 12, 19)
    offers = list(
        Offer.objects.on_sale()
        .at(expo)
        .select_related("stand__zone", "product__category", "product__producer__pesantren__regency")
        .prefetch_related(
            Prefetch("product__credentials", Credential.objects.all()),
            "stand__pesantren__regency",
        )
    )
    said = answers({offer.product for offer in offers}, EXPORT_RULES, day)
    things: dict[int, list[dict[str, set[str]]]] = defaultdict(list)
    stands = list(Stand.objects.at(expo).prefetch_related("pesantren__regency"))
    for offer in offers:
        product, home = offer.product, offer.product.producer.pesantren
        row = {
            "category": {product.category.slug},
            "credential": {one.scheme for one in product.credentials.all() if one.is_valid_on(day)},
            "pillar": {product.pillar} - {""},
            "zone": {offer.stand.zone.code},
            "regency": {home.regency.code} if home and home.regency else set(),
            "price": {str(offer.price_rupiah)},
            "open_now": {"on"},
            "in_stock": set() if offer.is_sold_out else {"on"},
            "export_ready": {"on"} if all(one.is_met for one in said[product.pk]) else set(),
            "exported": {"on"} if product.export_markets else set(),
            "curated": {"on"} if product.is_curated else set(),
        }
        if make is product_filter:
            things[product.pk].append(row)
        elif make is stand_filter:
            things[offer.stand_id].append(row)
        elif home:
            things[home.pk].append(row)
    bare: dict[str, set[str]] = defaultdict(set)
    if make is stand_filter:
        for stand in stands:
            own = {
                "zone": {stand.zone.code},
                "regency": {one.regency.code for one in stand.pesantren.all() if one.regency},
                "open_now": {"on"},
            }
            things[stand.pk] = [{**row, **own} for row in things[stand.pk] or [bare]]
    if make is pesantren_filter:
        there = {home for stand in stands for home in stand.pesantren.all()}
        return {
            home.pk: [
                {
                    **row,
                    "regency": {home.regency.code} if home.regency else set(),
                    "zone": {s.zone.code for s in stands if home in s.pesantren.all()},
                }
                for row in things[home.pk] or [bare]
            ]
            for home in there
        }
    return things


def fits_plainly(row: dict[str, set[str]], asked: Asked) -> bool:
    price = row.get("price") or {"0"}
    for name, values in asked.items():
        if name == "price_from":
            met = int(min(price)) >= int(values[0])
        elif name == "price_to":
            met = bool(row.get("price")) and int(min(price)) <= int(values[0])
        else:
            met = bool(row.get(name, set()) & set(values))
        if not met:
            return False
    return True


@pytest.fixture(params=[product_filter, stand_filter, pesantren_filter])
def reading(request: pytest.FixtureRequest, market: Expo) -> Reading:
    return Reading(market, request.param, read_plainly(market, request.param))


class Reading(NamedTuple):
    """A list of the market, and what a plain reading makes of it."""

    expo: Expo
    make: Callable[..., Filter]
    things: dict[int, list[dict[str, set[str]]]]

    def fitting(self, asked: Asked) -> set[int]:
        """What fits, found out thing by thing and offer by offer."""
        return {
            key
            for key, rows in self.things.items()
            if any(fits_plainly(row, asked) for row in rows)
        }

    def asked_by(self, query: str) -> set[int]:
        return self.fitting(dict(QueryDict(query[1:]).lists()))


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=ASKED)
def test_lists_and_counts_are_what_choosing_gives(reading: Reading, asked: Asked) -> None:
    form = reading.make(reading.expo, asked)
    asked = dict(form.query_dict.lists())

    assert set(form.keys) == reading.fitting(asked)
    assert form.count == len(set(form.keys))
    options = [option for group in form.groups for option in group.options]
    assert options
    for option in options:
        alone = {**asked, option.name: [option.value]}
        assert option.count == len(reading.fitting(alone)), option
        assert option.is_picked == (option.value in asked.get(option.name, []))
    assert not (form.suggestions and form.keys)
    for suggestion in form.suggestions:
        there = reading.asked_by(suggestion.query)
        assert there
        assert suggestion.counted == form.counted(len(there))


# --- one by one ---------------------------------------------------------------------------------


def option_of(form: Filter, name: str, value: str = "on") -> Option:
    return next(
        option
        for group in form.groups
        for option in group.options
        if (option.name, option.value) == (name, value)
    )


def test_several_of_a_kind_widen_and_kinds_narrow(client: Client, market: Expo) -> None:
    food = product_filter(market, {"category": ["food"]}).count
    both = product_filter(market, {"category": ["food", "fashion"]})

    assert both.count == food + option_of(both, "category", "fashion").count
    page = client.get("/2020/produk/?category=food&category=fashion").text
    assert f"{both.count} produk</h2>" in page
    assert "Rp 0" not in page


def test_price_and_stock_and_zone_are_asked_of_one_offer() -> None:
    expo = make_expo()
    product = make_product()
    near = make_stand(expo=expo, code="A1")
    far = make_stand(expo=expo, code="B1", zone=make_zone(expo=expo, code="B"))
    make_offer(stand=near, product=product, price_rupiah=9_000, stock=0)
    make_offer(stand=far, product=product, price_rupiah=20_000)

    assert product_filter(expo, {"zone": ["B"]}).count == 1
    assert product_filter(expo, {"zone": ["B"], "price_to": ["10000"]}).count == 0
    assert product_filter(expo, {"in_stock": ["on"], "price_to": ["10000"]}).count == 0
    assert product_filter(expo, {"in_stock": ["on"], "zone": ["B"]}).count == 1


@pytest.mark.parametrize(
    ("now", "is_offered", "count"),
    [(SATURDAY_NOON, True, 1), (SATURDAY_NIGHT, True, 0), (IN_MAY, False, 1)],
)
def test_open_now_is_offered_on_the_days_of_the_edition(
    now: dt.datetime, is_offered: bool, count: int
) -> None:
    expo = make_expo()
    make_offer(stand=make_stand(expo=expo))
    form = product_filter(expo, {"open_now": ["on"]}, now)

    assert ("open_now" in form.fields) is is_offered
    assert form.count == count
    assert form.query == ("?open_now=on" if is_offered else "?")


def test_open_now_is_not_offered_where_the_hours_are_unknown() -> None:
    expo = make_expo(opens=None, closes=None)
    make_offer(stand=make_stand(expo=expo))

    assert "open_now" not in stand_filter(expo, {}).fields


def test_narrowed_stands_can_be_had_as_rows(market: Expo) -> None:
    form = stand_filter(market, {"zone": ["A"]})

    codes = form.narrow(Stand.objects.at(market)).values_list("code", flat=True)

    assert list(codes) == ["A3", "A9"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("10000", 10_000),
        ("10.000", 10_000),
        ("10,000", 10_000),
        ("10 000", 10_000),
        (" Rp 10.000,- ", 10_000),
        ("rp10.000,00", 10_000),
        ("10,000.00", 10_000),
        ("10000.00", 10_000),
        ("500,00", 500),
        ("10rb", 10_000),
        ("10 RIBU", 10_000),
        ("12,5rb", 12_500),
        ("25k", 25_000),
        ("1,5 jt", 1_500_000),
        ("1.5jt", 1_500_000),
        ("1.500.000", 1_500_000),
        ("2 juta", 2_000_000),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, amount: int) -> None:
    assert read_rupiah(text) == amount


@pytest.mark.parametrize(
    "text", ["", "murah", "-5", "10.00.0", "10rbu", "1e5", "rp", "9" * 20, "9" * 5000, "10rb jt"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_rupiah(text)


def test_nonsense_for_a_price_is_said_at_the_field_and_left_aside(
    client: Client, market: Expo
) -> None:
    page = client.get("/2020/produk/?price_from=murah&price_to=10rb").text

    assert "“murah” bukan harga. Tulis misalnya 10.000 atau 10rb." in page
    assert 'value="murah"' in page
    assert "sampai Rp 10.000" in page


def test_bounds_the_wrong_way_round_are_said_at_the_field(client: Client, market: Expo) -> None:
    every = product_filter(market, {}).count
    page = client.get("/2020/produk/?price_from=20rb&price_to=10rb").text

    assert "Harga terendah (Rp 20.000) melebihi harga tertinggi (Rp 10.000)." in page
    assert f"{every} produk</h2>" in page


def test_address_after_a_filter_holds_amounts_in_digits_and_the_page(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    for number in range(25):
        make_offer(stand=stand, product=make_product(name=f"Keripik {number:02}"))
    query = "q=&sort=&price_from=10rb&price_to=&category=food&in_stock=on&page=2"

    response = client.get(f"/2020/produk/?{query}", headers={"HX-Request": "true"})

    expected = "/2020/produk/?category=food&price_from=10000&in_stock=on&page=2"
    assert response["HX-Push-Url"] == expected
    assert "Keripik 24" in response.text


def test_empty_list_says_what_to_take_off_the_best_first(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    for name in ("Abon", "Bakso"):
        make_offer(stand=stand, product=make_product(name=name), price_rupiah=10_000)
    batik = make_product(name="Batik", category=make_category(slug="fashion", name="Kain"))
    make_credential(product=batik, scheme="merek")
    make_offer(stand=stand, product=batik, price_rupiah=90_000)

    page = client.get("/2020/produk/?category=food&credential=merek").text

    first = 'href="/2020/produk/?category=food">tanpa “Merek”: 2 produk</a>'
    second = 'href="/2020/produk/?credential=merek">tanpa “Makanan”: 1 produk</a>'
    assert "0 produk</h2>" in page
    assert page.index(first) < page.index(second)


def test_empty_list_takes_two_off_where_one_is_not_enough() -> None:
    stand = make_stand(expo=make_expo())
    make_offer(stand=stand, product=make_product(), price_rupiah=10_000)
    batik = make_product(category=make_category(slug="fashion", name="Kain"))
    make_credential(product=batik, scheme="merek")
    make_offer(stand=stand, product=batik, price_rupiah=90_000, stock=0)
    asked = {
        "category": ["food"],
        "credential": ["merek"],
        "price_from": ["50000"],
        "in_stock": ["on"],
    }

    form = product_filter(stand.expo, asked)

    assert [(one.without, one.query) for one in form.suggestions] == [
        ("“Makanan”, “Masih ada stok”", "?credential=merek&price_from=50000"),
        ("“Merek”, “mulai Rp 50.000”", "?category=food&in_stock=on"),
    ]


def test_words_are_given_up_last() -> None:
    stand = make_stand(expo=make_expo())
    kopi = make_product(name="Kopi", category=make_category(slug="beverage", name="Minuman"))
    make_offer(stand=stand, product=kopi)
    for name in ("Abon", "Bakso"):
        make_offer(stand=stand, product=make_product(name=name))

    form = product_filter(stand.expo, {"q": ["kopi"], "category": ["food"]})

    assert [(one.without, one.counted) for one in form.suggestions] == [
        ("“Makanan”", "1 produk"),
        ("“kopi”", "2 produk"),
    ]


def test_plain_get_leaves_no_empty_fields_in_the_address(client: Client, market: Expo) -> None:
    response = client.get("/2020/produk/?q=&sort=&category=food&price_from=&price_to=")

    assert response.status_code == 302
    assert response["Location"] == "/2020/produk/?category=food"


def test_choices_that_would_leave_nothing_cannot_be_picked(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    make_offer(stand=stand, product=make_product())
    make_offer(
        stand=stand,
        product=make_product(
            category=make_category(slug="fashion", name="Kain"), export_markets="Turki"
        ),
    )

    page = client.get("/2020/produk/?exported=on").text

    assert (
        '<input type="checkbox" name="category" value="food" id="id_category_food" disabled>'
        in page
    )
    assert (
        '<input type="checkbox" name="category" value="fashion" id="id_category_fashion">' in page
    )


def test_products_of_an_edition_alone_are_counted(market: Expo) -> None:
    before = {o.id: o.count for g in product_filter(market, {}).groups for o in g.options}
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    for product in catalogue.products_at(market):
        make_offer(
            stand=Stand.objects.filter(expo=other).first() or make_stand(expo=other),
            product=product,
        )

    after = {o.id: o.count for g in product_filter(market, {}).groups for o in g.options}

    assert after == before


def test_counts_are_of_the_catalogue_as_it_is(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    offer = make_offer(stand=stand, price_rupiah=25_000, stock=1)
    dear = "/2020/produk/?price_from=20000"
    assert "1 produk</h2>" in client.get(dear).text
    Offer.objects.filter(pk=offer.pk).update(price_rupiah=9_000)
    assert "0 produk</h2>" in client.get(dear).text
    assert "1 produk</h2>" in client.get("/2020/produk/?in_stock=on").text
    Offer.objects.filter(pk=offer.pk).update(stock=0)
    assert "0 produk</h2>" in client.get("/2020/produk/?in_stock=on").text
    assert "0 produk</h2>" in client.get("/2020/produk/?credential=sni&in_stock=on").text
    make_credential(product=offer.product, scheme="sni")
    assert "1 produk</h2>" in client.get("/2020/produk/?credential=sni").text


@pytest.mark.parametrize(
    "text", ["1.950.289.00", "1,950,289,00", "10.00", "1,5", "4,34", "10.000,50"]
)
def test_amount_with_a_digit_or_a_unit_too_few_is_asked_for_again(text: str) -> None:
    with pytest.raises(ValueError, match="too few"):
        read_rupiah(text)
