"""Who is here: seen by those who are signed in, narrowed, and in as few queries for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from opop_expo.roles import ORGANISER, VIEWER, sync_groups
from pesantren.models import Notice, Producer
from stands.models import Stand
from tests.ledger import make_keeper, make_running_expo, pair_tablet, sign_in
from tests.make import make_category, make_expo, make_producer, make_product, make_regency
from tests.notices import make_maker, make_notice, make_two
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

MOST = 20


def organiser(client: Client, role: str = ORGANISER) -> User:
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


# --- who may look ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["participant_list", "suggestions", "own_notices", "notice_add"])
def test_whoever_is_not_signed_in_is_led_to_the_login(client: Client, name: str) -> None:
    first, _aminah, _second, _budi = make_two()
    make_notice(first, whatsapp="6281234567890", contact_allowed=True)
    response = client.get(reverse(name))
    assert response["Location"] == f"/masuk/?next={reverse(name)}"


def test_keeper_sees_everybody_and_nothing_is_kept(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    response = sign_in(client, aminah).get("/peserta/")
    assert "Kopontren A1" in response.text
    assert "Kopontren B1" in response.text
    assert "2 peserta" in response.text
    assert 'href="/2026-uji/produk/' in response.text
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.text


def test_organiser_sees_the_current_edition_and_speaks_for_nobody(client: Client) -> None:
    make_two()
    organiser(client)
    page = client.get("/peserta/").text
    assert "Kopontren B1" in page
    assert "Cari sesuatu" not in page
    assert {client.get(reverse(name)).status_code for name in ("suggestions", "own_notices")} == {
        404
    }


@pytest.mark.parametrize("role", [VIEWER, ""])
def test_who_is_neither_keeper_nor_organiser_reads_why_not(client: Client, role: str) -> None:
    make_two()
    if role:
        organiser(client, role)
    else:
        client.force_login(User.objects.create_user("dewi"))
    response = client.get("/peserta/")
    assert response.status_code == 403
    assert "Halaman ini untuk peserta" in response.text
    assert "Kopontren" not in response.text


def test_dismissed_keeper_sees_nothing_any_more(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    sign_in(client, aminah)
    aminah.is_active = False
    aminah.save()
    assert client.get("/peserta/").status_code == 403


def test_paired_tablet_is_no_login(client: Client) -> None:
    make_two()
    pair_tablet(client, Stand.objects.get(code="A1"))
    assert client.get("/peserta/")["Location"].startswith("/masuk/")
    assert "/peserta/" not in client.get("/kasir/riwayat/").text


def test_keepers_pages_lead_there_and_visitors_pages_do_not(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    sign_in(client, aminah)
    assert 'href="/peserta/"' in client.get("/kasir/").text
    assert 'href="/peserta/"' in client.get("/kasir/riwayat/").text
    assert "/peserta/" not in client.get("/").text


# --- what is found --------------------------------------------------------------------------------


def test_list_is_narrowed_by_regency_category_kind_and_words(client: Client) -> None:
    expo = make_running_expo()
    jember, kota = make_regency(name="Jember"), make_regency(name="Malang", kind="kota")
    food, fashion = make_category(), make_category(slug="fashion", name="Busana")
    _one, aminah = make_maker(
        expo, "A1", product="Keripik nangka", regency=jember, category=food, keeper="Aminah"
    )
    other, _none = make_maker(expo, "B1", product="Songkok", regency=kota, category=fashion)
    Producer.objects.filter(pk=other.pk).update(kind="alumni")
    make_notice(other, topic="machines", text="Mesin bordir untuk disewa.")
    assert aminah is not None
    sign_in(client, aminah)
    for query in [
        {"kabupaten": kota.code},
        {"kategori": "fashion"},
        {"jenis": "alumni"},
        {"kabar": "need:machines"},
        {"q": "songkok"},
        {"q": "bordir"},
        {"q": "malang"},
        {"q": "Kopontren B1"},
    ]:
        page = client.get("/peserta/", query).text
        assert "1 peserta" in page, query
        assert "Kopontren B1" in page, query
        assert "Kopontren A1" not in page, query
    assert "Tidak ada peserta yang cocok" in client.get("/peserta/", {"q": "tidakada"}).text


def test_what_an_address_cannot_mean_is_left_aside(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    sign_in(client, aminah)
    asked = {"kabupaten": "x", "kategori": "x", "jenis": "x", "kabar": "x", "page": "x"}
    response = client.get("/peserta/", asked)
    assert response.status_code == 200
    assert "2 peserta" in response.text


def test_htmx_gets_the_cards_and_an_address_without_gaps(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    sign_in(client, aminah)
    response = client.get(
        "/peserta/", {"q": "songkok", "jenis": ""}, headers={"HX-Request": "true"}
    )
    assert response.text.strip().startswith('<div id="cards">')
    assert response["HX-Push-Url"] == "/peserta/?q=songkok"
    assert client.get("/peserta/?q=songkok&jenis=")["Location"] == "/peserta/?q=songkok"


def test_participant_of_another_edition_is_not_here(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    old = make_expo(slug="2019", name="OPOP Expo 2019", is_current=False)
    elsewhere, _none = make_maker(old, "C1")
    notice = make_notice(elsewhere)
    sign_in(client, aminah)
    assert client.get(f"/peserta/pelaku/{elsewhere.slug}/").status_code == 404
    assert client.get("/peserta/pelaku/tidak-ada/").status_code == 404
    assert client.get(f"/peserta/kabar/{notice.pk}/").status_code == 404


def test_example_notices_stay_at_the_example_edition(client: Client) -> None:
    first, aminah, second, _budi = make_two()
    make_notice(second, text="Contoh kemasan.", is_example=True)
    make_notice(second, text="Kemasan sungguhan.")
    sign_in(client, aminah)
    path = f"/peserta/pelaku/{second.slug}/"
    assert "Kemasan sungguhan." in client.get(path).text
    assert "Contoh kemasan." not in client.get(path).text
    expo = Stand.objects.get(code="A1").expo
    expo.is_example = True
    expo.save()
    assert "Contoh kemasan." in client.get(path).text
    assert "Kemasan sungguhan." not in client.get(path).text
    client.post("/peserta/kabar/baru/", {**form(), "producer": first.slug})
    assert Notice.objects.get(producer=first).is_example


def form() -> dict[str, str]:
    from tests.notices import filled_in

    return filled_in()


def test_maker_without_products_offers_or_notices_is_shown_as_it_is(client: Client) -> None:
    _first, aminah, second, _budi = make_two()
    make_producer(name="Santri B", pesantren=second.pesantren)
    page = sign_in(client, aminah).get("/peserta/").text
    assert "Santri B" in page
    slug = Producer.objects.get(name="Santri B").slug
    detail = client.get(f"/peserta/pelaku/{slug}/").text
    assert "Belum ada kabar dari mereka" in detail
    assert "Belum ada produk yang tercatat" in detail


# --- whose keeper speaks for whom ---------------------------------------------------------------


def test_keeper_speaks_for_the_sellers_and_the_pesantren_of_the_stand(client: Client) -> None:
    first, aminah, second, _budi = make_two()
    stand = aminah.stand
    santri = make_producer(name="Santri A1", pesantren=first.pesantren)
    guest = make_producer(name="Tamu A1", kind="umkm")
    stand.offers.create(product=make_product(producer=guest), price_rupiah=1_000)
    gone = make_producer(name="Lama A1", kind="umkm")
    stand.offers.create(product=make_product(producer=gone), price_rupiah=1_000, withdrawn=True)
    page = sign_in(client, aminah).get("/peserta/kabar/baru/").text
    for maker in (first, santri, guest):
        assert f'<option value="{maker.slug}">' in page
    for maker in (second, gone):
        assert f'<option value="{maker.slug}">' not in page


def test_stand_without_makers_says_so(client: Client) -> None:
    expo = make_running_expo()
    stand = Stand.objects.create(
        expo=expo, code="D9", name="Pos", kind="health", zone=expo.zones.create(code="D", name="D")
    )
    sign_in(client, make_keeper(stand=stand))
    for name in ("own_notices", "notice_add"):
        assert "belum punya pelaku usaha" in client.get(reverse(name)).text
    assert client.post(reverse("notice_add"), form()).status_code == 422
    assert "Apa yang Anda cari?" in client.get(reverse("suggestions")).text


# --- few queries ----------------------------------------------------------------------------------


def fill(expo: Any, number: int) -> Producer:
    maker, _none = make_maker(
        expo, f"C{number}", regency=make_regency(name=f"R{number}"), category=make_category()
    )
    make_notice(maker, direction="offer")
    make_notice(maker)
    return maker


@pytest.mark.parametrize("path", ["/peserta/", "/peserta/saran/", "/peserta/kabar/"])
def test_lists_take_as_many_queries_for_three_as_for_one(client: Client, path: str) -> None:
    first, aminah, _second, _budi = make_two()
    expo = aminah.stand.expo
    assert aminah.user is not None
    who = aminah.user
    sign_in(client, aminah)

    def one_more(number: int) -> None:
        other = fill(expo, number)
        for direction in ("offer", "need"):
            notice = make_notice(first, direction=direction)
            notice.interests.create(producer=other, text="Tertarik.", made_by=who)

    one_more(1)
    queries_of(client, path)
    once = queries_of(client, path)
    one_more(2)
    one_more(3)
    assert queries_of(client, path) == once <= MOST
