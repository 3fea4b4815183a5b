"""The page that searches all of an edition: forgiving, safe, the same without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pesantren.models import Producer, Product
from stands import search_index
from stands.search import search
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
)
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = pytest.mark.django_db

FROM_HTMX = {"HX-Request": "true"}
# Pages that look for words, each in its own way.
PARTS = ["cari", "produk", "stan", "pesantren"]
HOSTILE = [
    *("'", '"', "''\"\"", "%", "_", "%%_%", "*", "a*", "kopi*", "kopi:*", "kopi:A", "\\", "\\'"),
    *("AND", "OR", "NOT kopi", "kopi OR", "NEAR(kopi, 3)", "name:kopi", "{name} : kopi", "-kopi"),
    *("kopi & teh", "kopi | teh", "!kopi", "kopi <-> teh", "(kopi", "kopi)", "((((", "^kopi"),
    *("'; DROP TABLE stands_stand; --", "<script>alert(1)</script>", "{{ 7 }}", "{% load x %}"),
    *(
        "kopi\0teh",
        "\0",
        "\n\r\t",
        "\u202ekopi",
        "مرحبا بالعالم",
        "😀",
        "👩‍👩‍👧",
        "ñandú",
        "ﬁ",
        "İ",
        "ß",
    ),
    *("٣٤٥", "²", "½", "Ⅷ", "が", "漢字", "\ud7ff", "a" * 10_000, "kopi " * 2_000, "'" * 10_000),
    *("x y z a b c d e f g h i j k", "0" * 500, "1e5", "3-in-1", "a.b.c", "http://x/?q=1#2"),
]


@pytest.fixture
def expo() -> Expo:
    """Kopi Gayeng of Al-Qodiri in Jember at stand A12, and Batik Laut beside it."""
    expo = make_expo()
    pesantren = make_pesantren(
        name="Pondok Pesantren Al-Qodiri", slug="al-qodiri", regency=make_regency(name="Jember")
    )
    producer = make_producer(name="Kopontren Al-Qodiri", pesantren=pesantren)
    drink = make_category(slug="beverage", name="Minuman", name_en="Drinks")
    coffee = make_product(name="Kopi Gayeng", slug="kopi", producer=producer, category=drink)
    coffee.description = "Disangrai pelan di tungku."
    coffee.save()
    stand = make_stand(expo=expo, code="A12", name="Kedai", pesantren=[pesantren])
    make_offer(stand=stand, product=coffee, price_rupiah=9_000)
    make_offer(stand=stand, product=make_product(name="Batik Laut", producer=producer))
    return expo


def test_search_shows_all_kinds_with_their_addresses(client: Client, expo: Expo) -> None:
    page = client.get("/2020/cari/?q=qodiri").text

    assert 'href="/2020/pesantren/al-qodiri/"' in page
    assert 'href="/2020/stan/A12/"' in page
    assert f'href="/2020/pembuat/{Producer.objects.get().slug}/"' in page
    assert "Pondok Pesantren Al-<mark>Qodiri</mark>" in page
    assert "Rp 9.000" in page
    assert "5 hasil." in page


def test_search_leads_from_a_regency_to_its_products(client: Client, expo: Expo) -> None:
    page = client.get("/2020/cari/?q=jember").text

    assert "Kab. <mark>Jember</mark>" in page
    assert "/2020/produk/?regency=" in page


def test_search_says_what_it_understood(client: Client, expo: Expo) -> None:
    page = client.get("/2020/cari/?q=kopi+gayng").text

    assert "Menampilkan hasil untuk <strong>kopi gayeng</strong>." in page
    assert "<mark>Kopi</mark>" in page
    assert "Menampilkan hasil" not in client.get("/2020/cari/?q=kopi").text


def test_search_says_why_a_thing_fits(client: Client, expo: Expo) -> None:
    page = client.get("/2020/cari/?q=tungku").text

    assert "Disangrai pelan di <mark>tungku</mark>." in page


def test_search_calls_products_as_the_reader_does(client: Client, expo: Expo) -> None:
    Product.objects.filter(slug="kopi").update(name_en="Hearty coffee")
    page = client.get("/en/2020/cari/?q=gayeng").text

    assert re.findall(r'href="/en/2020/produk/kopi/">([^<\n]+)', page) == ["Hearty coffee"]
    # Why it fits, in the words that were typed.
    assert 'class="why">Kopi <mark>Gayeng</mark>' in page
    there = client.get("/2020/cari/?q=hearty").text
    assert 'href="/2020/produk/kopi/">Kopi Gayeng' in there
    assert "<mark>Hearty</mark> coffee" in there
    # What has no English is read out as Indonesian.
    Product.objects.filter(slug="kopi").update(name_en="")
    assert 'href="/en/2020/produk/kopi/" lang="id">' in client.get("/en/2020/cari/?q=kopi").text


def test_search_says_that_nothing_fits_and_offers_the_categories(
    client: Client, expo: Expo
) -> None:
    page = client.get("/2020/cari/?q=xqzwv").text

    assert "Tidak ada yang cocok dengan “xqzwv”." in page
    assert "/2020/produk/?category=beverage" in page


def test_search_without_words_asks_for_some(client: Client, expo: Expo) -> None:
    for address in ("/2020/cari/", "/2020/cari/?q=", "/2020/cari/?q=++"):
        page = client.get(address).text
        assert "Salah ketik tidak apa-apa." in page
        assert "Tidak ada yang cocok" not in page


def test_search_answers_htmx_with_the_results_alone(client: Client, expo: Expo) -> None:
    response = client.get("/2020/cari/?q=kopi&x=1", headers=FROM_HTMX)

    assert response.text.strip().startswith('<div id="results">')
    assert 'name="q"' not in response.text
    assert response["HX-Replace-Url"] == "/2020/cari/?q=kopi"
    assert "HX-Request" in response["Vary"]


def test_home_and_every_page_of_the_edition_lead_to_the_search(client: Client, expo: Expo) -> None:
    assert 'action="/2020/cari/"' in client.get("/2020/").text
    assert 'class="header-search" href="/2020/cari/"' in client.get("/2020/stan/").text
    assert "header-search" not in client.get("/edisi/").text


@pytest.mark.parametrize("part", PARTS)
def test_search_takes_anything_that_can_be_typed(client: Client, expo: Expo, part: str) -> None:
    search_index.refresh()
    for text in HOSTILE:
        response = client.get(f"/2020/{part}/", {"q": text})
        # The portal takes no address that holds a NUL, whatever it asks for.
        assert response.status_code == (400 if "\0" in text else 200), text
        assert "<script>alert(1)" not in response.text
        assert "\0" not in response.text


def test_search_itself_takes_a_nul(expo: Expo) -> None:
    assert search(expo, "\0kopi\0gayeng").hits[0].row.name == "Kopi Gayeng"


@pytest.mark.parametrize(
    ("part", "words", "right"),
    [
        ("produk", "kpoi gayeng", "Kopi Gayeng"),
        ("produk", "coffee", "Kopi Gayeng"),
        ("produk", "kopi a12", "Kopi Gayeng"),
        ("stan", "kedi", "Kedai"),
        ("pesantren", "kodiri", "Al-Qodiri"),
    ],
)
def test_lists_forgive_as_the_search_does(
    client: Client, expo: Expo, part: str, words: str, right: str
) -> None:
    text = client.get(f"/2020/{part}/", {"q": words}).text

    assert right in text
    assert "Batik Laut</a>" not in text


def test_list_says_what_it_understood_and_leads_on_where_nothing_fits(
    client: Client, expo: Expo
) -> None:
    assert (
        "Menampilkan hasil untuk <strong>gayeng</strong>"
        in client.get("/2020/produk/?q=gayemg").text
    )
    assert 'href="/2020/cari/?q=xqzwv"' in client.get("/2020/produk/?q=xqzwv&zone=A").text


def test_search_takes_as_many_queries_for_three_as_for_one(client: Client, expo: Expo) -> None:
    search_index.refresh()
    with_one = queries_of(client, "/2020/cari/?q=kopi")
    for code in ("A2", "A3"):
        make_offer(
            stand=make_stand(expo=expo, code=code, name="Kopi", pesantren=[make_pesantren()]),
            product=make_product(name="Kopi"),
        )
    search_index.refresh()

    assert queries_of(client, "/2020/cari/?q=kopi") <= with_one + 1  # a group more: the makers
    assert queries_of(client, "/2020/cari/?q=kopi") <= 15
