"""An edition that is being prepared: nobody but its organisers can tell that it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from opop_expo.roles import CATALOGUE_EDITOR, ORGANISER, VIEWER, sync_groups
from opop_expo.share_pictures import find
from outcomes.models import ResultsChoice
from stands.models import Expo, Stand, ViewCount
from stands.saved_code import STAND, Key, code_of
from tests.addresses import addresses
from tests.ledger import make_keeper, sign_in
from tests.make import make_expo, make_offer, make_stand
from tests.programmes import make_session
from tests.visited import make_visited_expo

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

SLUG, NOBODYS = "2026-uji", "2026-ada"
# A phone keeps nothing of it, not even an organiser's, and nobody takes a seat there yet.
NEVER = {
    *("offline_worker", "offline_bundle"),
    *("session_registration", "session_producers", "session_seats"),
}


@pytest.fixture
def expo() -> Expo:
    """Two stands with three products and a talkshow, of which no visitor knows."""
    expo = make_visited_expo()
    # Under the word that is asked for wherever an address has a slug.
    make_session(expo=expo, slug="kopi-rempah", takes_registrations=True)
    ResultsChoice.objects.create(expo=expo, is_public=True)
    Expo.objects.update(is_public=False, is_current=False)
    return expo


def publish() -> None:
    Expo.objects.update(is_public=True)


def organiser(role: str = ORGANISER) -> Client:
    sync_groups()
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def paths(expo: Expo) -> dict[str, str]:
    """Every address of the edition by its name, to rows that there are where it needs some."""
    picture = find(expo, "produk", "kopi-rempah")
    assert picture is not None
    stand = Stand.objects.get(code="A12")
    known: dict[str, dict[str, Any]] = {
        "stand_detail": {"code": "A12"},
        "pesantren_detail": {"slug": "al-qodiri"},
        "producer_detail": {"slug": stand.offers.all()[0].product.producer.slug},
        "shared_list": {"code": code_of([Key(STAND, stand.pk)], edition=SLUG)},
        "share_picture": {"jenis": "produk", "key": "kopi-rempah", "digest": picture.digest},
    }
    given = {"edition": SLUG, "slug": "kopi-rempah"}
    return {
        each.name: each.path({**given, **known.get(each.name, {})})
        for each in addresses()
        if "edition" in each.arguments
    }


def test_every_address_of_it_is_as_one_of_no_edition(expo: Expo) -> None:
    visitor, keeper = Client(), sign_in(Client(), make_keeper(stand=Stand.objects.get(code="A12")))
    for name, path in paths(expo).items():
        for client in (visitor, keeper):
            for method in ("get", "head", "post"):
                for prefix in ("", "/en"):
                    answer = getattr(client, method)(f"{prefix}{path}")
                    nobodys = getattr(client, method)(f"{prefix}{path}".replace(SLUG, NOBODYS))
                    if "/masuk/" in answer.get("Location", ""):
                        continue  # a page behind the login, which it asks for first
                    assert answer.status_code == 404, (name, path)
                    assert told(answer, SLUG) == told(nobodys, NOBODYS), (name, path)


def told(answer: HttpResponse, slug: str) -> tuple[dict[str, str], str]:
    """All that a stranger can see of an answer, the slug and the request's own code left out."""
    own = ("Content-Length", "X-Request-ID")
    headers = {name: value for name, value in answer.items() if name not in own}
    text = answer.content.decode().replace(slug, "…")
    return headers, text.replace(answer["X-Request-ID"], "…")


def test_organiser_sees_what_visitors_will_see_and_nothing_is_kept(expo: Expo) -> None:
    visitor, citra = Client(), organiser()
    found = paths(expo)
    as_prepared = {name: citra.get(path) for name, path in found.items()}
    publish()
    for name, path in found.items():
        answer, later = as_prepared[name], visitor.get(path)
        if name == "discard_edition":
            # What visitors have seen is not let go of again.
            assert (answer.status_code, citra.get(path).status_code) == (200, 302)
            continue
        if "/masuk/" in later.get("Location", ""):
            later = citra.get(path)
        assert later.status_code != 404 or name not in KNOWN, name
        if name in NEVER:
            assert answer.status_code == 404
            continue
        assert answer.status_code == later.status_code, name
        assert answer.get("Location") == later.get("Location"), name
        if answer.status_code != 404:
            assert answer["Cache-Control"] == "private, no-store", name
            assert answer["X-Robots-Tag"] == "noindex", name
            assert "ETag" not in answer, name
            assert "Last-Modified" not in answer, name


