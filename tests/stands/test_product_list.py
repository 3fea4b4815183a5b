"""The products of an edition and how a visitor narrows them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest

from pesantren.models import Product
from stands import search_index
from stands.closing_edition import close_edition
from stands.models import Stand
from tests.ledger import make_keeper, sign_in
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
from tests.queries import MOST, MOST_WITH_WORDS, queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = pytest.mark.django_db

FROM_HTMX = {"HX-Request": "true"}


@pytest.fixture
def expo() -> Expo:
    """Kopi Gayeng from Jember in zone A, and Batik Laut from Gresik in zone B."""
    expo = make_expo()
    one = make_pesantren(name="Al-Qodiri", regency=make_regency(name="Jember", code="35.09"))
    two = make_pesantren(name="Qomaruddin", regency=make_regency(name="Gresik", code="35.25"))
    coffee = make_product(
        name="Kopi Gayeng",
        producer=make_producer(name="Kopontren Satu", pesantren=one),
        category=make_category(slug="beverage", name="Minuman"),
        pillar=Product.Pillar.SANTRIPRENEUR,
    )
    batik = make_product(
        name="Batik Laut",
        producer=make_producer(name="Usaha Dua", pesantren=two),
        category=make_category(slug="fashion", name="Kain"),
        pillar=Product.Pillar.SOSIOPRENEUR,
        state=Product.State.CURATED,
        export_markets="Malaysia",
    )
    make_credential(product=batik, scheme="merek")
    hall_b = make_zone(expo=expo, code="B", name="Busana")
    stand_a = make_stand(expo=expo, code="A1", pesantren=[one])
    stand_b = make_stand(expo=expo, code="B1", pesantren=[two], zone=hall_b)
    make_offer(stand=stand_a, product=coffee, price_rupiah=9_000)
    make_offer(stand=stand_b, product=batik, price_rupiah=80_000)
    return expo


@pytest.mark.parametrize(
    "query",
    [
        "category=fashion",
        "pillar=sosiopreneur",
        "regency=35.25",
        "zone=B",
        "credential=merek",
        "curated=on",
        "exported=on",
        "q=laut",
        "q=usaha+dua",
        "q=qomar+batik",
    ],
)
def test_product_list_shows_only_what_was_asked_for(client: Client, expo: Expo, query: str) -> None:
    page = client.get(f"/2020/produk/?{query}").text

    assert "Batik Laut" in page
    assert "Kopi Gayeng" not in page
    assert "1 produk" in page


def test_product_list_shows_price_and_stand(client: Client, expo: Expo) -> None:
    page = client.get("/2020/produk/").text

    assert "Rp 80.000" in page
    assert '<span class="visually-hidden">Stan </span>B1</span>' in page
    assert "2 produk" in page


def test_product_list_shows_the_lowest_of_several_prices(client: Client) -> None:
    expo = make_expo()
    product = make_product()
    make_offer(stand=make_stand(expo=expo, code="A1"), product=product, price_rupiah=20_000)
    make_offer(stand=make_stand(expo=expo, code="A2"), product=product, price_rupiah=18_000)

    page = client.get("/2020/produk/").text

    assert "mulai" in page
    assert "Rp 18.000" in page
    assert "Rp 20.000" not in page
    assert "1 produk" in page


def test_product_list_says_from_only_where_prices_differ(client: Client) -> None:
    expo = make_expo()
    product = make_product()
    for code in ("A1", "A2"):
        make_offer(stand=make_stand(expo=expo, code=code), product=product, price_rupiah=20_000)

    page = client.get("/2020/produk/").text

    assert "Rp 20.000" in page
    assert "mulai" not in page


@pytest.mark.parametrize("words", ["keripik pisang", "PISANG banana", "makanan unggulan", "food"])
def test_product_list_searches_description_and_category(client: Client, words: str) -> None:
    product = make_product(name="Gedang Koe", category=make_category())
    product.description = "Keripik pisang, produk unggulan pesantren."
    product.description_en = "Banana crisps."
    product.save()
    stand = make_stand(expo=make_expo())
    drink = make_category(slug="beverage", name="Minuman", name_en="Drinks")
    make_offer(stand=stand, product=product)
    make_offer(stand=stand, product=make_product(name="Keripik Kopi", category=drink))

    page = client.get("/2020/produk/", {"q": words}).text

    assert "Gedang Koe" in page
    assert "Keripik Kopi" not in page


def test_product_list_sets_what_is_named_so_first(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    told = make_product(name="Abon")
    told.description = "Enak dengan keripik tempe."
    told.save()
    make_offer(stand=stand, product=told)
    make_offer(stand=stand, product=make_product(name="Tempe keripik"))

    page = client.get("/2020/produk/?q=keripik+tempe").text

    assert page.index("Tempe keripik</a>") < page.index("Abon</a>")


@pytest.mark.parametrize(
    ("sort", "first", "second"),
    [("", "Batik Laut", "Kopi Gayeng"), ("cheapest", "Kopi Gayeng", "Batik Laut")],
)
def test_product_list_is_sorted_as_asked(
    client: Client, expo: Expo, sort: str, first: str, second: str
) -> None:
    page = client.get(f"/2020/produk/?sort={sort}", follow=True).text

    assert page.index(f"{first}</a>") < page.index(f"{second}</a>")


def test_product_list_counts_credentials_as_of_the_last_day(client: Client) -> None:
    expo = make_expo()
    stand = make_stand(expo=expo)
    for name, expires in (
        ("Abon", dt.date(2020, 12, 20)),
        ("Bakso", dt.date(2020, 12, 19)),
        ("Cilok", None),
    ):
        product = make_product(name=name)
        make_credential(product=product, scheme="halal", number=name, expires=expires)
        make_offer(stand=stand, product=product)

    page = client.get("/2020/produk/?credential=halal").text

    assert "Abon" in page
    assert "Cilok" in page
    assert "Bakso" not in page


def test_product_list_hides_what_was_withdrawn_and_what_others_sell(
    client: Client, expo: Expo
) -> None:
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    make_offer(stand=make_stand(expo=other), product=make_product(name="Madu"))
    make_offer(
        stand=make_stand(expo=expo, code="A9"), product=make_product(name="Teh"), withdrawn=True
    )

    page = client.get("/2020/produk/").text

    assert "Madu" not in page
    assert "Teh" not in page


def test_product_list_shows_24_a_page_and_keeps_the_filter(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    for number in range(25):
        make_offer(stand=stand, product=make_product(name=f"Keripik {number:02}"))

    first = client.get("/2020/produk/?q=keripik").text
    second = client.get("/2020/produk/?q=keripik&page=2").text

    assert "Keripik 23" in first
    assert "Keripik 24" not in first
    assert "q=keripik&amp;page=2" in first
    assert "Halaman 2 dari 2" in second
    assert "Keripik 24" in second


def test_product_list_answers_htmx_with_the_cards_alone(client: Client, expo: Expo) -> None:
    response = client.get("/2020/produk/?q=batik&sort=", headers=FROM_HTMX)

    assert response.text.strip().startswith('<div id="cards">')
    assert response["HX-Push-Url"] == "/2020/produk/?q=batik"


@pytest.mark.parametrize(
    "path",
    ["/2020/produk/", "/2020/stan/", "/2020/denah/", "/2020/jadwal/", "/2020/cari/", "/peserta/"],
)
def test_other_language_keeps_what_was_typed_since_the_page_came(
    client: Client, expo: Expo, path: str
) -> None:
    sign_in(client, make_keeper(stand=Stand.objects.get(code="A1")))
    answer = client.get(f"{path}?q=batik", headers=FROM_HTMX).text
    assert answer.count('id="languages" hx-swap-oob="true"') == 1
    assert f'<a href="/en{path}?q=batik" hreflang="en"' in answer
    assert client.get(f"{path}?q=batik").text.count('id="languages" aria-label') == 1


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_products_stand_by_the_names_that_the_reader_sees(
    client: Client, expo: Expo, is_closed: bool
) -> None:
    Product.objects.filter(name="Batik Laut").update(name_en="Sea batik")
    Product.objects.filter(name="Kopi Gayeng").update(name_en="Hearty coffee")
    make_offer(stand=Stand.objects.get(code="A1"), product=make_product(name="Madu"))
    if is_closed:
        close_edition(expo, actor=None)
    for language, names in (
        ("", ["Batik Laut", "Kopi Gayeng", "Madu"]),
        ("/en", ["Hearty coffee", "Madu", "Sea batik"]),
    ):
        page = client.get(f"{language}/2020/produk/").text
        assert re.findall(r'<a class="stretched"[^>]*>([^<]+)</a>', page) == names


def test_order_is_called_what_it_is_after_words_were_typed(client: Client, expo: Expo) -> None:
    assert "Nama A–Z</option>" in client.get("/2020/produk/").text
    answer = client.get("/2020/produk/?q=batik", headers=FROM_HTMX).text
    assert 'id="filters-sort" hx-swap-oob="innerHTML"' in answer
    assert "Paling cocok</option>" in answer


def test_product_list_offers_to_take_off_each_filter(client: Client, expo: Expo) -> None:
    page = client.get("/2020/produk/?curated=on&zone=B").text

    assert 'href="/2020/produk/?zone=B">Lolos kurasi' in page
    assert 'href="/2020/produk/?curated=on">B · Busana' in page


@pytest.mark.parametrize("query", ["page=999", "page=x", "zone=%27", "q=" + "a" * 200])
def test_product_list_answers_odd_queries(client: Client, expo: Expo, query: str) -> None:
    assert "Batik Laut" in client.get(f"/2020/produk/?{query}").text


def test_product_list_takes_as_many_queries_for_three_as_for_one(client: Client) -> None:
    expo = make_expo()
    stand = make_stand(expo=expo, pesantren=[make_pesantren()])
    make_credential(product=make_offer(stand=stand).product)
    with_one = queries_of(client, "/2020/produk/")
    for _ in range(3):
        make_credential(product=make_offer(stand=stand).product)

    assert queries_of(client, "/2020/produk/") == with_one <= MOST
    everything = "q=kopi&zone=A&category=food&credential=halal&sort=cheapest"
    search_index.refresh()
    assert queries_of(client, f"/2020/produk/?{everything}") <= MOST_WITH_WORDS
