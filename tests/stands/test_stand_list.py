"""The stands of an edition and how a visitor narrows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stands import search_index
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_pesantren,
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
    """Stand A1 with drink from Jember, stand B1 with cloth from Gresik."""
    expo = make_expo()
    jember = make_pesantren(name="Al-Qodiri", regency=make_regency(name="Jember", code="35.09"))
    gresik = make_pesantren(name="Qomaruddin", regency=make_regency(name="Gresik", code="35.25"))
    zone = make_zone(expo=expo, code="B", name="Busana")
    one = make_stand(expo=expo, code="A1", name="Kedai Kopi", pesantren=[jember])
    two = make_stand(expo=expo, code="B1", name="Rumah Batik", zone=zone, pesantren=[gresik])
    make_offer(
        stand=one,
        product=make_product(name="Kopi", category=make_category(slug="beverage", name="Minuman")),
    )
    make_offer(
        stand=two,
        product=make_product(name="Batik", category=make_category(slug="fashion", name="Kain")),
    )
    return expo


@pytest.mark.parametrize(
    "query", ["zone=B", "category=fashion", "regency=35.25", "q=batik", "q=qomar", "q=b1"]
)
def test_stand_list_shows_only_what_was_asked_for(client: Client, expo: Expo, query: str) -> None:
    page = client.get(f"/2020/stan/?{query}").text

    assert "Rumah Batik" in page
    assert "Kedai Kopi" not in page
    assert "1 stan" in page


def test_stand_list_filters_add_up(client: Client, expo: Expo) -> None:
    page = client.get("/2020/stan/?zone=B&category=beverage").text

    assert "Tidak ada yang cocok" in page


def test_stand_list_leaves_unknown_values_aside(client: Client, expo: Expo) -> None:
    page = client.get("/2020/stan/?zone=Q&category=fashion").text

    assert "Rumah Batik" in page
    assert "Kedai Kopi" not in page


def test_stand_list_counts_a_stand_with_two_matching_pesantren_once(client: Client) -> None:
    expo = make_expo()
    regency = make_regency(name="Jember", code="35.09")
    both = [make_pesantren(name=f"Darul {n}", regency=regency) for n in ("Aman", "Ulum")]
    make_stand(expo=expo, pesantren=both)

    assert "1 stan" in client.get("/2020/stan/?regency=35.09").text
    assert "1 stan" in client.get("/2020/stan/?q=darul").text


def test_stand_list_names_every_pesantren_of_a_shared_stand(client: Client) -> None:
    expo = make_expo()
    make_stand(
        expo=expo,
        name="Pusat Air",
        kind="communal",
        pesantren=[make_pesantren(name="Qomaruddin"), make_pesantren(name="Sidogiri")],
    )

    page = client.get("/2020/stan/").text

    assert "Qomaruddin" in page
    assert "Sidogiri" in page


def test_stand_list_shows_three_products_and_how_many_more(client: Client) -> None:
    stand = make_stand(expo=make_expo(), pesantren=[make_pesantren(), make_pesantren()])
    for name in ("Abon", "Bakso", "Cilok", "Dodol", "Emping"):
        make_offer(stand=stand, product=make_product(name=name))
    make_offer(stand=stand, product=make_product(name="Gethuk"), withdrawn=True)

    page = client.get("/2020/stan/").text

    assert "Abon, Bakso, Cilok dan 2 lagi" in page
    assert "Dodol" not in page


def test_stand_list_sets_a2_before_a10(client: Client) -> None:
    expo = make_expo()
    for code in ("A10", "A2"):
        make_stand(expo=expo, code=code, name=f"Stan {code}")

    page = client.get("/2020/stan/").text

    assert page.index("Stan A2") < page.index("Stan A10")


def test_stand_list_answers_htmx_with_the_cards_alone(client: Client, expo: Expo) -> None:
    response = client.get("/2020/stan/?q=&zone=B&category=", headers=FROM_HTMX)

    assert response.text.strip().startswith('<div id="cards">')
    assert "<html" not in response.text
    assert response["HX-Push-Url"] == "/2020/stan/?zone=B"
    assert "HX-Request" in response["Vary"]


def test_stand_list_answers_htmx_history_with_the_whole_page(client: Client, expo: Expo) -> None:
    headers = {**FROM_HTMX, "HX-History-Restore-Request": "true"}

    assert "<html" in client.get("/2020/stan/?zone=B", headers=headers).text


def test_stand_list_hides_stands_of_another_edition(client: Client, expo: Expo) -> None:
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    make_stand(expo=other, name="Stan Lain")

    assert "Stan Lain" not in client.get("/2020/stan/").text


def test_stand_list_of_an_unknown_edition_is_not_found(client: Client) -> None:
    response = client.get("/1999/stan/")

    assert response.status_code == 404
    assert "<h1>Halaman tidak ditemukan</h1>" in response.text


def test_stand_list_takes_as_many_queries_for_three_as_for_one(client: Client) -> None:
    expo = make_expo()
    make_offer(stand=make_stand(expo=expo, code="A1", pesantren=[make_pesantren()]))
    with_one = queries_of(client, "/2020/stan/")
    for code in ("A2", "A3"):
        make_offer(stand=make_stand(expo=expo, code=code, pesantren=[make_pesantren()]))

    assert queries_of(client, "/2020/stan/") == with_one <= MOST
    search_index.refresh()
    assert queries_of(client, "/2020/stan/?zone=A&q=qodiri&category=food") <= MOST_WITH_WORDS