KNOWN = {
    "expo_home",
    "stand_list",
    "stand_detail",
    "product_list",
    "product_detail",
    "product_left",
    "pesantren_list",
    "pesantren_detail",
    "producer_detail",
    "floor_plan",
    "floor_plan_ground",
    "search_all",
    "saved_list",
    "shared_list",
    "share_picture",
    "inquiry",
    "results",
    "schedule",
    "schedule_calendar",
    "session_detail",
    "session_calendar",
    "inquiry_thanks",
    *NEVER,
}


def test_nothing_of_it_lies_in_the_cache_for_visitors(expo: Expo) -> None:
    citra = organiser()
    for path in paths(expo).values():
        citra.get(path)
        answer = Client().get(path)
        assert answer.status_code == 404 or "/masuk/" in answer["Location"], path


@pytest.mark.parametrize("role", [ORGANISER, CATALOGUE_EDITOR, VIEWER])
def test_ribbon_says_that_it_is_not_public(expo: Expo, role: str) -> None:
    page = organiser(role).get("/2026-uji/").text

    assert "Belum terbit." in page
    assert 'name="robots" content="noindex"' in page
    assert "canonical" not in page
    assert "data-offline" not in page
    assert "data-seen" not in page


def test_ribbon_goes_when_it_is_public(expo: Expo) -> None:
    publish()

    assert "Belum terbit" not in organiser().get("/2026-uji/").text


def test_stock_asked_for_by_a_page_is_hidden_too(expo: Expo) -> None:
    assert Client().get("/2026-uji/produk/kopi-rempah/sisa/").status_code == 404


def test_nothing_else_speaks_of_it(client: Client, expo: Expo) -> None:
    make_offer(stand=make_stand(expo=make_expo(slug="2020"), code="Z1"))
    paths = ["/", "/edisi/", "/robots.txt", "/manifest.webmanifest"]
    parts = ("edisi", "stan", "produk", "pesantren", "pelaku", "jadwal", "acara")
    paths += [f"/sitemap.xml?bagian={part}" for part in parts]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert SLUG not in answer.text, path
        assert "kopi-rempah" not in answer.text, path


def test_front_page_without_a_public_edition_says_so(client: Client, expo: Expo) -> None:
    assert "Belum ada edisi" in client.get("/").text


def test_views_of_it_are_not_counted(client: Client, expo: Expo) -> None:
    stand = Stand.objects.get(code="A12")
    body = json.dumps([[f"{expo.pk}.home.{expo.pk}", 1], [f"{expo.pk}.stand.{stand.pk}", 1]])

    def report() -> None:
        client.post(
            reverse("pages_seen"),
            body,
            content_type="application/json",
            headers={"User-Agent": "Mozilla/5.0", "Origin": "http://testserver"},
        )

    report()
    assert not ViewCount.objects.exists()
    publish()
    report()
    assert ViewCount.objects.count() == 2


def test_interest_cannot_be_sent_there(client: Client, expo: Expo) -> None:
    answer = client.post("/2026-uji/minat/?produk=kopi-rempah", {"name": "Budi"})

    assert answer.status_code == 404


def test_saved_list_of_it_cannot_be_written(client: Client, expo: Expo) -> None:
    stand = Stand.objects.get(code="A12")
    answer = client.post("/2026-uji/simpanan/", {"simpan": f"s{stand.pk}"})

    assert answer.status_code == 404
    assert not answer.cookies


def test_front_page_cannot_be_one_that_is_not_public(expo: Expo) -> None:
    with pytest.raises(IntegrityError, match="expo_current_is_public"), transaction.atomic():
        Expo.objects.update(is_current=True)


def test_visitor_of_a_public_edition_is_still_asked_nothing(client: Client, expo: Expo) -> None:
    publish()
    sign_in(client, make_keeper(stand=Stand.objects.get(code="A12")))

    assert "Cookie" not in client.get("/2026-uji/stan/")["Vary"]
