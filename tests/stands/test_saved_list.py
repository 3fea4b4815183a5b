"""The saved list: in a cookie, walked stand by stand, shared, taken over, undone."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pesantren.models import Product
from stands.clock import business_date
from stands.models import Expo, Stand
from stands.saved import lifetime
from stands.saved_code import MOST, Key, code_of
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand, make_zone
from tests.queries import MOST as MOST_QUERIES
from tests.queries import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

LIST = "/2026-uji/simpanan/"
COOKIE, LOOK = "opop_simpan_2026-uji", "opop_tersimpan_2026-uji"


@pytest.fixture
def expo() -> Expo:
    """Coffee and chips at A1, coffee dearer at B1 as well."""
    expo = make_running_expo()
    first = make_stand(expo=expo, code="A1", name="Al-Qodiri")
    second = make_stand(
        expo=expo, code="B1", name="Rumah Batik", zone=make_zone(expo=expo, code="B", name="Busana")
    )
    coffee = make_product(name="Kopi", slug="kopi")
    make_offer(stand=first, product=coffee, price_rupiah=25_000)
    make_offer(stand=second, product=coffee, price_rupiah=30_000)
    chips = make_product(name="Keripik", slug="keripik")
    make_offer(stand=first, product=chips, price_rupiah=8_000)
    return expo


def key(name: str) -> str:
    """What the button of a product or of a stand sends."""
    if Stand.objects.filter(code=name).exists():
        return f"s{Stand.objects.get(code=name).pk}"
    return f"p{Product.objects.get(slug=name).pk}"


def save(client: Client, *names: str) -> None:
    for name in names:
        client.post(LIST, {"simpan": key(name)})


def keys_in(client: Client) -> list[str]:
    """What the buttons are drawn from."""
    shown = client.cookies[LOOK].value if LOOK in client.cookies else ""
    return sorted(shown.split(".")) if shown else []


def test_nothing_is_available_once_the_fair_is_over(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    shared = f"{LIST}{code_of([Key('p', Product.objects.get(slug='kopi').pk)], edition=expo.slug)}/"
    for address in (LIST, shared):
        assert client.get(address).text.count("tersedia") == 2
    yesterday = business_date(timezone.now()) - dt.timedelta(days=1)
    expo.days.update(date=yesterday)
    for address in (LIST, shared):
        page = client.get(address).text
        assert "Rp 25.000" in page
        assert "tersedia" not in page


def test_name_without_english_is_read_out_as_indonesian(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    assert 'produk/kopi/" lang="id">Kopi</a>' in client.get(f"/en{LIST}").text
    assert 'produk/kopi/">Kopi</a>' in client.get(LIST).text


# --- saving ---------------------------------------------------------------------------------------


def test_plain_form_leads_to_the_list_which_leads_back(client: Client, expo: Expo) -> None:
    response = client.post(
        LIST, {"simpan": key("kopi")}, headers={"Referer": "http://testserver/2026-uji/produk/?q=k"}
    )
    assert response.status_code == 303
    page = client.get(response["Location"]).text
    assert "Kopi disimpan." in page
    assert 'href="/2026-uji/produk/?q=k"' in page
    assert keys_in(client) == [key("kopi")]


def test_script_gets_words_and_no_page(client: Client, expo: Expo) -> None:
    response = client.post(
        f"/en{LIST}", {"simpan": key("A1")}, headers={"Accept": "application/json"}
    )
    assert response.json()["count"] == 1
    assert "A1 Al-Qodiri" in response.json()["said"]


def test_saved_twice_is_saved_once(client: Client, expo: Expo) -> None:
    save(client, "kopi", "kopi", "A1")
    assert keys_in(client) == sorted([key("kopi"), key("A1")])


def test_cookie_is_closed_to_scripts_and_outlives_the_edition(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    kept, look = client.cookies[COOKIE], client.cookies[LOOK]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert (look["httponly"], look["samesite"]) == ("", "Lax")
    assert kept["max-age"] == 60 * 24 * 3600
    assert "Kopi" not in kept.value


def test_what_is_ticked_off_stands_beside_the_keys(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    client.post(LIST, {"sudah": key("kopi")})
    assert client.cookies[LOOK].value == f"{key('kopi')}~{key('kopi')}"
    client.post(LIST, {"belum": key("kopi")})
    assert client.cookies[LOOK].value == key("kopi")


def test_cookie_is_secure_where_the_portal_is(client: Client, expo: Expo, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    save(client, "kopi")
    assert client.cookies[COOKIE]["secure"]


def test_changed_cookie_is_an_empty_list(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    forged = code_of([Key("p", 10_000)], edition="2026-uji")
    client.cookies[COOKIE] = client.cookies[COOKIE].value.replace(
        client.cookies[COOKIE].value.split(".")[0], forged
    )
    assert "Belum ada yang disimpan" in client.get(LIST).text


def test_list_survives_a_new_key_while_the_old_one_is_known(
    client: Client, expo: Expo, settings: Any
) -> None:
    save(client, "kopi")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one, of fifty letters and more, for this test"
    save(client, "A1")
    settings.SECRET_KEY_FALLBACKS = []
    assert keys_in(client) == sorted([key("kopi"), key("A1")])
    page = client.get(LIST).text
    assert "Kopi" in page
    assert "Belum ada" not in page


def test_fullest_list_stays_below_what_a_browser_keeps(client: Client, expo: Expo) -> None:
    keys = [Key("p", 2**31 + number * 2**20) for number in range(MOST)]
    client.post(LIST, {"ambil": code_of(keys, edition="2026-uji")})
    for name in (COOKIE, LOOK):
        assert len(client.cookies[name].output(header="").encode()) < 4_000


def test_full_list_says_so_and_keeps_what_it_has(client: Client, expo: Expo) -> None:
    keys = [Key("p", 2**31 + number) for number in range(MOST)]
    client.post(LIST, {"ambil": code_of(keys, edition="2026-uji")})
    response = client.post(LIST, {"simpan": key("kopi")}, follow=True)
    assert "Simpanan penuh: paling banyak 99. 1 tidak ikut tersimpan" in response.text
    assert len(keys_in(client)) == MOST


@pytest.mark.parametrize("value", ["p999999", "s999999", "x1", "", "p1; x=1"])
def test_what_the_edition_does_not_have_is_not_saved(
    client: Client, expo: Expo, value: str
) -> None:
    assert client.post(LIST, {"simpan": value}).status_code == 404
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_form_of_another_site_changes_nothing(expo: Expo, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LIST, {"simpan": key("kopi")}, headers=headers).status_code == 403
    assert COOKIE not in client.cookies


def test_own_page_needs_no_token(expo: Expo) -> None:
    client = Client(enforce_csrf_checks=True)
    from_here = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    client.post(LIST, {"simpan": key("kopi")}, headers=from_here)
    assert keys_in(client) == [key("kopi")]


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example"]
)
def test_way_back_leads_nowhere_else(client: Client, expo: Expo, back: str) -> None:
    assert "back" not in client.get(LIST, {"dari": back}).context["notice"]


# --- the walk -------------------------------------------------------------------------------------


def test_empty_list_explains_itself_and_leads_on(client: Client, expo: Expo) -> None:
    page = client.get(LIST).text
    assert "Belum ada yang disimpan" in page
    assert 'href="/2026-uji/produk/"' in page


def test_walk_makes_few_stops(client: Client, expo: Expo) -> None:
    save(client, "kopi", "keripik")
    route = client.get(LIST).context["route"]
    # Both at A1, and B1 is only named.
    assert [stop.stand.code for stop in route.stops] == ["A1"]
    assert [item.product.name for item in route.items] == ["Keripik", "Kopi"]
    assert route.items[1].elsewhere == ("B1",)
    assert route.total_rupiah == 33_000


def test_product_is_looked_for_where_some_is_left(client: Client, expo: Expo) -> None:
    Stand.objects.get(code="A1").offers.update(stock=0)
    save(client, "kopi", "keripik")
    route = client.get(LIST).context["route"]
    assert [(item.offer.stand.code, item.is_available) for item in route.items] == [
        ("A1", False),
        ("B1", True),
    ]
    assert route.total_rupiah == 30_000
    assert "habis" in client.get(LIST).text


def test_product_is_looked_for_at_the_stand_that_was_saved(client: Client, expo: Expo) -> None:
    save(client, "B1", "kopi")
    route = client.get(LIST).context["route"]
    assert [stop.stand.code for stop in route.stops] == ["B1"]


def test_stops_follow_each_other_as_one_walks(client: Client, expo: Expo) -> None:
    # Along one aisle, and not by their numbers.
    for code, x in [("A1", 500), ("A2", 100), ("A3", 300)]:
        Stand.objects.update_or_create(
            expo=expo,
            code=code,
            defaults={"x": x, "y": 300, "zone": make_zone(expo=expo), "name": code},
        )
    save(client, "A1", "A2", "A3")
    codes = [stop.stand.code for stop in client.get(LIST).context["route"].stops]
    assert codes in (["A1", "A3", "A2"], ["A2", "A3", "A1"])


def test_stands_without_a_place_follow_zone_by_zone(client: Client, expo: Expo) -> None:
    make_stand(expo=expo, code="A10")
    make_stand(expo=expo, code="A2")
    save(client, "A10", "B1", "A2", "A1")
    route = client.get(LIST).context["route"]
    assert [stop.stand.code for stop in route.stops] == ["A1", "A2", "A10", "B1"]


def test_withdrawn_product_is_said_to_be_withdrawn(client: Client, expo: Expo) -> None:
    save(client, "kopi", "keripik")
    Product.objects.filter(slug="kopi").update(state=Product.State.WITHDRAWN)
    Stand.objects.get(code="A1").offers.filter(product__slug="keripik").update(withdrawn=True)
    page = client.get(LIST)
    assert [item.product.name for item in page.context["route"].not_here] == ["Keripik", "Kopi"]
    assert "Produk ini ditarik panitia dan tidak dijual lagi." in page.text
    assert "Tidak dijual di pameran ini" in page.text


def test_what_is_gone_from_the_catalogue_is_counted(client: Client, expo: Expo) -> None:
    client.post(LIST, {"ambil": code_of([Key("p", 999_999), Key("s", 9)], edition="2026-uji")})
    assert "2 simpanan sudah tidak ada di katalog." in client.get(LIST).text


def test_ticks_are_kept_and_go_with_their_product(client: Client, expo: Expo) -> None:
    save(client, "kopi", "keripik")
    client.post(LIST, {"sudah": key("kopi")})
    client.post(LIST, {"sudah": key("B1")})
    done = [item.product.slug for item in client.get(LIST).context["route"].items if item.is_done]
    assert done == ["kopi"]
    client.post(LIST, {"belum": key("kopi")})
    assert not any(item.is_done for item in client.get(LIST).context["route"].items)


def test_queries_do_not_grow_with_the_list(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    before = queries_of(client, LIST)
    for number in range(3):
        stand = make_stand(expo=expo, code=f"C{number}")
        make_offer(stand=stand, product=make_product(slug=f"teh-{number}"))
        save(client, f"teh-{number}", f"C{number}")
    assert queries_of(client, LIST) == before <= MOST_QUERIES


# --- removing, undoing, sharing -------------------------------------------------------------------


def test_removal_is_undone_by_one_press(client: Client, expo: Expo) -> None:
    save(client, "kopi", "keripik")
    response = client.post(LIST, {"hapus": key("kopi")}, follow=True)
    assert "Kopi dihapus dari simpanan." in response.text
    assert keys_in(client) == [key("keripik")]
    back = client.post(LIST, {"ambil": response.context["notice"]["undo"]}, follow=True)
    assert "Kopi disimpan." in back.text
    assert keys_in(client) == sorted([key("kopi"), key("keripik")])


def test_all_of_it_is_removed_and_brought_back(client: Client, expo: Expo) -> None:
    save(client, "kopi", "A1")
    response = client.post(LIST, {"kosongkan": "1"}, headers={"HX-Request": "true"})
    assert "2 simpanan dihapus." in response.text
    assert "<html" not in response.text
    assert (client.cookies[COOKIE].value, keys_in(client)) == ("", [])
    undo = re.search(r'name="ambil" value="([^"]+)"', response.text)
    assert undo
    client.post(LIST, {"ambil": undo[1]})
    assert keys_in(client) == sorted([key("kopi"), key("A1")])


def test_shared_address_shows_a_copy_that_another_phone_takes_over(
    client: Client, expo: Expo
) -> None:
    save(client, "kopi", "B1")
    link = client.get(LIST).context["link"]
    other = Client()
    page = other.get(link)
    assert page["X-Robots-Tag"] == "noindex"
    assert [stop.stand.code for stop in page.context["route"].stops] == ["B1"]
    assert "Hapus Kopi" not in page.text
    other.post(LIST, {"simpan": key("keripik")})
    taken = other.post(LIST, {"ambil": page.context["code"]}, follow=True)
    assert "2 ditambahkan ke simpanan." in taken.text
    assert len(keys_in(other)) == 3
    assert len(keys_in(client)) == 2


def test_address_that_was_cut_off_says_so(client: Client, expo: Expo) -> None:
    code = code_of([Key("p", 300), Key("p", 5_000)], edition="2026-uji")
    response = client.get(f"{LIST}{code[:-2]}/")
    assert response.status_code == 400
    assert "Mungkin terpotong saat dikirim" in response.text
    taken = client.post(LIST, {"ambil": code[:-2]}, follow=True)
    assert "tidak terbaca" in taken.text


def test_qr_code_and_message_carry_the_address(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    page = client.get(LIST)
    assert page.context["link"].startswith("http://testserver/2026-uji/simpanan/")
    assert "style=" not in page.context["qr"]
    assert page.context["whatsapp"].startswith("https://wa.me/?text=")
    assert page.context["code"] in page.context["whatsapp"]


def test_list_is_nobody_elses_and_is_asked_for_again(client: Client, expo: Expo) -> None:
    save(client, "kopi")
    response = client.get(LIST)
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_catalogue_is_the_same_for_who_saved_and_who_did_not(client: Client, expo: Expo) -> None:
    stranger = Client()
    save(client, "kopi", "A1")
    for path in ["produk/", "produk/kopi/", "stan/", "stan/A1/", ""]:
        mine, theirs = (one.get(f"/2026-uji/{path}") for one in (client, stranger))
        assert mine.content == theirs.content
        assert b"data-save" in mine.content
        assert not mine.cookies
        assert "Cookie" not in mine.get("Vary", "")


def test_lifetime_reaches_past_the_last_day(client: Client, expo: Expo) -> None:
    last = timezone.now().astimezone(dt.UTC).date() + dt.timedelta(days=30)
    expo.last_date = last
    assert dt.timedelta(days=88) < lifetime(expo) < dt.timedelta(days=92)
    expo.last_date = dt.date(2020, 1, 1)
    assert lifetime(expo) == dt.timedelta(days=60)
