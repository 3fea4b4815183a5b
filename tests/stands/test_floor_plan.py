"""The floor plan that visitors see, its geometry, and the small plan of other pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from opop_expo.edition_files import read_files
from stands.models import PlanFeature, Stand
from stands.plan import plan_of
from stands.plan_geometry import overlap
from tests.make import (
    make_category,
    make_expo,
    make_offer,
    make_product,
    make_stand,
    make_zone,
)
from tests.plans import make_area, make_feature, make_hall, place
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo, Zone

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

FROM_HTMX = {"HX-Request": "true"}
STAND = re.compile(r'<a class="plan-stand([^"]*)" href="([^"]*)" aria-label="([^"]*)"')


@pytest.fixture
def hall() -> Expo:
    return make_hall()


def test_every_stand_is_a_link_with_a_name_zone_by_zone(client: Client, hall: Expo) -> None:
    page = client.get("/2020/denah/").text

    assert STAND.findall(page) == [
        ("", "/2020/stan/A1/", "A1, Kedai 1, Makanan"),
        ("", "/2020/stan/A2/", "A2, Kedai 2, Makanan"),
        ("", "/2020/stan/A3/", "A3, Kedai 3, Makanan"),
        ("", "/2020/stan/B1/", "B1, Kopi Santri, Minuman"),
    ]
    listed = page[page.index('id="daftar"') :]
    assert re.findall(r'class="plan-name" href="([^"]*)"', listed) == [
        link for _, link, _ in STAND.findall(page)
    ]


def test_it_is_called_alike_wherever_it_is_named(client: Client, hall: Expo) -> None:
    page = client.get("/en/2020/denah/").text
    assert "<h1>Map</h1>" in page
    assert "<title>Map · " in page
    assert 'aria-label="Map"' in page


def test_filter_dims_what_does_not_match_and_says_how_many(client: Client, hall: Expo) -> None:
    drink = make_product(category=make_category(slug="beverage", name="Minuman"))
    make_offer(stand=Stand.objects.get(code="A2"), product=drink)

    page = client.get("/2020/denah/?category=beverage").text

    assert [(dim, name) for dim, _, name in STAND.findall(page)] == [
        (" is-dim", "A1, Kedai 1, Makanan, tidak cocok"),
        ("", "A2, Kedai 2, Makanan"),
        (" is-dim", "A3, Kedai 3, Makanan, tidak cocok"),
        (" is-dim", "B1, Kopi Santri, Minuman, tidak cocok"),
    ]
    assert "1 dari 4 stan cocok" in page
    assert 'href="?category=beverage&amp;zona=B#denah"' in page


def test_filter_answers_htmx_with_plan_and_list(client: Client, hall: Expo) -> None:
    response = client.get("/2020/denah/?q=&zone=B&stan=A1", headers=FROM_HTMX)

    assert response.text.strip().startswith('<div id="cards">')
    assert response["HX-Push-Url"] == "/2020/denah/?zone=B&stan=A1"


def test_chosen_stand_carries_a_pin_and_a_sentence(client: Client, hall: Expo) -> None:
    page = client.get("/2020/denah/?stan=A2").text

    assert page.count('<g class="plan-pin" transform="translate(240.0 208.0)">') == 1
    assert [name for mark, _, name in STAND.findall(page) if mark == " is-chosen"] == [
        "A2, Kedai 2, Makanan"
    ]
    card = page[page.index('class="plan-card"') :]
    assert "Di antara A1 dan A3. Dekat Toilet." in card
    assert "Dari pintu masuk: sebelah kiri, bagian belakang." in card
    assert 'viewBox="80 100 320 260"' in page


def test_several_stands_and_a_kind_of_place_are_marked_together(client: Client, hall: Expo) -> None:
    page = client.get("/2020/denah/?stan=A1,B1,Z9").text
    assert page.count('class="plan-pin"') == 2
    assert 'data-scale="whole"' in page

    page = client.get("/2020/denah/?tempat=toilet").text
    assert page.count('class="plan-pin"') == 1
    assert 'data-scale="near"' in page


def test_zone_is_shown_larger_without_javascript(client: Client, hall: Expo) -> None:
    page = client.get("/en/2020/denah/?zona=B").text

    assert 'viewBox="830 130 240 240"' in page
    assert 'aria-current="true" data-zone="B"' in page
    assert "B1, Kopi Santri, Drinks" in page


@pytest.mark.parametrize("query", ["stan=Z9", "zona=Z", "tempat=hall", "stan=", "zona=%3Cb%3E"])
def test_what_the_plan_does_not_know_is_left_aside(client: Client, hall: Expo, query: str) -> None:
    page = client.get(f"/2020/denah/?{query}").text

    assert 'viewBox="0 0 1200 800"' in page
    assert "plan-pin" not in page


def test_stand_without_a_place_is_listed_and_not_drawn(client: Client, hall: Expo) -> None:
    make_stand(expo=hall, code="A9", name="Tanpa tempat")

    page = client.get("/2020/denah/").text

    assert "A9" not in "".join(name for _, _, name in STAND.findall(page))
    assert "Tanpa tempat" in page[page.index("Belum ada di denah") :]


def test_plan_that_somebody_drew_is_called_an_example(client: Client, hall: Expo) -> None:
    sentence = "Denah ini kami gambar sebagai contoh"
    assert sentence not in client.get("/2020/denah/").text

    PlanFeature.objects.filter(kind="toilet").update(example_fields="*")
    assert sentence in client.get("/2020/denah/").text


def test_edition_without_a_plan_says_so(client: Client) -> None:
    make_stand(expo=make_expo(), code="A1")
    assert "Denah edisi ini belum digambar." in client.get("/2020/denah/").text


def test_floor_plan_takes_as_many_queries_for_three_as_for_one(client: Client, hall: Expo) -> None:
    before = queries_of(client, "/2020/denah/")
    for number in (4, 5, 6):
        place(make_stand(expo=hall, code=f"A{number}"), 100 * number, 300)
        make_feature(hall, PlanFeature.Kind.ATM, 100 * number, 500)

    assert queries_of(client, "/2020/denah/") == before <= MOST


def test_ground_is_a_picture_without_words(client: Client, hall: Expo) -> None:
    response = client.get("/2020/denah/dasar.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert "M200 200h80v60h-80z" in response.text
    assert "Kedai" not in response.text
    assert len(response.content) < 4_000


def test_small_plan_marks_the_stands_and_asks_for_nothing(hall: Expo) -> None:
    stands = list(Stand.objects.filter(code__in=["A1", "B1"]))
    tag = Template("{% load floor_plan %}{% small_plan stands %}")

    with CaptureQueriesContext(connection) as queries:
        shown = tag.render(Context({"expo": hall, "stands": stands}))

    assert len(queries) == 0
    assert 'href="/2020/denah/?stan=A1,B1#denah"' in shown
    assert shown.count('#pin"') == 2
    assert "Lihat 2 stan di denah" in shown
    alone = tag.render(Context({"expo": hall, "stands": stands[:1]}))
    assert "Lihat A1 di denah" in alone
    lost = make_stand(expo=hall, code="A9")
    assert tag.render(Context({"expo": hall, "stands": [lost]})).strip() == ""


# --- what is wrong with a plan --------------------------------------------------------------------


def test_hall_in_order_has_no_troubles(hall: Expo) -> None:
    assert plan_of(hall).troubles() == []


def test_troubles_are_named(hall: Expo) -> None:
    place(Stand.objects.get(code="A2"), 150, 200)
    place(Stand.objects.get(code="A3"), 1150, 200)
    place(Stand.objects.get(code="B1"), 620, 300)
    make_feature(hall, PlanFeature.Kind.ATM, 5, 100)

    assert [one.words for one in plan_of(hall).troubles()] == [
        "A2 bertumpuk dengan A1.",
        "A3 keluar dari denah.",
        "ATM berada di luar gedung.",
        "B1 berada di luar wilayah zona B.",
    ]


def test_example_plan_of_2020_has_no_troubles() -> None:
    rows = read_files(Path("data/2020")).rows
    expo = make_hall(slug="2021", is_current=False)
    Stand.objects.all().delete()
    PlanFeature.objects.all().delete()
    zones: dict[str, Zone] = {}
    for row in rows["stands.csv"]:
        code = row.text("zone")
        zones.setdefault(code, make_zone(expo=expo, code=code))
        stand = make_stand(expo=expo, code=row.text("code"), zone=zones[code])
        place(stand, *(row.required_whole(name) for name in ("x", "y", "width", "height")))
    for row in rows["plan.csv"]:
        x, y, width, height = (row.required_whole(n) for n in ("x", "y", "width", "height"))
        if row.text("zone"):
            make_area(expo, zones[row.text("zone")], x, y, width, height)
        else:
            size = {"width": width, "height": height, "outline": row.text("outline")}
            make_feature(expo, row.text("kind"), x, y, **size)

    plan = plan_of(expo)
    assert len(plan.placed) == 40
    assert [one.words for one in plan.troubles()] == []


# --- geometry -------------------------------------------------------------------------------------

BOXES = st.builds(
    Stand,
    x=st.integers(0, 60),
    y=st.integers(0, 60),
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    rotation=st.sampled_from([0, 30, 45, 90, 135]),
)


@settings(max_examples=25, deadline=None)
@given(one=BOXES, other=BOXES)
def test_overlap_is_mutual_and_turning_by_half_changes_nothing(one: Stand, other: Stand) -> None:
    found = overlap(one, other)
    assert overlap(other, one) is found
    one.rotation += 180
    assert overlap(one, other) is found


def test_turned_stand_lies_where_it_was_turned_to() -> None:
    upright = Stand(x=0, y=40, width=100, height=20)
    turned = Stand(x=0, y=40, width=100, height=20, rotation=90)
    above = Stand(x=40, y=0, width=20, height=20)
    assert not overlap(upright, above)
    assert overlap(turned, above)


@pytest.mark.parametrize("other", [Stand(x=80, y=0), Stand(x=0, y=60), Stand(x=80, y=60)])
def test_stands_wall_to_wall_do_not_overlap(other: Stand) -> None:
    assert not overlap(Stand(x=0, y=0), other)
    assert not overlap(other, Stand(x=0, y=0))
