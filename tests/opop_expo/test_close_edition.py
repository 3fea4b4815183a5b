"""The organisers' page that closes an edition, and all their other ways to change a closed one."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from events.models import Event
from opop_expo.roles import VIEWER, sync_groups
from stands.closing_edition import close_edition
from stands.models import Expo, Offer, PlanFeature, Stand, Zone
from stands.plan_editing import place_of
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.opop_expo.small_edition import change, write_small_edition
from tests.organisers import signed_in_organiser

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/edisi/2020/tutup/"


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    return signed_in_organiser(client)


@pytest.fixture
def offer() -> Offer:
    """A coffee at stand A1 of 2020."""
    stand = make_stand(expo=make_expo(), code="A1")
    return make_offer(stand=stand, product=make_product(name="Kopi", slug="kopi"))


def closed(offer: Offer) -> Expo:
    close_edition(offer.stand.expo, actor=None)
    return Expo.objects.get(slug="2020")


# --- the page -------------------------------------------------------------------------------------


def test_the_page_says_what_closing_does_and_asks_for_the_address(
    client: Client, citra: User, offer: Offer
) -> None:
    page = client.get(PAGE).text

    assert "Tutup OPOP Expo 2020?" in page
    assert "1 produk disimpan" in page
    assert "Tulis 2020 untuk menutup edisi ini" in page
    assert "Masih ada yang belum selesai" not in page


def test_it_closes_when_the_address_is_written(client: Client, citra: User, offer: Offer) -> None:
    page = client.post(PAGE, {"address": "2020"}, follow=True).text

    assert Expo.objects.get(slug="2020").is_closed
    assert "OPOP Expo 2020 sudah ditutup" in page
    assert "export_edition 2020" in page
    assert Event.objects.get(kind=Event.Kind.EDITION_CLOSED).actor == citra


@pytest.mark.parametrize("address", ["", "2021", "ya"])
def test_another_word_closes_nothing_and_is_told_in_its_place(
    client: Client, citra: User, offer: Offer, address: str
) -> None:
    answer = client.post(PAGE, {"address": address})

    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert not Expo.objects.get(slug="2020").is_closed


def test_sent_twice_it_closes_once(client: Client, citra: User, offer: Offer) -> None:
    for _time in range(2):
        page = client.post(PAGE, {"address": "2020"}, follow=True).text
    assert "sudah ditutup sebelumnya" in page
    assert Event.objects.filter(kind=Event.Kind.EDITION_CLOSED).count() == 1


def test_what_is_not_finished_is_said_and_does_not_stop_it(client: Client, citra: User) -> None:
    today = timezone.localdate()
    expo = make_expo(slug="2020", days=[today, today + dt.timedelta(days=1)])
    stand = make_stand(expo=expo)
    make_offer(stand=stand)
    stand.expo.tills.create(stand=stand, letter="A", prefix="A1-A", unsent=3)

    page = client.get(PAGE).text
    assert "Harinya belum selesai" in page
    assert "3 penjualan belum terkirim dari 1 tablet" in page

    client.post(PAGE, {"address": "2020"})
    assert Expo.objects.get(slug="2020").is_closed
    assert "sedang buka" not in client.get("/2020/").text


def test_a_viewer_closes_nothing(client: Client, offer: Offer) -> None:
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(user)

    assert client.post(PAGE, {"address": "2020"}).status_code == 403
    assert not Expo.objects.get(slug="2020").is_closed


# --- all other ways -------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["expo", "zone", "stand", "offer"])
def test_forms_of_a_closed_edition_are_shown_without_buttons(
    client: Client, citra: User, offer: Offer, what: str
) -> None:
    expo = closed(offer)
    rows: dict[str, Any] = {
        "expo": expo,
        "zone": offer.stand.zone,
        "stand": offer.stand,
        "offer": offer,
    }
    path = f"/admin/stands/{what}/{rows[what].pk}/change/"

    page = client.get(path).text
    answer = client.post(path, {"name": "Lain", "price_rupiah": "1"})

    assert "Edisi ini sudah ditutup" in page
    assert 'name="_save"' not in page
    assert 'name="name"' not in page
    assert "add-row" not in page
    assert answer.status_code == 403


def test_nothing_is_added_to_a_closed_edition(client: Client, citra: User, offer: Offer) -> None:
    expo = closed(offer)
    zone = offer.stand.zone
    for path, sent in [
        ("zone", {"expo": expo.pk, "code": "Q", "name": "Q", "order": "0"}),
        ("offer", {"stand": offer.stand.pk, "product": make_product().pk,
                   "price_rupiah": "5", "order": "0"}),
        ("stand", {"expo": expo.pk, "code": "A9", "name": "Baru", "kind": "umkm", "zone": zone.pk,
                   "x": "0", "y": "0", "width": "80", "height": "60", "rotation": "0",
                   "offers-TOTAL_FORMS": "0", "offers-INITIAL_FORMS": "0"}),
    ]:  # fmt: skip
        page = client.post(f"/admin/stands/{path}/add/", sent)
        assert page.status_code == 200, path
        assert "errorlist" in page.text, path
    assert (Zone.objects.count(), Offer.objects.count(), Stand.objects.count()) == (1, 1, 1)


def test_the_plan_editor_moves_nothing(client: Client, citra: User, offer: Offer) -> None:
    expo = closed(offer)
    key = f"s{offer.stand.pk}"
    sent = {f"{key}-{name}": "10" for name in ("x", "y", "width", "height", "rotation")}

    page = client.get("/admin/denah/?edisi=2020").text
    answer = client.post("/admin/denah/?edisi=2020", sent | {f"{key}-seen": place_of(offer.stand)})

    assert "Edisi ini sudah ditutup" in page
    assert answer.status_code == 403
    assert not PlanFeature.objects.filter(expo=expo).exists()


def test_an_import_does_not_offer_a_closed_edition(
    client: Client, citra: User, offer: Offer
) -> None:
    closed(offer)
    make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    page = client.get("/admin/impor/stan/").text
    assert 'value="2021"' in page
    assert 'value="2020"' not in page

    upload = SimpleUploadedFile("stan.csv", b"kode,nama\nA9,Baru\n")
    answer = client.post("/admin/impor/stan/", {"file": upload, "expo": "2020"})
    assert answer.status_code == 422


def test_the_front_door_may_still_move(client: Client, citra: User, offer: Offer) -> None:
    expo = closed(offer)
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    for one in (other, expo):
        client.post(
            "/admin/stands/expo/", {"action": "show_at_front_door", "_selected_action": one.pk}
        )
        assert Expo.objects.current() == one


@pytest.mark.parametrize("kind", ["product", "producer", "pesantren"])
def test_an_address_that_it_uses_stays_and_the_form_says_so(
    client: Client, citra: User, kind: str
) -> None:
    pesantren = make_pesantren(slug="pesantren-kita")
    product = make_product(slug="kopi", producer=make_producer(pesantren=pesantren))
    offer = make_offer(stand=make_stand(expo=make_expo(), pesantren=[pesantren]), product=product)
    closed(offer)
    row: Any = {"product": product, "producer": product.producer, "pesantren": pesantren}[kind]
    none = ("TOTAL_FORMS", "INITIAL_FORMS")
    lines = ["photos", "credentials", "producers"]
    sent: dict[str, Any] = {f"{line}-{name}": "0" for line in lines for name in none}
    sent |= {"name": "Nama baru", "slug": "alamat-baru", "kind": "kopontren", "unit": "buah"}
    sent |= {"producer": product.producer.pk, "category": product.category.pk}
    sent |= {"pesantren": pesantren.pk, "regency": pesantren.regency_id}

    page = client.post(f"/admin/pesantren/{kind}/{row.pk}/change/", sent)

    assert page.status_code == 200
    assert "memakai alamat ini" in page.text
    row.refresh_from_db()
    assert row.slug != "alamat-baru"


def test_a_path_that_somebody_forgot_is_told_why(
    client: Client, citra: User, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the admin had been forgotten: the database refuses, and the page says so."""
    closed(offer)
    monkeypatch.setattr("stands.edition_admin.is_of_closed", lambda row: False)
    monkeypatch.setattr(
        "stands.edition_admin.ClosedIsReadOnly.formfield_for_foreignkey",
        admin.ModelAdmin.formfield_for_foreignkey,
    )
    sent = {"code": "A", "name": "Lain", "name_en": "", "order": "0", "expo": offer.stand.expo.pk}

    answer = client.post(f"/admin/stands/zone/{offer.stand.zone.pk}/change/", sent)

    assert answer.status_code == 409
    assert "Edisi ini sudah ditutup" in answer.text
    assert Zone.objects.get().name == "Makanan"


# --- its files ------------------------------------------------------------------------------------


def test_the_same_files_load_again_and_changed_ones_are_refused(tmp_path: Path) -> None:
    folder = write_small_edition(tmp_path)
    call_command("load_edition", folder, stdout=StringIO())
    close_edition(Expo.objects.get(), actor=None)

    call_command("load_edition", folder, stdout=StringIO())

    change(folder, "stands.csv", "A01,Al-Qodiri,", "A01,Nama Baru,")
    with pytest.raises(CommandError) as refused:
        call_command("load_edition", folder, stdout=StringIO(), stderr=(told := StringIO()))
    assert "stands.csv" in told.getvalue() + str(refused.value)
    assert "sudah ditutup" in told.getvalue() + str(refused.value)
    assert not Stand.objects.filter(name="Nama Baru").exists()
