"""Counting what is looked at: what counts, what does not, and that no sale ever waits for it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection

from opop_expo.settings import SQLITE_OPTIONS
from stands import counting_views
from stands.counting_views import Seen, Tap, count_views, in_a_hurry, seen_in
from stands.models import ViewCount
from tests.make import make_expo, make_offer, make_pesantren, make_product, make_stand

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer

pytestmark = pytest.mark.django_db

# 22.30 of the 18th in Surabaya.
NOW = dt.datetime(2020, 12, 18, 15, 30, tzinfo=dt.UTC)
BROWSER = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36"
Kind = ViewCount.Kind


@pytest.fixture
def offer() -> Offer:
    stand = make_stand(expo=make_expo(), pesantren=[make_pesantren(slug="al-qodiri")])
    return make_offer(stand=stand, product=make_product(name="Keripik pisang", slug="keripik"))


@pytest.fixture(autouse=True)
def _full_tap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting_views, "TAP", Tap(per_second=1000, at_once=1000))


def report(client: Client, *views: Any, **headers: str) -> int:
    """Send what a browser sends; the number of views that there are then."""
    given = {"Origin": "http://testserver", "User-Agent": BROWSER, **headers}
    body = json.dumps(list(views))
    answer = client.post("/dilihat/", body, content_type="text/plain", headers=given)
    assert (answer.status_code, answer.content) == (204, b"")
    return sum(ViewCount.objects.values_list("count", flat=True))


def thing(offer: Offer, kind: str = "product") -> str:
    key = {"product": offer.product_id, "stand": offer.stand_id}[kind]
    return f"{offer.stand.expo_id}.{kind}.{key}"


def test_views_of_an_hour_are_one_row(client: Client, offer: Offer) -> None:
    with time_machine.travel(NOW, tick=False):
        report(client, [thing(offer), 0], [thing(offer), 20], [thing(offer, "stand"), 5])
        # An hour and a half ago is as far back as an hour.
        report(client, [thing(offer), 5400])
    rows = ViewCount.objects.order_by("kind", "hour").values_list("kind", "day", "hour", "count")
    day = dt.date(2020, 12, 18)
    assert list(rows) == [("product", day, 21, 1), ("product", day, 22, 2), ("stand", day, 22, 1)]


def test_page_names_what_the_count_knows(client: Client, offer: Offer) -> None:
    pesantren = offer.stand.pesantren.get()
    for path, name in [
        ("/2020/", f"{offer.stand.expo_id}.home.{offer.stand.expo_id}"),
        ("/en/2020/stan/A1/", thing(offer, "stand")),
        ("/2020/produk/keripik/", thing(offer)),
        ("/2020/pesantren/al-qodiri/", f"{offer.stand.expo_id}.pesantren.{pesantren.pk}"),
    ]:
        assert f'data-seen="{name}"' in client.get(path).text
        assert report(client, [name, 0])
    assert set(ViewCount.objects.values_list("kind", flat=True)) == set(Kind.values)
    assert "data-seen" not in client.get("/2020/produk/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (X11) HeadlessChrome/138.0"},
        {"User-Agent": "curl/8.5"},
    ],
)
def test_other_sites_and_robots_count_nothing(
    client: Client, offer: Offer, headers: dict[str, str]
) -> None:
    assert report(client, [thing(offer), 0], **headers) == 0


def test_public_address_behind_a_proxy_is_from_here(
    client: Client, offer: Offer, settings: Any
) -> None:
    settings.PUBLIC_ORIGIN = "https://expo.example"
    assert report(client, [thing(offer), 0], Origin="https://expo.example") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b'["1.product.1"]',
        b'[["1.product.1"]]',
        b'[["1.product.1", -1]]',
        b'[["1.product.1", "0"]]',
        b'[["1.admin.1", 0]]',
        b'[["1.product.9999999999999999999", 0]]',
        b"\xff\xfe",
        b"[" * 900,
    ],
)
def test_body_that_says_nothing_counts_nothing(client: Client, offer: Offer, body: bytes) -> None:
    assert seen_in(body) == []
    answer = client.post(
        "/dilihat/",
        body,
        content_type="text/plain",
        headers={"Origin": "http://testserver", "User-Agent": BROWSER},
    )
    assert (answer.status_code, ViewCount.objects.count()) == (204, 0)


def test_made_up_things_make_no_rows(client: Client, offer: Offer) -> None:
    other = make_expo(slug="2021", is_current=False)
    unsold = make_product(name="Tidak dijual")
    views = [
        f"{offer.stand.expo_id}.product.{unsold.pk}",
        f"{other.pk}.product.{offer.product_id}",
        f"{other.pk}.stand.{offer.stand_id}",
        f"{other.pk}.home.{offer.stand.expo_id}",
        "999999.home.999999",
    ]
    assert report(client, *([one, 0] for one in views)) == 0


def test_long_report_is_cut_and_a_longer_one_is_not_read(client: Client, offer: Offer) -> None:
    assert report(client, *[[thing(offer), 0]] * 20) == counting_views.MOST_VIEWS
    assert report(client, *[[thing(offer), 0]] * 200) == counting_views.MOST_VIEWS


def test_flood_is_dropped_whoever_sends_it(
    client: Client, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOW, tick=False):
        monkeypatch.setattr(counting_views, "TAP", Tap(per_second=0, at_once=3))
        assert [report(client, [thing(offer), 0]) for _ in range(6)] == [1, 2, 3, 3, 3, 3]


def test_report_asks_nobody_who_they_are(
    client: Client, offer: Offer, django_assert_max_num_queries: Any
) -> None:
    report(client, [thing(offer), 0])
    # The versions of the portal and of the edition, and the count with its savepoint and settings.
    # What has a page was read after the last change.
    with django_assert_max_num_queries(8) as queries:
        report(client, [thing(offer), 0], [thing(offer), 1], [thing(offer), 2])
    assert not any("session" in query["sql"] for query in queries.captured_queries)


# --- no sale waits --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_count_gives_up_while_something_else_writes(offer: Offer) -> None:
    views = [Seen(offer.stand.expo_id, Kind.PRODUCT, offer.product_id, 0)]
    assert count_views(views, NOW) == 1
    name = connection.settings_dict["NAME"]
    began = dt.datetime.now(dt.UTC)
    if connection.vendor == "sqlite":
        other: Any = sqlite3.connect(name, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = connection.copy().__class__({**connection.settings_dict}, "other")
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT count FROM stands_viewcount FOR UPDATE")
    try:
        assert count_views(views, NOW) == 0
    finally:
        other.rollback()
        other.close()
    assert (dt.datetime.now(dt.UTC) - began).total_seconds() < 5
    # Afterwards all is as before.
    assert count_views(views, NOW) == 1
    assert ViewCount.objects.get().count == 2


@pytest.mark.django_db(transaction=True)
def test_connection_of_the_sales_is_as_safe_afterwards(offer: Offer) -> None:
    if connection.vendor != "sqlite":
        return

    def pragma(name: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}")
            return int(cursor.fetchone()[0])

    assert "synchronous=FULL" in SQLITE_OPTIONS["init_command"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")  # which the tests leave out
    usual = (2, 20_000)
    assert (pragma("synchronous"), pragma("busy_timeout")) == usual
    with in_a_hurry():
        assert (pragma("synchronous"), pragma("busy_timeout")) == (1, counting_views.PATIENCE_MS)
    assert (pragma("synchronous"), pragma("busy_timeout")) == usual
    with pytest.raises(ZeroDivisionError), in_a_hurry():
        1 / 0  # noqa: B018
    assert (pragma("synchronous"), pragma("busy_timeout")) == usual
