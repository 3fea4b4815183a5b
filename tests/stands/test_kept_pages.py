"""Visitors' pages: kept ready, not sent again to whoever has them, never stale, nobody's own."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pesantren.models import Product
from stands import catalogue_triggers, release
from stands.clock import WIB
from stands.kept_pages import KeptPage
from stands.models import Expo, Offer
from tests.addresses import addresses
from tests.imports import sign_in_as
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.programmes import make_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "/",
    "edition_list": "/edisi/",
    "expo_home": "/2020/",
    "search_all": "/2020/cari/?q=kopi",
    "stand_list": "/2020/stan/",
    "stand_detail": "/2020/stan/A1/",
    "floor_plan": "/2020/denah/",
    "floor_plan_ground": "/2020/denah/dasar.svg",
    "product_list": "/2020/produk/",
    "product_detail": "/2020/produk/kopi/",
    "pesantren_list": "/2020/pesantren/",
    "pesantren_detail": "/2020/pesantren/al-qodiri/",
    "producer_detail": "/2020/pembuat/kopontren/",
    "schedule": "/2020/jadwal/",
    "session_detail": "/2020/jadwal/ekspor/",
    "schedule_calendar": "/2020/jadwal.ics",
    "session_calendar": "/2020/jadwal/ekspor.ics",
}
# Public pages of an edition that are no catalogue pages, and why.
OTHERS = {
    "offline_worker",  # keeps itself: a script and a file for it
    "offline_bundle",
    "product_left",  # what is left as of now
    "inquiry",  # a form with what a visitor wrote
    "inquiry_thanks",
    "saved_list",  # a visitor's own
    "shared_list",
    "share_picture",  # pictures, kept as files
    "session_registration",  # a form with what somebody wrote
    "session_producers",
    "session_seats",  # how many are left as of now
    "results",  # live until they are frozen: every sale changes them
    "results_version",
    "results_json",
    "results_csv",
}
FROM_HTMX = {"HX-Request": "true"}


@pytest.fixture
def expo() -> Expo:
    """Coffee at stand A1 of the edition that is shown."""
    expo = make_expo()
    pesantren = make_pesantren(slug="al-qodiri")
    producer = make_producer(pesantren=pesantren)
    type(producer).objects.update(slug="kopontren")
    product = make_product(name="Kopi Santri", slug="kopi", producer=producer)
    make_offer(stand=make_stand(expo=expo, code="A1", pesantren=[pesantren]), product=product)
    make_session(expo=expo, slug="ekspor")
    return expo


def again(client: Client, path: str, answer: Answer, **headers: str) -> Answer:
    """The same page asked for by a browser that has it."""
    return client.get(path, headers={"If-None-Match": answer["ETag"], **headers})


def wib(text: str) -> dt.datetime:
    """An hour in East Java."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=WIB)


