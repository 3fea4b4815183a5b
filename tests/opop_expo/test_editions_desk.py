"""The organisers' page of editions: one prepared while the other is open, and its publication."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client

from events.models import Event
from opop_expo.discarding import DiscardRefusedError, discard_edition
from opop_expo.roles import CATALOGUE_EDITOR, ORGANISER, VIEWER, sync_groups
from programme.models import Gate, Room
from sales.models import Sale, Till
from stands.closing_edition import close_edition
from stands.models import Expo, ExpoDay, Offer, PlanFeature, Stand
from tests.ledger import make_sale
from tests.make import make_expo, make_offer, make_stand
from tests.plans import make_hall
from tests.tablets import pair_tablet
from tests.visited import make_visited_expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

if TYPE_CHECKING:
    from collections.abc import Iterable

LIST, NEW = "/admin/edisi/", "/admin/edisi/baru/"
ALL_PARTS = ["stands", "plan", "offers", "rooms", "gates"]


@pytest.fixture
def expo() -> Expo:
    """The edition that is open: two stands, a room, a gate, a tablet and a sale."""
    expo = make_visited_expo()
    Room.objects.create(expo=expo, name="Panggung utama", seats=200)
    Gate.objects.create(expo=expo, name="Pintu utara")
    PlanFeature.objects.create(expo=expo, kind="stage", x=0, y=0, width=90, height=90)
    stand = Stand.objects.get(code="A12")
    pair_tablet(stand)
    make_sale(stand, {stand.offers.get(price_rupiah=12_500): 2})
    return expo


@pytest.fixture
def citra() -> Client:
    return signed_in(ORGANISER)


def signed_in(role: str) -> Client:
    sync_groups()
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def filled(*, days: Iterable[tuple[str, str, str]] = (), **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it, two days filled in."""
    given = list(days) or [("2027-11-12", "09:00", "21:00"), ("2027-11-13", "", "")]
    rows = given + [("", "", "")] * (6 - len(given))
    form: dict[str, Any] = {
        "name": "OPOP Expo 2027",
        "slug": "2027",
        "theme": "Pesantren Mendunia",
        "venue": "Alun-alun",
        "city": "Jember",
        "source": "2026-uji",
        "parts": ALL_PARTS,
        "hari-TOTAL_FORMS": "6",
        "hari-INITIAL_FORMS": "0",
    }
    for number, row in enumerate(rows):
        for name, value in zip(("date", "opens", "closes"), row, strict=True):
            form[f"hari-{number}-{name}"] = value
    return form | changes


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables but of the log, of sessions and of what is derived."""
    left_out = {"event", "session", "cataloguechange", "searchentry", "searchword", "searchstale"}
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.model_name not in left_out or model._meta.app_label == "programme"
    }


# --- preparing ------------------------------------------------------------------------------------


def test_new_edition_is_prepared_from_the_old_one_unseen(citra: Client, expo: Expo) -> None:
    answer = citra.post(NEW, filled())

    assert answer["Location"] == "/admin/edisi/2027/terbitkan/"
    new = Expo.objects.get(slug="2027")
    assert (new.name, new.theme, new.venue) == ("OPOP Expo 2027", "Pesantren Mendunia", "Alun-alun")
    assert not new.is_public
    assert not new.is_current
    days = [(str(day.date), str(day.opens), str(day.closes)) for day in new.days.all()]
    assert days == [("2027-11-12", "09:00:00", "21:00:00"), ("2027-11-13", "None", "None")]
    assert [stand.code for stand in new.stands.all()] == ["A12", "B3"]
    assert Offer.objects.at(new).count() == 3
    assert (new.rooms.get().seats, new.gates.get().name) == (200, "Pintu utara")
    assert new.plan_features.get().kind == "stage"
    assert Client().get("/2027/").status_code == 404
    assert citra.get("/2027/").status_code == 200


def test_nothing_of_the_old_edition_changes_and_no_sale_is_copied(
    citra: Client, expo: Expo
) -> None:
    before = everything()

    citra.post(NEW, filled())
    citra.post("/admin/edisi/2027/terbitkan/")

    after = everything()
    for label, rows in before.items():
        kept = [row for row in after[label] if row.get("id") in {one.get("id") for one in rows}]
        if label == "stands.Expo":
            # The front door is the only thing that it gave away.
            assert [row["is_current"] for row in kept] == [False]
            rows = [row | {"is_current": False} for row in rows]
        assert kept == rows, label
    new = Expo.objects.get(slug="2027")
    for label in ("sales.Sale", "sales.SaleLine", "sales.Payment", "sales.Till", "sales.Tablet"):
        assert len(after[label]) == len(before[label]), label
    assert not Sale.objects.filter(expo=new).exists()
    assert not Till.objects.filter(stand__expo=new).exists()


def test_log_says_who_copied_what(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())

    event = Event.objects.get(kind=Event.Kind.EDITION_COPIED)
    assert (event.subject, event.actor) == ("OPOP Expo 2027", User.objects.get(username=ORGANISER))
    assert event.data["copied_from"] == "OPOP Expo 2026-uji"
    assert event.data["counts"] == {
        "zona": 2,
        "bagian denah": 1,
        "stan": 2,
        "barang": 3,
        "ruang": 1,
        "pintu": 1,
    }
    assert "disalin dari" in citra.get("/admin/catatan/").text


def test_new_edition_may_begin_empty(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled(source=""))

    new = Expo.objects.get(slug="2027")
    assert not new.stands.exists()
    assert not new.zones.exists()
    assert Event.objects.get(kind=Event.Kind.EDITION_COPIED).data["counts"] == {}


def test_form_sent_twice_makes_one(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())
    stands = Stand.objects.count()

    again = citra.post(NEW, filled())

    assert again.status_code == 422
    assert "Alamat ini sudah dipakai edisi lain." in again.text
    assert 'value="Pesantren Mendunia"' in again.text
    assert Stand.objects.count() == stands
    assert Event.objects.filter(kind=Event.Kind.EDITION_COPIED).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "baru"}, "Mulai dengan empat angka tahun, huruf kecil."),
        ({"slug": "2027-Uji"}, "Mulai dengan empat angka tahun, huruf kecil."),
        ({"name": ""}, "Bidang ini tidak boleh kosong."),
        ({"parts": ["offers"]}, "Barang di stan hanya bisa disalin bersama Stan."),
        ({"parts": ["stands", "stock"]}, "Sisa stok hanya bisa disalin bersama Barang di stan."),
        ({"parts": ["sales"]}, "sales"),
        ({"source": "1999"}, "Masukkan pilihan yang valid"),
        ({"days": [("", "09:00", "21:00")]}, "Tulis tanggalnya."),
        ({"days": [("2027-11-12", "09:00", "")]}, "Isi jam buka dan jam tutupnya."),
        ({"days": [("2027-11-12", "", "21:00")]}, "Isi jam buka dan jam tutupnya."),
        ({"days": [("2027-11-12", "21:00", "09:00")]}, "Jam tutup setelah jam buka."),
        ({"days": [("2027-11-12", "", "")] * 2}, "Tanggal ini sudah ditulis."),
        ({"days": [("12 November", "", "")]}, "Masukkan tanggal yang valid."),
        ({"hari-TOTAL_FORMS": "x"}, "Belum disimpan."),
    ],
)
def test_bad_input_is_answered_at_its_place(
    citra: Client, expo: Expo, changes: dict[str, Any], words: str
) -> None:
    answer = citra.post(NEW, filled(**changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert Expo.objects.count() == 1


def test_form_names_only_editions_with_something_to_copy(citra: Client, expo: Expo) -> None:
    make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)

    page = citra.get(f"{NEW}?dari=2026-uji").text

    assert '<option value="2026-uji" selected>' in page
    assert 'value="2021"' not in page
    assert page.count("checked") == len(ALL_PARTS)


def test_copy_of_an_example_stays_one(citra: Client, expo: Expo) -> None:
    Expo.objects.update(is_example=True)

    citra.post(NEW, filled())

    assert Expo.objects.get(slug="2027").is_example
    assert "ditandai berisi data contoh" in citra.get("/admin/edisi/2027/terbitkan/").text


def test_edition_added_in_the_admin_is_not_seen_either(citra: Client) -> None:
    inline = {
        f"{name}-{part}": "0"
        for name in ("days", "zones")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    given = {"name": "Lain", "slug": "2030", "venue": "Aula", "city": "Batu", "plan_width": 1200}
    answer = citra.post("/admin/stands/expo/add/", {**given, "plan_height": 800, **inline})

    assert answer.status_code == 302
    assert not Expo.objects.get(slug="2030").is_public


# --- letting go ----------------------------------------------------------------------------------


def test_edition_prepared_by_mistake_goes_and_leaves_nothing(citra: Client, expo: Expo) -> None:
    before = everything()
    citra.post(NEW, filled())
    gone = f"{LIST}2027/buang/"

    refused = citra.post(gone, {"address": "2026"})
    citra.post(gone, {"address": "2027"})

    assert "Belum dibuang" in refused.content.decode()
    assert everything() == before
    event = Event.objects.get(kind=Event.Kind.EDITION_DISCARDED)
    assert (event.data["edition"], event.data["counts"]["stan"]) == ("2027", 2)
    assert citra.post(NEW, filled()).status_code == 302


def test_edition_that_is_used_or_public_stays(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())
    new = Expo.objects.get(slug="2027")
    pair_tablet(new.stands.get(code="A12"))

    used = citra.post(f"{LIST}2027/buang/", {"address": "2027"})
    seen = citra.post(f"{LIST}{expo.slug}/buang/", {"address": expo.slug}, follow=True)
    assert "sudah terbit, jadi tidak bisa dibuang" in seen.content.decode()
    with pytest.raises(DiscardRefusedError):
        discard_edition(make_expo(slug="2028", is_current=False), actor=None)

    assert "sudah ada yang tercatat untuk edisi ini (" in used.content.decode()
    assert Offer.objects.at(new).count() == 3
    assert Expo.objects.count() == 3


# --- publishing -----------------------------------------------------------------------------------


def test_confirmation_says_what_is_there_and_what_is_missing(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled(parts=["stands"]))

    page = " ".join(citra.get("/admin/edisi/2027/terbitkan/").text.split())

    assert "<dt>Hari</dt><dd>2</dd>" in page
    assert "<dt>Stan</dt><dd>2</dd>" in page
    assert "<dt>Produk</dt><dd>0</dd>" in page
    assert "09.00–21.00 WIB" in page
    assert "Belum ada barang yang dijual." in page
    assert "1 hari belum punya jam buka." in page
    assert "Belum ada kasir." in page
    assert "bukan lagi OPOP Expo 2026-uji" in page
    assert not Expo.objects.get(slug="2027").is_public


def test_confirmation_of_an_empty_edition_names_all_it_lacks(citra: Client) -> None:
    Expo.objects.create(slug="2027", name="OPOP Expo 2027", is_public=False)

    page = citra.get("/admin/edisi/2027/terbitkan/").text

    for words in ("Belum ada hari pameran.", "Belum ada stan.", "Denah belum digambar."):
        assert words in page


def test_confirmation_names_stands_without_offers_and_examples(citra: Client) -> None:
    expo = make_hall(slug="2027", is_current=False)
    Expo.objects.filter(pk=expo.pk).update(is_public=False)
    first = Stand.objects.at(expo)[0]
    make_offer(stand=first)
    Stand.objects.filter(pk=first.pk).update(example_fields="zone")
    make_stand(expo=expo, code="Z9", name="Tanpa tempat")

    page = citra.get("/admin/edisi/2027/terbitkan/").text

    assert "stan belum menjual apa-apa" in page
    assert "1 stan belum ada di denah." in page
    assert "Isian contoh masih ada di 1 stan dan 0 barang." in page
    assert "Semua harinya sudah lewat." in page


def test_one_switch_makes_it_public_and_current(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())

    answer = citra.post("/admin/edisi/2027/terbitkan/")

    assert answer["Location"] == LIST
    assert list(Expo.objects.filter(is_current=True)) == [Expo.objects.get(slug="2027")]
    visitor = Client()
    assert "OPOP Expo 2027" in visitor.get("/").text
    assert visitor.get("/2027/stan/A12/").status_code == 200
    event = Event.objects.get(kind=Event.Kind.EDITION_PUBLISHED)
    assert event.data == {"edition": "2027", "shown_before": "OPOP Expo 2026-uji"}


def test_closed_edition_is_copied_and_leaves_the_front_door(citra: Client, expo: Expo) -> None:
    close_edition(expo, actor=None)

    citra.post(NEW, filled())
    citra.post("/admin/edisi/2027/terbitkan/")

    new = Expo.objects.get(is_current=True)
    assert (new.slug, new.stands.count(), Offer.objects.at(new).count()) == ("2027", 2, 3)
    assert new.closed_at is None
    assert Client().get("/2026-uji/produk/kopi-rempah/").status_code == 200


def test_switch_turned_twice_is_told_once(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())
    citra.post("/admin/edisi/2027/terbitkan/")
    Expo.objects.filter(slug="2027").update(is_current=False)
    Expo.objects.filter(pk=expo.pk).update(is_current=True)

    answer = citra.post("/admin/edisi/2027/terbitkan/", follow=True)

    assert "sudah terbit" in answer.text
    # Who has put another at the front door since is not overruled by a stale page.
    assert Expo.objects.get(is_current=True) == expo
    assert Event.objects.filter(kind=Event.Kind.EDITION_PUBLISHED).count() == 1


def test_front_door_is_refused_to_one_that_is_not_public(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())
    new = Expo.objects.get(slug="2027")

    answer = citra.post(
        "/admin/stands/expo/",
        {"action": "show_at_front_door", "_selected_action": new.pk},
        follow=True,
    )

    assert "belum terbit" in answer.text
    assert Expo.objects.get(is_current=True) == expo


def test_every_old_address_answers_as_before_and_the_front_door_moves(
    citra: Client, expo: Expo
) -> None:
    visitor = Client()
    paths = [
        *("", "stan/", "stan/A12/", "stan/B3/", "produk/", "produk/kopi-rempah/"),
        *("produk/?q=kopi", "pesantren/", "pesantren/al-qodiri/", "denah/", "denah/dasar.svg"),
        *("cari/?q=kopi", "simpanan/", "produk/kopi-rempah/sisa/", "minat/?produk=songkok"),
        *("luring.js", "luring.json"),
    ]
    addresses = [f"{prefix}/2026-uji/{path}" for prefix in ("", "/en") for path in paths]
    before = {path: seen(visitor, path) for path in addresses}
    assert {status for status, _body in before.values()} == {200}
    front = visitor.get("/").text

    citra.post(NEW, filled())
    citra.post("/admin/edisi/2027/terbitkan/")

    for path in addresses:
        assert seen(visitor, path) == before[path], path
    assert visitor.get("/").text != front
    assert '<link rel="canonical" href="http://testserver/2027/">' in visitor.get("/").text


def seen(client: Client, path: str) -> tuple[int, str]:
    """Status and content, but for the number that each form is opened with."""
    answer = client.get(path)
    text = answer.text
    if "/minat/" in path:
        text = re.sub(r'value="[^"]*"', "", text)
    return answer.status_code, text


# --- the list -------------------------------------------------------------------------------------


def test_list_shows_states(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())
    make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)

    prepared, _title, public = citra.get(LIST).text.partition('id="public-title"')

    assert "OPOP Expo 2027" in prepared
    assert "/admin/edisi/2027/terbitkan/" in prepared
    assert "di halaman depan" in public
    assert "2 stan, 3 barang" in public
    assert "tanpa stan" in public
    assert "2027" not in public


def test_list_before_any_edition_says_so(citra: Client) -> None:
    assert "Belum ada edisi." in citra.get(LIST).text


def test_who_may_only_look_finds_no_switch(expo: Expo) -> None:
    Expo.objects.create(slug="2027", name="OPOP Expo 2027", is_public=False)
    for role in (VIEWER, CATALOGUE_EDITOR):
        client = signed_in(role)
        page = client.get(LIST).text
        assert "OPOP Expo 2027" in page
        assert "terbitkan" not in page
        assert client.get(NEW).status_code == 403
        assert client.post("/admin/edisi/2027/terbitkan/").status_code == 403
    assert not Expo.objects.get(slug="2027").is_public


def test_front_page_of_the_admin_leads_there(citra: Client) -> None:
    assert f'href="{LIST}"' in citra.get("/admin/").text


def test_pages_in_english(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())

    for path in (LIST, NEW, "/admin/edisi/2027/terbitkan/"):
        assert citra.get(f"/en{path}").status_code == 200


def test_days_of_a_new_edition_are_its_own(citra: Client, expo: Expo) -> None:
    citra.post(NEW, filled())

    assert ExpoDay.objects.filter(expo=expo).count() == 1
