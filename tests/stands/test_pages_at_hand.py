"""Pages given out again the short way: as the long way would, never stale, nobody's own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver

from stands import pages_at_hand
from stands.clock import WIB
from stands.models import Expo, Offer
from tests.imports import sign_in_as
from tests.make import make_expo, make_offer, make_product, make_stand

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

PATH = "/2020/produk/kopi/"


@pytest.fixture
def offer() -> Offer:
    product = make_product(name="Kopi Santri", slug="kopi")
    return make_offer(stand=make_stand(expo=make_expo(), code="A1"), product=product)


def in_short(client: Client, path: str = PATH, **headers: str) -> Answer | None:
    """The answer where it was given the short way; None where a view was looked for."""

    class LongWayError(Exception):
        pass

    with mock.patch.object(URLResolver, "resolve", side_effect=LongWayError):
        try:
            return client.get(path, headers=headers)
        except LongWayError:
            return None


def said(answer: Answer) -> dict[str, str]:
    """All headers but the number of the request."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}


def test_page_is_the_same_as_the_long_way(client: Client, offer: Offer) -> None:
    assert in_short(client) is None
    before = client.get(PATH, headers={"Accept-Encoding": "gzip"})
    again = in_short(client, **{"Accept-Encoding": "gzip"})

    assert again is not None
    assert (again.status_code, again.content) == (200, before.content)
    assert said(again) == said(before)
    assert again["X-Request-ID"] != before["X-Request-ID"]
    match = again.wsgi_request.resolver_match
    assert match is not None
    assert match.view_name == "product_detail"


def test_whoever_has_it_hears_so(client: Client, offer: Offer) -> None:
    before = client.get(PATH)
    long_way = Client().get(PATH, {"x": "1"}, headers={"If-None-Match": before["ETag"]})
    again = in_short(client, **{"If-None-Match": before["ETag"]})

    assert again is not None
    assert (again.status_code, again.content, long_way.status_code) == (304, b"", 304)
    # A browser takes over what a 304 says; what it says nothing of stays as it is.
    assert said(long_way).items() <= said(again).items() | {("Content-Length", "0")}
    assert not {"Content-Length", "Content-Type", "Content-Encoding"} & said(again).keys()


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true"},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
        {"Accept-Encoding": "gzip"},
        {"Host": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
    ],
    ids=str,
)
def test_whatever_makes_another_page_of_it_is_asked_for(
    client: Client, offer: Offer, settings: Any, headers: dict[str, str]
) -> None:
    settings.TRUSTED_PROXIES = ("127.0.0.1",)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client.get(PATH)

    assert in_short(client) is not None
    assert in_short(client, **headers) is None
    assert in_short(client, f"/en{PATH}") is None
    assert in_short(client, f"{PATH}?q=1") is None


def test_change_of_the_catalogue_ends_it(client: Client, offer: Offer) -> None:
    client.get(PATH)
    Offer.objects.update(price_rupiah=77_000)

    assert in_short(client) is None
    assert "77.000" in client.get(PATH).content.decode()
    assert in_short(client) is not None


def test_edition_that_is_taken_back_is_not_shown_on(client: Client, offer: Offer) -> None:
    client.get(PATH)
    Expo.objects.update(is_public=False, is_current=False)

    assert in_short(client) is None
    assert client.get(PATH).status_code == 404


def test_what_an_organiser_sees_of_an_edition_in_preparation_is_not_remembered(
    offer: Offer,
) -> None:
    Expo.objects.update(is_public=False, is_current=False)
    organiser = Client()
    sign_in_as(organiser)

    assert organiser.get(PATH).status_code == 200
    assert in_short(organiser) is None
    assert Client().get(PATH).status_code == 404


def test_opening_hour_ends_it(client: Client, offer: Offer) -> None:
    expo = offer.stand.expo
    day = expo.days.order_by("date")[0]
    opens = dt.datetime.combine(day.date, day.opens or dt.time(), tzinfo=WIB)
    with time_machine.travel(opens - dt.timedelta(seconds=1), tick=False):
        client.get(PATH)
        assert in_short(client) is not None
    with time_machine.travel(opens, tick=False):
        assert in_short(client) is None


def test_other_editions_end_the_front_page(client: Client, offer: Offer) -> None:
    client.get("/")
    assert in_short(client, "/") is not None
    Expo.objects.update(name="Pameran lain")

    assert in_short(client, "/") is None


def test_only_looking_is_answered_so(client: Client, offer: Offer) -> None:
    client.get(PATH)
    factory = RequestFactory()

    assert pages_at_hand.address_of(factory.get(PATH))
    assert not pages_at_hand.address_of(factory.head(PATH))
    assert not pages_at_hand.address_of(factory.post(PATH))
    assert not pages_at_hand.address_of(factory.generic("GET", PATH, b"x"))


ADDRESS = pages_at_hand.Address("http", "a", ("a", "80"), PATH, "", (None, None), False)


def an_answer(length: int = 7) -> HttpResponse:
    """A page that may be remembered."""
    response = HttpResponse("x" * length)
    vars(response)["made_of"] = object()
    return response


def remembered(answer: HttpResponse, address: pages_at_hand.Address = ADDRESS) -> bool:
    pages_at_hand.remember(RequestFactory().get(PATH), address, answer)
    return address in pages_at_hand._shelf.pages


@pytest.mark.parametrize("touch", ["cookie", "vary", "status", "unmarked"])
def test_nothing_that_may_be_somebodys_own_is_remembered(touch: str) -> None:
    answer = an_answer()
    match touch:
        case "cookie":
            answer.set_cookie("a", "b")
        case "vary":
            answer["Vary"] = "Accept-Encoding, Cookie"
        case "status":
            answer.status_code = 404
        case "unmarked":
            del vars(answer)["made_of"]

    assert not remembered(answer)
    assert remembered(an_answer())


def test_long_pages_and_addresses_are_not_remembered() -> None:
    assert not remembered(an_answer(pages_at_hand.LONGEST_PAGE + 1))
    assert not remembered(an_answer(), ADDRESS._replace(query="x" * 301))
    assert remembered(an_answer(pages_at_hand.LONGEST_PAGE), ADDRESS._replace(query="x" * 300))


def test_so_many_bytes_and_no_more() -> None:
    with mock.patch.object(pages_at_hand, "MOST_BYTES", 100):
        for number in range(5):
            assert remembered(an_answer(40), ADDRESS._replace(query=str(number)))
        # The same again is one, not two.
        assert remembered(an_answer(50), ADDRESS._replace(query="4"))
        shelf = pages_at_hand._shelf
        assert [one.query for one in shelf.pages] == ["3", "4"]
        assert shelf.bytes == 90


def test_those_that_nobody_asks_for_make_room(client: Client, offer: Offer) -> None:
    with mock.patch.object(pages_at_hand, "MOST_PAGES", 2):
        for number in (1, 2):
            client.get(f"{PATH}?n={number}")
        assert in_short(client, f"{PATH}?n=1") is not None
        client.get(f"{PATH}?n=3")

        assert in_short(client, f"{PATH}?n=2") is None
        assert in_short(client, f"{PATH}?n=1") is not None
        assert len(pages_at_hand._shelf.pages) == 2