def counted(client: Client, path: str, **headers: str) -> tuple[int, int]:
    """Status and number of queries."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, headers=headers)
    return answer.status_code, len(queries)


@pytest.mark.shown_alike
def test_every_public_page_of_an_edition_is_kept_or_has_a_reason() -> None:
    public = {each.name for each in addresses() if each.route.startswith("<edition:edition>/")}

    assert public <= PAGES.keys() | OTHERS


@pytest.mark.parametrize("name", PAGES)
def test_page_is_kept_and_belongs_to_nobody(client: Client, expo: Expo, name: str) -> None:
    path = PAGES[name]
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer["ETag"].startswith('W/"')
    assert answer["Cache-Control"] == "no-cache"
    assert "Last-Modified" in answer
    assert not answer.cookies
    varies = {each.strip() for each in answer["Vary"].split(",")}
    assert varies >= {"HX-Request", "HX-History-Restore-Request", "Accept-Encoding"}
    assert "Cookie" not in varies
    assert counted(client, path) == (200, 1)
    assert client.get(path).content == answer.content
    assert counted(client, path, **{"If-None-Match": answer["ETag"]}) == (304, 1)
    assert counted(client, path, **{"If-Modified-Since": answer["Last-Modified"]}) == (304, 1)
    not_modified = again(client, path, answer)
    assert not_modified.content == b""
    for header in ["ETag", "Last-Modified", "Cache-Control", "Vary"]:
        assert not_modified[header] == answer[header]
    assert again(client, path.replace("/", "/en/", 1), answer).status_code == 200


@pytest.mark.shown_alike
@pytest.mark.parametrize("name", PAGES)
def test_page_comes_anew_after_a_change(client: Client, expo: Expo, name: str) -> None:
    path = PAGES[name]
    answer = client.get(path)

    Expo.objects.update(theme="Tema baru")

    assert again(client, path, answer).status_code == 200
    assert client.get(path)["ETag"] != answer["ETag"]


@pytest.mark.parametrize("language", ["", "/en"])
def test_frame_is_kept_for_all_pages_of_a_kind(client: Client, expo: Expo, language: str) -> None:
    paths = [f"{language}{path}" for path in PAGES.values() if path.endswith("/") or "?" in path]
    with mock.patch("opop_expo.templatetags.pages.kept", lambda _expo, _name, make: make()):
        bare = [client.get(path).content for path in paths]
    cache.clear()
    for path in paths:
        client.get(f"{path}{'&' if '?' in path else '?'}n=1")

    assert [client.get(path).content for path in paths] == bare


def test_page_shows_what_changed_at_once(client: Client, expo: Expo) -> None:
    for path in ["/2020/produk/", "/2020/produk/kopi/", "/2020/stan/", "/2020/stan/A1/"]:
        assert "Kopi Santri" in client.get(path).text
    Product.objects.update(name="Kopi Rempah")
    for path in ["/2020/produk/", "/2020/produk/kopi/", "/2020/stan/", "/2020/stan/A1/"]:
        assert "Kopi Rempah" in client.get(path).text

    Offer.objects.update(stock=0)

    assert "habis" in client.get("/2020/produk/").text


def test_page_is_the_same_after_an_ordinary_sale(client: Client, expo: Expo) -> None:
    answer = client.get("/2020/produk/")

    Offer.objects.update(stock=9)

    assert again(client, "/2020/produk/", answer).status_code == 304


@pytest.mark.shown_alike
def test_page_stays_one_whatever_a_messenger_hangs_on_its_address(
    client: Client, expo: Expo
) -> None:
    plain = client.get("/2020/produk/kopi/")
    shared = client.get("/2020/produk/kopi/?fbclid=abc&utm_source=wa")
    assert (shared["ETag"], shared.content) == (plain["ETag"], plain.content)
    assert b"fbclid" not in shared.content
    # A list is another one for each query.
    assert client.get("/2020/produk/?q=kopi")["ETag"] != client.get("/2020/produk/")["ETag"]


def test_page_asked_for_by_its_head_has_the_same_headers(client: Client, expo: Expo) -> None:
    head = client.head("/2020/stan/")
    page = client.get("/2020/stan/")

    assert head.content == b""
    for header in ["ETag", "Last-Modified", "Content-Length"]:
        assert head[header] == page[header]
    known = client.head("/2020/stan/", headers={"If-None-Match": page["ETag"]})
    assert known.status_code == 304


@pytest.mark.shown_alike
def test_fragment_and_page_are_kept_apart(client: Client, expo: Expo) -> None:
    page = client.get("/2020/stan/")
    fragment = client.get("/2020/stan/", headers=FROM_HTMX)
    restored = client.get(
        "/2020/stan/", headers={**FROM_HTMX, "HX-History-Restore-Request": "true"}
    )

    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert restored.text == page.text
    assert fragment["ETag"] != page["ETag"] == restored["ETag"]
    kept = client.get("/2020/stan/", headers=FROM_HTMX)
    assert (kept.text, kept["HX-Push-Url"]) == (fragment.text, fragment["HX-Push-Url"])


@pytest.mark.shown_alike
def test_languages_editions_queries_and_hosts_are_kept_apart(
    client: Client, expo: Expo, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["satu.example", "dua.example"]
    make_stand(expo=make_expo(slug="2021", name="Lain", is_current=False), name="Warung Lain")
    asked = [
        (path, host)
        for path in ["/2020/stan/", "/en/2020/stan/", "/2021/stan/", "/2020/stan/?zone=A"]
        for host in ["satu.example", "dua.example"]
    ]

    def pages() -> list[Answer]:
        return [client.get(path, headers={"host": host}) for path, host in asked]

    made, kept = pages(), pages()

    assert [page.text for page in made] == [page.text for page in kept]
    assert len({page["ETag"] for page in made}) == len(asked)
    assert "Warung Lain" not in made[0].text
    assert "Al-Qodiri" not in made[4].text
    assert "dua.example" not in made[0].text


@pytest.mark.shown_alike
def test_host_that_is_not_ours_gets_nothing_and_leaves_nothing(
    client: Client, expo: Expo, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["satu.example"]

    stranger = client.get("/2020/stan/", headers={"host": "jahat.example"})
    forwarded = client.get(
        "/2020/stan/", headers={"host": "satu.example", "X-Forwarded-Host": "jahat.example"}
    )

    assert stranger.status_code == 400
    assert "jahat.example" not in forwarded.text
    assert "jahat.example" not in client.get("/2020/", headers={"host": "satu.example"}).text


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2020-12-18 08:59:59", "2020-12-18 09:00:00"),
        ("2020-12-18 20:59:59", "2020-12-18 21:00:00"),
        ("2020-12-18 23:59:59", "2020-12-19 00:00:00"),
        ("2020-12-20 20:59:59", "2020-12-20 21:00:00"),
        ("2020-12-20 23:59:59", "2020-12-21 00:00:00"),
        ("2020-12-01 23:59:59", "2020-12-02 00:00:00"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/2020/"])
def test_page_comes_anew_at_opening_closing_and_midnight(
    client: Client, expo: Expo, path: str, before: str, after: str
) -> None:
    with time_machine.travel(wib(before), tick=False):
        answer = client.get(path)
        assert again(client, path, answer).status_code == 304

    with time_machine.travel(wib(after), tick=False):
        assert again(client, path, answer).status_code == 200


@pytest.mark.shown_alike
def test_page_of_an_edition_that_is_over_stays_the_same_for_ever(
    client: Client, expo: Expo
) -> None:
    with time_machine.travel(dt.datetime(2020, 12, 21, 9, tzinfo=WIB), tick=False):
        answer = client.get("/2020/")

    with time_machine.travel(dt.datetime(2021, 3, 1, 12, tzinfo=WIB), tick=False):
        assert again(client, "/2020/", answer).status_code == 304


@pytest.mark.shown_alike
def test_page_is_kept_compressed_and_once_for_everybody(
    client: Client, expo: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away: list[object] = []
    monkeypatch.setattr(
        "stands.kept_pages.cache.set", lambda _key, kept, *_for: put_away.append(kept)
    )
    client.get("/2020/stan/", headers={"Accept-Encoding": "identity"})
    [kept] = [one for one in put_away if isinstance(one, KeptPage)]
    assert b"<main" in gzip.decompress(kept.body)
    monkeypatch.undo()

    plain = client.get("/2020/stan/")
    pressed = client.get("/2020/stan/", headers={"Accept-Encoding": "br, gzip"})
    refused = client.get("/2020/stan/", headers={"Accept-Encoding": "gzip;q=0"})

    assert pressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(pressed.content) == plain.content == refused.content
    assert "Content-Encoding" not in refused
    asked = {"Accept-Encoding": "gzip"}
    assert client.get("/2020/stan/", headers=asked).content == pressed.content


@pytest.mark.shown_alike
@pytest.mark.parametrize("what", ["session", "user", "token", "message", "cookie"])
def test_page_that_reads_what_is_a_visitors_is_not_kept(
    client: Client, expo: Expo, settings: Any, what: str
) -> None:
    settings.ROOT_URLCONF = "tests.personal_urls"

    answer = client.get(f"/2020/pribadi/{what}/")

    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert "ETag" in client.get("/2020/pribadi/nothing/")


def test_what_is_not_there_is_not_kept(client: Client, expo: Expo) -> None:
    assert client.get("/2020/produk/teh/").status_code == 404
    assert client.get("/1999/stan/").status_code == 404
    make_product(slug="teh", producer=Product.objects.get().producer)

    assert client.get("/2020/produk/teh/").status_code == 200


def test_edition_that_takes_over_an_address_shows_its_own_pages(client: Client, expo: Expo) -> None:
    assert "Al-Qodiri" in client.get("/2020/stan/").text

    Expo.objects.update(slug="2020-lama")
    assert client.get("/2020/stan/").status_code == 404
    make_stand(expo=make_expo(slug="2020", is_current=False), name="Warung Baru")

    assert "Warung Baru" in client.get("/2020/stan/").text
    assert "Al-Qodiri" in client.get("/2020-lama/stan/").text


def test_page_is_made_anew_where_the_cache_has_lost_it(client: Client, expo: Expo) -> None:
    answer = client.get("/2020/stan/")
    cache.clear()

    assert again(client, "/2020/stan/", answer).status_code == 304
    assert client.get("/2020/stan/").text == answer.text


@pytest.fixture
def code(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.BASE_DIR = tmp_path
    (tmp_path / "templates").mkdir()
    release._written_what.cache_clear()
    yield tmp_path / "templates" / "base.html"
    release._written_what.cache_clear()


@pytest.mark.shown_alike
def test_page_comes_anew_with_a_new_release(client: Client, expo: Expo, code: Path) -> None:
    code.write_text("satu")
    answer = client.get("/2020/stan/")
    assert again(client, "/2020/stan/", answer).status_code == 304

    code.write_text("dua!")
    release._written_what.cache_clear()

    assert again(client, "/2020/stan/", answer).status_code == 200


def test_lost_triggers_raise_the_version_when_they_are_put_back(client: Client, expo: Expo) -> None:
    answer = client.get("/2020/stan/")
    catalogue_triggers.lift(connection)
    Product.objects.update(name="Kopi Rempah")

    if connection.vendor == "postgresql":  # where only a migration can lose them
        catalogue_triggers.install(connection)

    assert again(client, "/2020/stan/", answer).status_code == 200
    assert "Kopi Rempah" in client.get("/2020/stan/").text
    assert catalogue_triggers.missing(connection) == set()


# --- looking once in a while --------------------------------------------------------------------


def test_full_hall_asks_once_a_second_and_sees_a_change_then(
    client: Client, expo: Expo, settings: Settings
) -> None:
    """What a process made in between goes with the version that it was made under."""
    settings.CATALOGUE_LOOK_SECONDS = 1
    path = PAGES["stand_list"]
    with mock.patch("stands.catalogue_version.monotonic", return_value=100.0) as clock:
        before = client.get(path)
        clock.return_value = 100.9
        make_stand(expo=expo, code="A2", name="Pusat Kopi")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).content == before.content
        assert len(asked) == 0
        # Another address is made now, under the version of a moment ago.
        in_between = client.get(f"{path}?n=1")
        clock.return_value = 101.0
        with CaptureQueriesContext(connection) as asked:
            after = client.get(path, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert "Pusat Kopi" in after.content.decode()
        assert "sum(step)" in asked[0]["sql"]
        assert "Pusat Kopi" in client.get(f"{path}?n=1").content.decode()
        assert client.get(f"{path}?n=1")["ETag"] != in_between["ETag"]


# --- copies at the proxy ------------------------------------------------------------------------


def test_copies_are_allowed_of_what_is_the_same_for_everybody(
    client: Client, expo: Expo, settings: Settings
) -> None:
    settings.PAGE_COPY_SECONDS = 3
    page = client.get(PAGES["stand_list"])
    assert page["X-Accel-Expires"] == "3"
    assert "X-Accel-Expires" not in client.get("/masuk/")
    Expo.objects.update(is_public=False, is_current=False)
    sign_in_as(client)
    unpublished = client.get(PAGES["stand_list"])
    assert (unpublished.status_code, "X-Accel-Expires" in unpublished) == (200, False)
    settings.PAGE_COPY_SECONDS = 0
    Expo.objects.update(is_public=True)
    assert "X-Accel-Expires" not in client.get(PAGES["stand_list"])
